"""The history file beside the ledger: written between rounds, some time after a round, when it would say something new.

A disk that fails costs the file alone, is told once, and is tried again. A file that knows days which the ledger does
not - somebody put it there, or the ledger is an older one - is kept under another name and told, never overwritten.
"""

import errno
from datetime import date
from pathlib import Path

from aggregator.round_store import RoundStore
from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.portfolio import history_file
from ledger.portfolio.history import Day

SETTLE_S = 1.0
RETRY_S = 60.0
REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "it may not be written",
    errno.EPERM: "it may not be written",
    errno.EIO: "the disk has an error",
}

log = logger(__name__)


class HistoryExport:
    """Keeps the file as the ledger is: written anew after a start, and whenever a round was written.

    Attributes:
        alert_texts: What the owner must be told.
    """

    def __init__(self, round_store: RoundStore, url: str, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Plan the first export, whatever was written before.

        Args:
            round_store: Where the days are read.
            url: The ledger's SQLAlchemy URL; the file is beside the ledger.
            time: Says when to write.
        """
        self._time = time
        self._round_store = round_store
        self._path = history_file.path_beside(url)
        self._revision = self._exported = 0
        self._write_at = 0.0
        self._reported = ""
        self.alert_texts: list[AlertText] = []

    def turn(self) -> None:
        """Write the file when a round was written since the last time; to be called while no round is open."""
        if self._revision != self._round_store.revision:
            self._revision = self._round_store.revision
            self._write_at = max(
                self._write_at, self._time.monotonic() + SETTLE_S
            )  # the message's own writes come first
        if self._exported == self._revision or self._time.monotonic() < self._write_at:
            return
        self._write_at = self._time.monotonic() + RETRY_S
        days = self._round_store.days()
        if days is None:  # the round store says what is wrong with the ledger
            return
        try:
            if days:
                self._update(days)
        except OSError as error:
            self._failed(REASONS.get(error.errno or 0, "its folder cannot be used"))
        else:
            self._reported = ""
            self._exported = self._revision
            self._write_at = 0.0

    def _update(self, days: tuple[Day, ...]) -> None:
        """Write the file if its text would be another one; set one with other days aside before."""
        new = history_file.render(days)
        old = self._path.read_bytes() if self._path.exists() else None
        if old == new:
            return
        if old is not None and _has_other_days(old, days):
            self._set_aside()
        history_file.write(self._path, new)
        log.info("history file written", days=len(days))

    def _set_aside(self) -> None:
        """Rename the file so that it is kept, and tell the owner its new name."""
        kept = self._path.with_name(f"{self._path.name}.kept-{self._time.now():%Y%m%dT%H%M%SZ}")
        self._path.rename(kept)
        log.warning("history file set aside", file=kept.name)
        self.alert_texts.append(alert_text("history_aside", file=self._path.name, kept=kept.name, path=_shown(kept)))

    def _failed(self, reason: str) -> None:
        """Log a failure, and tell the owner if the reason is a new one."""
        log.error("history file not written", reason=reason)
        if reason != self._reported:  # said once, not every minute
            self.alert_texts.append(alert_text("history_not_written", reason=reason))
        self._reported = reason


def _has_other_days(old: bytes, days: tuple[Day, ...]) -> bool:
    """Tell whether a file knows days that the ledger does not; one that cannot be read counts as if it did."""
    try:
        found = history_file.parse(old, today=date.max)
    except history_file.BadHistory:
        return True
    return not {day.day for day in found} <= {day.day for day in days}


def _shown(path: Path) -> str:
    """Return a path as the owner would type it; an absolute one without its folders, which the chat need not know."""
    return path.name if path.is_absolute() else str(path)
