"""Bring the ledger to the newest schema; run as a child process, so that Alembic's memory is not kept.

python -m ledger.migrate            (DATABASE_URL in the environment, or data/portfolio.db)
"""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from bus import log
from ledger.store import DEFAULT_URL, make_engine
from ledger.trouble import trouble_of


def migrate(url: str, *, to: str = "head") -> None:
    """Run every migration that is missing, each in its own transaction.

    Args:
        url: A SQLAlchemy URL.
        to: The last migration to run.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = make_engine(url)
    try:
        config.attributes["engine"] = engine
        command.upgrade(config, to)
    finally:
        engine.dispose()


if __name__ == "__main__":
    os.umask(0o077)
    log.set_up("migrate", level="WARNING")
    try:
        migrate(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    except DBAPIError as error:
        log.logger("ledger.migrate").error("not migrated", reason=trouble_of(error.orig), said=error.orig)
        raise SystemExit(1) from None
