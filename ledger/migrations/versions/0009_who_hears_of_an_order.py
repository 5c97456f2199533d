"""Which life of its broker an order was written for, and how the numbers of paper accounts begin"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply; what was written before was written for nobody knows whom."""
    boot = "the life of its broker that it was written for; null: not known"
    op.add_column("orders", sa.Column("broker_boot", sa.String(length=64), nullable=True, comment=boot))
    begins = "how the numbers of its paper accounts begin, and no others; null: a number does not tell"
    op.add_column("brokers", sa.Column("paper_begins", sa.String(length=8), nullable=True, comment=begins))
    op.execute("UPDATE brokers SET paper_begins = 'D' WHERE code = 'IBKR'")


def downgrade() -> None:
    """Take back: every order is looked for before it is placed again."""
    op.drop_column("brokers", "paper_begins")
    op.drop_column("orders", "broker_boot")
