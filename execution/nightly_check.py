"""The nightly look through all books, in a process of its own that ends: it reads every execution, for minutes perhaps.

    python -m execution.nightly_check 2026-03-04T04:30:00+00:00

It writes the job's row itself; what is wrong is told in the morning, by `execution.watching.mornings`.
"""

import os
import sys
from datetime import UTC, datetime

import msgspec

from bus import log
from bus.process import close_to_siblings, set_umask, stay_close_to_the_parent
from bus.settings import take
from ledger.settings import DEFAULT_DATABASE_URL, DatabaseUrl
from ledger.store import open_ledger
from ledger.trading.books import self_check
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ledger is."""

    database_url: DatabaseUrl = DEFAULT_DATABASE_URL


def main() -> None:
    """Look through the books, and write what was found.

    Raises:
        SystemExit: 1 where the ledger cannot be used now.
    """
    set_umask()
    close_to_siblings()
    stay_close_to_the_parent()
    log.set_up("nightly-check")
    due_at = datetime.fromisoformat(sys.argv[1])
    try:
        with open_ledger(take(Settings, os.environ).database_url.reveal()) as ledger:
            with ledger.reading() as connection:
                found = self_check.check(SYSTEM, connection)
            with ledger.writing() as connection:
                self_check.record(SYSTEM, Work(connection, datetime.now(UTC)), found, due_at=due_at)
    except LedgerUnavailable as error:
        log.logger(__name__).error("books not checked", because=error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
