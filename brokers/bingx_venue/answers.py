"""What an answer of BingX's comes to: what it holds, or which error it is.

Follows BingX's "Basic information" and "Error codes" (read 2026-11): HTTP 200 with `code`, `msg` and `data`.

Quirks: `code` is a number, sometimes a text; few calls answer without an envelope; of what BingX's gateway says with
another status than 200 only the envelope's code tells more than the status, and not always has it one; a trouble may
come as code 0 with words and an empty list, which is no answer.
"""

import re

import msgspec

from brokers.bingx_venue.errors import KNOWN, Refusal, error_of, error_of_status
from brokers.bingx_venue.gate import Route
from brokers.venue import Busy, Malformed, Refused, Unknown, VenueError
from bus import reasons


class Envelope(msgspec.Struct):
    """What every answer is; `data` is read once the code says that it is there."""

    code: int | str | None = None
    msg: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Outcome(msgspec.Struct, frozen=True):
    """What a call has come to: `data`, or the error; `blocked_until_ms` is by the server's clock."""

    data: msgspec.Raw = msgspec.Raw(b"null")
    error: VenueError | None = None
    blocked_until_ms: int | None = None


_WELL = frozenset({"", "success", "ok"})
_NOTHING = re.compile(r'\s*(null|\[\s*\]|\{\s*\}|\{\s*"\w+"\s*:\s*(\[\s*\]|null)\s*\})\s*')
_envelope = msgspec.json.Decoder(Envelope)


def outcome(route: Route, status: int, body: bytes) -> Outcome:
    """Tell what a call has come to.

    Args:
        route: The call.
        status: HTTP's.
        body: The whole answer.

    Returns:
        What it holds, or the error; for a change whose answer cannot be read that is Unknown.
    """
    is_change = not route.is_read
    try:
        envelope = _envelope.decode(body) if body or not route.is_bare else Envelope()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        unread = Unknown if is_change else Malformed
        error = unread(reasons.BAD_ANSWER, code="envelope") if status == 200 else _of_status(route, status)
        return Outcome(error=error)
    code = "" if envelope.code is None else str(envelope.code)
    refusal = Refusal(code, envelope.msg or "")
    if status != 200:
        is_told = code in KNOWN and status < 500 and status not in {418, 429}
        return Outcome(error=error_of(refusal, is_change=is_change) if is_told else _of_status(route, status))
    if code == "0" and route.is_read and _says_nothing(envelope):
        return Outcome(error=Busy(reasons.BAD_ANSWER, code="words beside nothing"))
    if code == "0":
        return Outcome(data=envelope.data)
    if not code and route.is_bare:
        return Outcome(data=msgspec.Raw(body or b"null"))
    if not code:
        unread = Unknown if is_change else Malformed
        return Outcome(error=unread(reasons.BAD_ANSWER, code="envelope"))
    return Outcome(error=error_of(refusal, is_change=is_change), blocked_until_ms=refusal.blocked_until_ms)


def _says_nothing(envelope: Envelope) -> bool:
    """Tell whether an answer holds nothing, and words why; empty lists without words mean that there is nothing."""
    is_well = (envelope.msg or "").strip().lower() in _WELL
    return not is_well and _NOTHING.fullmatch(bytes(envelope.data).decode(errors="replace")) is not None


def _of_status(route: Route, status: int) -> VenueError:
    """Return the error of a status; of the stream's keys 204 and 404 mean that there is no such key."""
    if route.is_bare and status in {204, 404}:
        return Refused("BingX has no such stream", code=f"HTTP {status}")
    return error_of_status(status, is_change=not route.is_read)
