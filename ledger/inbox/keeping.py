"""The SQLite inbox's backups, and what becomes of it when the ledger goes back to one of its own.

The inbox that is there stays, a missing one comes back from its newest backup: whatever the ledger goes back to, the
inbox that is there knows more of what came than any backup of it, and with an older one the signals of the days since
would come in, and be traded, a second time.
"""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bus.time_source import SYSTEM_TIME
from ledger.backup import FOLDER, INBOX_PATTERN, BadBackup, check, existing, make, replace
from ledger.inbox.place import WHAT, inbox_file
from ledger.unavailable import unavailable_because, unavailable_files

CODE = "RESTORED"


def back_up(ledger: Path, *, folder: Path = FOLDER, now: Callable[[], datetime] = SYSTEM_TIME.now) -> Path | None:
    """Copy the inbox, and check the copy; before the ledger's, which then has what the inbox says is taken.

    Args:
        ledger: The ledger's file.
        folder: Where backups are; made when missing.
        now: Tells the present moment, aware UTC; the backup is named by it.

    Returns:
        The new backup, None where there is no inbox.

    Raises:
        BadBackup: It cannot be read or kept, or the copy is damaged; its text speaks of the inbox.
    """
    inbox = inbox_file(ledger)
    try:
        return make(inbox, folder=folder, pattern=INBOX_PATTERN, now=now) if inbox.exists() else None
    except sqlite3.Error as error:
        raise BadBackup(unavailable_because(error).of(WHAT).reason) from None
    except OSError as error:
        raise BadBackup(unavailable_files(error).of(WHAT).reason) from None


def restore_missing(
    ledger: Path, *, folder: Path = FOLDER, now: Callable[[], datetime] = SYSTEM_TIME.now
) -> Path | None:
    """Put the newest whole backup of the inbox into its place, where there is no inbox; the system must be stopped.

    Args:
        ledger: The ledger's file.
        folder: Where backups are.
        now: Tells the present moment, aware UTC: since then it knows what came.

    Returns:
        The backup; None where the inbox is there, or no backup of it is whole.
    """
    inbox = inbox_file(ledger)
    if inbox.exists():
        return None
    for newest in reversed(existing(folder=folder, pattern=INBOX_PATTERN)):
        if _is_whole(newest):
            at = now()
            replace(inbox, newest, forgetting(at), at=at)
            return newest
    return None


def forgetting(now: datetime) -> tuple[str, ...]:
    """Return the statements after which a restored inbox hands out no signal that may have been traded since.

    Args:
        now: The moment since which it knows what came, aware UTC.
    """
    at = now.isoformat(timespec="microseconds")
    return (
        f"UPDATE inbox_signals SET state = 'EXPIRED', code = '{CODE}', updated_at = '{at}' "  # noqa: S608 - constants
        "WHERE state = 'RECEIVED'",
        f"INSERT INTO inbox_beginnings (begun_at) VALUES ('{at}')",  # noqa: S608 - a moment
    )


def _is_whole(backup: Path) -> bool:
    """Tell whether a backup passes `check`."""
    try:
        check(backup)
    except BadBackup:
        return False
    return True
