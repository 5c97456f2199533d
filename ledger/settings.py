"""The ledger's settings, for everybody who opens it; light, because the launcher imports it."""

from typing import Annotated

from msgspec import Meta, Struct

from bus.schedule_settings import Timezone
from bus.settings import Secret

DatabaseUrl = Annotated[
    Secret, Meta(description="the ledger's SQLAlchemy URL; sqlite:///data/portfolio.db is a file in this folder")
]
"""A secret, because it may hold a password."""
DEFAULT_DATABASE_URL = Secret("sqlite:///data/portfolio.db")
BackupKeepDays = Annotated[
    int, Meta(ge=1, le=3650, description="days for which the daily backups of the ledger are kept, 1 to 3650")
]


class Settings(Struct, frozen=True, kw_only=True):
    """What the owner's commands need: where the ledger is, and whose time they show."""

    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    timezone: Timezone = "Europe/Paris"
