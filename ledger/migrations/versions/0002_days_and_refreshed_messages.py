"""Days, and the message that a press of Refresh edits"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MONEY = sa.Numeric(38, 18).with_variant(sa.String(64), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "days",
        sa.Column("day", sa.Date(), nullable=False, comment="in TIMEZONE, as it was when the day was written"),
        sa.Column("usd", MONEY, nullable=False),
        sa.Column("rub", MONEY, nullable=False),
        sa.Column(
            "mark", sa.String(length=8), nullable=False, comment="empty, or `≈` when a last known value stood in"
        ),
        sa.Column("round_id", sa.String(length=80), nullable=True, comment="null: imported"),
        sa.ForeignKeyConstraint(["round_id"], ["snapshots.round_id"], name=op.f("fk_days_round_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_days")),
    )
    op.add_column(
        "askers",
        sa.Column(
            "refreshed_message_id",
            sa.Integer(),
            nullable=True,
            comment="the older snapshot that was pressed, edited in place",
        ),
    )
