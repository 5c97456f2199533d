"""The ledger's version, and what names the keys and indices of all its tables."""

from sqlalchemy import MetaData

SCHEMA = "0011"
"""The newest migration; `aggregator` brings the ledger here, and everybody else waits for at least this one."""
DIGITS = 4

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def serves(found: str) -> bool:
    """Tell whether this program can work on a ledger: at its own schema or a newer one, since migrations only add.

    Args:
        found: The ledger's schema; empty where there is no ledger.
    """
    return is_newer(found) or found == SCHEMA


def is_newer(found: str) -> bool:
    """Tell whether a ledger is from a newer program.

    Args:
        found: The ledger's schema.
    """
    return len(found) == DIGITS and found.isdecimal() and found.isascii() and found > SCHEMA
