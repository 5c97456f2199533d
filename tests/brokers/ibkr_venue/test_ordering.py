"""Orders through a gateway in the same event loop: what is refused before it goes out, and what is not known."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from brokers.ibkr_venue.connection import LinkPace
from brokers.ibkr_venue.finding import SETTLED, is_surely_nowhere
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.venue import IbkrVenue
from brokers.venue import Busy, Refused, Unknown
from bus.messages.venues import OrderEvent, Traded
from tests.brokers.ibkr_subject import FRACTIONS, SHARE
from tests.brokers.ibkr_venue.pretend import PACE, WITHIN_S, Gateway, gateway, is_well, link_to, until, until_well
from tests.brokers.pretend_execution import market
from tests.brokers.subject import limit

NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What names an order."""

    client_order_id: str
    broker_order_id: str | None = None
    instrument: Traded = SHARE


@contextlib.asynccontextmanager
async def venue_at(
    pretend: Gateway, *, fractional: bool = True, client_id: int = 1, pace: LinkPace = PACE
) -> AsyncIterator[tuple[IbkrVenue, Link]]:
    """Connect to a gateway."""
    async with link_to(pretend, client_id=client_id, pace=pace) as link:
        venue = IbkrVenue(link, fractional=fractional)
        await venue.connect()
        yield venue, link


async def heard(venue: IbkrVenue, *, many: int) -> list[OrderEvent]:
    """Return the next things that a venue says by itself."""
    told: list[OrderEvent] = []
    async with asyncio.timeout(10):
        async for event in venue.events():
            told.append(event)
            if len(told) == many:
                break
    return told


def test_lists_that_do_not_come_whole_are_never_read_as_nowhere() -> None:
    """Fault T13b."""

    async def play() -> None:
        async with gateway() as pretend, venue_at(pretend) as (venue, link):
            await venue.place(market("a1", SHARE, quantity="1"))
            for name in ("openOrders", "completedOrders", "executions"):
                await pretend.fault("unanswered", path=name)
                with pytest.raises(Busy):
                    await venue.find("acc-1", Name(client_order_id="a1"))
                with pytest.raises(Busy):
                    await venue.find("acc-1", Name(client_order_id="a1"))
                await pretend.clear()
                if name != "executions":  # an answer that is owed is not waited for without end
                    await until(lambda: not is_well(link))
                    await until_well(link)
                found = await venue.find("acc-1", Name(client_order_id="a1"))

                assert found is not None
                assert found.status == "FILLED"

    asyncio.run(play())


def test_lists_that_lack_fills_that_were_told_are_not_believed() -> None:
    """Fault T13b: lists that look empty."""

    async def play() -> None:
        async with gateway() as pretend, venue_at(pretend) as (venue, _):
            await venue.place(market("a1", SHARE, quantity="1"))
            for name in ("openOrders", "completedOrders", "executions"):
                await pretend.fault("empty", path=name)
            with pytest.raises(Busy):
                await venue.find("acc-1", Name(client_order_id="a1"))

    asyncio.run(play())


def test_an_order_is_answered_with_the_gateways_name_for_it_though_that_comes_late() -> None:
    async def play() -> list[OrderEvent]:
        async with gateway() as pretend, venue_at(pretend) as (venue, _):
            await pretend.fault("late_perm_id")
            orders = (market("a1", SHARE, quantity="1"), limit(market("a2", SHARE, quantity="1"), "90"))
            return [await venue.place(order) for order in orders]

    events = asyncio.run(play())

    assert [each.status for each in events] == ["FILLED", "NEW"]
    assert all(each.broker_order_id for each in events)


def test_a_connection_that_is_cut_leaves_an_order_unknown_at_once() -> None:
    """Fault T13."""

    async def play() -> float:
        async with gateway() as pretend, venue_at(pretend) as (venue, _):
            await venue.instrument("acc-1", "AAPL", None)
            await pretend.fault("drop_after_order", path="/placeOrder/a1", times=1)
            began_s = time.monotonic()
            with pytest.raises(Unknown):
                await venue.place(market("a1", SHARE, quantity="1"))
            return time.monotonic() - began_s

    assert asyncio.run(play()) < 2


def test_of_many_orders_at_once_none_is_thrown_away() -> None:
    """The API takes fifty messages a second, and ib_async's own queue is lost with the connection."""

    async def play() -> tuple[list[OrderEvent], int]:
        patient = msgspec.structs.replace(PACE, silent_s=5.0)
        async with gateway() as pretend, venue_at(pretend, pace=patient) as (venue, _):
            orders = [limit(market(f"a{number}", FRACTIONS, quantity="0.1"), "90") for number in range(60)]
            events = await asyncio.gather(*map(venue.place, orders))
            return events, len(await venue.working("acc-1"))

    events, resting = asyncio.run(play())

    assert {each.status for each in events} == {"NEW"}
    assert len({each.broker_order_id for each in events}) == resting == 60


@pytest.mark.parametrize(
    ("fractional", "instrument", "quantity", "reason"),
    [
        (False, FRACTIONS, "0.5", "IB_FRACTIONAL=yes"),
        (True, SHARE, "1.5", "whole"),
        (True, FRACTIONS, "0.00005", "steps of 0.0001"),
        (True, SHARE, "0", "zero"),
    ],
)
def test_a_quantity_that_is_not_offered_is_refused_before_it_goes_out(
    fractional: bool, instrument: Traded, quantity: str, reason: str
) -> None:
    async def play() -> list[str]:
        async with gateway() as pretend, venue_at(pretend, fractional=fractional) as (venue, _):
            with pytest.raises(Refused, match=reason):
                await venue.place(market("a1", instrument, quantity=quantity))
            return await pretend.asked()

    assert not [each for each in asyncio.run(play()) if each.startswith("/placeOrder")]


def test_an_order_of_other_hands_is_not_cancelled_and_says_where_to() -> None:
    async def play() -> None:
        async with (
            gateway() as pretend,
            venue_at(pretend) as (venue, _),
            venue_at(pretend, client_id=2) as (other, _),
        ):
            await pretend.order("trade", symbol="AAPL", quantity="1", limit="90")
            await other.place(limit(market("b1", SHARE, quantity="1"), "91"))
            resting = await venue.working("acc-1")
            for each in resting:
                name = Name(client_order_id=each.client_order_id, broker_order_id=each.broker_order_id)
                with pytest.raises(Refused, match="cancel it there"):
                    await venue.cancel("acc-1", name)

            assert {each.client_order_id for each in resting} == {"", "b1"}
            assert await venue.working("acc-1") == resting

    asyncio.run(play())


def test_an_order_that_nobody_has_is_not_cancelled() -> None:
    async def play() -> None:
        async with gateway() as pretend, venue_at(pretend) as (venue, _):
            with pytest.raises(Refused):
                await venue.cancel("acc-1", Name(client_order_id="a1"))

    asyncio.run(play())


def test_executions_of_another_program_are_told_once_each_and_of_which_order() -> None:
    async def play() -> list[OrderEvent]:
        async with (
            gateway() as pretend,
            venue_at(pretend) as (venue, _),
            venue_at(pretend, client_id=2) as (other, _),
        ):
            await venue.positions("acc-1")
            await other.place(market("b1", SHARE, quantity="3"))
            first = await heard(venue, many=1)
            await other.place(market("b2", FRACTIONS, quantity="2"))
            return first + await heard(venue, many=1)

    events = asyncio.run(play())

    assert [(each.client_order_id, each.status, each.filled_quantity) for each in events] == [
        ("b1", "FILLED", Decimal(3)),
        ("b2", "FILLED", Decimal(2)),
    ]


def test_fills_of_before_this_life_are_not_told_as_news() -> None:
    async def play() -> list[OrderEvent]:
        async with gateway() as pretend:
            await pretend.order("trade", symbol="AAPL", quantity="3")
            async with venue_at(pretend) as (venue, _):
                await venue.positions("acc-1")
                await pretend.order("trade", symbol="MSFT", quantity="2")
                return await heard(venue, many=1)

    (event,) = asyncio.run(play())

    assert event.executions[0].instrument is not None
    assert event.executions[0].instrument.symbol == "MSFT"


@pytest.mark.parametrize("version", [176, 178])
def test_both_versions_of_the_protocol_are_spoken(version: int) -> None:
    async def play() -> list[OrderEvent | None]:
        async with gateway() as pretend:
            await pretend.state(server_version=version)
            async with venue_at(pretend) as (venue, _):
                await venue.place(market("a1", SHARE, quantity="1"))
                await venue.place(limit(market("a2", SHARE, quantity="1"), "90"))
                await venue.cancel("acc-1", Name(client_order_id="a2"))
                return [await venue.find("acc-1", Name(client_order_id=name)) for name in ("a1", "a2")]

    found = asyncio.run(play())

    assert [each and each.status for each in found] == ["FILLED", "CANCELED"]


@pytest.mark.parametrize(
    ("looked", "after", "is_nowhere"),
    [(1, timedelta(hours=1), False), (2, timedelta(0), False), (2, SETTLED, True), (3, timedelta(hours=1), True)],
)
def test_nowhere_takes_two_whole_looks_and_a_moment(looked: int, after: timedelta, is_nowhere: bool) -> None:
    assert is_surely_nowhere(placed_at=NOW, looked=looked, now=NOW + after) is is_nowhere


def test_what_is_told_does_not_wait_for_a_list_that_does_not_come() -> None:
    async def play() -> tuple[list[OrderEvent], float]:
        async with gateway() as pretend, venue_at(pretend) as (venue, _):
            await venue.place(limit(market("a1", FRACTIONS, quantity="0.1"), "90"))
            await pretend.fault("unanswered", path="executions")
            asked = (await pretend.asked()).count("/executions")
            await pretend.order("trade", symbol="AAPL", quantity="3")
            telling = asyncio.ensure_future(heard(venue, many=1))
            async with asyncio.timeout(WITHIN_S):
                while (await pretend.asked()).count("/executions") == asked:
                    await asyncio.sleep(0.01)
            began_s = time.monotonic()
            await pretend.order("orders/a1/cancel")
            return await telling, time.monotonic() - began_s

    (event,), took_s = asyncio.run(play())

    assert (event.client_order_id, event.status) == ("a1", "CANCELED")
    assert took_s < PACE.answer_s
