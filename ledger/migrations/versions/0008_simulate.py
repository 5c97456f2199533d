"""Requests that ask what an alert would do"""

from alembic import op

revision = "0008"
down_revision = "0007"

BEFORE = (
    *("close", "sell_all", "cancel", "clear_queue", "place_again", "retry", "reconcile", "adopt", "buy", "sell"),
    "screen",
)


def upgrade() -> None:
    """Apply."""
    _allow(*BEFORE, "simulate")


def downgrade() -> None:
    """Take back; what was only asked goes with it."""
    op.execute("DELETE FROM trading_requests WHERE kind = 'simulate'")
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    """Let a request be of these kinds; SQLite makes the table anew for it."""
    with op.batch_alter_table("trading_requests") as table:
        table.drop_constraint(op.f("ck_trading_requests_kind"), type_="check")
        condition = f"kind IN ({', '.join(repr(word) for word in kinds)})"
        table.create_check_constraint(op.f("ck_trading_requests_kind"), condition)
