"""The lists of what is watched, run at times and screened: a text for a phone with buttons under it; pure."""

import html
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

import msgspec

from bus.language import Language
from ledger.trading.watching.alerts import Alert
from ledger.trading.watching.schedules import Schedule
from ledger.trading.watching.screeners import Screener
from notifier.commands.buttons import Button
from notifier.texts.trading_watching import WORDS, WatchWords

MOST_SHOWN: Final = 20
"""So many rows have buttons; Telegram takes a hundred buttons under a message."""
SIGNS: Final = {"above": ">", "below": "<"}
Row = Alert | Schedule | Screener


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it is shown: its text, and the buttons under it."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()


class WatchPage:
    """The lists, in a language, with times in a zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the language of the words and the zone of the times.

        Args:
            language: Of who reads it.
            zone: Of who reads it.
        """
        self.words: WatchWords = WORDS[language]
        self._zone = zone

    def alerts(self, found: Sequence[Alert]) -> Listed:
        """Return alerts, each with where it stands.

        Args:
            found: In the order in which they are shown.
        """
        words = self.words
        return self._listed("alert", found, title=words.alerts, none=words.no_alerts, new=True)

    def schedules(self, found: Sequence[Schedule]) -> Listed:
        """Return schedules, each with when it is due next.

        Args:
            found: In the order in which they are shown.
        """
        words = self.words
        return self._listed("schedule", found, title=words.schedules, none=words.no_schedules)

    def screeners(self, found: Sequence[Screener]) -> Listed:
        """Return screeners, each with what it looks for.

        Args:
            found: In the order in which they are shown.
        """
        words = self.words
        return self._listed("screen", found, title=words.screeners, none=words.no_screeners)

    def at(self, moment: datetime) -> str:
        """Return a moment to the minute, with its zone.

        Args:
            moment: Aware.
        """
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M %Z}"

    def _listed(self, what: str, found: Sequence[Row], *, title: str, none: str, new: bool = False) -> Listed:
        """Return a list with two buttons for each of its rows, and one for a new one."""
        shown = found[:MOST_SHOWN]
        lines = [title] if found else [none]
        for number, each in enumerate(shown, start=1):
            lines.append(f"{number}. <b>{_escaped(each.name)}</b>")
            lines += [f"   {_escaped(line)}" for line in self._standing(each)]
        if len(found) > len(shown):
            lines.append(self.words.more.format(count=len(found) - len(shown)))
        buttons = [_buttons(what, number, each) for number, each in enumerate(shown, start=1)]
        if new:
            buttons.append((Button(self.words.new, f"{what}:new"),))
        return Listed(text="\n".join(lines), buttons=tuple(buttons))

    def _standing(self, row: Row) -> list[str]:
        """Return how a row stands, in lines."""
        if isinstance(row, Screener):
            wanted = [f"{each.figure} {SIGNS[each.compare]} {each.value:f}" for each in row.config.conditions]
            return [", ".join(wanted), *([] if row.is_active else [self.words.off])]
        if not row.is_active:
            return [self.words.off]
        if row.next_at is not None:
            return [self.words.next.format(at=self.at(row.next_at))]
        return self._alert(row) if isinstance(row, Alert) else [self.words.not_looked]

    def _alert(self, alert: Alert) -> list[str]:
        """Return how an alert that is on stands."""
        words = self.words
        fired = [] if alert.last_fired_at is None else [words.fired.format(at=self.at(alert.last_fired_at))]
        if alert.type == "INDICATOR":
            return fired or [words.within]
        if alert.unknown_since is not None:
            return [words.unknown.format(at=self.at(alert.unknown_since)), *fired]
        if alert.beyond is None:
            return [words.not_looked]
        return [words.beyond if alert.beyond else words.within, *fired]


def _buttons(what: str, number: int, row: Row) -> tuple[Button, ...]:
    """Return the buttons of a row: run it, switch it, delete it; their data names it."""
    switch = Button(f"{number} ⏸", f"{what}:off:{row.uid}") if row.is_active else _on(what, number, row)
    run = [Button(f"{number} 🔎", f"{what}:run:{row.uid}")] if isinstance(row, Screener) and row.is_active else []
    return (*run, switch, Button(f"{number} 🗑", f"{what}:delete:{row.uid}"))


def _on(what: str, number: int, row: Row) -> Button:
    """Return the button that switches a row on."""
    return Button(f"{number} ▶", f"{what}:on:{row.uid}")


def _escaped(text: str) -> str:
    """Return a text as it stands in Telegram's HTML."""
    return html.escape(text, quote=False)
