"""Orders, their executions (`trades`), and what these add up to: positions, with an entry for each execution."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from ledger.columns import Exact, Json, Moment
from ledger.schema import metadata
from ledger.trading.enumerations import Leg, OrderStatus, OrderType, Purpose, Side, TimeInForce
from ledger.trading.tables.parts import ByteOrdered, identity, one_of, reference, unique_where

orders = Table(
    "orders",
    metadata,
    *identity(),
    reference("portfolio_id", "portfolios.id"),
    reference("account_id", "accounts.id"),
    reference("instrument_id", "instruments.id"),
    reference("strategy_id", "strategies.id", optional=True),
    reference("signal_id", "signals.id", optional=True, index=True, comment="that it comes from"),
    reference("parent_id", "orders.id", optional=True, index=True, comment="of a protective leg: the opening"),
    Column("leg", String(12), nullable=False, comment="which of a signal's orders it is"),
    Column("attempt", Integer, nullable=False, comment="grows only when a person presses Retry"),
    Column("purpose", String(8), nullable=False, comment="whether it adds exposure or takes it away"),
    Column("side", String(4), nullable=False),
    Column("type", String(12), nullable=False),
    Column("status", String(20), nullable=False),
    Column("time_in_force", String(4), nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("filled_quantity", Exact, nullable=False, comment="of its executions that count"),
    Column("average_price", Exact, comment="of its fills; null before the first"),
    Column("price", Exact),
    Column("stop_price", Exact),
    Column("client_order_id", String(64), nullable=False),
    Column("broker_order_id", String(64)),
    Column("reason", String(300), comment="why it is refused, canceled, expired or not placed"),
    Column("placed_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("meta_json", Json, nullable=False),
    Column("broker_boot", String(64), comment="the life of its broker that it was written for; null: not known"),
    UniqueConstraint("account_id", "client_order_id"),
    Index(None, "portfolio_id", "status"),
    Index(None, "account_id", "status"),
    Index(None, "instrument_id"),
    Index(None, "placed_at"),
    Index(None, "portfolio_id", "placed_at"),
    Index(None, "portfolio_id", "instrument_id", "leg"),
    one_of("leg", Leg),
    one_of("purpose", Purpose),
    one_of("side", Side),
    one_of("type", OrderType),
    one_of("status", OrderStatus),
    one_of("time_in_force", TimeInForce),
)
unique_where(
    "uq_orders_broker_order_id", orders.c.account_id, orders.c.broker_order_id, where="broker_order_id IS NOT NULL"
)

trades = Table(
    "trades",
    metadata,
    *identity(),
    reference("portfolio_id", "portfolios.id"),
    reference("account_id", "accounts.id"),
    reference("instrument_id", "instruments.id"),
    reference("strategy_id", "strategies.id", optional=True),
    reference("order_id", "orders.id", optional=True, index=True),
    Column("side", String(4), nullable=False),
    Column("quantity", Exact, nullable=False),
    Column("price", Exact, nullable=False),
    Column("fee", Exact, comment="null until the broker says it; written once"),
    Column("fee_currency", String(8)),
    Column("exec_time", Moment, nullable=False),
    Column("broker_trade_id", ByteOrdered, nullable=False),
    Column("execution", ByteOrdered, nullable=False, comment="what all its corrections have in common"),
    Column("revision", Integer, nullable=False, comment="of an execution's rows the highest counts"),
    reference("corrects_id", "trades.id", optional=True, index=True),
    Column("recorded_at", Moment, nullable=False, comment="when it came into the books"),
    Column("meta_json", Json, nullable=False),
    UniqueConstraint("account_id", "broker_trade_id"),
    UniqueConstraint("account_id", "execution", "revision"),
    Index(None, "portfolio_id", "exec_time"),
    Index(None, "instrument_id", "exec_time"),
    Index(None, "portfolio_id", "instrument_id", "strategy_id", "exec_time"),
    one_of("side", Side),
)

positions = Table(
    "positions",
    metadata,
    *identity(),
    reference("portfolio_id", "portfolios.id"),
    reference("instrument_id", "instruments.id", index=True),
    reference("strategy_id", "strategies.id", optional=True),
    Column("quantity", Exact, nullable=False, comment="below zero: short"),
    Column("avg_price", Exact, nullable=False),
    Column("cost", Exact, nullable=False, comment="what was paid for what is held, below zero for a short one"),
    Column("realized_pnl", Exact, nullable=False, comment="gross: fees in another currency stand beside it"),
    Column("is_open", Boolean, nullable=False, comment="quantity is not zero"),
    Column("opened_at", Moment, comment="when it last left zero"),
    Column("last_exec_time", Moment, nullable=False, comment="of the last execution that counts"),
    Column("last_broker_trade_id", ByteOrdered, nullable=False, comment="of the same"),
    Column("updated_at", Moment, nullable=False),
    Index(None, "portfolio_id", "is_open"),
)
unique_where(
    "uq_positions_strategy",
    positions.c.portfolio_id,
    positions.c.instrument_id,
    positions.c.strategy_id,
    where="strategy_id IS NOT NULL",
)
unique_where(
    "uq_positions_no_strategy", positions.c.portfolio_id, positions.c.instrument_id, where="strategy_id IS NULL"
)

position_entries = Table(
    "position_entries",
    metadata,
    Column("trade_id", ForeignKey("trades.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False),
    reference("position_id", "positions.id"),
    reference("portfolio_id", "portfolios.id"),
    Column("exec_time", Moment, nullable=False),
    Column("broker_trade_id", ByteOrdered, nullable=False),
    Column("quantity", Exact, nullable=False, comment="of the position, after the execution; so is what follows"),
    Column("avg_price", Exact, nullable=False),
    Column("cost", Exact, nullable=False),
    Column("opened_at", Moment),
    Column("realized_total", Exact, nullable=False),
    Column("realized_pnl", Exact, nullable=False, comment="by this execution alone"),
    Index(None, "position_id", "exec_time", "broker_trade_id"),
    Index(None, "portfolio_id", "exec_time"),
)
"""What each execution that counts did to its position: made from `trades`, and made anew when an older one comes."""
