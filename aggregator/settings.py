"""The aggregator's settings."""

from typing import Annotated

from msgspec import Meta

from bus.chats import TelegramChatId
from bus.schedule_settings import ScheduleSettings
from ledger.settings import (
    DEFAULT_DATABASE_URL,
    BackupKeepDays,
    DatabaseHost,
    DatabaseName,
    DatabasePassword,
    DatabasePort,
    DatabaseUrl,
    DatabaseUser,
    settle_database,
)

LastKnownMaxAgeHours = Annotated[
    float, Meta(ge=0, le=720, description="hours for which a last known number may stand in, 0 to 720")
]


class Settings(ScheduleSettings, frozen=True, kw_only=True):
    """Who gets a slot's message, where the ledger is, and how old a number may stand in."""

    telegram_chat_id: TelegramChatId
    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    database_host: DatabaseHost = None
    database_port: DatabasePort = None
    database_name: DatabaseName = None
    database_user: DatabaseUser = None
    database_password: DatabasePassword = None
    backup_keep_days: BackupKeepDays = 30
    last_known_max_age_hours: LastKnownMaxAgeHours = 24

    def __post_init__(self) -> None:
        """Make a URL of the parts that name the ledger's database.

        Raises:
            ValueError: Names what contradicts or is missing.
        """
        settle_database(self)


def fingerprint(settings: Settings) -> str:
    """Return a text that changes when the schedule does."""
    return (
        f"{settings.timezone} {settings.schedule_cron or ''} {settings.poll_interval_minutes} "
        f"{settings.window_start_hour} {settings.window_end_hour}"
    )
