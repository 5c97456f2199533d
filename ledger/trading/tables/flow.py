"""What leads from a signal to the books: signals, questions, requests, halts, cash, dialogs, jobs, events."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from ledger.columns import Exact, Id, Json, Moment
from ledger.schema import metadata
from ledger.trading.enumerations import AssetType, CashEventType, JobState, QuestionState, SignalState, Wallet
from ledger.trading.flow.records import HaltKind, HaltScope, RequestKind, RequestState
from ledger.trading.tables.parts import created_at, identity, one_of, reference, unique_where

signals = Table(
    "signals",
    metadata,
    *identity(),
    reference("portfolio_id", "portfolios.id"),
    reference("account_id", "accounts.id"),
    reference("strategy_id", "strategies.id", optional=True, index=True),
    reference("instrument_id", "instruments.id", optional=True),
    Column("inbox_uid", String(32), unique=True, comment="null: from the chat"),
    Column("external_id", String(120), comment="the alert's own id"),
    Column("action", String(12), nullable=False),
    Column("symbol", String(64), nullable=False, comment="as the signal writes it"),
    Column("exchange", String(32)),
    Column("quantity", Exact),
    Column("amount", Exact),
    Column("percent", Exact),
    Column("price", Exact),
    Column("stop_loss", Exact),
    Column("take_profit", Exact),
    Column("body_json", Json, nullable=False, comment="all that it said, without its secret"),
    Column("state", String(24), nullable=False),
    Column("code", String(32), comment="why it is refused or ended"),
    Column("received_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "portfolio_id", "state"),
    Index(None, "account_id", "state"),
    Index(None, "received_at"),
    Index(None, "portfolio_id", "received_at"),
    one_of("state", SignalState),
)

signal_events = Table(
    "signal_events",
    metadata,
    Column("id", Id, primary_key=True),
    reference("signal_id", "signals.id", index=True),
    Column("state", String(24), nullable=False),
    Column("code", String(32)),
    Column("details_json", Json, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    one_of("state", SignalState),
)

questions = Table(
    "questions",
    metadata,
    *identity(),
    reference("signal_id", "signals.id", optional=True, index=True),
    reference("portfolio_id", "portfolios.id", index=True),
    reference("user_id", "users.id", index=True),
    Column("state", String(12), nullable=False),
    Column("text", String(1000), nullable=False),
    Column("details_json", Json, nullable=False, comment="what it asks about, with the price it was asked at"),
    Column("chat_id", String(32)),
    Column("message_id", Integer),
    Column("answer", String(16)),
    reference("answered_by_user_id", "users.id", optional=True),
    Column("answered_at", Moment),
    Column("expires_at", Moment, nullable=False),
    created_at(),
    Index(None, "state", "expires_at"),
    one_of("state", QuestionState),
)

trading_requests = Table(
    "trading_requests",
    metadata,
    *identity(),
    Column("kind", String(16), nullable=False),
    reference("portfolio_id", "portfolios.id", index=True),
    reference("user_id", "users.id", comment="whose portfolio it is"),
    reference("asked_by_user_id", "users.id", optional=True, comment="null: from a terminal"),
    Column("arguments_json", Json, nullable=False, comment="what it is about; amounts are text"),
    Column("key", String(120), nullable=False, unique=True, comment="tells a repeat, for ever"),
    Column("state", String(8), nullable=False),
    Column("result", String(500), nullable=False, comment="what became of it; empty before"),
    Column("updated_at", Moment, nullable=False),
    created_at(),
    Index(None, "state", "id"),
    one_of("kind", RequestKind),
    one_of("state", RequestState),
)
"""What people want of execution; it alone carries them out."""

halts = Table(
    "halts",
    metadata,
    *identity(),
    Column("kind", String(5), nullable=False),
    Column("scope", String(9), nullable=False),
    reference("user_id", "users.id", optional=True, comment="of scope USER"),
    reference("portfolio_id", "portfolios.id", optional=True, comment="of scope PORTFOLIO"),
    Column("reason", String(300), nullable=False),
    reference("set_by_user_id", "users.id", optional=True, comment="null: the system or a terminal"),
    Column("set_by_admin", Boolean, nullable=False, comment="then only admins lift it"),
    Column("confirmed_at", Moment, comment="since when nothing sent before can still arrive"),
    reference("lifted_by_user_id", "users.id", optional=True),
    Column("lifted_at", Moment, index=True, comment="null: in force"),
    created_at(),
    one_of("kind", HaltKind),
    one_of("scope", HaltScope),
)
unique_where("uq_halts_all", halts.c.kind, where="lifted_at IS NULL AND scope = 'ALL'")
unique_where("uq_halts_user", halts.c.kind, halts.c.user_id, where="lifted_at IS NULL AND scope = 'USER'")
unique_where(
    "uq_halts_portfolio", halts.c.kind, halts.c.portfolio_id, where="lifted_at IS NULL AND scope = 'PORTFOLIO'"
)

account_balances = Table(
    "account_balances",
    metadata,
    Column("id", Id, primary_key=True),
    reference("account_id", "accounts.id"),
    Column("currency", String(8), nullable=False),
    Column("cash", Exact, nullable=False),
    Column("available", Exact, comment="null where the venue does not say"),
    Column("equity", Exact),
    Column("as_of", Moment, nullable=False),
    Column(
        "wallet",
        String(8),
        nullable=False,
        server_default=text("''"),
        comment="where it lies, if spot and futures lie apart",
    ),
    created_at(),
    UniqueConstraint("account_id", "currency", "wallet", "as_of"),
    one_of("wallet", Wallet),
)

venue_positions = Table(
    "venue_positions",
    metadata,
    Column("id", Id, primary_key=True),
    reference("account_id", "accounts.id", index=True),
    Column("symbol", String(64), nullable=False, comment="as the venue names it"),
    Column("asset_type", String(8), nullable=False),
    Column("currency", String(8), nullable=False),
    Column("quantity", Exact, nullable=False, comment="below zero: short; in hedge mode a row for each side"),
    Column("external_quantity", Exact, nullable=False, comment="of it, what none of our positions explains"),
    Column("average_price", Exact, comment="null where the venue does not say"),
    Column("as_of", Moment, nullable=False),
    one_of("asset_type", AssetType),
)
"""What each account held at its venue when that was last read whole."""

portfolio_days = Table(
    "portfolio_days",
    metadata,
    Column("portfolio_id", ForeignKey("portfolios.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    Column("began_at", Moment, primary_key=True, comment="the day of trading, New York's or UTC's"),
    Column("unrealized_pnl", Exact, comment="when the day began; null until it was noted"),
    Column("equity", Exact, comment="of the same moment"),
    Column("equity_peak", Exact, comment="the highest that was noted until then, of the days before too"),
    Column("updated_at", Moment, nullable=False),
    created_at(),
)

cash_events = Table(
    "cash_events",
    metadata,
    *identity(),
    reference("account_id", "accounts.id"),
    reference("portfolio_id", "portfolios.id", optional=True),
    reference("instrument_id", "instruments.id", optional=True),
    Column("type", String(12), nullable=False),
    Column("amount", Exact, nullable=False, comment="below zero: taken"),
    Column("currency", String(8), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("broker_event_id", String(80), nullable=False),
    Column("meta_json", Json, nullable=False),
    created_at(),
    UniqueConstraint("account_id", "broker_event_id"),
    Index(None, "account_id", "occurred_at"),
    one_of("type", CashEventType),
)

bot_sessions = Table(
    "bot_sessions",
    metadata,
    *identity(),
    reference("user_id", "users.id"),
    Column("chat_id", String(32), nullable=False),
    Column("dialog", String(32), nullable=False),
    Column("step", String(32), nullable=False),
    Column("state_json", Json, nullable=False),
    Column("message_id", BigInteger),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("updated_at", Moment, nullable=False),
    created_at(),
    UniqueConstraint("user_id", "chat_id"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job", String(40), primary_key=True),
    Column("due_at", Moment, primary_key=True),
    Column("state", String(8), nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("result_json", Json, nullable=False),
    Index(None, "state"),
    one_of("state", JobState),
)

events_out = Table(
    "events_out",
    metadata,
    *identity(),
    reference("account_id", "accounts.id"),
    Column("routing_key", String(64), nullable=False),
    Column("payload_json", Json, nullable=False),
    created_at(),
    Column("published_at", Moment, index=True),
)
_WAITING = text("published_at IS NULL")
Index(
    "ix_events_out_waiting",
    events_out.c.account_id,
    events_out.c.id,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
