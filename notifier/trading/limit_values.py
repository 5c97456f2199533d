"""The limits that can be set in the chat: what may be typed for each, and how values of all limits look; pure."""

import re
from decimal import Decimal
from typing import Final

import msgspec

from ledger.trading.risk.limit_setting import LimitValue
from ledger.trading.risk.limits import BUY_AMOUNT
from notifier.texts.trading_limits import LimitWords
from notifier.trading.pages import money, number

CENT: Final = Decimal("0.01")
MOST: Final = Decimal(1_000_000_000)
OFF: Final = frozenset({"off", "none"})
LONGEST_LIST = 60
_AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,5}", re.ASCII)


class Setter(msgspec.Struct, frozen=True):
    """A limit that a command sets, with its bounds.

    Attributes:
        limit: Its name in the ledger.
        least: The smallest value.
        most: The largest.
        is_whole: Whether it is a whole number; else an amount of the account's currency.
        example: What may be typed.
    """

    limit: str
    least: Decimal
    most: Decimal
    is_whole: bool
    example: str

    def read(self, text: str) -> LimitValue | str:
        """Read what was typed.

        Args:
            text: Any text.

        Returns:
            The value, None where the limit is to be unset; the text itself where it is no value.
        """
        if text.lower() in OFF:
            return None
        if not (_WHOLE if self.is_whole else _AMOUNT).fullmatch(text):
            return text
        value = Decimal(text)
        if not self.least <= value <= self.most:
            return text
        return int(value) if self.is_whole else value


def _amount(limit: str, *, least: Decimal = Decimal(0)) -> Setter:
    """Return what sets an amount."""
    return Setter(limit, least, MOST, False, "1000.50")


def _whole(limit: str, *, least: int = 0, most: int = 10_000) -> Setter:
    """Return what sets a whole number."""
    return Setter(limit, Decimal(least), Decimal(most), True, "3")


BUDGET: Final = "set_budget"
SETTERS: Final[dict[str, Setter]] = {
    "set_amount": _amount(BUY_AMOUNT, least=CENT),
    "set_max_positions": _whole("max_open_positions"),
    "set_max_daily": _whole("max_daily_buys"),
    "set_max_invest": _amount("max_invested"),
    "set_max_per_ticker": _whole("max_per_ticker"),
    "set_max_loss": _amount("max_daily_loss"),
    "set_reserve": _amount("reserve"),
    BUDGET: _amount("budget"),
    "set_max_order": _amount("max_order_value"),
    "set_leverage_cap": _whole("leverage_cap", least=1, most=125),
}
"""The commands, in the order in which `/settings` shows their limits."""
COMMANDS: Final = {setter.limit: command for command, setter in SETTERS.items()}


def shown(limit: str, value: object, currency: str, words: LimitWords) -> str:
    """Return a limit's value as the chat shows it, plain.

    Args:
        limit: The limit's name in the ledger.
        value: What it is set to.
        currency: Of amounts.
        words: Of the reader's language.
    """
    if isinstance(value, tuple):
        listed = ", ".join(value) or "–"
        return listed if len(listed) <= LONGEST_LIST else f"{listed[:LONGEST_LIST]}…"
    if isinstance(value, Decimal):
        return f"{number(value)} %" if limit.endswith("_percent") else f"{exact_money(value)} {currency}"
    units = {"cooldown_minutes": words.minutes, "leverage_cap": "×{count}"}
    return units.get(limit, "{count}").format(count=value)


def typed_again(value: LimitValue) -> str:
    """Return a value as it would be typed.

    Args:
        value: What `Setter.read` gave.
    """
    if value is None:
        return "off"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def exact_money(amount: Decimal) -> str:
    """Print an amount to the cent, or to its last digit where it has more.

    Args:
        amount: The amount, such as a limit that is compared to the last digit.

    Returns:
        Such as `1,234.50`, or `0.001`.
    """
    return money(amount) if amount == amount.quantize(CENT) else f"{amount:,f}".rstrip("0")
