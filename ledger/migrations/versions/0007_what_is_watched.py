"""What is watched: where an alert stands, when a schedule is due next, and screeners run by request"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
KINDS = (
    "kind IN ('close', 'sell_all', 'cancel', 'clear_queue', 'place_again', 'retry', 'reconcile', 'adopt', 'buy', 'sell'"
)


def upgrade() -> None:
    """Apply."""
    beyond = "of PRICE, POSITION, RISK: which bound it is beyond, empty for none; null: not looked at yet"
    op.add_column("alerts", sa.Column("beyond", sa.String(length=8), nullable=True, comment=beyond))
    since = "since when nobody can say where it stands; null: known"
    op.add_column("alerts", sa.Column("unknown_since", MOMENT, nullable=True, comment=since))
    for table in ("alerts", "schedules"):
        op.add_column(table, sa.Column("next_at", MOMENT, nullable=True, comment="when it is due next"))
    _allow_kinds(f"{KINDS}, 'screen')")
    weekly = "whether it ends its sessions once a week"
    op.add_column(
        "brokers", sa.Column("ends_weekly", sa.Boolean(), nullable=False, server_default=sa.false(), comment=weekly)
    )
    op.execute("UPDATE brokers SET ends_weekly = true WHERE code = 'IBKR'")


def downgrade() -> None:
    """Take back: who asked for a screener is forgotten, no alert, schedule or screener is."""
    op.drop_column("brokers", "ends_weekly")
    op.execute("DELETE FROM trading_requests WHERE kind = 'screen'")
    _allow_kinds(f"{KINDS})")
    for table in ("schedules", "alerts"):
        op.drop_column(table, "next_at")
    op.drop_column("alerts", "unknown_since")
    op.drop_column("alerts", "beyond")


def _allow_kinds(words: str) -> None:
    """Let a request have these kinds; SQLite, which cannot change a constraint, writes the table anew for it."""
    kind = op.f("ck_trading_requests_kind")
    with op.batch_alter_table("trading_requests") as table:
        table.drop_constraint(kind, type_="check")
        table.create_check_constraint(kind, words)
