"""Orders without a name of ours: legs that came with their opening, and stops whose answer was lost."""

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal

import msgspec
import pytest

from brokers.venue import Busy, Unknown
from bus.messages.venues import PlaceOrder
from sandbox.bingx.quotes import milliseconds
from tests.brokers.bingx_venue.perpetual import ACCOUNT, Trader, name_of, order, stop_loss, take_profit, trader

POST = "POST /openApi/swap/v2/trade/order"
OPENING = order(stop_loss=Decimal(80000), take_profit=Decimal(90000))


def in_a_life(story: Callable[[Trader], Coroutine[None, None, None]], **state: object) -> None:
    """Play a story before the pretend BingX."""

    async def run() -> None:
        async with trader(**state) as life:
            await story(life)

    asyncio.run(run())


@pytest.mark.parametrize("is_dual", [True, False])
def test_legs_that_came_with_their_opening_are_taken_each_once(is_dual: bool) -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        events = [await life.perpetuals.place(each) for each in (stop_loss(), take_profit())]
        numbers = {each.broker_order_id for each in events}

        assert [each.status for each in events] == ["NEW", "NEW"]
        assert [each.client_order_id for each in events] == ["c1", "d1"]
        assert numbers == {str(each.order_id) for each in life.orders[1:]}
        assert len(life.orders) == 3

    in_a_life(story, is_dual=is_dual)


def test_a_leg_that_did_not_come_with_its_opening_is_placed_as_an_order_of_its_own() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(order())
        event = await life.perpetuals.place(stop_loss())
        ticket = life.orders[-1].ticket

        assert (event.status, ticket.type, ticket.stop_price) == ("NEW", "STOP_MARKET", Decimal(80000))

    in_a_life(story)


def test_a_leg_of_another_size_is_replaced_and_never_more_is_closed_than_is_held() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        event = await life.perpetuals.place(stop_loss(quantity="0.004"))
        resting = [each.ticket for each in life.orders if each.is_resting and each.ticket.type == "STOP_MARKET"]

        assert event.status == "NEW"
        assert [(each.client_id, each.quantity) for each in resting] == [("c1", Decimal("0.004"))]

    in_a_life(story)


def test_a_leg_of_another_opening_is_left_to_that_one() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        await life.perpetuals.place(order("a2", stop_loss=Decimal(80000)))
        first = await life.perpetuals.place(stop_loss("c1"))
        second = await life.life().perpetuals.place(msgspec.structs.replace(stop_loss("c2"), parent="a2"))
        parents = {str(each.order_id): each.ticket.parent_id for each in life.orders}

        assert parents[first.broker_order_id or ""] == life.orders[0].order_id
        assert parents[second.broker_order_id or ""] != life.orders[0].order_id
        assert len(life.orders) == 5

    in_a_life(story)


def test_a_leg_of_another_opening_is_neither_taken_nor_canceled_where_ones_own_is_gone() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(order())
        await life.perpetuals.place(order("a2", quantity="0.004", stop_loss=Decimal(80000)))
        others = life.orders[-1]
        event = await life.life().perpetuals.place(stop_loss("c1"))

        assert event.broker_order_id != str(others.order_id)
        assert others.is_resting

    in_a_life(story)


def test_a_leg_that_is_listed_late_is_waited_for_and_has_none_beside_it() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        attached = next(each for each in life.orders if each.ticket.type == "STOP_MARKET")
        attached.hidden_until_ms = milliseconds(life.bingx.service.now()) + 500
        event = await life.perpetuals.place(stop_loss())

        assert event.broker_order_id == str(attached.order_id)
        assert len(life.orders) == 3

    in_a_life(story)


def test_a_leg_of_another_price_or_made_by_hand_before_is_not_taken() -> None:
    async def story(life: Trader) -> None:
        life.by_hand("BUY", "LONG", "0.01")
        earlier = life.by_hand("SELL", "LONG", "0.01", type="STOP_MARKET", stop_price=Decimal(80000))
        earlier.created_ms -= 60_000
        await life.perpetuals.place(order())
        event = await life.perpetuals.place(stop_loss())

        assert life.orders[-1].ticket.client_id == "c1"
        assert event.broker_order_id == str(life.orders[-1].order_id)

    in_a_life(story)


def test_a_leg_that_was_faster_than_its_order_is_taken_with_its_fills() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        life.price("79000")
        event = await life.perpetuals.place(stop_loss())

        assert (event.status, event.filled_quantity) == ("FILLED", Decimal("0.01"))
        assert len(life.orders) == 3

    in_a_life(story)


def test_a_taken_leg_fills_and_is_told_under_our_name_and_found_by_its_number_in_the_next_life() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        leg = await life.perpetuals.place(stop_loss())
        working = await life.perpetuals.working(ACCOUNT)
        later = life.life()
        foreign = await later.perpetuals.working(ACCOUNT)
        life.price("79000")
        found = await later.perpetuals.find(ACCOUNT, name_of(stop_loss(), leg.broker_order_id))

        assert {each.client_order_id for each in working} == {"c1", ""}
        assert leg.broker_order_id in {each.broker_order_id for each in foreign}
        assert found is not None
        assert (found.client_order_id, found.status) == ("c1", "FILLED")
        assert [each.client_order_id for each in found.executions] == ["c1"]

    in_a_life(story)


@pytest.mark.parametrize("leg", [stop_loss(), take_profit()])
def test_a_stop_whose_answer_was_lost_is_found_by_its_shape(leg: PlaceOrder) -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(order())
        await life.bingx.fail("after", path=POST)
        with pytest.raises(Unknown):
            await life.perpetuals.place(leg)
        found = await life.perpetuals.find(ACCOUNT, name_of(leg))

        assert found is not None
        assert (found.status, found.client_order_id) == ("NEW", leg.client_order_id)
        assert len(life.orders) == 2

    in_a_life(story, forgets_stop_names=True)


def test_a_stop_whose_answer_was_lost_is_not_placed_again_by_the_next_life() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(order())
        await life.bingx.fail("after", path=POST)
        with pytest.raises(Unknown):
            await life.perpetuals.place(stop_loss())
        event = await life.life().perpetuals.place(stop_loss())

        assert event.status == "NEW"
        assert len(life.orders) == 2

    in_a_life(story, forgets_stop_names=True)


def test_a_leg_that_cannot_be_made_to_fit_is_surely_not_placed() -> None:
    async def story(life: Trader) -> None:
        await life.perpetuals.place(OPENING)
        await life.bingx.fail("after", path="DELETE")
        with pytest.raises(Busy):
            await life.perpetuals.place(stop_loss(quantity="0.004"))

        assert not [each for each in life.orders if each.ticket.client_id == "c1"]

    in_a_life(story)
