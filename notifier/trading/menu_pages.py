"""The pages of the menu, and what their buttons bring back; pure.

All that a button means is in its data, so that a menu works after a restart: `menu:<person>:<step>`, and behind it what
the step is about. The person is who typed `/trade`, by number, in hexadecimal digits: in a group nobody else presses.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args

import msgspec

from ledger.trading.enumerations import Mode
from notifier.commands.buttons import MOST_DATA_BYTES, Button, Buttons
from notifier.texts.trading_menu import MenuWords
from notifier.trading.desk import escaped

MENU: Final = "menu"
VALID: Final = timedelta(minutes=1)
MOST: Final = 12
"""Strategies and symbols that have a button."""
LABEL: Final = 32
"""Signs of a button's words."""
UID_DIGITS: Final = 8
"""Of a strategy's uid."""
Step = Literal[
    "home", "auto", "one", "set", "yes", "manual", "buy", "sell", "close", "shut", "margin", "reports", "report", "say"
]
_MODES: Final[tuple[Mode, ...]] = get_args(Mode)


class Pressed(msgspec.Struct, frozen=True, kw_only=True):
    """What a button of the menu brings back."""

    user_id: int
    step: Step
    about: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """A text, in Telegram's HTML, and the buttons below it."""

    text: str
    buttons: Buttons


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy: its uid, its name and its mode."""

    uid: str
    name: str
    mode: Mode


def read_pressed(said: str) -> Pressed | None:
    """Return what a button brings back; None where its data is of no menu of ours.

    Args:
        said: Its data, behind the first word.
    """
    user, _, rest = said.partition(":")
    step, *about = rest.split(":")
    try:
        return msgspec.convert({"user_id": int(user, 16), "step": step, "about": tuple(about)}, Pressed)
    except (ValueError, msgspec.ValidationError):
        return None


class Pages:
    """The pages for one person in their language."""

    def __init__(self, words: MenuWords, user_id: int) -> None:
        """Word pages.

        Args:
            words: Of the person's language.
            user_id: The person's number at Telegram.
        """
        self._words = words
        self._user_id = user_id

    def home(self, portfolio: str, strategies: Sequence[Line], *, answers: Mapping[str, object], margin: bool) -> Page:
        """Return the first page.

        Args:
            portfolio: The one in use, as text in HTML.
            strategies: The person's.
            answers: The commands that there are, by name.
            margin: Whether the portfolio's venue has margin and leverage to be set.
        """
        words = self._words
        counts = {mode: sum(each.mode == mode for each in strategies) for mode in _MODES}
        modes = ", ".join(f"{count} {mode}" for mode, count in counts.items() if count)
        told = words.strategies.format(modes=modes) if modes else words.no_strategies
        has_reports = bool({"report", "pnl", "trades"} & set(answers))
        rows = [
            [self._button(words.auto, "auto"), self._button(words.manual, "manual")],
            [self._button(words.margin, "margin")] if margin else [],
            [
                *([self._button(words.reports, "reports")] if has_reports else []),
                self._button(words.status, "say", "status"),
                self._button(words.help, "say", "help"),
            ],
        ]
        return Page(f"{words.title.format(portfolio=portfolio)}\n{told}", [row for row in rows if row])

    def auto(self, strategies: Sequence[Line]) -> Page:
        """Return the page of all strategies.

        Args:
            strategies: The person's.
        """
        words = self._words
        shown = strategies[:MOST]
        rows = [[self._button(f"{each.name[: LABEL - 14]}: {each.mode}", "one", _short(each))] for each in shown]
        text = words.auto_page if strategies else words.no_strategies
        if len(strategies) > len(shown):
            text = f"{text}\n{words.more.format(count=len(strategies) - len(shown))}"
        return Page(text, [*rows, self._back("home")])

    def one(self, strategy: Line) -> Page:
        """Return the page of a strategy, with a button for each other mode.

        Args:
            strategy: The strategy.
        """
        words = self._words
        labels: dict[Mode, str] = {
            "auto": words.mode_auto,
            "manual": words.mode_manual,
            "closing_only": words.mode_closing_only,
            "off": words.mode_off,
        }
        others = [(mode, label) for mode, label in labels.items() if mode != strategy.mode]
        rows = [[self._button(label, "set", _short(strategy), mode)] for mode, label in others]
        text = words.one_page.format(name=escaped(strategy.name), mode=strategy.mode)
        return Page(text, [*rows, self._back("auto")])

    def ask_auto(self, strategy: Line, now: datetime) -> Page:
        """Return the question whether a strategy may order by itself; its button is good for a minute.

        Args:
            strategy: The strategy.
            now: The moment, aware.
        """
        yes = self._button(self._words.yes_auto, "yes", _short(strategy), f"{int(now.timestamp()):x}")
        text = self._words.ask_auto.format(name=escaped(strategy.name))
        return Page(text, [[yes], self._back("one", _short(strategy))])

    def manual(self, portfolio: str, *, answers: Mapping[str, object]) -> Page:
        """Return the page of what is ordered by hand.

        Args:
            portfolio: The one in use, as text in HTML.
            answers: The commands that there are, by name.
        """
        words = self._words
        named: tuple[tuple[Step, str], ...] = (("buy", words.buy), ("sell", words.sell), ("close", words.close))
        row = [self._button(label, step) for step, label in named if step in answers]
        return Page(words.manual_page.format(portfolio=portfolio), [row, self._back("home")])

    def close(self, portfolio: str, symbols: Sequence[str]) -> Page:
        """Return the page of what can be closed.

        Args:
            portfolio: The one in use, as text in HTML.
            symbols: Those that are held.
        """
        words = self._words
        each = [self._button(symbol[:LABEL], "shut", symbol) for symbol in symbols[:MOST]]
        fitting = [button for button in each if len(button.data.encode()) <= MOST_DATA_BYTES]
        rows = [fitting[at : at + 3] for at in range(0, len(fitting), 3)]
        text = words.close_page if symbols else words.nothing_held
        return Page(text.format(portfolio=portfolio), [*rows, self._back("manual")])

    def reports(self, portfolio: str, *, answers: Mapping[str, object]) -> Page:
        """Return the page of reports.

        Args:
            portfolio: The one in use, as text in HTML.
            answers: The commands that there are, by name.
        """
        words = self._words
        periods = (("day", words.day), ("week", words.week), ("month", words.month))
        is_any = "report" in answers or "pnl" in answers
        rows = [[self._button(label, "report", period) for period, label in periods]] if is_any else []
        if "trades" in answers:
            rows.append([self._button(words.executions, "say", "trades")])
        return Page(words.reports_page.format(portfolio=portfolio), [*rows, self._back("home")])

    def _back(self, step: Step, *about: str) -> list[Button]:
        """Return the line with the button that leads back."""
        return [self._button(self._words.back, step, *about)]

    def _button(self, label: str, step: Step, *about: str) -> Button:
        """Return a button of the menu."""
        return Button(label, ":".join((MENU, f"{self._user_id:x}", step, *about)))


def is_over(asked_at: str, now: datetime) -> bool:
    """Tell whether the minute of a question is over, or it comes from a clock that is wrong, or from nowhere.

    Args:
        asked_at: When it was asked, as `Pages.ask_auto` writes it.
        now: The moment, aware.
    """
    try:
        return abs(now - datetime.fromtimestamp(int(asked_at, 16), UTC)) > VALID
    except (ValueError, OverflowError, OSError):
        return True


def _short(strategy: Line) -> str:
    """Return the beginning of a strategy's uid, by which buttons name it."""
    return strategy.uid[:UID_DIGITS]
