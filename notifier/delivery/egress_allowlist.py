"""The one way out to Telegram: which methods this process may call, of which host, with which token.

It hangs on httpx's event hooks, so it sees every request of the library's clients, whoever makes it, before a byte has
left: one with another method (a webhook that hands all updates to a stranger, say), host, path or token is stopped.
(Bot API, "Making requests", read 2026-11; python-telegram-bot 22.8 posts every method's call, also getUpdates.)
"""

from collections.abc import Callable

import httpx
from telegram.error import TelegramError

from bus.alert_texts import AlertText, alert_text
from bus.log import logger

METHODS = frozenset(
    {
        "getMe",
        "getUpdates",
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "editMessageText",
        "deleteMessage",
        "answerCallbackQuery",
        "setMyCommands",
    }
)

LONGEST_ATTEMPT = 90  # with what stands around it, an id fits its column in the ledger

log = logger(__name__)


class NotAllowed(TelegramError):
    """Code of ours or of the library wanted to call something that this process never needs; nothing left the machine.

    One of the library's own kind, because everything else that a request raises it takes for trouble of the network.
    """


def stopped(attempt: str) -> AlertText:
    """Word the alert about an attempt that was stopped.

    Args:
        attempt: The request's method, and where to, without a secret.

    Returns:
        The alert, to be worded in the chat's language.
    """
    return alert_text("call_stopped", program="notifier", attempt=attempt)


class EgressAllowlist:
    """Lets through only METHODS, of one bot at one address; all else raises before a byte leaves."""

    def __init__(self, base_url: str, token: str, *, tell: Callable[[str], None]) -> None:
        """Remember what is allowed.

        Args:
            base_url: Telegram's address, without the part that begins with `bot`.
            token: The bot's.
            tell: Is told of each attempt that was stopped: HTTP method, and the Bot API's method or the foreign host.
        """
        self._base = httpx.URL(base_url)
        self._prefix = f"{self._base.path.rstrip('/')}/bot{token}/"
        self._tell = tell

    async def check(self, request: httpx.Request) -> None:
        """Raise NotAllowed unless this request is one of those; no token is in its text.

        Args:
            request: The request, before it is sent.
        """
        url = request.url
        host = (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)
        method = url.path.removeprefix(self._prefix)
        if host and request.method == "POST" and url.path.startswith(self._prefix) and method in METHODS:
            return
        what = f"to {url.host}" if not host else method if url.path.startswith(self._prefix) else "another path or bot"
        attempt = f"{request.method} {what}"[:LONGEST_ATTEMPT]
        log.error("not allowed, nothing was sent", attempt=attempt)
        self._tell(attempt)
        raise NotAllowed(attempt)
