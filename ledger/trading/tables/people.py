"""Who trades, where, and under which heading: users, brokers, accounts, portfolios, strategies."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, String, Table, UniqueConstraint, false

from ledger.columns import Id, Json, Moment
from ledger.schema import metadata
from ledger.trading.enumerations import Mode, Role, UserStatus
from ledger.trading.tables.parts import created_at, identity, one_of, reference, unique_where

users = Table(
    "users",
    metadata,
    *identity(),
    Column("telegram_user_id", BigInteger, unique=True, comment="null: known from a terminal alone"),
    Column("username", String(64), nullable=False),
    Column("role", String(8), nullable=False, comment="what the user may do"),
    Column("status", String(12), nullable=False, comment="of the request to be let in"),
    Column("is_admin", Boolean, nullable=False, comment="role = admin"),
    Column("is_active", Boolean, nullable=False, comment="status = ACTIVE"),
    Column("language", String(8), nullable=False, comment="of the messages"),
    Column("timezone", String(64), nullable=False, comment="of the times in messages"),
    Column("chosen_portfolio_id", Id, comment="what commands act on; of this user, which the service makes sure of"),
    Column("notifications_json", Json, nullable=False, comment="on, silent or off by kind of message; on if not named"),
    reference("approved_by_user_id", "users.id", optional=True),
    Column("approved_at", Moment),
    created_at(),
    one_of("role", Role),
    one_of("status", UserStatus),
    CheckConstraint("is_admin = (role = 'admin')", name="is_admin"),
    CheckConstraint("is_active = (status = 'ACTIVE')", name="is_active"),
)

brokers = Table(
    "brokers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column(
        "ends_weekly",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="whether it ends its sessions once a week",
    ),
    Column(
        "paper_begins",
        String(8),
        comment="how the numbers of its paper accounts begin, and no others; null: a number does not tell",
    ),
)

accounts = Table(
    "accounts",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    reference("broker_id", "brokers.id"),
    Column("name", String(64), nullable=False),
    Column("account_uid", String(64), comment="the account's own number at its broker"),
    Column("base_currency", String(8), nullable=False),
    Column("is_live", Boolean, nullable=False, comment="never changes"),
    Column("archived_at", Moment, comment="no more orders since; the books stay"),
    created_at(),
    Column("program", String(64), comment="which program serves it; null: the default one of its broker"),
    UniqueConstraint("user_id", "name"),
)
unique_where("uq_accounts_program", accounts.c.program, where="program IS NOT NULL AND archived_at IS NULL")

portfolios = Table(
    "portfolios",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    reference("account_id", "accounts.id", index=True),
    Column("name", String(64), nullable=False),
    Column("description", String(500), nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("archived_at", Moment, comment="no more orders since; the books stay"),
    created_at(),
    UniqueConstraint("user_id", "name"),
)
unique_where("uq_portfolios_default", portfolios.c.user_id, where="is_default")

strategies = Table(
    "strategies",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    reference("portfolio_id", "portfolios.id", optional=True, index=True, comment="where its orders go"),
    Column("name", String(64), nullable=False),
    Column("version", Id, nullable=False),
    Column("mode", String(16), nullable=False, comment="whether its signals are orders, questions, or nothing"),
    Column("params_json", Json, nullable=False),
    Column("token_hash", String(64), unique=True, comment="SHA-256 of the secret part of its webhook's path"),
    Column("is_active", Boolean, nullable=False, comment="the version in force"),
    created_at(),
    UniqueConstraint("user_id", "name", "version"),
    one_of("mode", Mode),
)
unique_where("uq_strategies_active", strategies.c.user_id, strategies.c.name, where="is_active")
