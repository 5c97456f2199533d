"""What the test alert needs to know; light, because the launcher imports it."""

from bus.trading_settings import OffUntilConfigured, WebhookPort, WebhookSecret
from ledger.settings import (
    DEFAULT_DATABASE_URL,
    DatabaseHost,
    DatabaseName,
    DatabasePassword,
    DatabasePort,
    DatabaseUrl,
    DatabaseUser,
    settle_database,
)


class Settings(OffUntilConfigured, frozen=True, kw_only=True):
    """Where the webhook listens, its common secret, and where the ledger is."""

    webhook_port: WebhookPort = 8000
    webhook_secret: WebhookSecret = None
    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    database_host: DatabaseHost = None
    database_port: DatabasePort = None
    database_name: DatabaseName = None
    database_user: DatabaseUser = None
    database_password: DatabasePassword = None

    def __post_init__(self) -> None:
        """Refuse while trading is off, and settle where the ledger is.

        Raises:
            NotConfigured: Trading is off.
            ValueError: The database's parts contradict each other.
        """
        super().__post_init__()
        settle_database(self)
