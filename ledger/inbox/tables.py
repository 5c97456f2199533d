"""The inbox's tables, apart from the ledger's: nothing here refers to a row there, so that it can be granted alone."""

from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Column, Index, MetaData, String, Table

from ledger.columns import Id, Json, Moment
from ledger.schema import metadata as of_ledger
from ledger.trading.enumerations import SignalState

SCHEMA = "0002"
"""The newest migration of the inbox."""
InboxState = Literal["TAKEN", SignalState]
"""TAKEN: it is in the ledger, and has not been said to be anything there yet."""
Key = String(96).with_variant(String(96, collation="C"), "postgresql")
"""A de-duplication key: ASCII that every database sorts alike."""

metadata = MetaData(naming_convention=of_ledger.naming_convention)

inbox_signals = Table(
    "inbox_signals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("strategy_uid", String(32), nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("peer", String(64), nullable=False, comment="the sender's address"),
    Column("body_json", Json, nullable=False, comment="all that it said, without its secret"),
    Column("dedupe_key", Key, nullable=False, unique=True),
    Column("external_id", String(120), comment="the alert's own id"),
    Column("state", String(24), nullable=False),
    Column("code", String(32), comment="why it is refused or ended"),
    Column("updated_at", Moment, nullable=False),
    Index(None, "state", "id"),
    Index(None, "state", "updated_at"),
    CheckConstraint(f"state IN ({', '.join(repr(word) for word in get_args(InboxState))})", name="state"),
)

inbox_tokens = Table(
    "inbox_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True, comment="SHA-256 of the secret, as hex digits"),
    Column("strategy_uid", String(32), nullable=False),
    Column("name", String(64), nullable=False, comment="the strategy's"),
    Column("retired_at", Moment, comment="worth nothing since"),
)

inbox_retired_keys = Table(
    "inbox_retired_keys",
    metadata,
    Column("dedupe_key", Key, primary_key=True),
    Column("uid", String(32), nullable=False, comment="of the signal, which is no longer kept"),
    Column("received_at", Moment, nullable=False),
)

inbox_beginnings = Table(
    "inbox_beginnings",
    metadata,
    Column("begun_at", Moment, primary_key=True, comment="what came before, it may not know"),
)
