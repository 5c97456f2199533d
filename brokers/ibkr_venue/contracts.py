"""Contracts of Interactive Brokers: found by our names, named by ours, with their steps and hours.

Follows the TWS API's contract details (read 2026-11). Quirks: what is found by a symbol may be listed twice; a position
and an execution do not say whether a share is of a fund, which their details do: they are learned first.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import msgspec
from ib_async import Contract, ContractDetails

from brokers.ibkr_venue import states
from brokers.ibkr_venue.exact import exact
from brokers.ibkr_venue.hours import Session, sessions
from brokers.ibkr_venue.link import Link
from brokers.ibkr_venue.symbols import ALIASES, MONTHS, Wanted, wanted
from brokers.venue import Malformed, Refused, VenueError
from bus.log import logger
from bus.messages.venues import AssetType, InstrumentState, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

HOME: Final = "USD"
WHOLE: Final = Decimal(1)
MOST_DECIMALS: Final = 4
HOUR_S, DAY_S = 3600.0, 86400.0
"""So old, in seconds, may be the details that hours and steps are told of, and those that an order goes by."""

log = logger(__name__)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The details of a contract, whose hours reach a few days ahead; `read_s` is when, by the monotonic clock."""

    contract: Contract
    traded: Traded
    details: ContractDetails
    read_s: float


class Contracts:
    """Asks for contracts, and remembers them for a while; what one is called, for good."""

    def __init__(self, link: Link, *, fractional: bool, time: TimeSource = SYSTEM_TIME) -> None:
        """Know none yet.

        Args:
            link: Where to ask.
            fractional: Whether fractions of shares are ordered where the instrument allows them.
            time: The clocks.
        """
        self._link = link
        self._fractional = fractional
        self._time = time
        self._known: dict[int, Known] = {}
        self._ids: dict[tuple[str, str], int] = {}
        self._one_at_a_time: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def instrument(self, account: str, symbol: str, exchange: str | None) -> InstrumentState:
        """Find what a symbol means, and its steps and hours.

        Args:
            account: The account's uid.
            symbol: As the signal has it.
            exchange: As the signal has it; None where it does not say.

        Returns:
            The instrument, or why there is none.

        Raises:
            VenueError: It could not be asked.
        """
        asked = wanted(symbol, exchange)
        found = asked if isinstance(asked, str) else await self._find(asked, within_s=HOUR_S)
        if isinstance(found, str):
            return InstrumentState(id="", account=account, symbol=symbol, instrument=None, reason=found)
        step = self.step(found)
        return InstrumentState(
            id="",
            account=account,
            symbol=symbol,
            instrument=found.traded,
            quantity_step=step,
            price_step=price_step(found),
            minimum_quantity=max(step, exact(found.details.minSize)) if step < WHOLE else step,
            sessions=_sessions(found),
        )

    async def known(self, instrument: Traded) -> Known:
        """Find the one contract that an instrument of ours is.

        Args:
            instrument: As `instrument` has named it.

        Returns:
            The contract, and what the gateway tells of it.

        Raises:
            Refused: There is none of that name, or there are several.
            VenueError: It could not be asked.
        """
        asked = wanted(instrument.symbol, instrument.exchange)
        found = asked if isinstance(asked, str) else await self._find(asked, within_s=DAY_S)
        if isinstance(found, str):
            raise Refused(found)
        return found

    async def learn(self, contracts: Iterable[Contract]) -> None:
        """Read the details of contracts that positions, orders or executions are in, so that `traded` names them right.

        Args:
            contracts: Such as ib_async gives them; those that are known already cost nothing.

        Raises:
            VenueError: They could not be asked for.
        """
        shares = {each.conId for each in contracts if each.secType == "STK" and each.conId}
        await asyncio.gather(*(self._learn(each) for each in sorted(shares - self._known.keys())))

    def traded(self, contract: Contract) -> Traded:
        """Return what a contract is called here.

        Args:
            contract: One that was learned, or its own words must do.
        """
        known = self._known.get(contract.conId)
        return traded(contract) if known is None else known.traded

    def step(self, known: Known) -> Decimal:
        """Return what quantities of a contract are multiples of, as they are ordered here.

        Args:
            known: The contract.
        """
        return _quantity_step(known, fractional=self._fractional)

    async def _find(self, asked: Wanted, *, within_s: float) -> Known | str:
        """Return the one contract that is meant, read so long ago at most; or why there is none."""
        key = (asked.name, asked.exchange)
        async with self._one_at_a_time[key]:
            kept = self._known.get(self._ids.get(key, 0))
            if kept is not None and self._time.monotonic() - kept.read_s < within_s:
                return kept
            rows = await self._rows(asked.contract)
            found = _the_one(asked, rows)
            if isinstance(found, str):
                return found
            self._ids[key] = found.conId
            return self._keep(next(each for each in rows if each.contract is found), found)

    async def _learn(self, con_id: int) -> None:
        """Read the details of one contract."""
        rows = await self._rows(Contract(conId=con_id))
        for row in rows:
            if row.contract is not None and row.contract.conId == con_id:
                self._keep(row, row.contract)

    async def _rows(self, contract: Contract) -> Sequence[ContractDetails]:
        """Ask for all contracts that fit; empty where Interactive Brokers knows none."""
        try:
            return await self._link.ask("", lambda ib: ib.reqContractDetailsAsync(contract))
        except VenueError as error:
            if error.code == str(states.NO_SUCH_CONTRACT):
                return ()
            raise

    def _keep(self, details: ContractDetails, contract: Contract) -> Known:
        """Remember a contract."""
        if contract.secType == "STK":
            contract.exchange = "SMART"
        name = traded(contract, stock_type=details.stockType)
        known = Known(contract=contract, traded=name, details=details, read_s=self._time.monotonic())
        self._known[contract.conId] = known
        return known


def traded(contract: Contract, *, stock_type: str = "") -> Traded:
    """Return what a contract is called here.

    What is not offered has a name that none of what is offered has: it is held or ordered by hand.

    Args:
        contract: As ib_async has it.
        stock_type: Of a share, from its details; empty where they are not known.
    """
    kind, base = _kind(contract, stock_type)
    where = ALIASES.get(contract.primaryExchange, contract.primaryExchange)
    return Traded(
        symbol=_name(contract),
        asset_type=kind,
        currency=contract.currency,
        exchange=(where or None) if contract.secType == "STK" else contract.exchange or None,
        base_currency=base,
        multiplier=Decimal(contract.multiplier or 1),
    )


def price_step(known: Known) -> Decimal | None:
    """Return what the prices of a contract are multiples of; None where that is not said.

    Args:
        known: The contract.
    """
    return exact(known.details.minTick) or None


def _kind(contract: Contract, stock_type: str) -> tuple[AssetType, str | None]:
    """Return the kind of a contract and, of a pair, what is bought."""
    match contract.secType:
        case "STK":
            return ("ETF" if stock_type == "ETF" else "EQUITY"), None
        case "CASH":
            return "FOREX", contract.symbol
        case "CRYPTO":
            return "CRYPTO", contract.symbol
        case "FUT" | "OPT" | "FOP" | "WAR":
            return "FUTURE", None
        case _:
            return "EQUITY", None


def _name(contract: Contract) -> str:
    """Return our symbol of a contract."""
    match contract.secType:
        case "STK":
            name = contract.symbol.replace(" ", ".")
            return name if contract.currency == HOME else f"{name}.{contract.currency}"
        case "CASH":
            return f"{contract.symbol}.{contract.currency}"
        case "CRYPTO":
            return f"{contract.symbol}-{contract.currency}"
        case "FUT":
            return _future_name(contract)
        case _:
            return " ".join(f"{contract.localSymbol or contract.symbol} {contract.secType}".split())


def _future_name(contract: Contract) -> str:
    """Return such as ESZ2026 for ESZ6 that is traded until 20261218; the month is the letter's, not the last day's."""
    local, until = contract.localSymbol, contract.lastTradeDateOrContractMonth
    if not (local[-1:].isdigit() and local[-2:-1] in MONTHS and until[:4].isdigit()):
        return f"{local or contract.symbol} {until}".strip()
    year = int(until[:4])
    ahead = (int(local[-1]) - year) % 10
    return f"{local[:-1]}{year + ahead if ahead <= 1 else year + ahead - 10}"


def _the_one(asked: Wanted, rows: Sequence[ContractDetails]) -> Contract | str:
    """Return the contract that is meant among those that fit, or why there is none."""
    fitting = [
        row.contract for row in rows if row.contract is not None and row.contract.secType == asked.contract.secType
    ]
    places = sorted({_listed(each) for each in fitting})
    left = [each for each in fitting if not asked.listed or _listed(each) in asked.listed]
    if len({each.conId for each in left}) == 1:
        return left[0]
    if not fitting:
        return f"Interactive Brokers does not know {asked.name}"
    if not left:
        return f"{asked.name} is not listed at {asked.exchange} but at {', '.join(places)}"
    if len(places) > 1:
        return (
            f"{asked.name} is listed at {' and at '.join(places)}: name the exchange, such as {places[0]}:{asked.name}"
        )
    return f"{asked.name} means {len(left)} contracts at Interactive Brokers; none is chosen by guessing"


def _listed(contract: Contract) -> str:
    """Return where a contract is listed."""
    where = contract.primaryExchange or contract.exchange
    return ALIASES.get(where, where)


def _quantity_step(known: Known, *, fractional: bool) -> Decimal:
    """Return what quantities are multiples of: whole ones, or what the instrument allows down to 4 decimals."""
    step = exact(known.details.sizeIncrement)
    if not fractional or not 0 < step < WHOLE:
        return WHOLE
    exponent = step.normalize().as_tuple().exponent
    return step if isinstance(exponent, int) and -exponent <= MOST_DECIMALS else WHOLE


def _sessions(known: Known) -> tuple[Session, ...]:
    """Return the hours of a contract; none where their text is not understood, so that the calendar decides."""
    try:
        return sessions(known.details.liquidHours, known.details.timeZoneId)
    except Malformed as error:
        log.error("hours are not understood", symbol=known.traded.symbol, code=error.code)
        return ()
