"""What the account of the pretend BingX holds in perpetuals: positions, money, leverages, and what moved the money.

Follows BingX's documentation, "USDT-M Perp Futures, Account" (read 2026-11); no orders and no input or output.

Quirks of BingX that are kept: a fee is a negative commission; margin is what a position cost by its leverage; the
leverage of long and short are two; funding of a crossed position tells of no position.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from sandbox.bingx.journal import AccountTold, ConfigTold, Journal
from sandbox.bingx.orders import NOTHING, Fill, Income, Order, Position, Ticket
from sandbox.bingx.quotes import mark_of, milliseconds
from sandbox.bingx.state import MARKETS, BingxState

TAKER, MAKER = Decimal("0.0005"), Decimal("0.0002")
CROSSED = "CROSSED"
_FIRST_LEVERAGE = 10
_PLACES = 8
"""Of all money and of average prices."""


class Leverages(msgspec.Struct):
    """How many times its margin a position of each side may be worth."""

    long: int = _FIRST_LEVERAGE
    short: int = _FIRST_LEVERAGE


class Execution(msgspec.Struct, frozen=True):
    """What an order is filled with."""

    quantity: Decimal
    price: Decimal
    fee: Decimal
    at_ms: int


class Holdings:
    """Positions and money of the one account.

    Attributes:
        positions: By symbol and side; none that is empty.
        incomes: What moved the money, oldest first.
        leverages: Of each symbol.
        margin_modes: Of each symbol: CROSSED, ISOLATED or SEPARATE_ISOLATED.
    """

    def __init__(self, state: BingxState, journal: Journal, clock: Callable[[], datetime]) -> None:
        """Start with nothing but the money of the state."""
        self.state = state
        self.journal = journal
        self.clock = clock
        self._count = 0
        self.forget()

    def forget(self) -> None:
        """Hold nothing, as at the start."""
        self.positions: dict[tuple[str, str], Position] = {}
        self.incomes: list[Income] = []
        self.leverages = {symbol: Leverages() for symbol in MARKETS}
        self.margin_modes = dict.fromkeys(MARKETS, CROSSED)

    def now_ms(self) -> int:
        """Return the time of the exchange, milliseconds."""
        return milliseconds(self.clock())

    def number(self) -> int:
        """Return a number of 19 digits that nothing else has."""
        self._count += 1
        return self.now_ms() * 1_000_000 + self._count % 1_000_000

    def leverage_of(self, ticket: Ticket) -> int:
        """Return the leverage that an order trades with."""
        is_long = ticket.side == "BUY" if ticket.position_side == "BOTH" else ticket.position_side == "LONG"
        leverages = self.leverages[ticket.symbol]
        return leverages.long if is_long else leverages.short

    def closable(self, ticket: Ticket) -> Decimal:
        """Return how much an order could close: what is held against it, not below zero."""
        position = self.positions.get((ticket.symbol, ticket.position_side))
        if position is None or position.quantity * ticket.sign > 0:
            return NOTHING
        return abs(position.quantity)

    def apply(self, order: Order, execution: Execution) -> Fill:
        """Let an execution move position and money.

        Args:
            order: Whose it is; its own fills stay as they are.
            execution: What happened.

        Returns:
            The fill.
        """
        ticket, cost = order.ticket, execution.quantity * execution.price
        position = self._position(order, execution.at_ms)
        profit = _moved(position, execution.quantity * ticket.sign, execution.price)
        fill = Fill(
            trade_id=self.number(),
            quantity=execution.quantity,
            price=execution.price,
            commission=round(-cost * execution.fee, _PLACES),
            profit=profit,
            at_ms=execution.at_ms,
            maker=execution.fee == MAKER,
        )
        position.realised += profit + fill.commission
        position.updated_ms = execution.at_ms
        self.state.wallet += profit + fill.commission
        self._note(ticket.symbol, "TRADING_FEE", fill.commission, trade_id=str(fill.trade_id))
        if profit:
            self._note(ticket.symbol, "REALIZED_PNL", profit, trade_id=str(fill.trade_id))
        if not position.quantity:
            self.positions.pop((ticket.symbol, ticket.position_side), None)
        self.tell("ORDER", positions=(position,))
        return fill

    def pay(self, kind: str, amount: Decimal, *, symbol: str = "", reason: str = "FUNDING_FEE") -> Income:
        """Add money that no order brought, below zero to take it away.

        Args:
            kind: What the list of incomes calls it: FUNDING_FEE, TRANSFER …
            amount: How much.
            symbol: The symbol, "" for none.
            reason: What the stream calls it.

        Returns:
            The row.
        """
        self.state.wallet += amount
        moved = [each for each in self.positions.values() if each.symbol == symbol and each.margin_mode != CROSSED]
        income = self._note(symbol, kind, amount)
        self.tell(reason, positions=moved, change=amount)
        return income

    def tell(self, reason: str, *, positions: Sequence[Position] = (), change: Decimal = NOTHING) -> None:
        """Say how money and positions are now."""
        wallet, isolated = self.state.wallet, self._isolated_margin()
        told = AccountTold(reason, self.state.asset, wallet, wallet - isolated, change, tuple(positions), self.now_ms())
        self.journal.account(told)

    def config_of(self, symbol: str) -> ConfigTold:
        """Return how a symbol is set."""
        leverages = self.leverages[symbol]
        return ConfigTold(symbol, leverages.long, leverages.short, self.margin_modes[symbol], self.now_ms())

    def unrealised(self) -> Decimal:
        """Return what open positions have won at the mark price."""
        now = self.clock()
        marks = {symbol: mark_of(self.state, symbol, now) for symbol in MARKETS}
        return sum((each.unrealised(marks[each.symbol]) for each in self.positions.values()), NOTHING)

    def used(self) -> Decimal:
        """Return the margin of all positions."""
        return sum((each.margin for each in self.positions.values()), NOTHING)

    def realised(self) -> Decimal:
        """Return what closing has won, with all fees and funding."""
        return sum((each.amount for each in self.incomes if each.kind != "TRANSFER"), NOTHING)

    def _isolated_margin(self) -> Decimal:
        return sum((each.margin for each in self.positions.values() if each.margin_mode != CROSSED), NOTHING)

    def _position(self, order: Order, at_ms: int) -> Position:
        """Return the position that an order moves, a new one where there is none."""
        key = (order.ticket.symbol, order.ticket.position_side)
        if key not in self.positions:
            self.positions[key] = Position(
                position_id=self.number(),
                symbol=order.ticket.symbol,
                side=order.ticket.position_side,
                margin_mode=self.margin_modes[order.ticket.symbol],
                leverage=order.leverage,
                created_ms=at_ms,
            )
        order.position_id = self.positions[key].position_id
        return self.positions[key]

    def _note(self, symbol: str, kind: str, amount: Decimal, *, trade_id: str = "") -> Income:
        """Keep what moved the money."""
        texts = {"FUNDING_FEE": "Funding Fee", "TRADING_FEE": "Position opening or closing fee"}
        income = Income(
            symbol=symbol,
            kind=kind,
            amount=amount,
            text=texts.get(kind, kind.capitalize()),
            at_ms=self.now_ms(),
            number=self.number(),
            trade_id=trade_id,
        )
        self.incomes.append(income)
        return income


def _moved(position: Position, signed: Decimal, price: Decimal) -> Decimal:
    """Move a position by a quantity, below zero for selling; return what it realised."""
    held, average = position.quantity, position.average
    closed = min(abs(signed), abs(held)) if held * signed < 0 else NOTHING
    opened, kept = abs(signed) - closed, abs(held) - closed
    position.quantity = held + signed
    if opened:
        position.average = round((average * kept + price * opened) / (kept + opened), _PLACES)
    return round(closed * (price - average) * (1 if held > 0 else -1), _PLACES)
