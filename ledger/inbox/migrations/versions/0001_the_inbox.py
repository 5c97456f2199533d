"""The inbox"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
JSON = sa.Text().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String(96).with_variant(sa.String(96, collation="C"), "postgresql")
STATES = (
    "TAKEN",
    "RECEIVED",
    "VALIDATED",
    "AWAITING_CONFIRMATION",
    "WAITING_FOR_MARKET",
    "QUEUED",
    "ORDERED",
    "DONE",
    "REJECTED",
    "EXPIRED",
    "DUPLICATE",
    "SUPERSEDED",
)


def upgrade() -> None:
    """Apply."""
    make_signals()
    op.create_table(
        "inbox_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False, comment="SHA-256 of the secret, as hex digits"),
        sa.Column("strategy_uid", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False, comment="the strategy's"),
        sa.Column("retired_at", MOMENT, nullable=True, comment="worth nothing since"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_inbox_tokens")),
    )
    op.create_table(
        "inbox_retired_keys",
        sa.Column("dedupe_key", KEY, nullable=False),
        sa.Column("uid", sa.String(32), nullable=False, comment="of the signal, which is no longer kept"),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("dedupe_key", name=op.f("pk_inbox_retired_keys")),
    )


def make_signals() -> None:
    """Make the table of signals with its indices."""
    states = ", ".join(f"'{state}'" for state in STATES)
    op.create_table(
        "inbox_signals",
        sa.Column("id", ID, nullable=False),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("strategy_uid", sa.String(32), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("peer", sa.String(64), nullable=False, comment="the sender's address"),
        sa.Column("body_json", JSON, nullable=False, comment="all that it said, without its secret"),
        sa.Column("dedupe_key", KEY, nullable=False),
        sa.Column("external_id", sa.String(120), nullable=True, comment="the alert's own id"),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("code", sa.String(32), nullable=True, comment="why it is refused or ended"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_inbox_signals_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_signals")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_inbox_signals_dedupe_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_inbox_signals_uid")),
    )
    op.create_index(op.f("ix_inbox_signals_state_id"), "inbox_signals", ["state", "id"])
    op.create_index(op.f("ix_inbox_signals_state_updated_at"), "inbox_signals", ["state", "updated_at"])


def downgrade() -> None:
    """Take back."""
    for table in ("inbox_retired_keys", "inbox_tokens", "inbox_signals"):
        op.drop_table(table)
