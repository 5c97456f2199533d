"""The trading tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

EXACT = sa.Numeric(38, 18).with_variant(sa.String(64), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
JSON = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTE_ORDERED = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
BROKERS = (
    ("IBKR", "Interactive Brokers"),
    ("BINGX", "BingX"),
    ("PAPER", "Paper"),
    ("BYBIT", "Bybit"),
    ("OKX", "OKX"),
    ("TBANK", "T‑Bank"),
    ("BINANCE", "Binance"),
)
TABLES = (
    "audit_chains",
    "brokers",
    "instruments",
    "jobs",
    "users",
    "accounts",
    "audit_log",
    "bot_sessions",
    "instrument_aliases",
    "risk_policies",
    "screeners",
    "account_balances",
    "events_out",
    "portfolios",
    "symbol_settings",
    "alerts",
    "cash_events",
    "risk_breaches",
    "schedules",
    "strategies",
    "positions",
    "signals",
    "orders",
    "questions",
    "signal_events",
    "trades",
    "position_entries",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_chains",
        sa.Column("chain", sa.String(length=40), nullable=False),
        sa.Column("length", ID, nullable=False),
        sa.Column(
            "hash", sa.String(length=64), nullable=False, comment="of its last row: a removed end is noticed by it"
        ),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_chains")),
    )
    op.create_table(
        "brokers",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brokers")),
        sa.UniqueConstraint("code", name=op.f("uq_brokers_code")),
    )
    op.create_table(
        "instruments",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False),
        sa.Column("exchange", sa.String(length=32), nullable=True, comment="null counts as a value of its own"),
        sa.Column("asset_type", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False, comment="in which its price is"),
        sa.Column(
            "base_currency",
            sa.String(length=8),
            nullable=True,
            comment="of a pair: what is bought; a fee in it reduces what is held",
        ),
        sa.Column("multiplier", EXACT, nullable=False, comment="a price's value for one of its quantity; 1 for most"),
        sa.Column("tick_size", EXACT, nullable=True),
        sa.Column("lot_size", EXACT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "asset_type IN ('CRYPTO', 'EQUITY', 'FUTURE', 'FOREX', 'ETF')", name=op.f("ck_instruments_asset_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("uid", name=op.f("uq_instruments_uid")),
    )
    op.create_index(
        "uq_instruments_symbol_asset_type",
        "instruments",
        ["symbol", "asset_type"],
        unique=True,
        sqlite_where=sa.text("exchange IS NULL"),
        postgresql_where=sa.text("exchange IS NULL"),
    )
    op.create_index(
        "uq_instruments_symbol_exchange_asset_type",
        "instruments",
        ["symbol", "exchange", "asset_type"],
        unique=True,
        sqlite_where=sa.text("exchange IS NOT NULL"),
        postgresql_where=sa.text("exchange IS NOT NULL"),
    )
    op.create_table(
        "jobs",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("result_json", JSON, nullable=False),
        sa.CheckConstraint("state IN ('DUE', 'DONE', 'FAILED', 'MISSED')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("job", "due_at", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("telegram_user_id", sa.BigInteger(), nullable=True, comment="null: known from a terminal alone"),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False, comment="what the user may do"),
        sa.Column("status", sa.String(length=12), nullable=False, comment="of the request to be let in"),
        sa.Column("is_admin", sa.Boolean(), nullable=False, comment="role = admin"),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="status = ACTIVE"),
        sa.Column("language", sa.String(length=8), nullable=False, comment="of the messages"),
        sa.Column("timezone", sa.String(length=64), nullable=False, comment="of the times in messages"),
        sa.Column(
            "chosen_portfolio_id",
            ID,
            nullable=True,
            comment="what commands act on; of this user, which the service makes sure of",
        ),
        sa.Column(
            "notifications_json", JSON, nullable=False, comment="on, silent or off by kind of message; on if not named"
        ),
        sa.Column("approved_by_user_id", ID, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint("is_active = (status = 'ACTIVE')", name=op.f("ck_users_is_active")),
        sa.CheckConstraint("is_admin = (role = 'admin')", name=op.f("ck_users_is_admin")),
        sa.CheckConstraint("role IN ('admin', 'trader', 'viewer')", name=op.f("ck_users_role")),
        sa.CheckConstraint("status IN ('REQUESTED', 'ACTIVE', 'BLOCKED')", name=op.f("ck_users_status")),
        sa.ForeignKeyConstraint(
            ["approved_by_user_id"], ["users.id"], name=op.f("fk_users_approved_by_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("telegram_user_id", name=op.f("uq_users_telegram_user_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_users_uid")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("broker_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("account_uid", sa.String(length=64), nullable=True, comment="the account's own number at its broker"),
        sa.Column("base_currency", sa.String(length=8), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False, comment="never changes"),
        sa.Column("archived_at", MOMENT, nullable=True, comment="no more orders since; the books stay"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(["broker_id"], ["brokers.id"], name=op.f("fk_accounts_broker_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_accounts_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("uid", name=op.f("uq_accounts_uid")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_accounts_user_id_name")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("chain", sa.String(length=40), nullable=False, comment="`account:<id>`, or `system`"),
        sa.Column("sequence", ID, nullable=False, comment="in its chain, from 1"),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("entity_type", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("details_json", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_log_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("chain", "sequence", name=op.f("uq_audit_log_chain_sequence")),
    )
    op.create_index(op.f("ix_audit_log_created_at"), "audit_log", ["created_at"], unique=False)
    op.create_index(op.f("ix_audit_log_entity_type_entity_id"), "audit_log", ["entity_type", "entity_id"], unique=False)
    op.create_index(op.f("ix_audit_log_user_id"), "audit_log", ["user_id"], unique=False)
    op.create_table(
        "bot_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("dialog", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("state_json", JSON, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bot_sessions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_sessions")),
        sa.UniqueConstraint("uid", name=op.f("uq_bot_sessions_uid")),
        sa.UniqueConstraint("user_id", "chat_id", name=op.f("uq_bot_sessions_user_id_chat_id")),
    )
    op.create_index(op.f("ix_bot_sessions_expires_at"), "bot_sessions", ["expires_at"], unique=False)
    op.create_table(
        "instrument_aliases",
        sa.Column("id", ID, nullable=False),
        sa.Column("broker_id", ID, nullable=False),
        sa.Column(
            "alias", sa.String(length=64), nullable=False, comment="as a signal or a venue writes it: BTCUSDT.P, BRK.B"
        ),
        sa.Column("asset_type", sa.String(length=8), nullable=False),
        sa.Column("instrument_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "asset_type IN ('CRYPTO', 'EQUITY', 'FUTURE', 'FOREX', 'ETF')",
            name=op.f("ck_instrument_aliases_asset_type"),
        ),
        sa.ForeignKeyConstraint(
            ["broker_id"], ["brokers.id"], name=op.f("fk_instrument_aliases_broker_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_instrument_aliases_instrument_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_aliases")),
        sa.UniqueConstraint(
            "broker_id", "alias", "asset_type", name=op.f("uq_instrument_aliases_broker_id_alias_asset_type")
        ),
    )
    op.create_index(op.f("ix_instrument_aliases_instrument_id"), "instrument_aliases", ["instrument_id"], unique=False)
    op.create_table(
        "risk_policies",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False, comment="whose limit it is"),
        sa.Column("scope_type", sa.String(length=12), nullable=False),
        sa.Column("scope_id", ID, nullable=False, comment="of the user, portfolio or strategy that scope_type names"),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("config_json", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint("scope_type IN ('USER', 'PORTFOLIO', 'STRATEGY')", name=op.f("ck_risk_policies_scope_type")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_risk_policies_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_policies")),
        sa.UniqueConstraint("uid", name=op.f("uq_risk_policies_uid")),
    )
    op.create_index(
        op.f("ix_risk_policies_scope_type_scope_id_is_active"),
        "risk_policies",
        ["scope_type", "scope_id", "is_active"],
        unique=False,
    )
    op.create_index(op.f("ix_risk_policies_user_id"), "risk_policies", ["user_id"], unique=False)
    op.create_table(
        "screeners",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("config_json", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_run_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_screeners_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screeners")),
        sa.UniqueConstraint("uid", name=op.f("uq_screeners_uid")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_screeners_user_id_name")),
    )
    op.create_table(
        "account_balances",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("cash", EXACT, nullable=False),
        sa.Column("available", EXACT, nullable=True, comment="null where the venue does not say"),
        sa.Column("equity", EXACT, nullable=True),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_balances_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_balances")),
        sa.UniqueConstraint(
            "account_id", "currency", "as_of", name=op.f("uq_account_balances_account_id_currency_as_of")
        ),
    )
    op.create_table(
        "events_out",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("routing_key", sa.String(length=64), nullable=False),
        sa.Column("payload_json", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_events_out_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events_out")),
        sa.UniqueConstraint("uid", name=op.f("uq_events_out_uid")),
    )
    op.create_index(
        "ix_events_out_waiting",
        "events_out",
        ["account_id", "id"],
        unique=False,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "portfolios",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True, comment="no more orders since; the books stay"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_portfolios_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portfolios_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolios")),
        sa.UniqueConstraint("uid", name=op.f("uq_portfolios_uid")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_portfolios_user_id_name")),
    )
    op.create_index(op.f("ix_portfolios_account_id"), "portfolios", ["account_id"], unique=False)
    op.create_index(
        "uq_portfolios_default",
        "portfolios",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "symbol_settings",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("instrument_id", ID, nullable=True),
        sa.Column("margin_mode", sa.String(length=8), nullable=False),
        sa.Column("leverage", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True, comment="when the venue was last seen to have it so"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("margin_mode IN ('ISOLATED', 'CROSS')", name=op.f("ck_symbol_settings_margin_mode")),
        sa.CheckConstraint("leverage >= 1", name=op.f("ck_symbol_settings_leverage")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_symbol_settings_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_symbol_settings_instrument_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_symbol_settings")),
    )
    op.create_index(
        "uq_symbol_settings_all",
        "symbol_settings",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("instrument_id IS NULL"),
        postgresql_where=sa.text("instrument_id IS NULL"),
    )
    op.create_index(
        "uq_symbol_settings_instrument",
        "symbol_settings",
        ["account_id", "instrument_id"],
        unique=True,
        sqlite_where=sa.text("instrument_id IS NOT NULL"),
        postgresql_where=sa.text("instrument_id IS NOT NULL"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("portfolio_id", ID, nullable=True),
        sa.Column("instrument_id", ID, nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("config_json", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_fired_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "type IN ('PRICE', 'INDICATOR', 'POSITION', 'RISK', 'SCHEDULE')", name=op.f("ck_alerts_type")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_alerts_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_alerts_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("uid", name=op.f("uq_alerts_uid")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_alerts_user_id_name")),
    )
    op.create_index(op.f("ix_alerts_is_active_type"), "alerts", ["is_active", "type"], unique=False)
    op.create_table(
        "cash_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("portfolio_id", ID, nullable=True),
        sa.Column("instrument_id", ID, nullable=True),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("amount", EXACT, nullable=False, comment="below zero: taken"),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("broker_event_id", sa.String(length=80), nullable=False),
        sa.Column("meta_json", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "type IN ('DEPOSIT', 'WITHDRAWAL', 'DIVIDEND', 'INTEREST', 'FUNDING', 'FEE', 'TAX', 'TRANSFER', 'ADJUSTMENT')",
            name=op.f("ck_cash_events_type"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_cash_events_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_cash_events_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_cash_events_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_events")),
        sa.UniqueConstraint("account_id", "broker_event_id", name=op.f("uq_cash_events_account_id_broker_event_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_cash_events_uid")),
    )
    op.create_index(
        op.f("ix_cash_events_account_id_occurred_at"), "cash_events", ["account_id", "occurred_at"], unique=False
    )
    op.create_table(
        "risk_breaches",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("policy_id", ID, nullable=True),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("instrument_id", ID, nullable=True),
        sa.Column(
            "code", sa.String(length=32), nullable=False, comment="of the check that was broken, such as MAX_POSITIONS"
        ),
        sa.Column("observed_json", JSON, nullable=False, comment="the numbers and the limit"),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "action IN ('BLOCKED', 'WARNED', 'REDUCED_SIZE', 'CLOSED_POSITION')", name=op.f("ck_risk_breaches_action")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_risk_breaches_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["risk_policies.id"], name=op.f("fk_risk_breaches_policy_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_risk_breaches_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_breaches")),
        sa.UniqueConstraint("uid", name=op.f("uq_risk_breaches_uid")),
    )
    op.create_index(op.f("ix_risk_breaches_policy_id"), "risk_breaches", ["policy_id"], unique=False)
    op.create_index(
        op.f("ix_risk_breaches_portfolio_id_created_at"), "risk_breaches", ["portfolio_id", "created_at"], unique=False
    )
    op.create_table(
        "schedules",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("portfolio_id", ID, nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("cron", sa.String(length=120), nullable=False, comment="five fields, in UTC"),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("params_json", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_run_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_schedules_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_schedules_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("uid", name=op.f("uq_schedules_uid")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_schedules_user_id_name")),
    )
    op.create_index(op.f("ix_schedules_is_active"), "schedules", ["is_active"], unique=False)
    op.create_table(
        "strategies",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("portfolio_id", ID, nullable=True, comment="where its orders go"),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column(
            "mode",
            sa.String(length=16),
            nullable=False,
            comment="whether its signals are orders, questions, or nothing",
        ),
        sa.Column("params_json", JSON, nullable=False),
        sa.Column(
            "token_hash",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of the secret part of its webhook's path",
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="the version in force"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint("mode IN ('auto', 'manual', 'closing_only', 'off')", name=op.f("ck_strategies_mode")),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_strategies_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_strategies_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategies")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_strategies_token_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_strategies_uid")),
        sa.UniqueConstraint("user_id", "name", "version", name=op.f("uq_strategies_user_id_name_version")),
    )
    op.create_index(op.f("ix_strategies_portfolio_id"), "strategies", ["portfolio_id"], unique=False)
    op.create_index(
        "uq_strategies_active",
        "strategies",
        ["user_id", "name"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "positions",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("instrument_id", ID, nullable=False),
        sa.Column("strategy_id", ID, nullable=True),
        sa.Column("quantity", EXACT, nullable=False, comment="below zero: short"),
        sa.Column("avg_price", EXACT, nullable=False),
        sa.Column("cost", EXACT, nullable=False, comment="what was paid for what is held, below zero for a short one"),
        sa.Column("realized_pnl", EXACT, nullable=False, comment="gross: fees in another currency stand beside it"),
        sa.Column("is_open", sa.Boolean(), nullable=False, comment="quantity is not zero"),
        sa.Column("opened_at", MOMENT, nullable=True, comment="when it last left zero"),
        sa.Column("last_exec_time", MOMENT, nullable=False, comment="of the last execution that counts"),
        sa.Column("last_broker_trade_id", BYTE_ORDERED, nullable=False, comment="of the same"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_positions_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_positions_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_positions_strategy_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
        sa.UniqueConstraint("uid", name=op.f("uq_positions_uid")),
    )
    op.create_index(op.f("ix_positions_instrument_id"), "positions", ["instrument_id"], unique=False)
    op.create_index(op.f("ix_positions_portfolio_id_is_open"), "positions", ["portfolio_id", "is_open"], unique=False)
    op.create_index(
        "uq_positions_no_strategy",
        "positions",
        ["portfolio_id", "instrument_id"],
        unique=True,
        sqlite_where=sa.text("strategy_id IS NULL"),
        postgresql_where=sa.text("strategy_id IS NULL"),
    )
    op.create_index(
        "uq_positions_strategy",
        "positions",
        ["portfolio_id", "instrument_id", "strategy_id"],
        unique=True,
        sqlite_where=sa.text("strategy_id IS NOT NULL"),
        postgresql_where=sa.text("strategy_id IS NOT NULL"),
    )
    op.create_table(
        "signals",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("strategy_id", ID, nullable=True),
        sa.Column("instrument_id", ID, nullable=True),
        sa.Column("inbox_uid", sa.String(length=32), nullable=True, comment="null: from the chat"),
        sa.Column("external_id", sa.String(length=120), nullable=True, comment="the alert's own id"),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False, comment="as the signal writes it"),
        sa.Column("exchange", sa.String(length=32), nullable=True),
        sa.Column("quantity", EXACT, nullable=True),
        sa.Column("amount", EXACT, nullable=True),
        sa.Column("percent", EXACT, nullable=True),
        sa.Column("price", EXACT, nullable=True),
        sa.Column("stop_loss", EXACT, nullable=True),
        sa.Column("take_profit", EXACT, nullable=True),
        sa.Column("body_json", JSON, nullable=False, comment="all that it said, without its secret"),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True, comment="why it is refused or ended"),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('RECEIVED', 'VALIDATED', 'AWAITING_CONFIRMATION', 'WAITING_FOR_MARKET', 'QUEUED', 'ORDERED', 'DONE', 'REJECTED', 'EXPIRED', 'DUPLICATE', 'SUPERSEDED')",
            name=op.f("ck_signals_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_signals_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_signals_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_signals_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_signals_strategy_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("inbox_uid", name=op.f("uq_signals_inbox_uid")),
        sa.UniqueConstraint("uid", name=op.f("uq_signals_uid")),
    )
    op.create_index(op.f("ix_signals_account_id_state"), "signals", ["account_id", "state"], unique=False)
    op.create_index(op.f("ix_signals_portfolio_id_state"), "signals", ["portfolio_id", "state"], unique=False)
    op.create_index(op.f("ix_signals_received_at"), "signals", ["received_at"], unique=False)
    op.create_index(op.f("ix_signals_strategy_id"), "signals", ["strategy_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("instrument_id", ID, nullable=False),
        sa.Column("strategy_id", ID, nullable=True),
        sa.Column("signal_id", ID, nullable=True, comment="that it comes from"),
        sa.Column("parent_id", ID, nullable=True, comment="of a protective leg: the opening"),
        sa.Column("leg", sa.String(length=12), nullable=False, comment="which of a signal's orders it is"),
        sa.Column("attempt", sa.Integer(), nullable=False, comment="grows only when a person presses Retry"),
        sa.Column("purpose", sa.String(length=8), nullable=False, comment="whether it adds exposure or takes it away"),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("time_in_force", sa.String(length=4), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("filled_quantity", EXACT, nullable=False, comment="of its executions that count"),
        sa.Column("average_price", EXACT, nullable=True, comment="of its fills; null before the first"),
        sa.Column("price", EXACT, nullable=True),
        sa.Column("stop_price", EXACT, nullable=True),
        sa.Column("client_order_id", sa.String(length=64), nullable=False),
        sa.Column("broker_order_id", sa.String(length=64), nullable=True),
        sa.Column(
            "reason", sa.String(length=300), nullable=True, comment="why it is refused, canceled, expired or not placed"
        ),
        sa.Column("placed_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("meta_json", JSON, nullable=False),
        sa.CheckConstraint("leg IN ('ENTRY', 'EXIT', 'STOP_LOSS', 'TAKE_PROFIT')", name=op.f("ck_orders_leg")),
        sa.CheckConstraint("purpose IN ('OPENING', 'CLOSING')", name=op.f("ck_orders_purpose")),
        sa.CheckConstraint("side IN ('BUY', 'SELL')", name=op.f("ck_orders_side")),
        sa.CheckConstraint(
            "status IN ('PENDING_NEW', 'NEW', 'PARTIALLY_FILLED', 'FILLED', 'PENDING_CANCEL', 'CANCELED', 'REJECTED', 'EXPIRED', 'UNKNOWN', 'NOT_PLACED')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "time_in_force IN ('DAY', 'GTC', 'IOC', 'FOK', 'GTD', 'OPG', 'CLS')", name=op.f("ck_orders_time_in_force")
        ),
        sa.CheckConstraint(
            "type IN ('MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING')", name=op.f("ck_orders_type")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_orders_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_orders_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["orders.id"], name=op.f("fk_orders_parent_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_orders_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_orders_signal_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_orders_strategy_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("account_id", "client_order_id", name=op.f("uq_orders_account_id_client_order_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_orders_uid")),
    )
    op.create_index(op.f("ix_orders_account_id_status"), "orders", ["account_id", "status"], unique=False)
    op.create_index(op.f("ix_orders_instrument_id"), "orders", ["instrument_id"], unique=False)
    op.create_index(op.f("ix_orders_parent_id"), "orders", ["parent_id"], unique=False)
    op.create_index(op.f("ix_orders_placed_at"), "orders", ["placed_at"], unique=False)
    op.create_index(op.f("ix_orders_portfolio_id_status"), "orders", ["portfolio_id", "status"], unique=False)
    op.create_index(op.f("ix_orders_signal_id"), "orders", ["signal_id"], unique=False)
    op.create_index(
        "uq_orders_broker_order_id",
        "orders",
        ["account_id", "broker_order_id"],
        unique=True,
        sqlite_where=sa.text("broker_order_id IS NOT NULL"),
        postgresql_where=sa.text("broker_order_id IS NOT NULL"),
    )
    op.create_table(
        "questions",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("signal_id", ID, nullable=True),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("details_json", JSON, nullable=False, comment="what it asks about, with the price it was asked at"),
        sa.Column("chat_id", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("answered_by_user_id", ID, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint("state IN ('OPEN', 'ANSWERED', 'EXPIRED', 'CANCELED')", name=op.f("ck_questions_state")),
        sa.ForeignKeyConstraint(
            ["answered_by_user_id"], ["users.id"], name=op.f("fk_questions_answered_by_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_questions_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_questions_signal_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_questions_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("uid", name=op.f("uq_questions_uid")),
    )
    op.create_index(op.f("ix_questions_portfolio_id"), "questions", ["portfolio_id"], unique=False)
    op.create_index(op.f("ix_questions_signal_id"), "questions", ["signal_id"], unique=False)
    op.create_index(op.f("ix_questions_state_expires_at"), "questions", ["state", "expires_at"], unique=False)
    op.create_index(op.f("ix_questions_user_id"), "questions", ["user_id"], unique=False)
    op.create_table(
        "signal_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("signal_id", ID, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("details_json", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('RECEIVED', 'VALIDATED', 'AWAITING_CONFIRMATION', 'WAITING_FOR_MARKET', 'QUEUED', 'ORDERED', 'DONE', 'REJECTED', 'EXPIRED', 'DUPLICATE', 'SUPERSEDED')",
            name=op.f("ck_signal_events_state"),
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_signal_events_signal_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_events")),
    )
    op.create_index(op.f("ix_signal_events_created_at"), "signal_events", ["created_at"], unique=False)
    op.create_index(op.f("ix_signal_events_signal_id"), "signal_events", ["signal_id"], unique=False)
    op.create_table(
        "trades",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("instrument_id", ID, nullable=False),
        sa.Column("strategy_id", ID, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("price", EXACT, nullable=False),
        sa.Column("fee", EXACT, nullable=True, comment="null until the broker says it; written once"),
        sa.Column("fee_currency", sa.String(length=8), nullable=True),
        sa.Column("exec_time", MOMENT, nullable=False),
        sa.Column("broker_trade_id", BYTE_ORDERED, nullable=False),
        sa.Column("execution", BYTE_ORDERED, nullable=False, comment="what all its corrections have in common"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="of an execution's rows the highest counts"),
        sa.Column("corrects_id", ID, nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False, comment="when it came into the books"),
        sa.Column("meta_json", JSON, nullable=False),
        sa.CheckConstraint("side IN ('BUY', 'SELL')", name=op.f("ck_trades_side")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_trades_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["trades.id"], name=op.f("fk_trades_corrects_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_trades_instrument_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_trades_order_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_trades_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategies.id"], name=op.f("fk_trades_strategy_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trades")),
        sa.UniqueConstraint("account_id", "broker_trade_id", name=op.f("uq_trades_account_id_broker_trade_id")),
        sa.UniqueConstraint(
            "account_id", "execution", "revision", name=op.f("uq_trades_account_id_execution_revision")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_trades_uid")),
    )
    op.create_index(op.f("ix_trades_corrects_id"), "trades", ["corrects_id"], unique=False)
    op.create_index(op.f("ix_trades_instrument_id_exec_time"), "trades", ["instrument_id", "exec_time"], unique=False)
    op.create_index(op.f("ix_trades_order_id"), "trades", ["order_id"], unique=False)
    op.create_index(op.f("ix_trades_portfolio_id_exec_time"), "trades", ["portfolio_id", "exec_time"], unique=False)
    op.create_index(
        op.f("ix_trades_portfolio_id_instrument_id_strategy_id_exec_time"),
        "trades",
        ["portfolio_id", "instrument_id", "strategy_id", "exec_time"],
        unique=False,
    )
    op.create_table(
        "position_entries",
        sa.Column("trade_id", ID, autoincrement=False, nullable=False),
        sa.Column("position_id", ID, nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("exec_time", MOMENT, nullable=False),
        sa.Column("broker_trade_id", BYTE_ORDERED, nullable=False),
        sa.Column(
            "quantity", EXACT, nullable=False, comment="of the position, after the execution; so is what follows"
        ),
        sa.Column("avg_price", EXACT, nullable=False),
        sa.Column("cost", EXACT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("realized_total", EXACT, nullable=False),
        sa.Column("realized_pnl", EXACT, nullable=False, comment="by this execution alone"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_position_entries_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["positions.id"], name=op.f("fk_position_entries_position_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["trade_id"], ["trades.id"], name=op.f("fk_position_entries_trade_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("trade_id", name=op.f("pk_position_entries")),
    )
    op.create_index(
        op.f("ix_position_entries_portfolio_id_exec_time"),
        "position_entries",
        ["portfolio_id", "exec_time"],
        unique=False,
    )
    op.create_index(
        op.f("ix_position_entries_position_id_exec_time_broker_trade_id"),
        "position_entries",
        ["position_id", "exec_time", "broker_trade_id"],
        unique=False,
    )
    brokers = sa.table("brokers", sa.column("code"), sa.column("name"))
    op.bulk_insert(brokers, [{"code": code, "name": name} for code, name in BROKERS])


def downgrade() -> None:
    """Take back: the books of trading go, nothing of the portfolio does."""
    for name in reversed(TABLES):
        op.drop_table(name)
