"""The page of `/queue`: the signals that wait, for how long, and what holds each; pure."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from bus.language import Language
from ledger.trading.flow.records import Signal, SignalEvent
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.refusal_values import UNKNOWNS
from notifier.texts.trading_ages import age_told
from notifier.texts.trading_queue import WORDS
from notifier.trading.desk import escaped
from notifier.trading.pages import SHORT, title

MOST: Final = 15
"""Signals that are shown; below them stands how many more there are."""
LONGEST: Final = 60


class Waiting(msgspec.Struct, frozen=True):
    """A signal that waits, and its last step."""

    signal: Signal
    step: SignalEvent | None


class QueuePage:
    """The page in a language, with times in a zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the words and the zone.

        Args:
            language: The asker's.
            zone: The asker's.
        """
        self._words = WORDS[language]
        self._language = language
        self._zone = zone

    def page(self, mine: Portfolio, waiting: Sequence[Waiting], *, left: int, now: datetime) -> str:
        """Return the signals that wait, three lines each or four.

        Args:
            mine: Whose they are.
            waiting: In their order.
            left: How many there are besides.
            now: The moment, aware.
        """
        lines = [title(mine)]
        for each in waiting:
            signal = each.signal
            strategy = "" if signal.strategy_name is None else f" · {escaped(signal.strategy_name)}"
            named = f"{escaped(signal.action)} {escaped(signal.symbol)}{strategy}"
            age = age_told(now - signal.received_at, self._language)
            lines.append(f"<code>{signal.uid[:SHORT]}</code> {age}")
            lines += [f"  {named}", f"  {escaped(self._why(each))}"]
            lines += self._expires(each)
        lines += [] if waiting else [self._words.none]
        return "\n".join([*lines, *([self._words.more.format(count=left)] if left else [])])

    def _why(self, waiting: Waiting) -> str:
        """Return what holds a signal."""
        words, signal, said = self._words, waiting.signal, _said(waiting)
        if signal.state == "WAITING_FOR_MARKET":
            opens = self._moment(said, "opens")
            return words.market_closed.format(at=opens) if opens else words.market_unknown
        if signal.state == "AWAITING_CONFIRMATION":
            return words.answer
        if signal.code is None:
            return words.turn if signal.state == "QUEUED" else words.new
        template = words.held.get(signal.code, words.other)
        values = {name: _text(said, name) for name in ("of", "broker", "what")}
        values["what"] = UNKNOWNS[self._language].get(values["what"], values["what"])
        values["code"] = signal.code
        return " ".join(template.format(**values).split())

    def _expires(self, waiting: Waiting) -> list[str]:
        """Return until when a signal that waits for its market is still ordered."""
        if waiting.signal.state != "WAITING_FOR_MARKET" or waiting.signal.action in {"sell", "close"}:
            return []
        at = self._moment(_said(waiting), "by")
        return [f"  {self._words.expires.format(at=at)}"] if at else []

    def _moment(self, said: Mapping[str, Any], name: str) -> str:
        """Return a moment that a step tells; empty where it tells none."""
        with contextlib.suppress(ValueError):
            return f"{datetime.fromisoformat(_text(said, name)).astimezone(self._zone):%Y-%m-%d %H:%M}"
        return ""


def _said(waiting: Waiting) -> Mapping[str, Any]:
    """Return what the last step of a signal tells."""
    return {} if waiting.step is None else waiting.step.details


def _text(said: Mapping[str, Any], name: str) -> str:
    """Return something that a step tells, as text; empty where it does not."""
    return str(said[name])[:LONGEST] if name in said else ""
