"""The rounds that a message tells besides its own are found without looking through the whole outbox"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_outbox_folded_into", "outbox", ["folded_into"], unique=False)
