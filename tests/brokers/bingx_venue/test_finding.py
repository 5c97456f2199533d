"""Finding orders of perpetuals: their states in FIX's words, with fills that add up, by number, name or both."""

import asyncio
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from brokers.bingx_venue.orders_wire import read_number, read_order, read_orders
from brokers.venue import Malformed, Refused, Unknown
from bus.messages.venues import AtVenue
from tests.brokers.bingx_venue.perpetual import ACCOUNT, closing, name_of, order, trader

DELETE = "DELETE /openApi/swap/v2/trade/order"
RESTING = order(type="LIMIT", price=Decimal(80000))
ROW: dict[str, object] = {
    "symbol": "BTC-USDT",
    "orderId": 1999999999999999999,
    "side": "BUY",
    "positionSide": "LONG",
    "type": "LIMIT",
    "origQty": "0.3",
    "executedQty": "0",
    "status": "NEW",
    "stopPrice": "",
    "time": 1767225600000,
    "updateTime": 1767225600000,
    "clientOrderId": "a1",
}


def one(**change: object) -> msgspec.Raw:
    """Return an order, as it is answered."""
    return msgspec.Raw(msgspec.json.encode({"order": {**ROW, **change}}))


@pytest.mark.parametrize(
    ("word", "executed", "expected"),
    [
        ("NEW", "0", "NEW"),
        ("PENDING", "", "NEW"),
        ("WORKING", "0", "NEW"),
        ("RUNNING", "0.1", "PARTIALLY_FILLED"),
        ("PARTIALLY_FILLED", "0.1", "PARTIALLY_FILLED"),
        ("PARTIALLY_FILLED", "0.3", "FILLED"),
        ("FILLED", "0.3", "FILLED"),
        ("FILLED", "0", "UNKNOWN"),
        ("FILLED", "0.1", "CANCELED"),
        ("CANCELED", "0", "CANCELED"),
        ("CANCELLED", "0.1", "CANCELED"),
        ("CANCELED", "0.3", "FILLED"),
        ("EXPIRED", "0", "EXPIRED"),
        ("FAILED", "0", "REJECTED"),
        ("FAILED", "0.1", "CANCELED"),
        ("SOMETHING_NEW", "0", "UNKNOWN"),
    ],
)
def test_every_state_of_bingxs_has_a_word_of_fixs_and_a_fill_counts_before_it(
    word: str, executed: str, expected: AtVenue
) -> None:
    assert read_order(one(status=word, executedQty=executed)).status == expected


def test_an_order_that_was_made_smaller_than_asked_ends_as_canceled() -> None:
    placed = read_order(one(status="FILLED", executedQty="0.3", clientOrderId="a1s"))

    assert (placed.client_order_id, placed.status) == ("a1", "CANCELED")


def test_our_name_is_read_however_it_is_spelled() -> None:
    named = {"clientOrderId": None, "clientOrderID": "AB12"}

    assert read_order(one(**named)).client_order_id == "ab12"
    assert read_order(one(clientOrderId="", clientOrderID="")).client_order_id == ""


@pytest.mark.parametrize(
    "change",
    [{"orderId": 0}, {"orderId": "x"}, {"side": "HOLD"}, {"executedQty": "NaN"}, {"origQty": True}, {"status": None}],
)
def test_an_order_that_lacks_what_moves_money_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_order(one(**change))


@given(some.binary())
def test_nothing_that_is_answered_makes_a_reader_raise_anything_but_malformed(body: bytes) -> None:
    for read in (read_order, read_orders, read_number):
        try:
            read(msgspec.Raw(body))
        except Malformed:
            continue


def test_the_next_life_finds_an_order_by_our_name() -> None:
    async def run() -> None:
        async with trader() as life:
            placed = await life.perpetuals.place(order())
            found = await life.life().perpetuals.find(ACCOUNT, name_of(order()))

            assert found is not None
            assert (found.status, found.executions) == ("FILLED", placed.executions)

    asyncio.run(run())


def test_what_bingx_has_not_is_asked_for_twice_by_each_name() -> None:
    async def run() -> None:
        async with trader() as life:
            found = await life.perpetuals.find(ACCOUNT, name_of(order()))

            assert found is None
            assert life.calls() == ["GET swap/v2/trade/order"] * 4

    asyncio.run(run())


def test_an_order_by_a_hand_is_read_by_its_number_and_has_no_name() -> None:
    async def run() -> None:
        async with trader() as life:
            made = life.by_hand("BUY", "LONG", "0.02")
            found = await life.perpetuals.changed(ACCOUNT, "BTC-USDT", str(made.order_id))

            assert found is not None
            assert (found.client_order_id, found.status) == ("", "FILLED")
            assert [each.quantity for each in found.executions] == [Decimal("0.02")]

    asyncio.run(run())


def test_an_order_whose_fills_are_listed_late_is_unknown_and_names_none() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order())
            life.orders[0].fills_hidden_until_ms = life.orders[0].created_ms + 60_000
            found = await life.life().perpetuals.find(ACCOUNT, name_of(order()))

            assert found is not None
            assert (found.status, found.executions) == ("UNKNOWN", ())
            assert found.filled_quantity == Decimal("0.01")

    asyncio.run(run())


def test_of_an_order_that_does_not_say_what_is_filled_the_fills_tell() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(RESTING)
            life.bingx.service.gateway.book.fill(life.orders[0], quantity=Decimal("0.004"))
            life.bingx.service.change({"nulled": ["executedQty"]})
            event = await life.life().perpetuals.cancel(ACCOUNT, name_of(RESTING))

            assert (event.status, event.filled_quantity) == ("CANCELED", Decimal("0.004"))
            assert [each.quantity for each in event.executions] == [Decimal("0.004")]

    asyncio.run(run())


def test_an_end_that_is_ahead_of_its_fills_is_not_believed_yet() -> None:
    async def run() -> None:
        async with trader(fill_share=Decimal("0.5")) as life:
            await life.perpetuals.place(order())
            life.orders[0].status = "FILLED"
            young = await life.life().perpetuals.find(ACCOUNT, name_of(order()))
            life.orders[0].updated_ms -= 60_000
            old = await life.life().perpetuals.find(ACCOUNT, name_of(order()))

            assert young is not None
            assert old is not None
            assert (young.status, old.status) == ("UNKNOWN", "CANCELED")

    asyncio.run(run())


@pytest.mark.parametrize("before", [True, False])
def test_a_cancel_ends_an_order_whatever_its_answer_calls_it(before: bool) -> None:
    async def run() -> None:
        async with trader(cancel_tells_before=before) as life:
            await life.perpetuals.place(RESTING)
            end = await life.life().perpetuals.cancel(ACCOUNT, name_of(RESTING))

            assert (end.status, end.filled_quantity) == ("CANCELED", Decimal(0))

    asyncio.run(run())


def test_a_fill_before_the_cancel_wins_and_so_does_a_part_of_one() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(RESTING)
            life.price("79000")
            whole = await life.perpetuals.cancel(ACCOUNT, name_of(RESTING))
            part = msgspec.structs.replace(RESTING, client_order_id="a2", price=Decimal(70000))
            await life.perpetuals.place(part)
            life.bingx.service.gateway.book.fill(life.orders[1], quantity=Decimal("0.004"))
            rest = await life.perpetuals.cancel(ACCOUNT, name_of(part))

            assert whole.status == "FILLED"
            assert (rest.status, rest.filled_quantity) == ("CANCELED", Decimal("0.004"))

    asyncio.run(run())


def test_a_cancel_of_what_is_not_there_is_refused_and_one_of_a_shortened_order_is_taken() -> None:
    async def run() -> None:
        async with trader() as life:
            with pytest.raises(Refused):
                await life.perpetuals.cancel(ACCOUNT, name_of(RESTING))
            await life.perpetuals.place(order())
            much = closing(quantity="0.05", type="LIMIT", price=Decimal(90000))
            await life.perpetuals.place(much)
            end = await life.life().perpetuals.cancel(ACCOUNT, name_of(much))

            assert end.status == "CANCELED"
            assert life.orders[-1].status == "CANCELED"

    asyncio.run(run())


def test_a_cancel_whose_answer_was_lost_is_unknown() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(RESTING)
            await life.bingx.fail("after", path=DELETE)
            with pytest.raises(Unknown):
                await life.perpetuals.cancel(ACCOUNT, name_of(RESTING))

    asyncio.run(run())


def test_resting_orders_are_told_with_those_of_hands() -> None:
    async def run() -> None:
        async with trader(resting_as="PENDING") as life:
            await life.perpetuals.place(RESTING)
            life.by_hand("BUY", "LONG", "0.02")
            life.by_hand("SELL", "LONG", "0.02", type="STOP_MARKET", stop_price=Decimal(70000))
            working = await life.life().perpetuals.working(ACCOUNT)

            assert [(each.client_order_id, each.type, each.stop_price) for each in working] == [
                ("a1", "LIMIT", None),
                ("", "STOP", Decimal(70000)),
            ]

    asyncio.run(run())
