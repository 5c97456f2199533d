"""The paper venue as the loop sees it: its own memory, and somebody else's quotes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal

from brokers.bingx_public.markets import Price, Steps
from brokers.paper_venue import books
from brokers.paper_venue.engine import Costs, Engine
from brokers.paper_venue.memory import Memory
from brokers.paper_venue.quotes import SOURCE, Quotes
from brokers.paper_venue.symbols import resolve
from brokers.venue import Margins, OrderName, Refused, VenueError
from bus.log import logger
from bus.messages.venue_accounts import Cash, CashEvent, Held, Working
from bus.messages.venues import AssetType, Execution, InstrumentState, OrderEvent, PlaceOrder, Quote, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

POLL_S = 1.0
PRICES_WITHIN_S = 3.0
ASSUMED = Steps(quantity_step=Decimal("0.0001"))
SHARES = Steps(quantity_step=Decimal(1), price_step=Decimal("0.01"), minimum_quantity=Decimal(1))

log = logger(__name__)


class PaperVenue:
    """All paper accounts; what their orders are filled at is real, and nothing else."""

    number = ""
    has_reduce_only = True
    has_brackets = False
    margins: Margins | None = None

    def __init__(self, memory: Memory, quotes: Quotes, *, costs: Costs, time: TimeSource = SYSTEM_TIME) -> None:
        """Go on where the memory ends.

        Args:
            memory: All accounts, orders and positions.
            quotes: Where prices come from.
            costs: Slippage and fees.
            time: The clocks.
        """
        self._memory = memory
        self._quotes = quotes
        self._time = time
        self._engine = Engine(memory, costs=costs, time=time)
        self._stirred = asyncio.Event()

    async def connect(self) -> bool | None:
        """See that the memory can be read; whether an account is a live one is whatever execution says."""
        self._engine.resting()
        return None

    async def place(self, order: PlaceOrder) -> OrderEvent:
        """Fill an order, or let it rest.

        Raises:
            Refused: It cannot be, or is for a live account; nothing was kept.
            Unknown: The memory could not be written.
        """
        if order.is_live:
            raise Refused("a live account is never traded on paper")
        event = self._engine.place(order, await self._price(order.instrument))
        self._stirred.set()
        return event

    async def cancel(self, account: str, order: OrderName) -> OrderEvent:
        """Cancel an order that rests.

        Raises:
            Refused: There is no such order.
            Unknown: The memory could not be written.
        """
        return self._engine.cancel(account, order.client_order_id)

    async def find(self, account: str, order: OrderName) -> OrderEvent | None:
        """Find an order; the memory is the truth."""
        return self._engine.find(account, order.client_order_id)

    def is_surely_nowhere(self, *, placed_at: datetime, looked: int, now: datetime) -> bool:  # noqa: ARG002
        """Tell whether an order will never appear: what is not in the memory never was there."""
        return looked > 0

    async def executions(self, account: str, since: datetime) -> tuple[Execution, ...]:
        """Read the fills of an account from a moment on."""
        return self._memory.executions_since(account, since)

    def reach(self, now: datetime) -> datetime | None:  # noqa: ARG002
        """Tell how far back fills are known: to the beginning."""
        return None

    async def working(self, account: str) -> tuple[Working, ...]:
        """Read the orders of an account that rest."""
        return tuple(
            Working(
                instrument=each.order.instrument,
                client_order_id=each.order.client_order_id,
                broker_order_id=each.broker_order_id,
                side=each.order.side,
                type=each.order.type,
                quantity=each.order.quantity,
                filled_quantity=Decimal(0),
                stop_price=each.stop_price,
            )
            for each in self._engine.resting()
            if each.order.account == account
        )

    async def positions(self, account: str) -> tuple[Held, ...]:
        """Read what an account holds."""
        return self._memory.positions(account)

    async def balances(self, account: str) -> tuple[Cash, ...]:
        """Read an account's money; its equity only where everything that it holds has a quote."""
        held = self._memory.positions(account)
        prices: tuple[Price | None, ...] = (None,) * len(held)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PRICES_WITHIN_S):
                prices = tuple(await asyncio.gather(*(self._price(each.instrument) for each in held)))
        return tuple(
            self._balance(account, currency, tuple(zip(held, prices, strict=True)))
            for currency in self._memory.currencies(account)
        )

    async def cash_events(self, account: str, since: datetime) -> tuple[CashEvent, ...]:  # noqa: ARG002 - the protocol's
        """Return nothing: there is no money here that comes or goes without an order."""
        return ()

    async def quote(self, account: str, instrument: Traded) -> Quote:
        """Ask what an instrument costs.

        Raises:
            VenueError: There is no quote now.
        """
        price = await self._quotes.price(instrument)
        return Quote(
            account=account,
            instrument=instrument,
            bid=price.bid,
            ask=price.ask,
            last=price.last,
            as_of=price.as_of,
            source=SOURCE,
        )

    async def instrument(
        self,
        account: str,
        symbol: str,
        exchange: str | None,
        *,
        kind: AssetType | None = None,  # noqa: ARG002 - a symbol stands for one kind here
    ) -> InstrumentState:
        """Find what a symbol means, and its steps: the quotes' source knows those of crypto."""
        found = resolve(symbol, exchange)
        if isinstance(found, str):
            return InstrumentState(id="", account=account, symbol=symbol, instrument=None, reason=found)
        steps, reason = SHARES, ""
        if found.base_currency is not None:
            try:
                steps = await self._quotes.steps(found)
            except Refused:
                unknown = f"{SOURCE} has no {found.symbol}"
                return InstrumentState(id="", account=account, symbol=symbol, instrument=None, reason=unknown)
            except VenueError as error:
                log.info("steps are assumed", symbol=found.symbol, reason=error.reason, code=error.code)
                steps, reason = ASSUMED, f"steps are assumed: {SOURCE} cannot be asked"
        return InstrumentState(
            id="",
            account=account,
            symbol=symbol,
            instrument=found,
            reason=reason,
            quantity_step=steps.quantity_step,
            price_step=steps.price_step,
            minimum_quantity=steps.minimum_quantity,
            minimum_value=steps.minimum_value,
            is_always_open=found.base_currency is not None,
        )

    def hindrance(self) -> VenueError | None:
        """Tell that nothing hinders."""
        return None

    async def events(self) -> AsyncIterator[OrderEvent]:
        """Yield what quotes make of resting orders: looked at every second while any rests."""
        while True:
            self._stirred.clear()
            instruments = {
                (each.order.instrument.symbol, each.order.instrument.asset_type): each.order.instrument
                for each in self._engine.resting()
            }
            if not instruments:
                await self._stirred.wait()
                continue
            wanted = tuple(instruments.values())
            prices = await asyncio.gather(*map(self._price, wanted))
            for instrument, price in zip(wanted, prices, strict=True):
                for event in self._engine.advance(instrument, price):
                    yield event
            await asyncio.sleep(POLL_S)

    def _balance(self, account: str, currency: str, held: tuple[tuple[Held, Price | None], ...]) -> Cash:
        """Return one currency of an account."""
        cash = self._memory.cash(account, currency)
        equity: Decimal | None = cash
        for each, price in held:
            if each.instrument.currency != currency:
                continue
            equity = None if price is None or equity is None else equity + books.value(each, price.last)
        available = self._engine.available(account, currency)
        return Cash(currency=currency, cash=cash, available=available, equity=equity)

    async def _price(self, instrument: Traded) -> Price | None:
        """Ask for a quote; None where there is none."""
        try:
            return await self._quotes.price(instrument)
        except VenueError as error:
            log.debug("no quote", symbol=instrument.symbol, reason=error.reason, code=error.code)
            return None
