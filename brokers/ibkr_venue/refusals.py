"""What the gateway's errors about one order mean: whether it lives, and why it was refused, in words for the chat.

Follows the TWS API's message codes (read 2026-11).

Quirks: no error ends an order here, whoever hears one looks it up; 399 and its like are said of orders that live.
"""

from typing import Final

import msgspec

from bus.messages.venues import AtVenue

MOST_SIGNS: Final = 160
NEWS: Final = frozenset({105, 165, 329, 399, 404, 492, 2109, 10167, 10349})
"""Said of orders that live."""
HOLDS: Final = frozenset({399, 404})
"""Of these, what says that an order waits: until the exchange opens, or until shares to sell short are found."""
GONE: Final = frozenset({135, 161, 10147, 10148})
"""Answers to a cancel: not known, or in no state to be cancelled."""
CANCELED: Final = 202
ID_TAKEN: Final = 103
NO_FRACTIONS: Final = "IB takes no fractions of this by its API: set IB_FRACTIONAL=no"
_BY_CODE: Final[dict[int, str]] = {
    110: "the price is no multiple of the instrument's price step",
    200: "IB does not know this instrument any more",
    203: "the account may not trade this: IB's Client Portal, Settings, Trading Permissions",
    434: "the quantity is zero",
    10243: NO_FRACTIONS,
}
_BY_WORDS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (
        ("read-only", "read only"),
        "IB Gateway takes no orders: switch off Read-Only API in its settings, API",
    ),
    (
        ("available funds", "buying power", "equity with loan", "insufficient", "initial margin", "settled cash"),
        "not enough funds at IB",
    ),
    (
        ("no trading permission", "trading permission", "not allowed to trade", "permission"),
        "no permission to trade this: IB's Client Portal, Settings, Trading Permissions",
    ),
    (("fraction",), NO_FRACTIONS),
)


class Trouble(msgspec.Struct, frozen=True):
    """An error that the gateway has told of an order."""

    code: int
    text: str

    @property
    def is_news(self) -> bool:
        """Whether it is said of orders that live."""
        return self.code in NEWS or 2100 <= self.code < 2200

    @property
    def explains(self) -> frozenset[AtVenue]:
        """What an order is for which this is the reason."""
        if self.is_news:
            return frozenset({"NEW"}) if self.code in HOLDS else frozenset()
        return frozenset({"REJECTED", "CANCELED"})


def reason_of(trouble: Trouble) -> str:
    """Return why an order was refused, or what is said of it; short, with the cure where there is one.

    Args:
        trouble: The error; a cancel may have no reason.
    """
    if trouble.code in _BY_CODE:
        return _BY_CODE[trouble.code]
    if trouble.code == CANCELED:
        return _short(trouble.text.partition("reason:")[2])
    told = trouble.text.lower()
    for words, reason in _BY_WORDS:
        if any(word in told for word in words):
            return reason
    return _short(trouble.text)


def _short(text: str) -> str:
    """Return an error's own words on one line, without what it begins with and what is markup."""
    flat = " ".join(text.replace("<br>", " ").split())
    for opening in ("reason:", "Warning:"):
        flat = flat.partition(opening)[2].strip() or flat
    return flat if len(flat) <= MOST_SIGNS else f"{flat[: MOST_SIGNS - 1]}…"
