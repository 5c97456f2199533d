"""What tests and the demo may set of the pretend gateway; follows no outside page."""

from decimal import Decimal

import msgspec

from sandbox.ib_gateway.hours import Hours

PAPER_ACCOUNT, LIVE_ACCOUNT = "DU1234567", "U7654321"
"""Invented; the live one is what a demo may trade in as if it were live."""


class Quote(msgspec.Struct):
    """What an instrument costs; what is missing has no price. `is_delayed` is 15 minutes old, `halted` not traded."""

    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    is_delayed: bool = False
    halted: bool = False


def _quotes() -> dict[str, Quote]:
    """Return the quotes to begin with, by the instrument's name."""
    prices = {
        "AAPL": ("271.48", "271.50"),
        "MSFT": ("485.10", "485.16"),
        "BRK B": ("511.20", "511.40"),
        "SPY": ("679.66", "679.68"),
        "DUAL": ("20.00", "20.02"),
        "DLAY": ("50.00", "50.04"),
        "FRAC": ("100.00", "100.02"),
        "EUR.USD": ("1.15900", "1.15910"),
    }
    return {name: Quote(Decimal(bid), Decimal(ask), Decimal(bid)) for name, (bid, ask) in prices.items()}


class State(msgspec.Struct, kw_only=True):
    """The account and how the gateway behaves.

    Attributes:
        account: Its number; one that begins with D is paper.
        server_version: What the handshake says: 176 or 178.
        cash: USD.
        leverage: How many times its free cash may be spent.
        hours: Whether the exchanges are open around the clock, by New York's calendar, or not at all.
        commissions_after_s: How long after an execution its commission is told; less than 0 is on command only.
        hold_fills: Orders rest until they are told to fill.
        fill_share: How much of an order is filled at once; what is left rests.
        refuses_fractions: Fractions are refused (10243) for instruments that allow them, too.
        oca_cancels_all: In a group of type 1 the cancelling of one order cancels the others.
        quotes: By the instrument's name; the control port's `quotes` route changes them and fills what they reach.
    """

    account: str = PAPER_ACCOUNT
    server_version: int = 178
    cash: Decimal = Decimal(100_000)
    leverage: Decimal = Decimal(1)
    hours: Hours = "always"
    commissions_after_s: float = 0.0
    hold_fills: bool = False
    fill_share: Decimal = Decimal(1)
    refuses_fractions: bool = False
    oca_cancels_all: bool = False
    quotes: dict[str, Quote] = msgspec.field(default_factory=_quotes)
