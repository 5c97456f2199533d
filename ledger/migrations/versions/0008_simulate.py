"""Requests that ask what an alert would do"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BEFORE = (
    *("close", "sell_all", "cancel", "clear_queue", "place_again", "retry", "reconcile", "adopt", "buy", "sell"),
)
SIMULATE = "simulate"
STATES = ("WAITING", "WORKING", "DONE", "REFUSED")


def upgrade() -> None:
    """Apply."""
    _allow(*BEFORE, SIMULATE)


def downgrade() -> None:
    """Take back; what was only asked goes with it."""
    op.execute(f"DELETE FROM trading_requests WHERE kind = '{SIMULATE}'")
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    """Let a request be of these kinds; SQLite makes the table anew for it, and reads no CHECK of the old one."""
    kind, state = _one_of("kind", kinds), _one_of("state", STATES)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_trading_requests_kind"), "trading_requests", type_="check")
        op.create_check_constraint(op.f("ck_trading_requests_kind"), "trading_requests", kind)
        return
    checks = (
        sa.CheckConstraint(kind, name=op.f("ck_trading_requests_kind")),
        sa.CheckConstraint(state, name=op.f("ck_trading_requests_state")),
    )
    with op.batch_alter_table("trading_requests", recreate="always", table_args=checks):
        pass


def _one_of(column: str, words: tuple[str, ...]) -> str:
    """Return a condition as every CHECK of the ledger is written."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"
