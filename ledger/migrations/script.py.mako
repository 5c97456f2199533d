"""${message}"""

import sqlalchemy as sa
from alembic import op

from ledger.tables import Moment, Money

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Apply."""
    ${upgrades if upgrades else "pass"}
