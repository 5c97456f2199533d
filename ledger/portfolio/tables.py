"""The portfolio's tables. A change here needs a migration beside it; a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.columns import Json, Moment, Money
from ledger.schema import metadata

snapshots = Table(
    "snapshots",
    metadata,
    Column("round_id", String(80), primary_key=True),
    Column("scheduled_for", Moment, unique=True),
    Column("closed_at", Moment, nullable=False, index=True),
    Column("usd", Money),
    Column("usd_mark", String(8), nullable=False),
    Column("rub", Money),
    Column("rub_mark", String(8), nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("document", Text, nullable=False, comment="the whole Snapshot, as JSON"),
)

balances = Table(
    "balances",
    metadata,
    Column("round_id", ForeignKey("snapshots.round_id"), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("amount", Money, nullable=False),
    Column("currency", String(8), nullable=False),
    Column("as_of", Moment, nullable=False),
    Column("fetched_at", Moment, nullable=False),
    Column("wallets", Text, nullable=False, comment="JSON list"),
    Column("covers", String(64), nullable=False),
    Column("close_of", Date),
    Column("took_ms", Integer, nullable=False),
    Index(None, "platform", "fetched_at"),
)

rates = Table(
    "rates",
    metadata,
    Column("round_id", ForeignKey("snapshots.round_id"), primary_key=True),
    Column("rate", Money, nullable=False),
    Column("source", String(32), nullable=False),
    Column("valid_for", Date, nullable=False),
    Column("fetched_at", Moment, nullable=False, index=True),
    Column("stale", Boolean, nullable=False),
    Column("unconfirmed", Boolean, nullable=False),
)

missed_slots = Table(
    "missed_slots",
    metadata,
    Column("slot", Moment, primary_key=True),
    Column("told_in", ForeignKey("snapshots.round_id"), nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("update_id", BigInteger, unique=True, comment="null when asked from a terminal"),
    Column("asked_at", Moment, nullable=False),
    Column("answered_by", ForeignKey("snapshots.round_id"), index=True),
)

askers = Table(
    "askers",
    metadata,
    Column("request_id", ForeignKey("requests.id"), primary_key=True),
    Column("chat_id", String(32), primary_key=True),
    Column("working_message_id", Integer, comment="the `Working…` that becomes the answer"),
    Column("refreshed_message_id", Integer, comment="the older snapshot that was pressed, edited in place"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", String(32), nullable=False),
    Column("round_id", ForeignKey("snapshots.round_id")),
    Column("alert_id", String(120)),
    Column("state", String(8), nullable=False, index=True),
    Column("text", Text, comment="as first rendered; alerts bring theirs"),
    Column("unconfirmed", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    Column("first_attempt_at", Moment),
    Column("next_attempt_at", Moment),
    Column("sent_at", Moment),
    Column("message_id", Integer),
    Column("folded_into", ForeignKey("outbox.id"), index=True),
    Column("reason", String(200), comment="why it is dead, or why the last attempt failed"),
    Column("buttons_json", Json, comment="rows of buttons under it; null: none"),
    Column("level", String(6), comment="of a notice of trading: on or silent; null: no notice"),
    Column("subject", String(80), comment="what a message tells that is edited as that goes on"),
    UniqueConstraint("chat_id", "round_id"),
    UniqueConstraint("chat_id", "alert_id"),
    Index(None, "chat_id", "subject"),
)

days = Table(
    "days",
    metadata,
    Column("day", Date, primary_key=True, comment="in TIMEZONE, as it was when the day was written"),
    Column("usd", Money, nullable=False),
    Column("rub", Money, nullable=False),
    Column("mark", String(8), nullable=False, comment="empty, or `≈` when a last known value stood in"),
    Column("round_id", ForeignKey("snapshots.round_id"), comment="null: imported"),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
