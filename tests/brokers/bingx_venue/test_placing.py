"""Orders of perpetuals: what goes out in each position mode, what is refused before, and how often BingX is called."""

import asyncio
import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from brokers.bingx_venue.ordered import parameters
from brokers.venue import Busy, Refused, Unknown
from bus.messages.venues import OrderEvent, PlaceOrder, Side
from tests.brokers.bingx_venue.perpetual import (
    ACCOUNT,
    Trader,
    closing,
    name_of,
    order,
    stop_loss,
    take_profit,
    trader,
)

MODE, POST = "GET swap/v1/positionSide/dual", "POST swap/v2/trade/order"
FILLS, POSITIONS = "GET swap/v2/trade/allFillOrders", "GET swap/v2/user/positions"
HALF = Decimal("0.005")


def placed_in(is_dual: bool, *orders: PlaceOrder) -> tuple[list[OrderEvent], Trader]:
    """Place orders one after another, and return what became of them."""

    async def run() -> tuple[list[OrderEvent], Trader]:
        async with trader(is_dual=is_dual) as life:
            return [await life.perpetuals.place(each) for each in orders], life

    return asyncio.run(run())


def why_refused(wanted: PlaceOrder, **state: object) -> Refused:
    """Return why an order is refused; BingX has not heard of it."""

    async def run() -> Refused:
        async with trader(**state) as life:
            with pytest.raises(Refused) as raised:
                await life.perpetuals.place(wanted)

            assert POST not in life.calls()
            return raised.value

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("is_dual", "side", "opened", "closed"),
    [
        (True, "BUY", ("BUY", "LONG", False), ("SELL", "LONG", False)),
        (True, "SELL", ("SELL", "SHORT", False), ("BUY", "SHORT", False)),
        (False, "BUY", ("BUY", "BOTH", False), ("SELL", "BOTH", True)),
        (False, "SELL", ("SELL", "BOTH", False), ("BUY", "BOTH", True)),
    ],
)
def test_an_order_names_its_position_as_the_mode_wants_it(
    is_dual: bool,
    side: Side,
    opened: tuple[str, str, bool],
    closed: tuple[str, str, bool],
) -> None:
    other: Side = "SELL" if side == "BUY" else "BUY"
    events, life = placed_in(is_dual, order(side=side), closing(side=other))
    tickets = [each.ticket for each in life.orders]

    assert [each.status for each in events] == ["FILLED", "FILLED"]
    assert [(each.side, each.position_side, each.reduce_only) for each in tickets] == [opened, closed]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (order(), {"type": "MARKET"}),
        (order(type="LIMIT", price=Decimal("80000.50")), {"type": "LIMIT", "price": "80000.50", "timeInForce": "GTC"}),
        (order(type="LIMIT", price=Decimal(1), time_in_force="DAY"), {"timeInForce": "GTC"}),
        (order(type="LIMIT", price=Decimal(1), time_in_force="FOK"), {"timeInForce": "FOK"}),
        (order(type="STOP", stop_price=Decimal(90000)), {"type": "STOP_MARKET", "stopPrice": "90000"}),
        (
            order(type="STOP_LIMIT", stop_price=Decimal(90000), price=Decimal(90001), time_in_force="IOC"),
            {"type": "STOP", "stopPrice": "90000", "price": "90001", "timeInForce": "IOC"},
        ),
        (stop_loss(), {"type": "STOP_MARKET", "stopPrice": "80000", "workingType": "MARK_PRICE"}),
        (take_profit(), {"type": "TAKE_PROFIT_MARKET", "stopPrice": "90000"}),
        (order(quantity="1E-3"), {"quantity": "0.001"}),
    ],
)
def test_an_order_goes_out_in_bingxs_words(wanted: PlaceOrder, expected: dict[str, str]) -> None:
    made = parameters(wanted, "LONG", wanted.quantity)

    assert made.items() >= expected.items()
    assert made["clientOrderId"] == wanted.client_order_id


def test_the_legs_of_an_opening_go_with_it_and_never_with_a_closing() -> None:
    wanted = order(stop_loss=Decimal("80000.50"), take_profit=Decimal(90000))
    opening = parameters(wanted, "LONG", HALF)
    stop = parameters(replace(wanted, type="STOP", stop_price=Decimal(85000)), "LONG", HALF)
    away = parameters(replace(wanted, side="SELL", reduce_only=True), "LONG", HALF)

    assert json.loads(opening["stopLoss"]) == {"type": "STOP_MARKET", "stopPrice": 80000.5, "workingType": "MARK_PRICE"}
    assert json.loads(opening["takeProfit"])["type"] == "TAKE_PROFIT_MARKET"
    assert not {"stopLoss", "takeProfit"} & (stop.keys() | away.keys())


@pytest.mark.parametrize("price", ["8E+4", "0.0000006", "6E-7"])
def test_the_price_of_a_leg_goes_out_with_all_of_its_digits(price: str) -> None:
    sent = parameters(order(stop_loss=Decimal(price)), "LONG", HALF)["stopLoss"]

    assert f'"stopPrice":{format(Decimal(price), "f")},' in sent


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (order(quantity="0.00015"), ("0.0001", "0.00015", "round down")),
        (order("a1", quantity="0"), ("zero",)),
        (order(quantity="0.0001", type="LIMIT", price=Decimal(10)), ("0.00 USDT", "2", "raise the amount")),
        (order(type="TRAILING", stop_price=Decimal(1000)), ("trailing",)),
        (order(type="LIMIT", price=Decimal(1000), time_in_force="GTD"), ("GTD", "GTC, IOC or FOK")),
        (order(type="LIMIT"), ("price",)),
        (closing(), ("nothing to sell", "0.01", "0 held")),
        (closing(side="BUY"), ("nothing to buy back", "0 held")),
    ],
)
def test_what_bingx_would_refuse_is_refused_with_numbers_before_it_goes_out(
    wanted: PlaceOrder, words: tuple[str, ...]
) -> None:
    reason = why_refused(wanted).reason

    assert all(each in reason for each in words), reason


def test_a_closing_of_more_than_is_held_closes_what_is_held_and_every_life_knows_it() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order(quantity="0.01"))
            first = await life.perpetuals.place(closing(quantity="0.02"))
            found = await life.life().perpetuals.find(ACCOUNT, name_of(closing()))

            assert found is not None
            assert [(each.status, each.filled_quantity) for each in (first, found)] == [
                ("CANCELED", Decimal("0.01"))
            ] * 2
            assert first.executions == found.executions
            assert "held" in first.reason

    asyncio.run(run())


def test_dust_is_named() -> None:
    async def run() -> None:
        async with trader() as life:
            life.by_hand("BUY", "LONG", "0.00004")
            with pytest.raises(Refused, match=r"only 0\.00004 held, and the step is 0\.0001"):
                await life.perpetuals.place(closing())

    asyncio.run(run())


def test_an_order_made_for_the_other_mode_goes_once_more_for_the_new_one() -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order("a1"))
            await life.perpetuals.place(closing("a2"))
            life.bingx.service.change({"is_dual": False})
            event = await life.perpetuals.place(order("a3"))

            assert event.status == "FILLED"
            assert life.orders[-1].ticket.position_side == "BOTH"

    asyncio.run(run())


@pytest.mark.parametrize("code", ["101205", "109420"])
def test_a_closing_that_bingx_finds_nothing_for_is_believed_once_the_position_says_so(code: str) -> None:
    async def run() -> None:
        async with trader() as life:
            await life.perpetuals.place(order())
            await life.bingx.fail("code", path=POST.replace("swap", "/openApi/swap"), code=code)
            with pytest.raises(Busy):
                await life.perpetuals.place(closing())

    asyncio.run(run())


def test_a_post_only_order_that_would_cross_is_canceled() -> None:
    async def run() -> OrderEvent:
        async with trader() as life:
            await life.bingx.fail("code", path=POST.replace("swap", "/openApi/swap"), code="101215")
            return await life.perpetuals.place(order())

    assert asyncio.run(run()).status == "CANCELED"


def test_an_answer_that_cannot_be_read_is_unknown_and_the_order_is_found() -> None:
    async def run() -> None:
        async with trader(omitted=["orderId"]) as life:
            with pytest.raises(Unknown):
                await life.perpetuals.place(order())
            life.bingx.service.change({"omitted": []})
            found = await life.perpetuals.find(ACCOUNT, name_of(order()))

            assert found is not None
            assert found.status == "FILLED"

    asyncio.run(run())


def test_an_order_costs_few_calls() -> None:
    async def run() -> None:
        async with trader() as life:
            wanted = order(margin_mode="CROSS", leverage=10)
            await life.margin.ensure(wanted)
            life.calls()
            await life.perpetuals.place(wanted)
            opening = life.calls()
            await life.perpetuals.place(stop_loss())
            leg = life.calls()
            await life.perpetuals.place(closing())
            away = life.calls()

            assert opening == [MODE, POST, FILLS]
            assert [each for each in away if each != MODE] == [POSITIONS, POST, FILLS]
            assert len([each for each in leg if each != MODE]) <= 6

    asyncio.run(run())
