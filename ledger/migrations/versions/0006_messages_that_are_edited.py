"""Messages of trading that are edited as what they tell goes on"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    subject = "what a message tells that is edited as that goes on"
    op.add_column("outbox", sa.Column("subject", sa.String(length=80), nullable=True, comment=subject))
    op.create_index(op.f("ix_outbox_chat_id_subject"), "outbox", ["chat_id", "subject"], unique=False)


def downgrade() -> None:
    """Take back: no message goes, each is one by itself."""
    op.drop_index("ix_outbox_chat_id_subject", table_name="outbox")
    op.drop_column("outbox", "subject")
