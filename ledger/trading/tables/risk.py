"""Limits, and what broke them."""

from sqlalchemy import Boolean, Column, Index, String, Table

from ledger.columns import Id, Json
from ledger.schema import metadata
from ledger.trading.enumerations import BreachAction, ScopeType
from ledger.trading.tables.parts import created_at, identity, one_of, reference

risk_policies = Table(
    "risk_policies",
    metadata,
    *identity(),
    reference("user_id", "users.id", comment="whose limit it is"),
    Column("scope_type", String(12), nullable=False),
    Column("scope_id", Id, nullable=False, comment="of the user, portfolio or strategy that scope_type names"),
    Column("name", String(64), nullable=False),
    Column("config_json", Json, nullable=False),
    Column("is_active", Boolean, nullable=False),
    created_at(),
    Index(None, "user_id"),
    Index(None, "scope_type", "scope_id", "is_active"),
    one_of("scope_type", ScopeType),
)

risk_breaches = Table(
    "risk_breaches",
    metadata,
    *identity(),
    reference("policy_id", "risk_policies.id", optional=True, index=True),
    reference("portfolio_id", "portfolios.id"),
    reference("instrument_id", "instruments.id", optional=True),
    Column("code", String(32), nullable=False, comment="of the check that was broken, such as MAX_POSITIONS"),
    Column("observed_json", Json, nullable=False, comment="the numbers and the limit"),
    Column("action", String(16), nullable=False),
    created_at(),
    Index(None, "portfolio_id", "created_at"),
    one_of("action", BreachAction),
)
