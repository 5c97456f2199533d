"""What is watched: where an alert stands"""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply."""
