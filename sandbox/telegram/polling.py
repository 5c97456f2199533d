"""How a bot gets its updates: by polling, or by a webhook, never by both.

Follows https://core.telegram.org/bots/api#getting-updates and the public source of the Bot API server (read 2026-11).

Quirk: a webhook is only remembered; nothing is ever sent to it, its updates wait.
"""

import re
from urllib.parse import urlsplit

from sandbox.telegram.bot import Bot
from sandbox.telegram.call import Call, Told, decode
from sandbox.telegram.chat import RefusalError

CONNECTIONS = 40
PORTS = frozenset({80, 88, 443, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Polling:
    """Updates and webhooks of one bot."""

    def __init__(self, bot: Bot) -> None:
        """Serve a bot."""
        self.bot = bot

    async def get_updates(self, call: Call) -> object:
        """Answer getUpdates."""
        if self.bot.state.webhook_url:
            raise RefusalError(409, _WEBHOOK)
        self._allow(call)
        limit = min(max(call.number("limit", 100), 1), 100)
        offset, timeout_s = call.number("offset"), call.number("timeout")
        return await self.bot.updates.poll(offset=offset, limit=limit, timeout_s=timeout_s)

    async def set_webhook(self, call: Call) -> object:
        """Answer setWebhook; an empty address deletes it."""
        url = call.values.get("url", "")
        if not url:
            return await self.delete_webhook(call)
        _check(url, call.values.get("secret_token", ""))
        self._drop_if_asked(call)
        self._allow(call)
        was_set, self.bot.state.webhook_url = self.bot.state.webhook_url == url, url
        self.bot.updates.end_poll("Conflict: terminated by setWebhook request")
        return Told(True, "Webhook is already set" if was_set else "Webhook was set")

    async def delete_webhook(self, call: Call) -> object:
        """Answer deleteWebhook."""
        was_set, self.bot.state.webhook_url = bool(self.bot.state.webhook_url), ""
        self._drop_if_asked(call)
        return Told(True, "Webhook was deleted" if was_set else "Webhook is already deleted")

    async def get_webhook_info(self, _call: Call) -> object:
        """Answer getWebhookInfo."""
        url, updates = self.bot.state.webhook_url, self.bot.updates
        shown = {"url": url, "has_custom_certificate": False, "pending_update_count": len(updates)}
        if url:
            shown["max_connections"] = CONNECTIONS
        if updates.allowed:
            shown["allowed_updates"] = updates.allowed
        return shown

    def _allow(self, call: Call) -> None:
        if "allowed_updates" in call.values:
            self.bot.updates.allow(decode(call.values["allowed_updates"], list[str]))

    def _drop_if_asked(self, call: Call) -> None:
        if call.is_set("drop_pending_updates"):
            self.bot.updates.drop()


def _check(url: str, secret: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        raise RefusalError(400, "Bad Request: invalid webhook URL specified") from None
    if len(secret) > 256:
        raise RefusalError(400, "Bad Request: secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise RefusalError(400, "Bad Request: secret token contains unallowed characters")
    if parts.scheme != "https":
        raise RefusalError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        why = "Webhook can be set up only on ports 80, 88, 443 or 8443"
        raise RefusalError(400, f"Bad Request: bad webhook: {why}")
