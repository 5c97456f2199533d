"""The pretend gateway's positions, cash and executions; follows IBKR Pro's fixed commissions (read 2026-11).

Quirks: an average cost is without commissions; a correction takes an execution to have only opened, or only closed, and
the average cost of what opened to be that of all that did. Cash falls by the commission at once, whenever it is told.
Nothing forbids a short position, as in a margin account: that its client sells no more than it has is its own affair.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from sandbox.ib_gateway.contracts import Instrument
from sandbox.ib_gateway.hours import NEW_YORK
from sandbox.ib_gateway.orders import Execution
from sandbox.ib_gateway.state import State

_A_SHARE, _LEAST, _MOST_SHARE = Decimal("0.005"), Decimal(1), Decimal("0.01")
_CENT = Decimal("0.0001")


class Position(msgspec.Struct):
    """What is held of an instrument; `average` and `realized` are USD."""

    instrument: Instrument
    quantity: Decimal = Decimal(0)
    average: Decimal = Decimal(0)
    realized: Decimal = Decimal(0)


def commission_of(quantity: Decimal, price: Decimal) -> Decimal:
    """Return what an execution costs, USD."""
    return min(max(_LEAST, quantity * _A_SHARE), quantity * price * _MOST_SHARE).quantize(_CENT)


class Holdings:
    """Positions, cash and executions of the one account."""

    def __init__(self, state: State) -> None:
        """Begin empty; the cash is the state's."""
        self.state = state
        self.positions: dict[int, Position] = {}
        self.executions: list[Execution] = []

    def forget(self) -> None:
        """Be as new."""
        self.positions.clear()
        self.executions.clear()

    def position(self, instrument: Instrument) -> Position:
        """Return what is held, perhaps nothing."""
        return self.positions.setdefault(instrument.con_id, Position(instrument))

    def book(self, execution: Execution) -> Execution:
        """Take an execution in.

        Returns:
            It, with what it realized.
        """
        position = self.position(execution.ticket.instrument)
        held, change = position.quantity, execution.signed
        closed = min(abs(change), abs(held)) if held * change < 0 else Decimal(0)
        gain = (execution.price - position.average) * (closed if held > 0 else -closed)
        if closed:
            position.realized += gain
        if abs(change) > closed and execution.quantity:
            opened, kept = abs(change) - closed, abs(held) - closed
            position.average = (position.average * kept + execution.price * opened) / (kept + opened)
        position.quantity += change
        if not position.quantity:
            position.average = Decimal(0)
        self.state.cash -= change * execution.price + execution.commission
        realized = gain - execution.commission if closed else None
        booked = msgspec.structs.replace(execution, realized=realized)
        self.executions.append(booked)
        return booked

    def correct(self, old: Execution, new: Execution) -> Execution:
        """Put a corrected execution in the place of the newest of its number; the old one stays in the list.

        Args:
            old: The newest revision so far.
            new: The next one.

        Returns:
            The new one, with what it realized.
        """
        position = self.position(new.ticket.instrument)
        position.quantity += new.signed - old.signed
        if not position.quantity:
            position.average = Decimal(0)
        elif position.quantity * new.signed >= 0 and old.realized is None:
            position.average = self._average(position, new)
        self.state.cash += old.signed * old.price + old.commission - new.signed * new.price - new.commission
        gain = _gain_again(old, new)
        position.realized += gain - _gain_again(old, old)
        realized = None if old.realized is None else gain - new.commission
        booked = msgspec.structs.replace(new, realized=realized)
        self.executions.append(booked)
        return booked

    def _average(self, position: Position, new: Execution) -> Decimal:
        """Return what a position cost on average, by the newest revisions of what opened it."""
        side = new.side
        newest = {each.number: each for each in [*self.executions, new]}
        mine = [
            each
            for each in newest.values()
            if each.ticket.instrument == position.instrument and each.side == side and each.quantity
        ]
        bought = sum((each.quantity for each in mine), Decimal(0))
        return sum((each.quantity * each.price for each in mine), Decimal(0)) / bought if bought else position.average

    def newest_of(self, perm_id: int) -> list[Execution]:
        """Return the newest revision of each execution of an order."""
        newest = {each.number: each for each in self.executions if each.perm_id == perm_id}
        return list(newest.values())

    def since_midnight(self, now: datetime) -> list[Execution]:
        """Return the executions of New York's day, which is all that a gateway tells."""
        midnight = now.astimezone(NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)
        return [each for each in self.executions if each.at >= midnight]

    def price(self, position: Position) -> Decimal:
        """Return what one costs now: the last price, or what it cost."""
        quote = self.state.quotes.get(position.instrument.name)
        return position.average if quote is None or quote.last is None else quote.last

    @property
    def market_value(self) -> Decimal:
        """Return what all positions are worth, USD."""
        return sum((each.quantity * self.price(each) for each in self.positions.values()), Decimal(0))

    @property
    def equity(self) -> Decimal:
        """Return cash and positions, USD."""
        return self.state.cash + self.market_value


def _gain_again(old: Execution, new: Execution) -> Decimal:
    """Return what a corrected execution gained before commissions, by the cost that the old one was counted with."""
    if old.realized is None or not old.quantity:
        return Decimal(0)
    sign = -1 if old.ticket.action == "BUY" else 1
    cost = old.price - sign * (old.realized + old.commission) / old.quantity
    return sign * (new.price - cost) * new.quantity
