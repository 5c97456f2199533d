"""The webhook's settings; light, because the launcher imports them."""

from typing import Annotated

from msgspec import Meta

from bus.settings import Secret
from bus.trading_settings import OffUntilConfigured, WebhookPort, WebhookSecret
from ledger.settings import DEFAULT_INBOX_DATABASE_URL, InboxDatabaseUrl
from webhook.networks import Networks

TRADINGVIEW = Networks.from_text("52.89.214.238, 34.212.75.30, 54.218.53.128, 52.32.178.7")
"""From where TradingView sends (tradingview.com, "About webhooks", read 2026-11)."""


class Settings(OffUntilConfigured, frozen=True, kw_only=True):
    """Where alerts are listened for, who may send them, and where they are kept."""

    webhook_host: Annotated[
        str,
        Meta(
            description="the address to listen at; 127.0.0.1 is for a reverse proxy on this machine",
            pattern=r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)\Z",
        ),
    ] = "127.0.0.1"
    webhook_port: WebhookPort = 8000
    webhook_secret: WebhookSecret = None
    webhook_allowed_ips: Annotated[
        Networks,
        Meta(description="the addresses that may send alerts, separated by commas; a network as 192.0.2.0/24"),
    ] = TRADINGVIEW
    webhook_trusted_proxies: Annotated[
        Networks,
        Meta(description="the addresses of your own reverse proxies, whose X-Forwarded-For is believed"),
    ] = Networks(())
    signal_max_age_seconds: Annotated[
        int,
        Meta(description="an alert whose time is off by more seconds is refused, 20 to 3600", ge=20, le=3600),
    ] = 60
    api_token: Annotated[
        Secret | None,
        Meta(
            description="the secret of your own programs that read signals: 16 signs or more, letters and digits",
            extra={"letters": "[A-Za-z0-9_.~-]{16,}"},
        ),
    ] = None
    inbox_database_url: InboxDatabaseUrl = DEFAULT_INBOX_DATABASE_URL
