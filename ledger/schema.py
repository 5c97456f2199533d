"""The ledger's version, and what names the keys and indices of all its tables."""

from sqlalchemy import MetaData

SCHEMA = "0004"
"""The newest migration; `aggregator` brings the ledger here, and everybody else waits for at least this one."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
