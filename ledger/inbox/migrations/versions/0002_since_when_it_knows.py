"""Since when it knows"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inbox_beginnings",
        sa.Column("begun_at", MOMENT, nullable=False, comment="what came before, it may not know"),
        sa.PrimaryKeyConstraint("begun_at", name=op.f("pk_inbox_beginnings")),
    )
    begun_at = datetime.now(UTC).isoformat(timespec="microseconds")
    op.execute(f"INSERT INTO inbox_beginnings (begun_at) VALUES ('{begun_at}')")  # noqa: S608 - a moment


def downgrade() -> None:
    """Take back."""
    op.drop_table("inbox_beginnings")
