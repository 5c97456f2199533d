"""Where the inbox is: in SQLite a file in a folder of its own, in PostgreSQL tables in the ledger's own database.

A folder of its own, since two users may share it who do not share the ledger: SQLite's journals are made and removed
beside the file, so who may write into the one must be able to write into the folder. In a hardened installation the
folder belongs to their group, with the setgid bit, so that the journals do too; otherwise it is its owner's alone.
"""

from pathlib import Path

from ledger.engine import parsed
from ledger.store import file_of

WHAT = "the inbox"
"""As troubles name it."""
FOLDER = "inbox"
FILE = "inbox.db"
TABLES = "inbox_"
"""What the names of its tables begin with, and no others'."""
VERSIONS = "inbox_version"
"""The table that says which migration of the inbox ran last."""


def inbox_url(ledger_url: str) -> str:
    """Return the SQLAlchemy URL of the database that the inbox is in.

    Args:
        ledger_url: The ledger's.

    Returns:
        That of a file in a folder beside the ledger's file, or the ledger's own. It may hold a password.
    """
    path = file_of(ledger_url)
    if path is None:
        return ledger_url
    return parsed(ledger_url).set(database=str(inbox_file(path))).render_as_string(hide_password=False)


def inbox_file(ledger: Path) -> Path:
    """Return the file that the inbox is in.

    Args:
        ledger: The ledger's file.
    """
    return ledger.parent / FOLDER / FILE
