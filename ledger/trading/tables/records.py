"""What was done by whom, and what users want watched, run or listed: the audit log, alerts, schedules, screeners."""

from sqlalchemy import Boolean, Column, Index, String, Table, UniqueConstraint

from ledger.columns import Id, Json, Moment
from ledger.schema import metadata
from ledger.trading.enumerations import AlertType
from ledger.trading.tables.parts import created_at, identity, one_of, reference

BEYOND = "of PRICE, POSITION, RISK: which bound it is beyond, empty for none; null: not looked at yet"

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chain", String(40), nullable=False, comment="`account:<id>`, or `system`"),
    Column("sequence", Id, nullable=False, comment="in its chain, from 1"),
    reference("user_id", "users.id", optional=True, index=True),
    Column("entity_type", String(32), nullable=False),
    Column("entity_id", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("details_json", Json, nullable=False),
    created_at(),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("chain", "sequence"),
    Index(None, "entity_type", "entity_id"),
    Index(None, "created_at"),
)

audit_chains = Table(
    "audit_chains",
    metadata,
    Column("chain", String(40), primary_key=True),
    Column("length", Id, nullable=False),
    Column("hash", String(64), nullable=False, comment="of its last row: a removed end is noticed by it"),
)

alerts = Table(
    "alerts",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    reference("portfolio_id", "portfolios.id", optional=True),
    reference("instrument_id", "instruments.id", optional=True),
    Column("name", String(64), nullable=False),
    Column("type", String(12), nullable=False),
    Column("config_json", Json, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_fired_at", Moment),
    Column("next_at", Moment, comment="when it is due next"),
    Column("beyond", String(8), comment=BEYOND),
    Column("unknown_since", Moment, comment="since when nobody can say where it stands; null: known"),
    created_at(),
    UniqueConstraint("user_id", "name"),
    Index(None, "is_active", "type"),
    one_of("type", AlertType),
)

schedules = Table(
    "schedules",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    reference("portfolio_id", "portfolios.id", optional=True),
    Column("name", String(64), nullable=False),
    Column("cron", String(120), nullable=False, comment="five fields, in UTC"),
    Column("action", String(32), nullable=False),
    Column("params_json", Json, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_run_at", Moment),
    Column("next_at", Moment, comment="when it is due next"),
    created_at(),
    UniqueConstraint("user_id", "name"),
    Index(None, "is_active"),
)

screeners = Table(
    "screeners",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    Column("name", String(64), nullable=False),
    Column("config_json", Json, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_run_at", Moment),
    created_at(),
    UniqueConstraint("user_id", "name"),
)
