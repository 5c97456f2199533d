"""Bring the ledger to the newest schema; run as a child process, so that Alembic's memory is not kept.

python -m ledger.migrate            (DATABASE_URL as the aggregator hands it over, or in the environment)
"""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from bus import log
from bus.service import close_to_siblings, set_umask
from bus.settings import take
from ledger.settings import Settings
from ledger.store import file_mode, file_of, make_engine
from ledger.trouble import trouble_of


def migrate(url: str) -> None:
    """Run every migration that is missing, each in its own transaction.

    Args:
        url: A SQLAlchemy URL.
    """
    path = file_of(url)
    if path is not None:  # SQLite would make it readable, not writable, for the group; its journals get the same mode
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, file_mode()))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = make_engine(url)
    try:
        config.attributes["engine"] = engine
        command.upgrade(config, "head")
    finally:
        engine.dispose()


if __name__ == "__main__":
    set_umask()
    close_to_siblings()
    log.set_up("migrate", level="WARNING")
    try:
        migrate(take(Settings, os.environ).database_url)
    except DBAPIError as error:
        log.logger("ledger.migrate").error("not migrated", reason=trouble_of(error.orig), said=error.orig)
        raise SystemExit(1) from None
