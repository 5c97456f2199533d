"""The daily backup: once a day between rounds, each one checked, the old ones removed, a bad one told."""

import sqlite3
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

from aggregator.background import in_background
from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger import backup
from ledger.store import file_of
from ledger.unavailable import unavailable_because, unavailable_files

EVERY = timedelta(hours=24)
CHECK_EVERY_S = 600.0
RETRY_S = 3600.0

log = logger(__name__)


class BackupJob:
    """Knows when the last backup was made from the files themselves, so a restart changes nothing."""

    def __init__(
        self, url: str, *, keep_days: int, folder: Path = backup.FOLDER, time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Plan the first check for soon after the start.

        Args:
            url: The ledger's SQLAlchemy URL; PostgreSQL has its own tools, and gets no backup here.
            keep_days: For how many days a backup is kept.
            folder: Where backups are.
            time: Says how old a backup is, and when to check again.
        """
        self._time = time
        self._ledger = file_of(url)
        self._keep_days = keep_days
        self._folder = folder
        self._check_at = time.monotonic() + CHECK_EVERY_S / 10
        self._making: Future[None] | None = None
        self._reported = ""
        self.alert_texts: list[AlertText] = []

    @property
    def is_busy(self) -> bool:
        """Whether a backup is being made."""
        return self._making is not None

    def turn(self) -> None:
        """Begin a backup when the newest one is a day old, and see what became of it.

        To be called while no round is open; a backup that is under way then goes on beside it.
        """
        if self._making is not None:
            if self._making.done():
                made, self._making = self._making, None
                self._finish(made)
            return
        if self._ledger is None or self._time.monotonic() < self._check_at:
            return
        self._check_at = self._time.monotonic() + CHECK_EVERY_S
        now = self._time.now()
        made_at = [backup.made_at(path, now=now) for path in backup.existing(folder=self._folder)[-1:]]
        if self._ledger.exists() and not any(now - each < EVERY for each in made_at):
            self._making = in_background(self._make, name="backup")

    def _make(self) -> None:
        """Make a backup and remove the old ones, in a thread of its own."""
        if self._ledger is not None:
            new = backup.make(self._ledger, folder=self._folder, now=self._time.now)
            removed = backup.remove_old(self._keep_days, self._time.now(), folder=self._folder)
            log.info("backup made", file=new.name, removed=len(removed))

    def _finish(self, made: Future[None]) -> None:
        """See what became of a backup, and tell why there is none."""
        try:
            made.result()
        except backup.BadBackup as error:
            self._failed(str(error))
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
