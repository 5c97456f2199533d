"""An alert as TradingView sends it: a POST of JSON, through a proxy that tells from which address it came.

Follows TradingView's help, "About webhooks" (read 2026-11): three seconds for all of a request, no headers of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException

import msgspec

HOST = "127.0.0.1"
PATH = "/webhook/tradingview"
TRADINGVIEW = "52.89.214.238"
"""One of TradingView's addresses."""
TIMEOUT_S = 3.0


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a test alert says; numbers as text, empty for what it leaves out."""

    symbol: str
    action: str
    exchange: str = ""
    quantity: str = ""
    price: str = ""
    stop_loss: str = ""
    take_profit: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent.

    Attributes:
        content: The body.
        forwarded: From where, as the proxy says; empty: no proxy says so.
        source: From which address of this machine.
    """

    content: bytes
    forwarded: str = TRADINGVIEW
    source: str = HOST


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the webhook answered.

    Attributes:
        status: The HTTP status.
        text: The body, for a person.
        said: Its field `status`: `accepted` or `duplicate`; empty for a refusal.
        id: The signal's name in the inbox; empty where it has none.
    """

    status: int
    text: str
    said: str = ""
    id: str = ""


class NotSent(Exception):
    """Nobody took the alert; the text says why, and what to do."""


class _Answer(msgspec.Struct):
    """The body of an answer, as far as it is looked at."""

    status: str = ""
    id: str = ""


def content_of(alert: Alert, secret: str, *, name: str, now: datetime) -> bytes:
    """Return the body of an alert.

    Args:
        alert: What it says.
        secret: The strategy's.
        name: Tells it from all other alerts.
        now: When it fires, aware UTC.
    """
    fields: Mapping[str, str] = msgspec.to_builtins(alert)
    return msgspec.json.encode({"secret": secret, "id": name, **fields, "time": f"{now:%Y-%m-%dT%H:%M:%SZ}"})


def send(port: int, request: Request) -> Reply:
    """Send an alert to the webhook of this machine.

    Args:
        port: Where it listens.
        request: What to send.

    Returns:
        What it answered.

    Raises:
        NotSent: It does not listen, or did not answer in time.
    """
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if request.forwarded:
        headers["X-Forwarded-For"] = request.forwarded
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT_S, source_address=(request.source, 0))
    try:
        connection.request("POST", PATH, body=request.content, headers=headers)
        answer = connection.getresponse()
        return _read(answer.status, answer.read())
    except TimeoutError:
        raise NotSent(f"the webhook did not answer within {TIMEOUT_S:.0f} s; look at logs/webhook.log") from None
    except (OSError, HTTPException) as error:
        cure = "type: make status, and look at logs/webhook.log"
        raise NotSent(f"nobody took it at {HOST}:{port} ({type(error).__name__}); {cure}") from None
    finally:
        connection.close()


def _read(status: int, body: bytes) -> Reply:
    """Read an answer; one that is no JSON is a text."""
    text = body.decode(errors="replace").strip()
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError:
        return Reply(status=status, text=text)
    return Reply(status=status, text=text, said=answer.status, id=answer.id)
