"""Why something is not ordered: a code, and the numbers that the chat shows beside it.

`CODES` names for each code what it must be given; a refusal of another shape cannot be made. The words are in
`execution/texts/refusals.py`.
"""

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal, localcontext
from typing import Final, Literal

import msgspec

from ledger.exact import ARITHMETIC

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    # what the signal says and means
    "UNKNOWN_SYMBOL": ("symbol", "reason"),
    "DUPLICATE_ID": ("id",),
    "TOO_OLD": ("seconds", "limit"),
    "PRICE_SANITY": ("symbol", "price", "quote", "percent", "limit"),
    "PRICE_DRIFT": ("symbol", "asked", "price", "percent", "limit"),
    "STOP_WRONG_SIDE": ("symbol", "leg", "stop", "price"),
    "NOTHING_HELD": ("action",),
    "CONTRADICTION": ("action", "named", "held"),
    "NO_SHORTS": (),
    "NO_REVERSE": (),
    "MISSING_ALERT": ("told", "held"),
    # how much
    "BAD_PARAMETERS": ("strategy", "reason"),
    "NO_SIZE": ("strategy", "by", "missing"),
    "NO_STOP": ("symbol",),
    "NO_CURRENCY": ("symbol", "currency", "cash"),
    "TOO_SMALL": ("symbol", "wanted", "smallest", "value", "currency"),
    "TOO_LARGE": ("symbol", "wanted"),
    # who may, and when
    "MODE_OFF": ("strategy",),
    "CLOSING_ONLY": ("strategy",),
    "STRATEGY_OFF": ("strategy",),
    "USER_BLOCKED": (),
    "ACCOUNT_OFF": ("account", "reason"),
    "NOT_LIVE": ("account", "reason"),
    "REJECTED_BY_PERSON": (),
    "QUESTION_EXPIRED": ("minutes",),
    "SUPERSEDED": ("symbol", "by"),
    "CLEARED": (),
    "OPENING_EXPIRED": ("seconds", "reason"),
    "MARKET_CLOSED": ("symbol", "opens"),
    "BREAKER_OPEN": ("broker", "reason"),
    "BROKER_LOST": ("broker", "reason"),
    "NOT_SERVED": ("account", "broker", "served", "number", "variable"),
    "POSITION_AGAINST": ("symbol", "quantity", "strategy"),
    "DUST": ("symbol", "held", "smallest"),
    "NOT_AT_VENUE": ("symbol", "held", "venue"),
    "RECONCILING": ("symbol", "books", "venue"),
    # risk
    "KILLED": ("reason",),
    "PAUSED": ("reason",),
    "NO_LIMITS": ("missing", "commands"),
    "NOT_KNOWN": ("what", "of"),
    "CASH": ("need", "free", "available", "taken", "reserve", "currency"),
    "MAX_INVESTED": ("invested", "value", "limit", "currency"),
    "MAX_POSITIONS": ("positions", "limit"),
    "MAX_PER_TICKER": ("symbol", "openings", "limit"),
    "MAX_DAILY_BUYS": ("openings", "limit"),
    "MAX_DAILY_LOSS": ("loss", "limit", "currency"),
    "MAX_ORDER_VALUE": ("value", "limit", "currency"),
    "MAX_POSITION_VALUE": ("symbol", "held", "value", "limit", "currency"),
    "BUDGET": ("used", "value", "limit", "currency"),
    "LEVERAGE_CAP": ("leverage", "limit"),
    "RISK_PER_TRADE": ("risk", "limit", "currency", "percent"),
    "MAX_DRAWDOWN": ("percent", "limit", "equity", "peak", "currency"),
    "MAX_SPREAD": ("symbol", "percent", "limit", "bid", "ask"),
    "MAX_ORDERS_PER_DAY": ("orders", "limit"),
    "COOLDOWN": ("symbol", "minutes", "left"),
    "NOT_ALLOWED_SYMBOL": ("symbol", "allowed"),
}
"""What each code must be given."""

Unknown = Literal[
    "balance",
    "quote",
    "fresh quote",
    "quote that is not delayed",
    "quote that is not crossed",
    "spread",
    "rate",
    "equity",
    "peak of equity",
    "unrealized P&L",
    "unrealized P&L at the start of the day",
    "leverage",
    "margin and leverage at the venue",
    "what the venue holds",
    "instrument",
]
"""What may not be known."""
HUNDRED = Decimal(100)


class Refusal(msgspec.Struct, frozen=True):
    """Why something is not ordered.

    Attributes:
        code: One of `CODES`.
        values: What it names, as text for the chat.
        is_waitable: It may pass by itself soon: an opening is held until its greatest age, then refused with this.
    """

    code: str
    values: Mapping[str, str] = {}
    is_waitable: bool = False

    def __post_init__(self) -> None:
        """Hold it to `CODES`.

        Raises:
            ValueError: There is no such code, or it is given other values.
        """
        if self.code not in CODES or set(self.values) != set(CODES[self.code]):
            raise ValueError(f"a refusal {self.code} is given {sorted(self.values)}, not {CODES.get(self.code)}")


def refuse(code: str, **values: object) -> Refusal:
    """Return a refusal.

    Args:
        code: One of `CODES`.
        **values: What it names; numbers are written out in full.
    """
    return Refusal(code, {name: _text(value) for name, value in values.items()})


def not_known(what: Unknown, of: str = "") -> Refusal:
    """Return the refusal of an opening that may wait for something to become known.

    Args:
        what: What is not known.
        of: Of what, such as a symbol or a currency.
    """
    return Refusal("NOT_KNOWN", {"what": what, "of": of}, is_waitable=True)


def number(value: Decimal) -> str:
    """Write a number in full, without zeros at its end.

    Args:
        value: The number.

    Returns:
        Such as `0.001`, never with an exponent.
    """
    with localcontext(ARITHMETIC):
        return format(value.normalize(), "f") if value else "0"


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return what a part is of a whole in percent, to two places, rounded away from zero.

    So what is over a limit is never written as if it were the limit.

    Args:
        part: The part.
        whole: Not zero.
    """
    with localcontext(ARITHMETIC):
        return (part * HUNDRED / whole).quantize(Decimal("0.01"), rounding=ROUND_UP)


def _text(value: object) -> str:
    """Write a value for the chat."""
    return number(value) if isinstance(value, Decimal) else str(value)
