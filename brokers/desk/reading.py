"""What execution asks a broker to read: an account whole, a quote, an instrument."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from brokers.desk.calls import read
from brokers.desk.orders import Start
from brokers.desk.standing import Standing
from brokers.venue import Busy, Venue, VenueError
from bus.log import logger
from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venue_talk import Answer
from bus.messages.venues import AskInstrument, AskQuote, InstrumentState, Quote

MOST_FILLS = 400
"""So many fit the bus, beside all else that an account's state holds."""
ALIKE = frozenset({"EQUITY", "ETF"})
"""A venue need not tell these two apart."""

Part = TypeVar("Part")
Asked = tuple[str, str, str | None]

log = logger(__name__)


class Reading:
    """Reads for execution; the same thing is asked of the venue once at a time."""

    def __init__(self, venue: Venue, standing: Standing, *, say: Callable[[Answer], None], start: Start) -> None:
        """Have nothing read.

        Args:
            venue: What is asked.
            standing: The clocks and the pace; is told when the venue answers.
            say: Tells execution.
            start: Starts a task that ends with the process.
        """
        self._venue = venue
        self._standing = standing
        self._say = say
        self._start = start
        self._under_way: set[str] = set()
        self._waiting: dict[Asked, set[str]] = {}
        self._quotes: dict[Asked, tuple[float, Quote]] = {}

    def account(self, asked: AskAccount) -> None:
        """Read an account whole, and say it.

        Args:
            asked: Which account, and from when on its executions are wanted.
        """
        self._once(asked.id, lambda: self._account(asked))

    def instrument(self, asked: AskInstrument) -> None:
        """Say what the venue knows under a symbol; nothing where it cannot be asked.

        Args:
            asked: The symbol, as the signal has it.
        """
        self._once(asked.id, lambda: self._instrument(asked))

    def quote(self, asked: AskQuote) -> None:
        """Say what an instrument costs: fresh, or not at all.

        Args:
            asked: The instrument; an answer that is still fresh is said again.
        """
        what = (asked.instrument.symbol, asked.instrument.asset_type, asked.instrument.exchange)
        now_s = self._standing.time.monotonic()
        self._quotes = {
            key: kept for key, kept in self._quotes.items() if now_s - kept[0] < self._standing.pace.quote_s
        }
        if what in self._quotes:
            self._say(msgspec.structs.replace(self._quotes[what][1], account=asked.account))
        elif what in self._waiting:
            self._waiting[what].add(asked.account)
        else:
            self._waiting[what] = {asked.account}
            self._start(self._quote(asked, what))

    def _once(self, asked_id: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start to read what is not being read already."""
        if asked_id in self._under_way:
            return
        self._under_way.add(asked_id)
        self._start(self._and_note(asked_id, work))

    async def _and_note(self, asked_id: str, work: Callable[[], Awaitable[None]]) -> None:
        """Read, and note that it is over."""
        try:
            await work()
        finally:
            self._under_way.discard(asked_id)

    async def _account(self, asked: AskAccount) -> None:
        """Read the parts of an account; whole only where each of them was answered."""
        as_of = self._standing.time.now()
        errors: list[VenueError] = []
        balances, positions, working, executions, cash_events = await asyncio.gather(
            self._part(self._venue.balances(asked.account), errors),
            self._part(self._venue.positions(asked.account), errors),
            self._part(self._venue.working(asked.account), errors),
            self._part(self._venue.executions(asked.account, asked.since), errors),
            self._part(self._venue.cash_events(asked.account, asked.since), errors),
        )
        reach = self._venue.reach(self._standing.time.now())
        told = tuple(sorted(executions, key=lambda each: each.exec_time))[:MOST_FILLS]
        cut = "" if len(told) == len(executions) else "more fills than can be told at once; ask from the last one on"
        reason = errors[0].reason if errors else cut
        self._say(
            AccountState(
                id=asked.id,
                account=asked.account,
                as_of=as_of,
                is_complete=not reason,
                reason=reason,
                balances=balances,
                positions=positions,
                working=working,
                executions=told,
                executions_since=reach if reach is not None and reach > asked.since else None,
                cash_events=cash_events,
            )
        )

    async def _part(self, call: Awaitable[tuple[Part, ...]], errors: list[VenueError]) -> tuple[Part, ...]:
        """Read one part of an account; an error is noted, and nothing is given for it."""
        try:
            part = await self._read(call)
        except VenueError as error:
            errors.append(error)
            return ()
        return part

    async def _quote(self, asked: AskQuote, what: Asked) -> None:
        """Ask for a quote, and say it to all accounts that wait for it."""
        try:
            quote = await self._read(self._venue.quote(asked.account, asked.instrument))
        except VenueError as error:
            log.info("no quote", symbol=asked.instrument.symbol, reason=error.reason, code=error.code)
            return
        finally:
            accounts = self._waiting.pop(what)
        if not 0 < quote.bid <= quote.ask or quote.last <= 0:
            log.warning("quote not usable", symbol=asked.instrument.symbol)
            return
        self._quotes[what] = (self._standing.time.monotonic(), quote)
        for account in accounts:
            self._say(msgspec.structs.replace(quote, account=account))

    async def _instrument(self, asked: AskInstrument) -> None:
        """Ask what is behind a symbol, and refuse what is of another kind than was asked for."""
        try:
            found = await self._read(
                self._venue.instrument(asked.account, asked.symbol, asked.exchange, kind=asked.asset_type)
            )
        except VenueError as error:
            log.info("no instrument", reason=error.reason, code=error.code)
            return
        self._say(msgspec.structs.replace(_of_kind(found, asked), id=asked.id))

    async def _read(self, call: Awaitable[Part]) -> Part:
        """Wait for a call, and note whether the venue has answered."""
        try:
            result = await read(call, within_s=self._standing.pace.call_s)
        except Busy as error:
            self._standing.note(error)
            raise
        self._standing.answered()
        return result


def _of_kind(found: InstrumentState, asked: AskInstrument) -> InstrumentState:
    """Return what was found, without its instrument where that is of another kind than the signal says."""
    if found.instrument is None or asked.asset_type in {None, found.instrument.asset_type}:
        return found
    kind = found.instrument.asset_type
    if asked.asset_type in ALIKE and kind in ALIKE:
        return found
    return msgspec.structs.replace(
        found, instrument=None, reason=f"{asked.symbol} is {kind} and not {asked.asset_type}"
    )
