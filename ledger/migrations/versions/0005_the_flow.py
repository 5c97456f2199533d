"""Requests, halts, what venues hold, the days of portfolios, and buttons under messages"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

EXACT = sa.Numeric(38, 18).with_variant(sa.String(64), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
JSON = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "venue_positions",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("symbol", sa.String(length=64), nullable=False, comment="as the venue names it"),
        sa.Column("asset_type", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("quantity", EXACT, nullable=False, comment="below zero: short; in hedge mode a row for each side"),
        sa.Column("external_quantity", EXACT, nullable=False, comment="of it, what none of our positions explains"),
        sa.Column("average_price", EXACT, nullable=True, comment="null where the venue does not say"),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.CheckConstraint(
            "asset_type IN ('CRYPTO', 'EQUITY', 'FUTURE', 'FOREX', 'ETF')", name=op.f("ck_venue_positions_asset_type")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_venue_positions_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_positions")),
    )
    op.create_index(op.f("ix_venue_positions_account_id"), "venue_positions", ["account_id"], unique=False)
    op.create_table(
        "halts",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("scope", sa.String(length=9), nullable=False),
        sa.Column("user_id", ID, nullable=True, comment="of scope USER"),
        sa.Column("portfolio_id", ID, nullable=True, comment="of scope PORTFOLIO"),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_by_user_id", ID, nullable=True, comment="null: the system or a terminal"),
        sa.Column("set_by_admin", sa.Boolean(), nullable=False, comment="then only admins lift it"),
        sa.Column("confirmed_at", MOMENT, nullable=True, comment="since when nothing sent before can still arrive"),
        sa.Column("lifted_by_user_id", ID, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True, comment="null: in force"),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint("kind IN ('KILL', 'PAUSE')", name=op.f("ck_halts_kind")),
        sa.CheckConstraint("scope IN ('ALL', 'USER', 'PORTFOLIO')", name=op.f("ck_halts_scope")),
        sa.ForeignKeyConstraint(
            ["lifted_by_user_id"], ["users.id"], name=op.f("fk_halts_lifted_by_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_halts_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_user_id"], ["users.id"], name=op.f("fk_halts_set_by_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_halts_user_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halts")),
        sa.UniqueConstraint("uid", name=op.f("uq_halts_uid")),
    )
    op.create_index(op.f("ix_halts_lifted_at"), "halts", ["lifted_at"], unique=False)
    op.create_index(
        "uq_halts_all",
        "halts",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL AND scope = 'ALL'"),
        postgresql_where=sa.text("lifted_at IS NULL AND scope = 'ALL'"),
    )
    op.create_index(
        "uq_halts_portfolio",
        "halts",
        ["kind", "portfolio_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL AND scope = 'PORTFOLIO'"),
        postgresql_where=sa.text("lifted_at IS NULL AND scope = 'PORTFOLIO'"),
    )
    op.create_index(
        "uq_halts_user",
        "halts",
        ["kind", "user_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL AND scope = 'USER'"),
        postgresql_where=sa.text("lifted_at IS NULL AND scope = 'USER'"),
    )
    op.create_table(
        "portfolio_days",
        sa.Column("portfolio_id", ID, autoincrement=False, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False, comment="the day of trading, New York's or UTC's"),
        sa.Column("unrealized_pnl", EXACT, nullable=True, comment="when the day began; null until it was noted"),
        sa.Column("equity", EXACT, nullable=True, comment="of the same moment"),
        sa.Column(
            "equity_peak", EXACT, nullable=True, comment="the highest that was noted until then, of the days before too"
        ),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_portfolio_days_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("portfolio_id", "began_at", name=op.f("pk_portfolio_days")),
    )
    op.create_table(
        "trading_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("portfolio_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False, comment="whose portfolio it is"),
        sa.Column("asked_by_user_id", ID, nullable=True, comment="null: from a terminal"),
        sa.Column("arguments_json", JSON, nullable=False, comment="what it is about; amounts are text"),
        sa.Column("key", sa.String(length=120), nullable=False, comment="tells a repeat, for ever"),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=500), nullable=False, comment="what became of it; empty before"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, comment="when the row was written"),
        sa.CheckConstraint(
            "kind IN ('close', 'sell_all', 'cancel', 'clear_queue', 'place_again', 'retry', 'reconcile', 'adopt', "
            "'buy', 'sell')",
            name=op.f("ck_trading_requests_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('WAITING', 'WORKING', 'DONE', 'REFUSED')", name=op.f("ck_trading_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_user_id"], ["users.id"], name=op.f("fk_trading_requests_asked_by_user_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["portfolio_id"], ["portfolios.id"], name=op.f("fk_trading_requests_portfolio_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_trading_requests_user_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trading_requests")),
        sa.UniqueConstraint("key", name=op.f("uq_trading_requests_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_trading_requests_uid")),
    )
    op.create_index(op.f("ix_trading_requests_portfolio_id"), "trading_requests", ["portfolio_id"], unique=False)
    op.create_index(op.f("ix_trading_requests_state_id"), "trading_requests", ["state", "id"], unique=False)
    op.create_index(
        op.f("ix_orders_portfolio_id_instrument_id_leg"),
        "orders",
        ["portfolio_id", "instrument_id", "leg"],
        unique=False,
    )
    op.add_column(
        "outbox", sa.Column("buttons_json", JSON, nullable=True, comment="rows of buttons under it; null: none")
    )
    level = "of a notice of trading: on or silent; null: no notice"
    op.add_column("outbox", sa.Column("level", sa.String(length=6), nullable=True, comment=level))
    op.create_index(
        op.f("ix_signals_portfolio_id_received_at"), "signals", ["portfolio_id", "received_at"], unique=False
    )


def downgrade() -> None:
    """Take back: what people asked for and what was halted goes, no signal, order or message does."""
    op.drop_index("ix_signals_portfolio_id_received_at", table_name="signals")
    op.drop_column("outbox", "level")
    op.drop_column("outbox", "buttons_json")
    op.drop_index("ix_orders_portfolio_id_instrument_id_leg", table_name="orders")
    for name in ("trading_requests", "portfolio_days", "halts", "venue_positions"):
        op.drop_table(name)
