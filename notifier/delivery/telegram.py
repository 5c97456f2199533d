"""Telegram's Bot API through python-telegram-bot 22.8, and what each of its errors means for a message.

Telegram has no idempotency key, so the one question about a failed call is whether the message may have been taken all
the same. The library wraps what its HTTP client raised; the cause tells a connection that never was from an answer
that was lost. (Bot API, "Making requests", read 2026-11; python-telegram-bot's request module, read 2026-11.)
"""

import contextlib
import os
import re
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bus import certificates, reasons
from notifier.delivery.egress_allowlist import EgressAllowlist, NotAllowed
from notifier.delivery.http_client import Line, proxy_for
from notifier.settings import Settings

SEND_READ_S = 30.0
POLL_S = 45
CONNECT_S = 5.0
TOKEN = re.compile(r"\d{6,}:[\w-]{30,}")
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # what a proxy says before it passes anything on
    httpx.UnsupportedProtocol,
)

__all__ = [
    "BadRequest",
    "ChatMigrated",
    "Conflict",
    "Forbidden",
    "InvalidToken",
    "RetryAfter",
    "TelegramError",
    "is_refusal",
    "is_webhook",
    "may_have_arrived",
    "open_bot",
    "readable",
    "wording",
]


def open_bot(settings: Settings, stopped: Callable[[str], None]) -> tuple[Bot, Line]:
    """Make a bot; nothing is sent yet.

    Args:
        settings: Token, address, and the proxy on the way there.
        stopped: Is told of each call that the gate has stopped, in a few words without the token.

    Returns:
        A bot whose polling and sending do not share a connection, with one TLS context for both; and the polling one.
    """
    base = f"{settings.telegram_base_url.rstrip('/')}/bot"
    authorities = certificates.find(os.environ)
    context = authorities.context() if authorities else ssl.create_default_context()
    gate = EgressAllowlist(settings.telegram_base_url, settings.telegram_bot_token.reveal(), tell=stopped)
    options = {
        "verify": context,
        "trust_env": False,
        "follow_redirects": False,
        "event_hooks": {"request": [gate.check]},
    }
    proxy = proxy_for(settings.telegram_proxy_url, context) if settings.telegram_proxy_url else None
    both = {"connect_timeout": CONNECT_S, "proxy": proxy, "httpx_kwargs": options}
    listener = Line(connection_pool_size=1, read_timeout=10, pool_timeout=5, **both)
    bot = Bot(
        settings.telegram_bot_token.reveal(),
        base_url=base,
        base_file_url=base.replace("/bot", "/file/bot"),
        request=Line(connection_pool_size=4, read_timeout=SEND_READ_S, write_timeout=10, pool_timeout=10, **both),
        get_updates_request=listener,
    )
    return bot, listener


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Turn what the library raises on JSON that is not Telegram's (a list, no result) into a NetworkError."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NetworkError(f"unreadable answer: {type(error).__name__}") from error


def is_refusal(error: Exception) -> bool:
    """Tell whether Telegram itself refuses a message: a proxy's page with the same status says nothing.

    Args:
        error: What a call of the library raised.
    """
    return isinstance(error, BadRequest | Forbidden) and error.__cause__ is None


def is_webhook(error: Exception) -> bool:
    """Tell whether Telegram gives no updates because it hands them to an address that somebody has set.

    Args:
        error: What a call of the library raised.
    """
    return isinstance(error, Conflict) and "webhook" in error.message.lower()


def asked_pause_s(error: RetryAfter) -> float:
    """Return how long Telegram asks to be left alone, in seconds; the library gives a number or a span.

    Args:
        error: Its flood control.
    """
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


def may_have_arrived(error: Exception) -> bool:
    """Tell whether Telegram may have taken a message although the call failed.

    Args:
        error: What `Bot.send_message` raised.

    Returns:
        False when Telegram refused it or no request left this machine; True when only the answer is missing.
    """
    if isinstance(error, RetryAfter | BadRequest | ChatMigrated | Forbidden | InvalidToken | NotAllowed):
        return False
    if isinstance(error, TelegramError) and error.message.startswith("Too Many Requests"):
        return False  # flood control without the parameter that makes it a RetryAfter
    cause = error.__cause__
    while cause is not None:
        if isinstance(cause, NEVER_LEFT):
            return False
        cause = cause.__cause__
    return True


def wording(error: Exception) -> str:
    """Name an error for the log and the ledger, without a URL: only Telegram's own refusals keep their text.

    Args:
        error: What a call of the library raised.

    Returns:
        A few words without a secret.
    """
    if isinstance(error, BadRequest | Forbidden) and is_refusal(error):
        return TOKEN.sub("***", error.message)[:180]
    if isinstance(error, TimedOut):
        return "timed out"
    if is_webhook(error):
        return "a webhook is set"
    if isinstance(error, NetworkError):
        cause = error.__cause__
        if certificates.is_tls_failure(error):
            return reasons.TLS_ERROR
        return f"network: {type(cause).__name__}" if cause is not None else "network"
    return type(error).__name__
