"""Where the pretend BingX's engine says what has happened, the moment that it happens and before any answer is sent.

Follows BingX's documentation, "USDT-M Perp Futures, Websocket Account Data" (read 2026-11), in what is told, not in
how: the stream writes ORDER_TRADE_UPDATE, ACCOUNT_UPDATE and ACCOUNT_CONFIG_UPDATE from these.

Quirks: what is told is a copy, so that a listener may keep it; nothing is kept for those who listen later.
"""

import copy
from collections.abc import Callable, Sequence
from decimal import Decimal

import msgspec

from sandbox.bingx.orders import Fill, Order, Position


class OrderTold(msgspec.Struct, frozen=True):
    """Something happened to an order of perpetuals: `execution_type` is NEW, TRADE, CANCELED, EXPIRED or CALCULATED."""

    order: Order
    execution_type: str
    fill: Fill | None
    at_ms: int


class AccountTold(msgspec.Struct, frozen=True):
    """Money or positions changed.

    Attributes:
        reason: ORDER, FUNDING_FEE, DEPOSIT, WITHDRAW or ASSET_TRANSFER.
        asset: USDT, or VST in the demo.
        wallet: The money without what open positions win or lose.
        cross_wallet: The same without what isolated positions bind.
        change: What the money changed by, where it was no order; else 0.
        positions: The positions that changed, empty ones with quantity 0; none for funding of a crossed one.
    """

    reason: str
    asset: str
    wallet: Decimal
    cross_wallet: Decimal
    change: Decimal
    positions: tuple[Position, ...]
    at_ms: int


class ConfigTold(msgspec.Struct, frozen=True):
    """Leverage or margin mode of a symbol; `margin_mode` is CROSSED, ISOLATED or SEPARATE_ISOLATED."""

    symbol: str
    long_leverage: int
    short_leverage: int
    margin_mode: str
    at_ms: int


Told = OrderTold | AccountTold | ConfigTold
Listener = Callable[[Told], None]


class Journal:
    """Hands each event to all who listen."""

    def __init__(self) -> None:
        """Start with nobody who listens."""
        self.listeners: list[Listener] = []

    def order(self, order: Order, execution_type: str, *, fill: Fill | None = None, at_ms: int) -> None:
        """Say what happened to an order."""
        self._tell(OrderTold(copy.deepcopy(order), execution_type, fill, at_ms))

    def account(self, told: AccountTold) -> None:
        """Say that money or positions changed."""
        self._tell(msgspec.structs.replace(told, positions=copied(told.positions)))

    def config(self, told: ConfigTold) -> None:
        """Say how a symbol is set."""
        self._tell(told)

    def _tell(self, told: Told) -> None:
        for listener in list(self.listeners):
            listener(told)


def copied(positions: Sequence[Position]) -> tuple[Position, ...]:
    """Return copies of positions."""
    return tuple(copy.copy(position) for position in positions)
