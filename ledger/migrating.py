"""Running migrations as a child process, so that what they load and need is gone when they are done."""

import os
import subprocess
import sys

from bus.log import logger
from bus.process import STARTED_BY
from bus.settings import HANDED_OVER, hand_over
from ledger.unavailable import LedgerUnavailable

MIGRATION_S = 3600
"""Far more than a migration should ever take: one that is ended begins anew, and would never get further."""

log = logger(__name__)


def migrate_in_a_child(url: str, *arguments: str) -> None:
    """Run `ledger.migrate` within a limit of time.

    Args:
        url: A SQLAlchemy URL.
        arguments: Those of its command line.

    Raises:
        LedgerUnavailable: It failed, or took too long.
    """
    command = [sys.executable, "-m", "ledger.migrate", *arguments]
    descriptor = hand_over({"DATABASE_URL": url})  # it may hold a password
    environment = {**os.environ, HANDED_OVER: str(descriptor), STARTED_BY: str(os.getpid())}
    try:
        subprocess.run(command, check=True, timeout=MIGRATION_S, env=environment, pass_fds=(descriptor,))
    except subprocess.SubprocessError as error:
        log.error("migration failed", error=type(error).__name__)
        raise LedgerUnavailable("the ledger could not be migrated") from None
    finally:
        os.close(descriptor)
