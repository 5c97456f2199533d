"""Quotes: one snapshot for each question, live where there is a subscription, else delayed and marked so.

Follows the TWS API's market data types and tick types (read 2026-11). Quirks:

- A snapshot of the real gateway ends after up to eleven seconds, though its prices are there after one: the quote is
  taken as soon as it is whole. It keeps its line until its end; it is never canceled, it ends by itself.
- ib_async has one ticker for each contract and leaves the last snapshot's prices in it: each begins with a new one.
- The kind of data is a setting of the connection: it is said again right before each question.
- A side without a price is -1 with no size, or never said.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import msgspec
from ib_async import IB, Contract, Ticker
from ib_async.wrapper import RequestError

from brokers.ibkr_venue import states
from brokers.ibkr_venue.contracts import Contracts, Known, price_step
from brokers.ibkr_venue.exact import price
from brokers.ibkr_venue.link import Link
from brokers.venue import Busy, Refused, VenueError
from bus import reasons
from bus.messages.venues import Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

SOURCE: Final = "Interactive Brokers"
LIVE: Final = 1
DELAYED: Final = 3
MOST_LINES: Final = 60
"""Of the hundred that an account has at least: the owner's own TWS may want some."""
LINE_S: Final = 12.0
"""So long a snapshot may keep its line, in seconds, whether or not anybody waits for it."""
ALL_S: Final = 0.5
BOTH_S: Final = 3.5
"""So long everything is waited for, in seconds; and after that, so long for bid and ask."""
SUBSCRIBED_ANEW_S: Final = 3600.0
UNSUBSCRIBED: Final = frozenset(map(str, states.NO_SUBSCRIPTION))


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One question: `ended` is done when the gateway has said all, or an error; `stirred` is set at each news."""

    ticker: Ticker
    ended: "asyncio.Future[object]"
    stirred: asyncio.Event


class Quotes:
    """Asks for quotes, a few at a time."""

    def __init__(self, link: Link, contracts: Contracts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Have asked for none.

        Args:
            link: Where to ask.
            contracts: What instruments are.
            time: The clocks.
        """
        self._link = link
        self._contracts = contracts
        self._time = time
        self._lines = asyncio.Semaphore(MOST_LINES)
        self._delayed_until_s: dict[int, float] = {}

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs.

        Args:
            account: The account's uid.
            instrument: What it is.

        Returns:
            Bid, ask and last price, above zero and not crossed; the middle of them where nothing was traded yet.

        Raises:
            Refused: There is no such instrument, it is halted, or it has no quote now.
            VenueError: It could not be asked; with the code `competing`, another session has the data.
        """
        known = await self._contracts.known(instrument)
        as_of = self._time.now()
        ticker = await self._ticker(known)
        self._link.quotes_are_back()
        bid, ask, last = _prices(ticker, price_step(known))
        return Quote(
            account=account,
            instrument=instrument,
            bid=bid,
            ask=ask,
            last=last,
            as_of=as_of,
            source=SOURCE,
            is_delayed=ticker.marketDataType == DELAYED,
        )

    async def _ticker(self, known: Known) -> Ticker:
        """Ask for live prices, and for delayed ones where there is no subscription."""
        con_id = known.contract.conId
        if self._time.monotonic() >= self._delayed_until_s.get(con_id, 0.0):
            try:
                return await self._snapshot(known.contract, LIVE)
            except VenueError as error:
                if error.code not in UNSUBSCRIBED:
                    raise
                self._delayed_until_s[con_id] = self._time.monotonic() + SUBSCRIBED_ANEW_S
        try:
            return await self._snapshot(known.contract, DELAYED)
        except VenueError as error:
            if error.code not in UNSUBSCRIBED:
                raise
            raise Refused("no subscription of its market data, and no delayed data either", code=error.code) from None

    async def _snapshot(self, contract: Contract, kind: int) -> Ticker:
        """Ask once, and wait until the quote is whole or its snapshot has ended."""
        await self._lines.acquire()
        try:
            snapshot = _ask(await self._link.turn(2, can_wait=True), contract, kind)
        except BaseException:
            self._lines.release()
            raise
        snapshot.ended.add_done_callback(lambda _: self._lines.release())
        asyncio.get_running_loop().call_later(LINE_S, snapshot.ended.cancel)
        await _fill(snapshot)
        self._link.must_be_well()
        return snapshot.ticker


def _ask(ib: IB, contract: Contract, kind: int) -> Snapshot:
    """Send the two messages of a question, as ib_async's `reqTickersAsync` does, but with a ticker that is new."""
    request = ib.client.getReqId()
    ib.wrapper.tickers.pop(hash(contract), None)
    ended = ib.wrapper.startReq(request, contract)
    snapshot = Snapshot(
        ticker=ib.wrapper.startTicker(request, contract, "snapshot"), ended=ended, stirred=asyncio.Event()
    )

    def over(each: "asyncio.Future[object]") -> None:
        """Let ib_async forget the question, and look at its error: nobody may be waiting any more."""
        ib.wrapper.endTicker(snapshot.ticker, "snapshot")
        ib.wrapper.reqId2Ticker.pop(request, None)
        if not each.cancelled():
            each.exception()
        snapshot.stirred.set()

    ended.add_done_callback(over)
    snapshot.ticker.updateEvent += lambda _ticker: snapshot.stirred.set()
    ib.client.reqMarketDataType(kind)
    ib.client.reqMktData(request, contract, "", True, False, [])
    return snapshot


async def _fill(snapshot: Snapshot) -> None:
    """Wait until a quote is whole, has its sides after a while, or has ended; raise where nothing was said at all."""
    ticker, ended = snapshot.ticker, snapshot.ended
    if not await _stirs_until(snapshot, _has_all, ALL_S) and not await _stirs_until(snapshot, _has_both, BOTH_S):
        if math.isnan(ticker.bid) and math.isnan(ticker.ask):
            raise Busy(reasons.TIMEOUT, code="no quote in time")
        return
    if not ended.done() or ended.cancelled():
        return
    match ended.exception():
        case RequestError() as error:
            raise states.of_request(error.code)
        case BaseException():
            raise states.error(states.DROPPED)


async def _stirs_until(snapshot: Snapshot, is_enough: Callable[[Ticker], bool], within_s: float) -> bool:
    """Wait until a quote is enough or has ended; tell whether it came to that in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while not (snapshot.ended.done() or is_enough(snapshot.ticker)):
                snapshot.stirred.clear()
                await snapshot.stirred.wait()
    return snapshot.ended.done() or is_enough(snapshot.ticker)


def _has_both(ticker: Ticker) -> bool:
    """Tell whether both sides have a price."""
    return ticker.bid > 0 and ticker.ask > 0


def _has_all(ticker: Ticker) -> bool:
    """Tell whether everything was said that a quote is made of."""
    return _has_both(ticker) and ticker.last > 0 and not math.isnan(ticker.halted)


def _prices(ticker: Ticker, step: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Return bid, ask and last price; raise where they are none that anybody trades at."""
    if ticker.halted > 0:
        raise Refused("trading is halted")
    if ticker.marketDataType not in {LIVE, DELAYED}:
        raise Refused("the quote is from the close: its market is not open")
    bid, ask = price(ticker.bid, step), price(ticker.ask, step)
    if bid is None or ask is None or bid > ask:
        raise Refused("no quote now: a side has no price, or they are crossed")
    return bid, ask, price(ticker.last, step) or (bid + ask) / 2
