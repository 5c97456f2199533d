"""What nobody knows of margin and leverage at a venue is read, with growing pauses, until it is known; then it is told.

The rows that are not confirmed say what is not known, so that a restart goes on with it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from bus.language import language_named
from bus.log import logger
from bus.messages.venues import AskMargin, MarginState
from execution.signals_desk.around import Around, traded
from execution.signals_desk.margin_wishes import begun, seen
from execution.texts.margins import WORDS, worded
from execution.texts.names import shown
from execution.venues import Place
from ledger.trading.audit import new_uid
from ledger.trading.enumerations import NoticeKind
from ledger.trading.events import Notice, tell
from ledger.trading.flow import margins
from ledger.trading.flow.margins import Margin, MarginSetting
from ledger.trading.flow.records import Request
from ledger.trading.instruments import get_instrument
from ledger.trading.people.account_owner import account_owner
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

KIND: Final[NoticeKind] = "alert"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0

log = logger(__name__)


class _Reading(msgspec.Struct, kw_only=True):
    """How a row is read: under which name it is asked for, until when, and how long after that again."""

    id: str
    until_s: float
    pause_s: float = FIRST_PAUSE_S


class MarginWatch:
    """Reads what is not confirmed."""

    def __init__(self, around: Around) -> None:
        """Read nothing yet.

        Args:
            around: What the desk works with.
        """
        self._around = around
        self._readings: dict[tuple[str, str, datetime], _Reading] = {}

    def turn(self, requests: Sequence[Request]) -> bool:
        """Ask about what is not known, and write what became known.

        Args:
            requests: Those that are not settled: what they are about to set, they tell themselves.

        Returns:
            Whether anything was told.

        Raises:
            LedgerUnavailable: The ledger cannot be used now; nothing is half done.
        """
        working = {(each.account, each.instrument) for each in map(begun, requests) if each is not None}
        with self._around.ledger.reading() as connection:
            found = margins.unconfirmed(SYSTEM, connection)
        held = [each for each in found if self._around.held.has(each.account)]
        mine = [each for each in held if each.instrument and (each.account, each.instrument) not in working]
        keys = {_key(each) for each in mine}
        self._readings = {key: reading for key, reading in self._readings.items() if key in keys}
        known = [self._read(each) for each in mine]
        return any(known)

    def _read(self, row: MarginSetting) -> bool:
        """Ask about one row, and write what its venue has; tells whether it is known now."""
        now_s = self._around.time.monotonic()
        reading = self._readings.setdefault(_key(row), _Reading(id=new_uid(), until_s=now_s + FIRST_PAUSE_S))
        if now_s >= reading.until_s:
            reading.pause_s = min(2 * reading.pause_s, LONGEST_PAUSE_S)
            reading.id, reading.until_s = new_uid(), now_s + reading.pause_s
        with self._around.ledger.reading() as connection:
            said = self._answer(connection, row, reading)
        now = None if said is None or said.outcome != "READ" else seen(said)
        if now is None:
            return False
        with self._around.ledger.writing() as connection:
            _note(Work(connection, self._around.time.now()), row, now)
        return True

    def _answer(self, connection: Connection, row: MarginSetting, reading: _Reading) -> MarginState | None:
        """Return what a venue says of a row; None where it has not said it (yet)."""
        owner = account_owner(SYSTEM, connection, row.account)
        instrument = get_instrument(SYSTEM, connection, row.instrument or "")
        place = Place(broker=owner.program, account=row.account)
        asked = AskMargin(id=reading.id, account=row.account, instrument=traded(instrument))
        return self._around.link.margins.answer(place, asked, again_s=LONGEST_PAUSE_S)


def _note(work: Work, row: MarginSetting, now: Margin) -> None:
    """Write and tell what a venue has."""
    if row.instrument is None:
        return
    margins.confirm(SYSTEM, work, row.account, now, instrument=row.instrument)
    owner = account_owner(SYSTEM, work.connection, row.account)
    words = WORDS[language_named(owner.language)]
    is_so = (now.margin_mode, now.leverage) == (row.margin_mode, row.leverage)
    template = words.known_as_wanted if is_so else words.known_otherwise
    text = template.format(symbol=shown(row.symbol or "-"), now=worded(now, words), wanted=worded(row, words))
    name = f"margin-{row.instrument}-{row.updated_at:%Y%m%d%H%M%S%f}"
    tell(work, owner.user, Notice(id=name, kind=KIND, text=f"{'✔' if is_so else '⚠'} {text}"))
    log.info("margin known", symbol=row.symbol or "-", is_as_wanted=is_so)


def _key(row: MarginSetting) -> tuple[str, str, datetime]:
    """Return what tells a row from others, and from what it was before."""
    return row.account, row.instrument or "", row.updated_at
