"""Fills of perpetuals: named alike by every life, in the order of time, and none that do not add up."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from brokers.bingx_venue.fills import executions_of, in_order, read_fills, windows
from brokers.bingx_venue.orders_wire import Placed
from brokers.venue import Busy, Malformed
from tests.brokers.bingx_venue.perpetual import ACCOUNT, closing, order, trader

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROW: dict[str, object] = {
    "filledTm": "2026-11-20T12:00:00Z",
    "filledTime": "2026-11-20T20:00:00.250+0800",
    "volume": "0.10",
    "price": "82000.5",
    "commission": "-4.1",
    "currency": "VST",
    "orderId": "1999999999999999999",
    "symbol": "BTC-USDT",
}
PLACED = Placed(
    broker_order_id="1999999999999999999",
    client_order_id="a1",
    symbol="BTC-USDT",
    side="BUY",
    position_side="LONG",
    kind="MARKET",
    word="FILLED",
    quantity=Decimal("0.3"),
    executed=Decimal("0.3"),
    created_at=AT,
    updated_at=AT,
)


def listed(*rows: dict[str, object]) -> msgspec.Raw:
    """Return a list of fills, as it is answered."""
    return msgspec.Raw(msgspec.json.encode({"fill_orders": rows}))


def test_a_fill_is_read_exactly_and_virtual_money_is_called_what_it_stands_for() -> None:
    (fill,) = read_fills(listed(ROW))
    (execution,) = executions_of(PLACED, [fill])

    assert execution.broker_trade_id == "1999999999999999999:0.1"
    assert execution.exec_time == AT + timedelta(milliseconds=250)
    assert (execution.fee, execution.fee_currency) == (Decimal("4.1"), "USDT")
    assert (execution.side, execution.client_order_id, execution.note) == ("BUY", "a1", "")


def test_a_fill_without_milliseconds_or_with_a_rebate_is_read_too() -> None:
    (fill,) = read_fills(listed({**ROW, "filledTime": "", "commission": 0.25, "volume": 0.1}))

    assert (fill.at, fill.fee, fill.quantity) == (AT, Decimal("-0.25"), Decimal("0.1"))


def test_no_fills_are_none_and_may_be_null() -> None:
    assert read_fills(listed()) == ()
    assert read_fills(msgspec.Raw(b'{"fill_orders": null}')) == ()


@pytest.mark.parametrize(
    "change",
    [{"volume": ""}, {"volume": "0"}, {"volume": "-1"}, {"price": "x"}, {"filledTime": "yesterday"}, {"orderId": None}],
)
def test_a_fill_that_lacks_what_moves_money_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_fills(listed({**ROW, **change}))


@given(some.binary())
def test_nothing_that_is_answered_makes_the_reader_raise_anything_but_malformed(body: bytes) -> None:
    try:
        read_fills(msgspec.Raw(body))
    except Malformed:
        return


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (3, 0, 2, 1)])
def test_fills_of_one_moment_have_one_order_whatever_list_they_stand_in(order: tuple[int, ...]) -> None:
    rows = [
        {**ROW, "volume": "0.3", "filledTime": "2026-11-20T19:59:59.000+0800"},
        ROW,
        {**ROW, "volume": "0.2"},
        {**ROW, "volume": "0.4", "price": "99999"},
    ]
    found = in_order(read_fills(listed(*(rows[each] for each in order))))

    assert [each.quantity for each in found] == [Decimal("0.3"), Decimal("0.1"), Decimal("0.2"), Decimal("0.4")]


def test_a_span_of_time_is_asked_for_a_week_at_a_time() -> None:
    parts = windows(AT, AT + timedelta(days=15))

    assert [(ends_at - begins_at).days for begins_at, ends_at in parts] == [7, 7, 1]
    assert (parts[0][0], parts[-1][1]) == (AT, AT + timedelta(days=15))


def test_every_life_reads_all_fills_alike_those_of_a_hand_and_of_a_liquidation_too() -> None:
    async def run() -> None:
        async with trader(bare_fills=True) as life:
            event = await life.perpetuals.place(order())
            life.by_hand("BUY", "LONG", "0.02")
            life.by_hand("SELL", "LONG", "0.03", kind="LIQUIDATION")
            told = await life.life().perpetuals.executions(ACCOUNT, LONG_AGO)
            mine, hand, liquidated = sorted(told, key=lambda each: each.broker_trade_id)

            assert (mine,) == event.executions
            assert (hand.client_order_id, hand.side, hand.note) == (None, "BUY", "")
            assert (liquidated.client_order_id, liquidated.side, liquidated.note) == (None, "SELL", "LIQUIDATION")

    asyncio.run(run())


def test_an_order_that_began_before_keeps_the_names_of_its_fills() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order("a1", type="LIMIT", price=Decimal(80000)))
            resting = life.orders[0]
            resting.created_ms -= 86_400_000
            book = life.bingx.service.gateway.book
            book.fill(resting, quantity=Decimal("0.004"))
            resting.fills = [msgspec.structs.replace(resting.fills[0], at_ms=resting.created_ms + 1)]
            book.fill(resting, quantity=Decimal("0.006"))
            since = life.rest.clock.now() - timedelta(minutes=5)
            (late,) = await life.perpetuals.executions(ACCOUNT, since)

            assert late.broker_trade_id == f"{resting.order_id}:0.01"
            assert late.quantity == Decimal("0.006")

    asyncio.run(run())


def test_an_account_whose_fills_are_not_all_listed_yet_is_not_read_whole() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order())
            life.orders[0].fills_hidden_until_ms = life.orders[0].created_ms + 60_000
            with pytest.raises(Busy):
                await life.perpetuals.executions(ACCOUNT, LONG_AGO)

    asyncio.run(run())


def test_no_fills_at_all_are_told_as_none() -> None:
    async def run() -> None:
        async with trader(empty_is_null=True) as life:
            assert await life.perpetuals.executions(ACCOUNT, LONG_AGO) == ()
            assert await life.perpetuals.working(ACCOUNT) == ()

    asyncio.run(run())


def test_a_closing_tells_its_fills_in_the_same_way() -> None:
    async def run() -> None:
        async with trader(is_dual=False) as life:
            await life.perpetuals.place(order())
            event = await life.perpetuals.place(closing())

            assert [each.side for each in event.executions] == ["SELL"]
            assert event.filled_quantity == Decimal("0.01")

    asyncio.run(run())
