"""The pages of trading: what was gathered becomes a text for a phone; pure."""

import contextlib
import html
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from bus.language import Language
from ledger.trading.flow.records import Signal, SignalEvent
from ledger.trading.orders.records import Order
from ledger.trading.people.portfolio_rows import Portfolio
from notifier.texts.trading_numbers import called
from notifier.texts.trading_pages import WORDS, PageWords

SHORT = 8
"""Digits of an id that are shown; six are enough to name it."""
LONGEST_VALUE = 80
_MOMENTS = {"since": "since", "opens": "opens", "by": "closes"}
"""What a step tells as a moment, and what that is called; a refusal has something else under these names."""


class Page:
    """The pages of a chat: in its language, with times in its zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the language of the words and the zone of the times.

        Args:
            language: The chat's.
            zone: The chat's.
        """
        self.words: PageWords = WORDS[language]
        self._language = language
        self._zone = zone

    def orders(self, mine: Portfolio, orders: Sequence[Order]) -> str:
        """Return orders, three lines each at most.

        Args:
            mine: Whose they are.
            orders: In the order in which they are shown.
        """
        lines = [title(mine)]
        for each in orders:
            filled = "" if not each.filled_quantity else f"{number(each.filled_quantity)}/"
            lines.append(f"<code>{each.uid[:SHORT]}</code> {self._time(each.placed_at)}")
            price = each.average_price or each.price or each.stop_price
            at = "" if price is None else f" {self.words.at} {number(price)}"
            lines.append(f"  {each.side} {_escaped(each.symbol)} {filled}{number(each.quantity)}{at}")
            lines.append(f"  {each.leg.lower()} {each.status}{_because(each.reason)}")
        return "\n".join(lines if orders else [*lines, self.words.no_orders])

    def signals(self, mine: Portfolio, signals: Sequence[Signal]) -> str:
        """Return signals with what holds or ended them, two lines each.

        Args:
            mine: Whose they are.
            signals: In the order in which they are shown.
        """
        lines = [title(mine)]
        for each in signals:
            lines.append(f"<code>{each.uid[:SHORT]}</code> {self._time(each.received_at)}")
            lines.append(f"  {_escaped(each.action)} {_escaped(each.symbol)} {each.state}{_because(each.code)}")
        return "\n".join(lines if signals else [*lines, self.words.no_signals])

    def life(self, signal: Signal, steps: Sequence[SignalEvent]) -> str:
        """Return the life of a signal, with the moment of each step.

        Args:
            signal: The signal.
            steps: Its steps, oldest first.
        """
        kind = "live" if signal.is_live else "paper"
        names = " · ".join(_escaped(name) for name in (signal.portfolio_name, signal.strategy_name, kind) if name)
        lines = [
            f"<b>{_escaped(signal.action)} {_escaped(signal.symbol)}</b> <code>{signal.uid[:SHORT]}</code>",
            names,
            f"{signal.received_at.astimezone(self._zone):%Y-%m-%d}",
        ]
        for step in steps:
            at = step.created_at.astimezone(self._zone)
            lines.append(f"{at:%H:%M:%S}.{at.microsecond // 1000:03d} {step.state}{_because(step.code)}")
            lines += [self._said(name, value) for name, value in step.details.items()]
        return "\n".join(lines)

    def _said(self, name: str, value: object) -> str:
        """Return the line of a number, moment or list that a step tells."""
        shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        if name in _MOMENTS:
            with contextlib.suppress(ValueError):
                shown, name = self._time(datetime.fromisoformat(shown)), _MOMENTS[name]
        return f"  {_escaped(called(name, self._language))} {_escaped(shown[:LONGEST_VALUE])}"

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def title(mine: Portfolio) -> str:
    """Return whose a page is, and whether its money is real, in Telegram's HTML.

    Args:
        mine: The portfolio.
    """
    return f"<b>{_escaped(mine.name)}</b> · {'live' if mine.is_live else 'paper'}"


def money(amount: Decimal, *, signed: bool = False) -> str:
    """Print an amount of a currency, to the cent.

    Args:
        amount: The amount.
        signed: Whether a plus stands before what is above zero.

    Returns:
        Such as `1,234.50`, or `+1,234.50`.
    """
    return f"{amount:+,.2f}" if signed else f"{amount:,.2f}"


def number(amount: Decimal) -> str:
    """Print a quantity or a price to its last digit.

    Args:
        amount: The number.

    Returns:
        Such as `0.001`, without zeros at the end.
    """
    told = f"{amount:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def _because(code: str | None) -> str:
    """Return a reason behind a state, where there is one."""
    return f" – {_escaped(code)}" if code else ""


def _escaped(text: str) -> str:
    """Return a text as it stands in Telegram's HTML."""
    return html.escape(text, quote=False)
