"""How often BingX is called, by a clock that the test moves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from brokers.bingx_venue.clock import GOOD_FOR_S, Clock
from brokers.bingx_venue.gate import ROUTES, Route
from brokers.bingx_venue.pace import LONGEST_PAUSE_S, PER_GROUP, Pace, Window
from brokers.venue import Busy

BALANCE = ROUTES["GET", "/openApi/swap/v3/user/balance"]
POSITIONS = ROUTES["GET", "/openApi/swap/v2/user/positions"]
BEGAN = datetime(2026, 11, 27, 12, tzinfo=UTC)


class Moved:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.s = 0.0

    def now(self) -> datetime:
        """Return the wall clock's time."""
        return BEGAN + timedelta(seconds=self.s)

    def monotonic(self) -> float:
        """Return the monotonic seconds."""
        return self.s


async def call(pace: Pace, route: Route = BALANCE) -> None:
    """Make a call that is answered at once."""
    async with pace.turn(route):
        pass


def test_a_window_is_free_again_when_its_oldest_call_is_old() -> None:
    window = Window(2, 1.0)
    for at_s in (0.0, 0.2):
        window.answered(window.take(at_s), at_s + 0.1)

    assert window.free_at(0.5) == pytest.approx(1.1)
    assert window.free_at(1.2) == 1.2


def test_what_would_wait_too_long_is_busy_with_the_time_to_come_back() -> None:
    async def play() -> None:
        clock = Moved()
        pace = Pace(clock)
        *most, last = (route for route in ROUTES.values() if route.group == 1)
        for _ in range(PER_GROUP[1] // len(most)):
            clock.s += 0.22
            for route in most:
                await call(pace, route)

        with pytest.raises(Busy) as raised:
            await call(pace, last)
        assert raised.value.retry_after_s == pytest.approx(10.22 - clock.s)

    asyncio.run(play())


def test_calls_of_all_paths_of_a_group_share_the_addresss_limit() -> None:
    groups = {route.group for route in ROUTES.values()}

    assert groups == {1, 2, 3}


def test_the_pause_doubles_until_a_call_is_answered_and_ends_by_itself() -> None:
    async def play() -> None:
        clock = Moved()
        pace = Pace(clock)
        assert [pace.blocked(BALANCE) for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
        with pytest.raises(Busy):
            await call(pace)
        await call(pace, POSITIONS)
        clock.s = 8.1
        await call(pace)
        pace.answered(BALANCE)
        assert pace.blocked(BALANCE) == 1.0

    asyncio.run(play())


def test_the_pause_is_as_long_as_bingx_says_and_has_an_end() -> None:
    pace = Pace(Moved())

    assert pace.blocked(BALANCE, least_s=90.0) == 90.0
    assert pace.blocked(BALANCE, least_s=10_000.0) == LONGEST_PAUSE_S


def test_a_ban_stops_all_paths() -> None:
    async def play() -> None:
        pace = Pace(Moved())
        pace.blocked(BALANCE, everything=True)

        with pytest.raises(Busy):
            await call(pace, POSITIONS)

    asyncio.run(play())


def test_the_servers_clock_runs_on_the_monotonic_one() -> None:
    machine = Moved()
    clock = Clock(machine)
    assert clock.is_due
    machine.s = 2.0

    clock.take(1_767_225_600_000, asked_at_s=1.0)
    machine.s = 12.0

    assert clock.milliseconds() == 1_767_225_600_000 + 500 + 10_000
    assert not clock.is_due
    machine.s += GOOD_FOR_S
    assert clock.is_due


def test_before_it_was_measured_this_machines_clock_stands_for_it() -> None:
    clock = Clock(Moved())

    assert clock.now() == BEGAN
    assert not clock.is_known
