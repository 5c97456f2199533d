"""What the test alert needs to know; light, because the launcher imports it."""

from bus.trading_settings import WebhookPort, WebhookSecret
from ledger.settings import TradingOnLedger


class Settings(TradingOnLedger, frozen=True, kw_only=True):
    """Where the webhook listens, its common secret, and where the ledger is."""

    webhook_port: WebhookPort = 8000
    webhook_secret: WebhookSecret = None
