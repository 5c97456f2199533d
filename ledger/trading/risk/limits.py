"""What may be limited, and which of several limits is the strictest; pure.

Amounts are in the base currency of the account that trades: a user's limit of 1000 means 1000 in each account's own.
A limit that is not set is None; whether anything may be traded without it is for the checks to say.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec

from ledger.exact import ZERO

HUNDRED = Decimal(100)
MOST_SYMBOLS = 200
DOLLARS: Final = ("USD", "USDC", "USDT")
"""Counted one for one in limits and equity, since no venue quotes one against the other here; no other currency is."""
LIMITS: Final = "limits"
"""The name of the policy that the settings make for each portfolio at first, and that the chat changes."""
BUY_AMOUNT: Final = "buy_amount"
NEEDED: Final = ("reserve", "max_invested", "max_open_positions", "max_per_ticker", "max_daily_buys", "max_daily_loss")
"""Those without which nothing is opened."""
LARGEST: Final = frozenset({"reserve", "cooldown_minutes"})
"""Limits of which the largest is the strictest; of all others it is the smallest, and of symbols what all allow."""
_PERCENT = frozenset({"max_drawdown_percent", "risk_per_trade_percent", "max_spread_percent"})


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Limits; None where there is none.

    Attributes:
        max_order_value: Of one order: quantity × price × multiplier.
        max_position_value: Of all that is held and asked for of one instrument.
        max_invested: Of all that is held, at its cost, with what is asked for.
        budget: What a strategy, portfolio or user may have in the market.
        reserve: Cash that is never touched.
        max_open_positions: So many at once.
        max_per_ticker: Openings of one instrument since nothing was held of it.
        max_daily_buys: Openings of a day.
        max_orders_per_day: Orders of a day, closings too.
        max_daily_loss: Above zero; net realized and unrealized since the day began.
        max_drawdown_percent: From the highest equity.
        risk_per_trade_percent: Of equity, on the way to the stop loss.
        max_spread_percent: Between bid and ask, of the middle.
        leverage_cap: At least 1.
        cooldown_minutes: After a stop loss no opening of its instrument for so long.
        allowed_symbols: Instruments that may be opened; an empty list allows none.
        buy_amount: What an opening spends where its strategy does not say.
    """

    max_order_value: Decimal | None = None
    max_position_value: Decimal | None = None
    max_invested: Decimal | None = None
    budget: Decimal | None = None
    reserve: Decimal | None = None
    max_open_positions: int | None = None
    max_per_ticker: int | None = None
    max_daily_buys: int | None = None
    max_orders_per_day: int | None = None
    max_daily_loss: Decimal | None = None
    max_drawdown_percent: Decimal | None = None
    risk_per_trade_percent: Decimal | None = None
    max_spread_percent: Decimal | None = None
    leverage_cap: int | None = None
    cooldown_minutes: int | None = None
    allowed_symbols: tuple[str, ...] | None = None
    buy_amount: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse numbers out of bounds."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, (Decimal, int)) and not (Decimal(value).is_finite() and value >= ZERO):
                raise ValueError(f"{name} is {value}; write zero or more")
            if name in _PERCENT and value is not None and value > HUNDRED:
                raise ValueError(f"{name} is {value}; write a number up to 100")
        if self.leverage_cap is not None and self.leverage_cap < 1:
            raise ValueError("leverage_cap is below 1; write 1 for no leverage")
        symbols = self.allowed_symbols or ()
        if len(symbols) > MOST_SYMBOLS or not all(0 < len(each) <= 64 and each == each.strip() for each in symbols):
            raise ValueError(f"allowed_symbols are up to {MOST_SYMBOLS} symbols of 1 to 64 signs without spaces")

    @property
    def set_ones(self) -> dict[str, Any]:
        """Those that are set, by name."""
        return {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name) is not None}


def strictest(several: Sequence[Limits]) -> tuple[Limits, dict[str, int]]:
    """Return the strictest of several limits.

    Args:
        several: All that apply; of equal ones the first counts.

    Returns:
        The limits that are left, and for each that is set, by name, the place in `several` that it comes from; for
        symbols the place of the shortest list.
    """
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    for place, limits in enumerate(several):
        for name, value in limits.set_ones.items():
            if name not in values or _stricter(name, value, getattr(several[places[name]], name)):
                places[name] = place
                values.setdefault(name, value)
            values[name] = _both(name, values[name], value)
    return Limits(**values), places


def loosens(name: str, before: Any, after: Any) -> bool:
    """Tell whether a change of a limit lets more through than before.

    Args:
        name: The limit's.
        before: Its value; None where it was not set.
        after: Its value from now on; None where it is not set any more.
    """
    if before is not None and after is not None:
        return _stricter(name, before, after)
    unset_is_strictest = name in NEEDED or name == BUY_AMOUNT
    return (after is not None) if unset_is_strictest else (before is not None and after is None)


def _stricter(name: str, value: Any, than: Any) -> bool:
    """Tell whether a limit is stricter than another one of its name."""
    if name == "allowed_symbols":
        return len(value) < len(than)
    return bool(value > than if name in LARGEST else value < than)


def _both(name: str, one: Any, other: Any) -> Any:
    """Return what obeys both of two limits of a name."""
    if name == "allowed_symbols":
        return tuple(sorted(set(one) & set(other)))
    return max(one, other) if name in LARGEST else min(one, other)
