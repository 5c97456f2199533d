"""Orders of spot: sent once, found by our name or BingX's number, canceled; each with all of its fills.

Follows BingX's "Spot, Trades Endpoints" (read 2026-11).

    query by number, by name ──▶ found ─▶ fills until they add up ─▶ what it is, UNKNOWN where they do not for now
                             ──▶ not ──▶ open orders, then history, both whole: found, or not there

Quirks: which code says that there is no such order is not documented, so that no code is believed: the lists are. No
more is sold than is free; what is smaller than asked bears our name with a sign behind it. Error 100421 is said of a
wrong time, and of orders that are not taken by the API: once the time was measured anew it is the latter.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from brokers.bingx_venue import spot_wire
from brokers.bingx_venue.errors import KNOWN
from brokers.bingx_venue.lists import newest
from brokers.bingx_venue.orders_wire import ONLY_WHAT_WAS_HELD, SHORTENED, Placed, milliseconds
from brokers.bingx_venue.rest import Rest
from brokers.bingx_venue.spot_wire import SpotFill
from brokers.venue import Busy, Malformed, OrderName, Refused, VenueError
from bus import reasons
from bus.messages.venues import OrderEvent

PAUSES_S: Final = (0.15, 0.3, 0.6)
PAGE: Final = 100
MOST_PAGES: Final = 100
"""BingX tells no more than 10,000 orders of one question."""
LOOKED_AT: Final = timedelta(days=7)
MOST_REMEMBERED: Final = 10_000
SETTLED: Final = timedelta(seconds=10)


class SpotOrders:
    """Reads orders and their fills."""

    def __init__(self, rest: Rest) -> None:
        """Have nothing read.

        Args:
            rest: Calls BingX.
        """
        self._rest = rest
        self._numbers: OrderedDict[str, str] = OrderedDict()

    def learn(self, client_order_id: str, broker_order_id: str) -> None:
        """Note BingX's number of an order of ours.

        Args:
            client_order_id: Our name for it; empty for an order that is not ours.
            broker_order_id: The number.
        """
        if client_order_id:
            self._numbers[client_order_id] = broker_order_id
            while len(self._numbers) > MOST_REMEMBERED:
                self._numbers.popitem(last=False)

    def number_of(self, order: OrderName) -> str:
        """Return BingX's number of an order; empty where it is not known.

        Args:
            order: Its names.
        """
        return self._numbers.get(order.client_order_id) or order.broker_order_id or ""

    async def placed(self, order: OrderName) -> Placed | None:
        """Find an order as BingX has it.

        Args:
            order: Its names.

        Returns:
            The order; None where neither a question for it nor whole lists have it now.

        Raises:
            VenueError: It could not be asked, or a list was not whole.
        """
        symbol, number, name = order.instrument.symbol, self.number_of(order), order.client_order_id
        questions = [{"orderId": number}] if number else []
        if name:
            questions += [{"clientOrderID": each} for each in (name, f"{name}{SHORTENED}")]
        for question in questions:
            found = await self._asked(symbol, question)
            if found is not None and _is_named(found, number, name):
                self.learn(found.client_order_id, found.broker_order_id)
                return found
        listed = await self.all_of(symbol)
        found = next((each for each in listed if _is_named(each, number, name)), None)
        if found is not None:
            self.learn(found.client_order_id, found.broker_order_id)
        return found

    async def all_of(self, symbol: str = "", *, since: datetime | None = None) -> tuple[Placed, ...]:
        """Read the orders that rest and those that are over, whole; an order moves from the first list to the second.

        Args:
            symbol: What they trade; empty for all.
            since: Those made since then, aware UTC; None: of a week.

        Returns:
            Each order once, resting ones too.

        Raises:
            VenueError: One of the lists was not whole.
        """
        resting = await self.resting(symbol)
        history = await self._history(symbol, since or self._rest.clock.now() - LOOKED_AT)
        return tuple(newest((*resting, *history)).values())

    async def resting(self, symbol: str = "") -> tuple[Placed, ...]:
        """Read the orders that rest.

        Args:
            symbol: What they trade; empty for all.

        Returns:
            The orders; empty means that BingX said so.

        Raises:
            VenueError: They could not be read whole.
        """
        return spot_wire.read_orders(await self._rest.get(spot_wire.OPEN_ORDERS, symbol=symbol))

    async def event(self, account: str, placed: Placed) -> OrderEvent:
        """Read an order's fills until they add up, and tell it.

        Args:
            account: The account's uid.
            placed: The order, as it was just read.

        Returns:
            What is known of it: UNKNOWN where its fills do not add up for now.

        Raises:
            VenueError: It could not be asked.
        """
        placed, fills = await self.whole(placed)
        now = self._rest.clock.now()
        is_whole = total(fills) == placed.executed
        is_ahead = placed.is_cut and not placed.is_shortened and now - placed.updated_at < SETTLED
        is_sure = is_whole and not is_ahead
        return OrderEvent(
            account=account,
            client_order_id=placed.client_order_id,
            broker_order_id=placed.broker_order_id,
            status=placed.status if is_sure else "UNKNOWN",
            at=now,
            executions=spot_wire.executions_of(placed, fills) if is_whole else (),
            filled_quantity=placed.executed,
            reason=ONLY_WHAT_WAS_HELD if is_sure and placed.is_cut else "",
        )

    async def whole(self, placed: Placed) -> tuple[Placed, tuple[SpotFill, ...]]:
        """Read an order's fills until they add up, or for some times.

        Args:
            placed: The order, as it was just read.

        Returns:
            The order as it is then, and its fills, oldest first.

        Raises:
            VenueError: It could not be asked.
        """
        if not placed.executed:
            return placed, ()
        for pause_s in PAUSES_S:
            fills = await self._fills(placed)
            if total(fills) == placed.executed:
                return placed, fills
            await asyncio.sleep(pause_s)
            placed = await self._asked(placed.symbol, {"orderId": placed.broker_order_id}) or placed
        return placed, await self._fills(placed)

    async def _fills(self, placed: Placed) -> tuple[SpotFill, ...]:
        """Read the fills of an order."""
        data = await self._rest.get(
            spot_wire.FILLS, symbol=placed.symbol, orderId=placed.broker_order_id, limit=str(1000)
        )
        return tuple(each for each in spot_wire.read_fills(data) if each.broker_order_id == placed.broker_order_id)

    async def _asked(self, symbol: str, question: dict[str, str]) -> Placed | None:
        """Ask for one order; None where BingX does not give it, whatever it says."""
        try:
            return spot_wire.read_order(await self._rest.get(spot_wire.QUERY, symbol=symbol, **question))
        except VenueError as error:
            if is_answer(error):
                return None
            raise

    async def _history(self, symbol: str, since: datetime) -> tuple[Placed, ...]:
        """Read the orders that are over, page by page to the end."""
        found: list[Placed] = []
        span = {"startTime": milliseconds(since), "endTime": milliseconds(self._rest.clock.now() + SETTLED)}
        for page in range(1, MOST_PAGES + 1):
            data = await self._rest.get(
                spot_wire.HISTORY, symbol=symbol, pageIndex=str(page), pageSize=str(PAGE), **span
            )
            rows = spot_wire.read_orders(data)
            found += rows
            if len(rows) < PAGE:
                return tuple(found)
        raise Malformed(reasons.BAD_ANSWER, code="spot history has no end")


def is_answer(error: VenueError) -> bool:
    """Tell whether an error is BingX's word on what was asked, and no trouble of the way there.

    Args:
        error: What a call has raised.
    """
    if not error.code.isdecimal():
        return False
    return isinstance(error, (Refused, Malformed)) or (isinstance(error, Busy) and error.code not in KNOWN)


def total(fills: tuple[SpotFill, ...]) -> Decimal:
    """Return what fills add up to.

    Args:
        fills: The fills.
    """
    return sum((each.quantity for each in fills), Decimal(0))


def _is_named(placed: Placed, number: str, name: str) -> bool:
    """Tell whether an order is the one that is looked for: by our name, or by its number where it bears none."""
    if name and placed.client_order_id:
        return placed.client_order_id == name
    return bool(number) and placed.broker_order_id == number
