"""What the test alert needs to know; light, because the launcher imports it."""

from typing import Annotated

from msgspec import Meta

from bus.settings import Secret
from bus.trading_settings import OffUntilConfigured
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

    webhook_port: Annotated[int, Meta(description="the port to listen at, 1 to 65535", ge=1, le=65535)] = 8000
    webhook_secret: Annotated[
        Secret | None,
        Meta(
            description="the secret of TradingView's alerts for the default strategy, 16 letters and digits or more; "
            "used for nothing else",
            extra={"alias": "TRADINGVIEW_WEBHOOK_TOKEN", "letters": "[A-Za-z0-9_-]{16,128}"},
        ),
    ] = None
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
