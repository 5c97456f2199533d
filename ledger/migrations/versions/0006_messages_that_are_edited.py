"""Messages of trading that are edited as what they tell goes on"""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
