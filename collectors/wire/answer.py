"""What all platforms' answers have in common: an HTTP status, JSON or XML, amounts written as text, and times.

Everything here raises our own errors only, and none of them repeats what was read.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

import msgspec

from bus import reasons
from bus.bounds import AMOUNT_LIMIT
from collectors.errors import Busy, Denied, Malformed, PlatformError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Kind = TypeVar("Kind")

_SECONDS = re.compile("[0-9]{1,6}")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the pause in seconds that the `Retry-After` header asks for, None without one in plain seconds.

    Args:
        headers: The answer's, names in any case.
    """
    text = headers.get("Retry-After", "")
    return float(text) if _SECONDS.fullmatch(text) else None


def refuse_status(status: int, headers: Mapping[str, str]) -> None:
    """Raise for HTTP statuses that mean the same everywhere; others return.

    Args:
        status: The HTTP status.
        headers: The answer's, names in any case.

    Raises:
        Busy: 408, 429 and 5xx.
        Denied: 451, "unavailable for legal reasons".
        Malformed: 3xx, which is never followed.
    """
    if status == 429:
        raise Busy(reasons.RATE_LIMITED, code="HTTP 429", retry_after_s=retry_after_s(headers))
    if status == 408:
        raise Busy(reasons.TIMEOUT, code="HTTP 408")
    if status == 451:
        raise Denied(reasons.WRONG_REGION, code="HTTP 451")
    if status >= 500:
        raise Busy(reasons.MAINTENANCE, code=f"HTTP {status}")
    if 300 <= status < 400:
        raise Malformed(reasons.BAD_ANSWER, code=f"HTTP {status}")


def status_error(status: int) -> PlatformError:
    """Return what an HTTP status means that `refuse_status` lets pass, where the body says nothing more.

    Args:
        status: The HTTP status, other than 200.
    """
    if status == 401:
        return Denied(reasons.BAD_KEY, code="HTTP 401")
    if status == 403:
        return Denied(reasons.WRONG_REGION, code="HTTP 403")
    return Malformed(reasons.BAD_ANSWER, code=f"HTTP {status}")


def read_json(body: bytes) -> object:
    """Decode JSON strictly.

    Args:
        body: The whole body.

    Returns:
        The decoded value; numbers with a point or an exponent are Decimals, exactly as written.

    Raises:
        Malformed: Not JSON (HTML, empty and truncated bodies are not), NaN or Infinity, nested without end, or an
            object that says one thing twice.
    """
    try:
        answer: object = json.loads(
            body, object_pairs_hook=_object, parse_float=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError, InvalidOperation):
        raise Malformed(reasons.BAD_ANSWER, code="not JSON") from None
    return answer


def read_as(value: object, kind: type[Kind]) -> Kind:
    """Turn decoded JSON into a Struct.

    Args:
        value: The decoded JSON.
        kind: The Struct's class, or another type that msgspec converts to.

    Returns:
        The Struct.

    Raises:
        Malformed: A field is missing or mistyped; the code names the Struct.
    """
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code=kind.__name__) from None


def parse_xml(body: bytes) -> "Element":
    """Parse XML that comes from outside: no DTD, no entities.

    Args:
        body: The body as it came.

    Returns:
        The root element.

    Raises:
        Malformed: Not XML, or XML with a DTD.
    """
    # Imported late: two collectors of five read XML, and the launcher imports them only for their Settings.
    from xml.etree.ElementTree import ParseError

    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):  # defusedxml's own errors are ValueErrors
        raise Malformed(reasons.BAD_ANSWER, code="not XML") from None
    return root


def read_amount(text: str, *, what: str) -> Decimal:
    """Read an amount as platforms write it.

    Args:
        text: Digits with a sign, a point and a small exponent at most; no grouping, no spaces, no other alphabet.
        what: What it is, for the log.

    Returns:
        Exactly that number.

    Raises:
        Malformed: Empty, not a plain number, or not below AMOUNT_LIMIT in absolute value.
    """
    if not _AMOUNT.fullmatch(text):
        raise Malformed(reasons.BAD_ANSWER, code=f"{what} is not an amount")
    amount = Decimal(text)
    if abs(amount) >= AMOUNT_LIMIT:
        raise Malformed(reasons.BAD_ANSWER, code=f"{what} is out of bounds")
    return amount or Decimal(0)  # never -0, which would be shown


def from_unix_ms(milliseconds: int) -> datetime:
    """Return the time that platforms write as Unix milliseconds, aware UTC.

    Args:
        milliseconds: Since 1970, as a number.
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object as a dict; refuse one in which a key stands twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _refuse_constant(name: str) -> object:
    """Refuse NaN and Infinity, which Python's reader takes and JSON does not know."""
    raise ValueError(f"{name} is not JSON")
