"""Bring the ledger to the newest schema; run as a child process, so that Alembic's memory is not kept.

python -m ledger.migrate            (DATABASE_URL in the environment, or data/portfolio.db)
"""

import os
from pathlib import Path

from alembic import command
from alembic.config import Config

from bus import log
from ledger.store import DEFAULT_URL, make_engine
from ledger.trouble import LedgerTrouble, translated


def migrate(url: str) -> None:
    """Run every migration that is missing, each in its own transaction.

    Args:
        url: A SQLAlchemy URL.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = make_engine(url)
    try:
        config.attributes["engine"] = engine
        command.upgrade(config, "head")
    finally:
        engine.dispose()


if __name__ == "__main__":
    os.umask(0o077)
    log.set_up("migrate", level="WARNING")
    try:
        with translated():
            migrate(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    except LedgerTrouble as trouble:
        log.logger("ledger.migrate").error("not migrated", reason=trouble.reason)
        raise SystemExit(1) from None
