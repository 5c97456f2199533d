"""Bybit's answers: what surrounds them, what is refused, and the amounts; no network, no SDK.

Follows Bybit's documentation v5 (asset-overview, wallet-balance, apikey-info, error, rate-limit; read 2026-11).

Quirks: every business error is HTTP 200 with a `retCode`; texts may be in any language and 10004's echoes the API key,
so codes decide and texts are dropped; a code that is not known here becomes `bad answer`, and is asked again, since
no list of Bybit's is complete; amounts are strings; the overview's headline need not be the sum of its parts; a
403 is a geo block or, with its own words, an address that asks too often.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bus import reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.source import Reading
from collectors.wire.answer import from_unix_ms, read_amount, read_as, read_json, refuse_status, status_error
from collectors.wire.codes import Codes

BANNED_S = 600.0
WRONG_CLOCK, RATE_LIMITED, BANNED = "10002", "10006", "10018"
CODES = Codes(
    denied={
        "10003": reasons.BAD_KEY,
        "10004": reasons.BAD_KEY,
        "10005": reasons.NO_PERMISSION,
        "10007": reasons.BAD_KEY,
        "10008": reasons.NO_PERMISSION,
        "10009": reasons.WRONG_REGION,
        "10010": reasons.IP_NOT_ALLOWED,
        "10024": reasons.WRONG_REGION,
        "10027": reasons.NO_PERMISSION,
        "10028": reasons.NO_PERMISSION,
        "33004": reasons.KEY_EXPIRED,
        "100028": reasons.NO_PERMISSION,
    },
    transient=frozenset({"10000", "10016", "131001", "131003", "131200", "131201", "131216", "131230"}),
    bad_request=frozenset({"10001", "10017", "10032", "131202", "180004"}),
)
NOT_OFFERED = frozenset({"HTTP 404", "10009", "10017", "10028", "10032", "100028", "180004"})
"""How Bybit says that it does not have a call for this account or site, and for nothing else."""
REGIONS_REFUSALS = NOT_OFFERED | {"10001", "10005", "10024"}
"""How a regional site refuses a call that by the documentation it does not have; elsewhere these mean other things."""
WHOLE_WORLD = frozenset({"api.bybit.com", "api.bytick.com", "api-testnet.bybit.com", "api-demo.bybit.com"})
"""The hosts that are no region's."""
WALLETS = {
    "UnifiedTradingAccount": "unified trading",
    "FundingAccount": "funding",
    "Earn": "earn",
    "TradingBot": "trading bot",
    "CopyTrading": "copy trading",
    "CryptoLoans": "crypto loans",
    "CryptoLoans_legacy": "crypto loans (legacy)",
    "BybitPayLater": "pay later",
    "Launchpool": "launchpool",
    "TradFi": "tradfi",
    "MarginStakedSOL": "margin staked SOL",
    "Alpha": "alpha",
}
_CLOCKS = re.compile(r"req_timestamp\[([0-9]{13})\].{0,40}server_timestamp\[([0-9]{13})\]")


Code = Annotated[int, Meta(ge=-(10**9), le=10**9)]
Clock = Annotated[int, Meta(ge=0, le=4 * 10**12)]


class Refused(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is read of an answer before anything else: whether it is a refusal, which may have the code alone."""

    ret_code: Code
    ret_msg: object = ""
    time: object = None

    def clock_ms(self) -> int | None:
        """Return Bybit's clock in Unix milliseconds, None where the answer does not say."""
        return self.time if isinstance(self.time, int) and 0 < self.time <= 4 * 10**12 else None


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What surrounds every success; `time` is Bybit's clock in milliseconds."""

    ret_code: Code
    ret_msg: str
    result: object = None
    time: Clock


Instant = Annotated[datetime, Meta(tz=True)]
Milliseconds = Annotated[str, Meta(pattern=r"^([0-9]{13})?\Z")]


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One account of the overview."""

    account_type: str
    valuation_currency: Literal["USD"]
    snapshot_time: Milliseconds = ""


class Overview(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole account; `total_equity` is the headline."""

    total_equity: str
    accounts: list[Entry] = msgspec.field(name="list")


class Trading(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The unified trading account."""

    account_type: Literal["UNIFIED"]
    total_equity: str


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """The answer about the unified trading account: exactly one row, no row is no answer."""

    accounts: Annotated[list[Trading], Meta(min_length=1, max_length=1)] = msgspec.field(name="list")


class KeyRights(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a key may do; only `read_only` decides, a read-only key still lists scopes.

    `expired_at` only warns, so it may be anything without a balance being lost.
    """

    read_only: Literal[0, 1]
    expired_at: object = None

    def ends_at(self) -> datetime | None:
        """Return when the key ends; None for a key bound to an address, whose end is 1970 or missing."""
        try:
            at = msgspec.convert(self.expired_at, Instant).astimezone(UTC)
        except (msgspec.ValidationError, OverflowError):
            return None
        return at if at > datetime.fromtimestamp(0, UTC) else None


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
        Busy: Bybit asks to come back later; carries the pause in seconds where Bybit names one.
        Denied: Bybit refuses the key, its address, its rights, our clock or our region.
        Malformed: Anything not modelled.
    """
    refuse_status(status, headers)
    if status == 403 and b"too frequent" in body:
        raise Busy(reasons.RATE_LIMITED, code="HTTP 403", retry_after_s=BANNED_S)
    try:
        answer = read_json(body)
        refused = read_as(answer, Refused)
    except Malformed as error:
        raise error if status == 200 else status_error(status) from None
    if refused.ret_code:
        raise refusal(refused, headers.get("X-Bapi-Limit-Reset-Timestamp", ""), received_at=received_at)
    if status != 200:
        raise status_error(status)
    return read_as(answer, Envelope)


def refusal(refused: Refused, resets_at_ms: str, *, received_at: datetime) -> PlatformError:
    """Return the error that a `retCode` stands for; one that is not modelled is a bad answer to ask again for.

    Args:
        refused: What was read of the answer.
        resets_at_ms: The header that says when the rate limit resets, Unix milliseconds; empty without it.
        received_at: When the answer arrived, aware UTC.
    """
    code = str(refused.ret_code)
    if code == WRONG_CLOCK:
        return _skew(refused, received_at)
    if code == RATE_LIMITED:
        is_time, now_ms = re.fullmatch("[0-9]{13}", resets_at_ms), refused.clock_ms()
        pause_s = max(0.0, (int(resets_at_ms) - now_ms) / 1000) if is_time and now_ms else None
        return Busy(reasons.RATE_LIMITED, code=code, retry_after_s=pause_s)
    if code == BANNED:
        return Busy(reasons.RATE_LIMITED, code=code, retry_after_s=BANNED_S)
    return CODES.error(code) or Busy(reasons.BAD_ANSWER, code=code)


def is_not_offered(error: PlatformError, host: str) -> bool:
    """Tell whether a refusal says that Bybit does not have the call for this account or on this site.

    Args:
        error: The refusal.
        host: Whom was asked.

    Returns:
        False for all codes that say something else or are not known: these are no reason to read less.
    """
    return error.code in (NOT_OFFERED if host in WHOLE_WORLD else REGIONS_REFUSALS)


def _skew(refused: Refused, received_at: datetime) -> PlatformError:
    """Take the two clocks from the text; where it has none, ours at the arrival and that of the envelope."""
    clocks = _CLOCKS.search(refused.ret_msg) if isinstance(refused.ret_msg, str) else None
    ours_ms, theirs_ms = map(int, clocks.groups()) if clocks else (received_at.timestamp() * 1000, refused.clock_ms())
    if theirs_ms is None:
        return Denied(reasons.BAD_ANSWER, code=f"{WRONG_CLOCK} without a clock")
    return Denied(reasons.time_skew((ours_ms - theirs_ms) / 1000), code=WRONG_CLOCK)


def read_overview(answer: object, received_at: datetime) -> Reading:
    """Read a successful answer of the asset overview.

    Args:
        answer: The decoded body.
        received_at: When it arrived, aware UTC.

    Returns:
        The whole account's equity in USD, and the wallets that Bybit lists; those without money it leaves out.

    Raises:
        Malformed: Anything not modelled; never read as zero.
    """
    envelope = read_as(answer, Envelope)
    overview = read_as(envelope.result, Overview)
    taken_ms = [int(entry.snapshot_time) for entry in overview.accounts if entry.snapshot_time]
    return Reading(
        amount=read_amount(overview.total_equity, what="totalEquity"),
        currency="USD",
        as_of=from_unix_ms(min(taken_ms, default=envelope.time)),
        fetched_at=received_at,
        wallets=tuple(WALLETS.get(entry.account_type, "other") for entry in overview.accounts),
    )


def read_wallet(answer: object, received_at: datetime) -> Reading:
    """Read a successful answer of the wallet balance.

    Args:
        answer: The decoded body.
        received_at: When it arrived, aware UTC.

    Returns:
        The unified trading account's equity in USD, marked as trading only.

    Raises:
        Malformed: Anything not modelled; never read as zero.
    """
    envelope = read_as(answer, Envelope)
    trading = read_as(envelope.result, Wallet).accounts[0]
    return Reading(
        amount=read_amount(trading.total_equity, what="totalEquity"),
        currency="USD",
        as_of=from_unix_ms(envelope.time),
        fetched_at=received_at,
        wallets=("unified trading",),
        covers="trading only",
    )
