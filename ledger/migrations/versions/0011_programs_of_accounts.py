"""Accounts that are served by programs of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

OF_ONE = sa.text("program IS NOT NULL AND archived_at IS NULL")


def upgrade() -> None:
    """Apply; every account so far is served by its broker's default program."""
    serves = "which program serves it; null: the default one of its broker"
    op.add_column("accounts", sa.Column("program", sa.String(length=64), nullable=True, comment=serves))
    op.create_index(
        "uq_accounts_program", "accounts", ["program"], unique=True, sqlite_where=OF_ONE, postgresql_where=OF_ONE
    )


def downgrade() -> None:
    """Take back: one program serves all accounts of a broker, and speaks of those alone that it has proven."""
    op.drop_index("uq_accounts_program", table_name="accounts", sqlite_where=OF_ONE, postgresql_where=OF_ONE)
    op.drop_column("accounts", "program")
