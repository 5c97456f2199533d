"""What is traded: instruments, the names that venues and TradingView have for them, and their margin settings."""

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, UniqueConstraint

from ledger.columns import Exact, Id, Moment
from ledger.schema import metadata
from ledger.trading.enumerations import AssetType, MarginMode
from ledger.trading.tables.parts import created_at, identity, one_of, reference, unique_where

instruments = Table(
    "instruments",
    metadata,
    *identity(),
    Column("symbol", String(64), nullable=False),
    Column("exchange", String(32), comment="null counts as a value of its own"),
    Column("asset_type", String(8), nullable=False),
    Column("currency", String(8), nullable=False, comment="in which its price is"),
    Column("base_currency", String(8), comment="of a pair: what is bought; a fee in it reduces what is held"),
    Column("multiplier", Exact, nullable=False, comment="a price's value for one of its quantity; 1 for most"),
    Column("tick_size", Exact),
    Column("lot_size", Exact),
    created_at(),
    one_of("asset_type", AssetType),
)
unique_where(
    "uq_instruments_symbol_exchange_asset_type",
    instruments.c.symbol,
    instruments.c.exchange,
    instruments.c.asset_type,
    where="exchange IS NOT NULL",
)
unique_where(
    "uq_instruments_symbol_asset_type", instruments.c.symbol, instruments.c.asset_type, where="exchange IS NULL"
)

instrument_aliases = Table(
    "instrument_aliases",
    metadata,
    Column("id", Id, primary_key=True),
    reference("broker_id", "brokers.id"),
    Column("alias", String(64), nullable=False, comment="as a signal or a venue writes it: BTCUSDT.P, BRK.B"),
    Column("asset_type", String(8), nullable=False),
    reference("instrument_id", "instruments.id", index=True),
    created_at(),
    UniqueConstraint("broker_id", "alias", "asset_type"),
    one_of("asset_type", AssetType),
)

symbol_settings = Table(
    "symbol_settings",
    metadata,
    Column("id", Id, primary_key=True),
    reference("account_id", "accounts.id"),
    reference("instrument_id", "instruments.id", optional=True),
    Column("margin_mode", String(8), nullable=False),
    Column("leverage", Integer, nullable=False),
    Column("confirmed_at", Moment, comment="when the venue was last seen to have it so"),
    Column("updated_at", Moment, nullable=False),
    one_of("margin_mode", MarginMode),
    CheckConstraint("leverage >= 1", name="leverage"),
)
"""An account's margin mode and leverage: for an instrument, or, where that is null, for all that have none."""
unique_where(
    "uq_symbol_settings_instrument",
    symbol_settings.c.account_id,
    symbol_settings.c.instrument_id,
    where="instrument_id IS NOT NULL",
)
unique_where("uq_symbol_settings_all", symbol_settings.c.account_id, where="instrument_id IS NULL")
