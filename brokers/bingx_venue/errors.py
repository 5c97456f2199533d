"""What BingX's error codes mean: which of our errors they are, and why, in words for the chat.

Follows BingX's "Error codes" and the codes that its answers are known to hold (read 2026-11).

Quirks: a refusal is HTTP 200 with a code that is not 0, mostly a number, sometimes a text; 80012 wraps another code in
its text (`{"Code":101253,…}`), which is the one that counts; 101400 is said of sizes, and of orders that came twice.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from brokers.venue import Busy, Denied, Malformed, Refused, Unknown, VenueError
from bus import reasons

MOST_SIGNS: Final = 160
RATE_LIMITED: Final = "100410"
TOO_MANY_WRONG: Final = "109429"
TIMESTAMP: Final = "100421"
DUPLICATE: Final = frozenset({"101481", "109201"})
"""The client order id is known already, or the same order came twice in a moment: look it up. See `is_duplicate`."""
NO_SUCH_ORDER: Final = frozenset({"109421", "80016", "80017"})
"""There is no such order, or there is none that could still be canceled."""
NOTHING_TO_CLOSE: Final = frozenset({"101205", "109420"})
"""There is no position that a closing could take away."""

KEY_CURE: Final = "BingX, Account, API Management"
_BUSY = ("100500", "101219", "101214", "110500", "109500", "504")
_DENIED: Final[Mapping[str, str]] = {
    "100001": "the signature is wrong: BINGX_API_SECRET is not the one of BINGX_API_KEY",
    "100004": f"the key lacks a permission: {KEY_CURE}",
    "100412": "the signature is missing",
    "100413": "the key is wrong: BINGX_API_KEY",
    "100419": f"this machine's IP address is not on the key's list: {KEY_CURE}",
    "109403": "BingX's risk control has stopped this account's orders; its support says why",
    TOO_MANY_WRONG: "BingX has had too many wrong orders of this account; it takes none for a while",
}
_MALFORMED: Final[Mapping[str, str]] = {
    "100400": "BingX does not know this call or one of its parameters",
    "100404": "BingX does not know this call",
}
_SIZE: Final = "BingX refuses the quantity or the price: too small, or no multiple of its step"
_FUNDS: Final = "not enough funds at BingX"
_LIMIT: Final = "over BingX's limit of leverage or position: lower one of them"
_PRICE: Final = "the price is too far from the market's"
_CLOSED: Final = "BingX does not trade this now"
_LEG_SIDE: Final = "stop loss or take profit is on the wrong side of the price"
_PARAMETER: Final = "BingX refuses a parameter of the order"
_MISSING: Final = "BingX has no such order"
_FLAT: Final = "no position to close"


def _each(reason: str, *codes: str) -> dict[str, str]:
    """Return one reason for several codes."""
    return dict.fromkeys(codes, reason)


_REFUSED: Final[Mapping[str, str]] = {
    **_each(_SIZE, "101202", "101400", "110400", "110422", "110425", "110402"),
    **_each(_FUNDS, "101204", "101253", "101206", "101212", "110424", "100202"),
    **_each(_FLAT, *NOTHING_TO_CLOSE),
    **_each(_LIMIT, "101209", "101414", "101222", "101429", "110287"),
    **_each(_PRICE, "101211", "100440"),
    "101215": "post-only, and it would have been filled at once",
    "101290": "reduce-only, and it would have added to the position",
    **_each(_CLOSED, "101413", "104424", "101415", "110280", "109417", "100490"),
    "101419": "too many open orders at BingX: cancel some",
    "104103": "the position mode cannot change while there are positions or orders",
    **_each(_PARAMETER, "109400", "80001", "80014"),
    **_each(_MISSING, *NO_SUCH_ORDER),
    "109425": "BingX has no such symbol",
    **_each("there is a stop loss or take profit already", "110406", "110407"),
    **_each(_LEG_SIDE, "110411", "110412", "110413", "110414"),
}
KNOWN: Final = frozenset({*_BUSY, *_DENIED, *_MALFORMED, *_REFUSED, *DUPLICATE, RATE_LIMITED, TIMESTAMP, "80012"})
_WRAPPED = re.compile(r'"?Code"?\s*:\s*"?(\d{1,9})', re.IGNORECASE)
_CODE = re.compile(r"-?\d{1,9}")
_TWICE = re.compile(r"duplicate|repeat|same order|already exist", re.IGNORECASE)
_UNTIL = re.compile(r"(?:unblocked after|retry after time:)\s*(\d{13})\b")


class Refusal(msgspec.Struct, frozen=True):
    """A code that is not 0, with what BingX says of it."""

    code: str
    text: str = ""

    @property
    def unwrapped(self) -> "Refusal":
        """The refusal that is wrapped in this one's text, or itself."""
        inner = _WRAPPED.search(self.text) if self.code == "80012" else None
        return Refusal(inner.group(1), self.text) if inner else self

    @property
    def blocked_until_ms(self) -> int | None:
        """Until when the call is blocked, in the server's milliseconds; None where it does not say."""
        found = _UNTIL.search(self.text)
        return int(found.group(1)) if found else None


def is_duplicate(error: VenueError) -> bool:
    """Tell whether an order was refused because BingX has it already: then it is to be looked up.

    Args:
        error: What a change has raised; its kind is Unknown then.
    """
    return isinstance(error, Unknown) and (error.code in DUPLICATE or error.code == "101400")


def error_of(refusal: Refusal, *, is_change: bool) -> VenueError:
    """Return the error that a code stands for.

    Args:
        refusal: What BingX has answered.
        is_change: Whether the call would have changed something: then what is not surely undone is Unknown.

    Returns:
        The error to raise, with a reason for the chat and BingX's code.
    """
    refusal = refusal.unwrapped
    code = refusal.code if _CODE.fullmatch(refusal.code) else "not a number"
    if code == RATE_LIMITED:
        return Busy(reasons.RATE_LIMITED, code=code)
    if code == TIMESTAMP and is_change and "reject" in refusal.text.lower():
        return Refused("BingX takes no such order by its API, or no more orders", code=code)
    if code == TIMESTAMP:
        return Busy("BingX refuses the time of the call", code=code)
    if code in DUPLICATE or (code == "101400" and _TWICE.search(refusal.text)):
        return (Unknown if is_change else Malformed)("BingX has this order already", code=code)
    if code in _DENIED:
        return Denied(_DENIED[code], code=code)
    if code in _MALFORMED:
        return Malformed(_MALFORMED[code], code=code)
    if code in _REFUSED:
        return Refused(_with_words(_REFUSED[code], refusal.text), code=code)
    if is_change:
        return Unknown(reasons.BAD_ANSWER, code=code)
    return Busy("BingX is busy" if code in (*_BUSY, "80012") else reasons.BAD_ANSWER, code=code)


def error_of_status(status: int, *, is_change: bool) -> VenueError:
    """Return the error that an HTTP status stands for, where no answer of the exchange's came with it.

    Args:
        status: Not 200.
        is_change: Whether the call would have changed something.
    """
    code = f"HTTP {status}"
    if status in {418, 429}:
        return Busy(reasons.RATE_LIMITED, code=code)
    if status in {401, 403}:
        return Denied("BingX refuses this machine or its key", code=code)
    if status in {400, 404, 405, 411, 413, 414, 415, 431}:
        return Malformed(reasons.BAD_ANSWER, code=code)
    if is_change:
        return Unknown(reasons.UNREACHABLE, code=code)
    return Busy(reasons.UNREACHABLE, code=code) if status >= 500 else Malformed(reasons.BAD_ANSWER, code=code)


def _with_words(reason: str, text: str) -> str:
    """Return a reason, with BingX's own words where the reason alone does not say which of several it is."""
    if reason not in _NEED_WORDS or not (words := _plain(text)):
        return reason
    return f"{reason}: {words}"


_NEED_WORDS: Final[Iterable[str]] = frozenset({_SIZE, _LIMIT, _PRICE, _PARAMETER})


def _plain(text: str) -> str:
    """Return BingX's words on one line, short."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_SIGNS else f"{flat[: MOST_SIGNS - 1]}…"
