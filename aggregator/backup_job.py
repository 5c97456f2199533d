"""The backups: once a day (or more often) between rounds, each one checked, the old ones removed, a bad one told."""

import sqlite3
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

from aggregator.background import in_background
from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger import backup, postgresql_backup
from ledger.inbox import keeping
from ledger.inbox.place import inbox_file
from ledger.maintenance import optimize
from ledger.store import file_of
from ledger.unavailable import LedgerUnavailable, unavailable_because, unavailable_files

EVERY = timedelta(hours=24)
CHECK_EVERY_S = 600.0
RETRY_S = 3600.0

log = logger(__name__)


class BackupJob:
    """Knows when the last backup was made from the files themselves, so a restart changes nothing."""

    def __init__(self, url: str, *, keep_days: int, every: timedelta = EVERY, time: TimeSource = SYSTEM_TIME) -> None:
        """Plan the first check for soon after the start.

        Args:
            url: The ledger's SQLAlchemy URL: a file's or PostgreSQL's, any other gets no backup here.
            keep_days: For how many days a backup is kept.
            every: How old the newest backup may become.
            time: Says how old a backup is, and when to check again.
        """
        self._time = time
        self._url = url
        self._ledger = file_of(url)
        self._pattern = backup.PATTERN if self._ledger else backup.POSTGRESQL_PATTERN
        self._keep_days = keep_days
        self._every = every
        self._check_at = time.monotonic() + min(CHECK_EVERY_S, every.total_seconds()) / 10
        self._optimize_at = self._check_at
        self._making: Future[None] | None = None
        self._reported = ""
        self.alert_texts: list[AlertText] = []

    @property
    def is_busy(self) -> bool:
        """Whether a backup is being made."""
        return self._making is not None

    def turn(self) -> None:
        """Begin a backup when the newest one is old enough, and see what became of it.

        To be called while no round is open; a backup that is under way then goes on beside it.
        """
        if self._making is not None:
            if self._making.done():
                made, self._making = self._making, None
                self._finish(made)
            return
        if self._time.monotonic() < self._check_at:
            return
        self._check_at = self._time.monotonic() + CHECK_EVERY_S
        if (self._there_is_one() and self._is_due(self._pattern)) or self._inbox_is_due():
            self._making = in_background(self._make, name="backup")

    def _is_due(self, pattern: str) -> bool:
        """Tell whether the newest backup of a kind is old enough, or missing."""
        now = self._time.now()
        return not any(
            now - backup.made_at(path, now=now) < self._every for path in backup.existing(pattern=pattern)[-1:]
        )

    def _inbox_is_due(self) -> bool:
        """Tell whether there may be an inbox apart from the ledger's database, with no backup that is young."""
        there_may_be_one = self._ledger is not None and inbox_file(self._ledger).parent.exists()
        return there_may_be_one and self._is_due(backup.INBOX_PATTERN)

    def _there_is_one(self) -> bool:
        """Tell whether there is something to back up, as far as is known without asking a server."""
        return self._ledger.exists() if self._ledger else postgresql_backup.is_postgresql(self._url)

    def _make(self) -> None:
        """Make the backups that are due, in a thread of its own; without that of the inbox there is the ledger's."""
        try:
            if self._ledger and self._inbox_is_due() and (kept := keeping.back_up(self._ledger, now=self._time.now)):
                log.info("backup of the inbox made", file=kept.name)
        finally:
            if self._there_is_one() and self._is_due(self._pattern):
                self._make_ledgers()

    def _make_ledgers(self) -> None:
        """Make a backup of the ledger and remove the old ones."""
        now = self._time.now
        new = backup.make(self._ledger, now=now) if self._ledger else postgresql_backup.make(self._url, now=now)
        removed = backup.remove_old(self._keep_days, now())
        log.info("backup made", file=new.name, removed=len(removed))
        if self._ledger and self._time.monotonic() >= self._optimize_at:
            self._optimize_at = self._time.monotonic() + EVERY.total_seconds()
            _optimize(self._ledger)

    def _finish(self, made: Future[None]) -> None:
        """See what became of a backup, and tell why there is none."""
        try:
            made.result()
        except backup.BadBackup as error:
            self._failed(str(error))
        except LedgerUnavailable as error:
            self._failed(error.reason)
        except sqlite3.Error as error:
            self._failed(unavailable_because(error).reason)
        except OSError as error:
            self._failed(unavailable_files(error).reason)
        else:
            self._reported = ""

    def _failed(self, reason: str) -> None:
        """Log a failure, try again later, and tell the owner if the reason is a new one."""
        self._check_at = self._time.monotonic() + RETRY_S
        log.error("backup failed", reason=reason)
        if reason != self._reported:  # said once, not every hour
            self.alert_texts.append(alert_text("backup_failed", reason=reason))
        self._reported = reason


def _optimize(ledger: Path) -> None:
    """Give the ledger fresh statistics; a ledger without them is slower, and tomorrow is another day."""
    try:
        optimize(ledger)
    except sqlite3.Error as error:
        log.warning("not optimized", reason=unavailable_because(error).reason)
