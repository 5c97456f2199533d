"""Contracts as a gateway has them: found, refused, named, with their steps and hours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from ib_async import Contract

from brokers.ibkr_venue.contracts import Contracts
from brokers.venue import Busy, Refused
from bus.messages.venues import Traded
from tests.brokers.ibkr_venue.pretend import Gateway, gateway, link_to


class Clock(msgspec.Struct):
    """A clock that a test sets."""

    moment: datetime = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def monotonic(self) -> float:
        """Return the moment in seconds."""
        return self.moment.timestamp()


@asynccontextmanager
async def contracts(
    *, fractional: bool = False, clock: Clock | None = None
) -> AsyncIterator[tuple[Gateway, Contracts]]:
    """Run a gateway, and ask it for contracts."""
    async with gateway() as pretend, link_to(pretend) as link:
        await link.connect()
        yield pretend, Contracts(link, fractional=fractional, time=clock or Clock())


def test_a_share_is_found_with_its_steps_and_hours() -> None:
    async def play() -> None:
        async with contracts() as (pretend, asked):
            await pretend.state(hours="calendar")
            found = await asked.instrument("a", "AAPL", "NASDAQ")

            assert found.instrument == Traded(symbol="AAPL", asset_type="EQUITY", currency="USD", exchange="NASDAQ")
            assert (found.quantity_step, found.price_step, found.minimum_quantity) == (
                Decimal(1),
                Decimal("0.01"),
                Decimal(1),
            )
            assert found.sessions
            assert all(begins.tzinfo is not None and begins < ends for begins, ends in found.sessions)
            assert not found.is_always_open

    asyncio.run(play())


@pytest.mark.parametrize(
    ("symbol", "exchange", "name", "kind", "listed"),
    [
        ("BRK.B", "NYSE", "BRK.B", "EQUITY", "NYSE"),
        ("SPY", "AMEX", "SPY", "ETF", "ARCA"),
        ("SPY", None, "SPY", "ETF", "ARCA"),
        ("DUAL", "NYSE", "DUAL", "EQUITY", "NYSE"),
    ],
)
def test_symbols_are_those_of_the_signals(symbol: str, exchange: str | None, name: str, kind: str, listed: str) -> None:
    async def play() -> None:
        async with contracts() as (_, asked):
            found = (await asked.instrument("a", symbol, exchange)).instrument

            assert found is not None
            assert (found.symbol, found.asset_type, found.exchange) == (name, kind, listed)
            assert (await asked.known(found)).traded == found

    asyncio.run(play())


@pytest.mark.parametrize(
    ("symbol", "exchange", "says"),
    [
        ("DUAL", None, ("NASDAQ", "NYSE", "name the exchange")),
        ("AAPL", "NYSE", ("not listed at NYSE", "NASDAQ")),
        ("NOPE", None, ("does not know NOPE",)),
        ("ES1!", "CME", ("month",)),
        ("ESZ2026", "CME", ("does not know ESZ2026",)),
        ("BTCUSDT", "BYBIT", ("no crypto",)),
    ],
)
def test_what_is_unknown_or_means_several_is_refused_with_why(
    symbol: str, exchange: str | None, says: tuple[str, ...]
) -> None:
    async def play() -> None:
        async with contracts() as (_, asked):
            found = await asked.instrument("a", symbol, exchange)

            assert found.instrument is None
            assert all(word in found.reason for word in says), found.reason

    asyncio.run(play())


def test_a_pair_of_currencies_is_found_by_its_name() -> None:
    async def play() -> None:
        async with contracts() as (_, asked):
            found = await asked.instrument("a", "EURUSD", "FX")

            assert found.instrument is not None
            assert (found.instrument.symbol, found.instrument.asset_type) == ("EUR.USD", "FOREX")
            assert found.price_step == Decimal("0.00005")
            assert (await asked.known(found.instrument)).contract.exchange == "IDEALPRO"

    asyncio.run(play())


@pytest.mark.parametrize(("fractional", "step"), [(True, "0.0001"), (False, "1")])
def test_fractions_are_ordered_where_both_the_owner_and_the_instrument_allow_them(fractional: bool, step: str) -> None:
    async def play() -> None:
        async with contracts(fractional=fractional) as (_, asked):
            some = await asked.instrument("a", "FRAC", None)
            whole = await asked.instrument("a", "AAPL", None)

            assert (some.quantity_step, some.minimum_quantity) == (Decimal(step), Decimal(step))
            assert whole.quantity_step == 1

    asyncio.run(play())


def test_an_exchange_that_closes_unscheduled_opens_on_none_of_the_days_that_are_told() -> None:
    async def play() -> None:
        async with contracts() as (pretend, asked):
            await pretend.state(hours="closed")
            found = await asked.instrument("a", "AAPL", None)

            (first, _), *_ = found.sessions
            assert first > datetime.now(UTC)

    asyncio.run(play())


def test_hours_are_an_hour_old_at_most_and_what_orders_go_by_a_day() -> None:
    async def play() -> None:
        clock = Clock()
        async with contracts(clock=clock) as (pretend, asked):
            for _ in range(3):
                found = await asked.instrument("a", "AAPL", "NASDAQ")
            assert (await pretend.asked()).count("/contractDetails") == 1
            clock.moment += timedelta(hours=2)
            assert found.instrument is not None
            await asked.known(found.instrument)
            assert (await pretend.asked()).count("/contractDetails") == 1
            await asked.instrument("a", "AAPL", "NASDAQ")

            assert (await pretend.asked()).count("/contractDetails") == 2

    asyncio.run(play())


def test_what_a_position_is_in_is_learned_once_and_named_as_the_instrument() -> None:
    async def play() -> None:
        async with contracts() as (pretend, asked):
            held = Contract(conId=756733, secType="STK", symbol="SPY", currency="USD", exchange="ARCA")
            assert asked.traded(held).asset_type == "EQUITY"
            await asked.learn([held, held])
            await asked.learn([held])

            assert asked.traded(held) == (await asked.instrument("a", "SPY", None)).instrument
            assert (await pretend.asked()).count("/contractDetails") == 2

    asyncio.run(play())


def test_a_name_that_is_not_ours_is_no_contract() -> None:
    async def play() -> None:
        async with contracts() as (_, asked):
            with pytest.raises(Refused, match="name the exchange"):
                await asked.known(Traded(symbol="DUAL", asset_type="EQUITY", currency="USD"))

    asyncio.run(play())


def test_details_that_do_not_come_are_not_unknown() -> None:
    async def play() -> None:
        async with contracts() as (pretend, asked):
            await pretend.fault("unanswered", path="contractDetails")

            with pytest.raises(Busy):
                await asked.instrument("a", "AAPL", None)

    asyncio.run(play())
