"""OKX's answers: what surrounds them, what is refused, and the amounts; no network, no SDK.

Follows OKX's documentation v5 (error-code, get-asset-valuation, get-balance, get-account-configuration; read 2026-11).

Quirks: `code` is a string and decides, whatever the HTTP status; the gateway's refusals have no `data`; texts are
dropped, 50110's names the key and the address; a rate limit comes without a hint, so the documented window is waited;
only the Date header shows the clock's error; an edge server in front may answer with HTML. Codes may be negative,
which no list explains: they come and go, so they count as maintenance; one that is not known here becomes `bad
answer`, and is asked again.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.source import Reading
from collectors.wire.answer import (
    from_unix_ms,
    read_amount,
    read_as,
    read_json,
    refuse_status,
    retry_after_s,
    status_error,
)
from collectors.wire.codes import Codes

WINDOW_S = 2.0
WRONG_CLOCK = "50102"
RATE_LIMITED = frozenset({"50011", "50013", "50061"})
CODES = Codes(
    denied={
        "50007": reasons.NO_PERMISSION,
        "50030": reasons.NO_PERMISSION,
        "50035": reasons.NO_PERMISSION,
        "50051": reasons.NO_PERMISSION,
        "50100": reasons.NO_PERMISSION,
        "50101": reasons.BAD_KEY,
        "50103": reasons.BAD_KEY,
        "50104": reasons.BAD_KEY,
        "50105": reasons.BAD_KEY,
        "50106": reasons.BAD_KEY,
        "50110": reasons.IP_NOT_ALLOWED,
        "50111": reasons.BAD_KEY,
        "50113": reasons.BAD_KEY,
        "50114": reasons.BAD_KEY,
        "50119": reasons.BAD_KEY,
        "50120": reasons.NO_PERMISSION,
        "50121": reasons.WRONG_REGION,
    },
    transient=frozenset({"50001", "50004", "50005", "50026"}),
    bad_request=frozenset({"50000", "50002", "50014", "50038", "50107", "50112", "50115", "51000"}),
)
GONE = 410
"""The status of an API that is offline."""

Row = TypeVar("Row")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds every answer; the gateway's refusals have no `data`, others may have one that says nothing."""

    code: Annotated[str, Meta(pattern=r"^-?[0-9]{1,9}\Z")]
    data: object = None


Milliseconds = Annotated[str, Meta(pattern=r"^[0-9]{13}\Z")]


class Valuation(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole account in the currency asked for."""

    total_bal: str
    ts: Milliseconds


class Trading(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The trading account in USD."""

    total_eq: str
    u_time: Milliseconds


class KeyRights(msgspec.Struct, frozen=True, kw_only=True):
    """What a key may do: names with commas between."""

    perm: Annotated[str, Meta(min_length=1)]


def read_envelope(status: int, headers: Mapping[str, str], body: bytes, *, received_at: datetime) -> Envelope:
    """Read what surrounds an answer, before anything in it is believed.

    Args:
        status: The HTTP status.
        headers: The answer's, names in any case.
        body: The answer's, whole.
        received_at: When it arrived, aware UTC.

    Returns:
        The envelope of a success.

    Raises:
        Busy: OKX asks to come back later; carries the pause in seconds.
        Denied: OKX refuses the key, its address, its rights, our clock or our region.
        Malformed: Anything not modelled.
    """
    try:
        envelope = read_as(read_json(body), Envelope)
    except Malformed as error:
        raise _not_an_envelope(status, headers, error) from None
    if envelope.code != "0":
        raise refusal(envelope.code, status, headers, received_at=received_at)
    refuse_status(status, headers)
    if status != 200:
        raise Malformed(reasons.BAD_ANSWER, code=f"HTTP {status}")
    return envelope


def _not_an_envelope(status: int, headers: Mapping[str, str], error: PlatformError) -> PlatformError:
    """Return the error of an answer that is not OKX's own: by its status, or the reader's own for a 200."""
    try:
        refuse_status(status, headers)
    except PlatformError as refused:
        return refused
    if status == GONE:
        return Busy(reasons.MAINTENANCE, code=f"HTTP {status}")
    return error if status == 200 else status_error(status)


def refusal(code: str, status: int, headers: Mapping[str, str], *, received_at: datetime) -> PlatformError:
    """Return the error that a `code` stands for; where it is not modelled, that of the status, else to ask again.

    Args:
        code: Other than `0`.
        status: The HTTP status.
        headers: The answer's, names in any case.
        received_at: When the answer arrived, aware UTC.
    """
    if code == WRONG_CLOCK:
        return _skew(headers.get("Date", ""), received_at)
    if code in RATE_LIMITED or status == 429:
        asked_s = retry_after_s(headers)
        return Busy(reasons.RATE_LIMITED, code=code, retry_after_s=WINDOW_S if asked_s is None else asked_s)
    known = CODES.error(code)
    is_down = code.startswith("-") or status >= 500 or status == GONE
    if is_down and not isinstance(known, Denied):
        return Busy(reasons.MAINTENANCE, code=code)
    if known is not None:
        return known
    if status in {401, 403}:
        return Denied(reasons.BAD_KEY if status == 401 else reasons.NO_PERMISSION, code=code)
    return Busy(reasons.BAD_ANSWER, code=code)


def read_valuation(answer: object, received_at: datetime) -> Reading:
    """Read a successful answer of the asset valuation in USD.

    Args:
        answer: The decoded body.
        received_at: When it arrived, aware UTC.

    Returns:
        The whole account's value: trading, funding and earn.

    Raises:
        Malformed: Anything not modelled; never read as zero.
    """
    valuation = _row(answer, Valuation)
    return Reading(
        amount=read_amount(valuation.total_bal, what="totalBal"),
        currency="USD",
        as_of=from_unix_ms(int(valuation.ts)),
        fetched_at=received_at,
        wallets=("trading", "funding", "earn"),
    )


def read_trading(answer: object, received_at: datetime) -> Reading:
    """Read a successful answer of the trading account's balance.

    Args:
        answer: The decoded body.
        received_at: When it arrived, aware UTC.

    Returns:
        The trading account's equity in USD, marked as trading only.

    Raises:
        Malformed: Anything not modelled; never read as zero.
    """
    trading = _row(answer, Trading)
    return Reading(
        amount=read_amount(trading.total_eq, what="totalEq"),
        currency="USD",
        as_of=from_unix_ms(int(trading.u_time)),
        fetched_at=received_at,
        wallets=("trading",),
        covers="trading only",
    )


def is_read_only(answer: object) -> bool:
    """Tell whether the account's configuration says that the key can do nothing but read.

    Args:
        answer: The decoded body.

    Raises:
        Malformed: Anything not modelled.
    """
    rights = _row(answer, KeyRights).perm
    return {right.strip() for right in rights.split(",")} == {"read_only"}


def _row(answer: object, kind: type[Row]) -> Row:
    """Return the answer's only row, read as this kind; none or several are malformed."""
    rows = read_as(read_as(answer, Envelope).data, list[object])
    if len(rows) != 1:
        raise Malformed(reasons.BAD_ANSWER, code=f"{kind.__name__} has {len(rows)} rows")
    return read_as(rows[0], kind)


def _skew(date: str, received_at: datetime) -> PlatformError:
    """Measure our clock against the Date header, which drops the fraction of its second."""
    try:
        theirs = parsedate_to_datetime(date)
        seconds = (received_at - theirs).total_seconds() - 0.5
    except (ValueError, TypeError, OverflowError):
        return Denied(reasons.BAD_ANSWER, code=f"{WRONG_CLOCK} without a Date")
    return Denied(reasons.time_skew(seconds), code=WRONG_CLOCK)
