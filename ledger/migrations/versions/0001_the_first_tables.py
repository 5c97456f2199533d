"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MONEY = sa.Numeric(38, 18).with_variant(sa.String(64), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "snapshots",
        sa.Column("round_id", sa.String(length=80), nullable=False),
        sa.Column("scheduled_for", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("usd", MONEY, nullable=True),
        sa.Column("usd_mark", sa.String(length=8), nullable=False),
        sa.Column("rub", MONEY, nullable=True),
        sa.Column("rub_mark", sa.String(length=8), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="the whole Snapshot, as JSON"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("scheduled_for", name=op.f("uq_snapshots_scheduled_for")),
    )
    op.create_index(op.f("ix_snapshots_closed_at"), "snapshots", ["closed_at"], unique=False)
    op.create_table(
        "balances",
        sa.Column("round_id", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("wallets", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("covers", sa.String(length=64), nullable=False),
        sa.Column("close_of", sa.Date(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["snapshots.round_id"], name=op.f("fk_balances_round_id")),
        sa.PrimaryKeyConstraint("round_id", "platform", name=op.f("pk_balances")),
    )
    op.create_index(op.f("ix_balances_platform_fetched_at"), "balances", ["platform", "fetched_at"], unique=False)
    op.create_table(
        "missed_slots",
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("told_in", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["told_in"], ["snapshots.round_id"], name=op.f("fk_missed_slots_told_in")),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_missed_slots")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=80), nullable=True),
        sa.Column("alert_id", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=True, comment="as first rendered; alerts bring theirs"),
        sa.Column("unconfirmed", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("first_attempt_at", MOMENT, nullable=True),
        sa.Column("next_attempt_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("folded_into", sa.Integer(), nullable=True),
        sa.Column(
            "reason", sa.String(length=200), nullable=True, comment="why it is dead, or why the last attempt failed"
        ),
        sa.ForeignKeyConstraint(["folded_into"], ["outbox.id"], name=op.f("fk_outbox_folded_into")),
        sa.ForeignKeyConstraint(["round_id"], ["snapshots.round_id"], name=op.f("fk_outbox_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("chat_id", "alert_id", name=op.f("uq_outbox_chat_id_alert_id")),
        sa.UniqueConstraint("chat_id", "round_id", name=op.f("uq_outbox_chat_id_round_id")),
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"], unique=False)
    op.create_table(
        "rates",
        sa.Column("round_id", sa.String(length=80), nullable=False),
        sa.Column("rate", MONEY, nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("valid_for", sa.Date(), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("unconfirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["snapshots.round_id"], name=op.f("fk_rates_round_id")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_rates")),
    )
    op.create_index(op.f("ix_rates_fetched_at"), "rates", ["fetched_at"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True, comment="null when asked from a terminal"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["snapshots.round_id"], name=op.f("fk_requests_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("update_id", name=op.f("uq_requests_update_id")),
    )
    op.create_index(op.f("ix_requests_answered_by"), "requests", ["answered_by"], unique=False)
    op.create_table(
        "askers",
        sa.Column("request_id", sa.String(length=80), nullable=False),
        sa.Column("chat_id", sa.String(length=32), nullable=False),
        sa.Column("working_message_id", sa.Integer(), nullable=True, comment="the `Working…` that becomes the answer"),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_askers_request_id")),
        sa.PrimaryKeyConstraint("request_id", "chat_id", name=op.f("pk_askers")),
    )
