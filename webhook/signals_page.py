"""Signals for the owner's own programs: what they may ask for, and how they are answered."""

from collections.abc import Mapping

import msgspec

from ledger.inbox.listing import LONGEST_PAGE, Page, Wanted

NAMES = ("state", "symbol", "strategy", "since", "before", "limit")
_encode = msgspec.json.encode


class NoPage(ValueError):
    """What is asked for cannot be: names the parameter, and what to write."""

    def __init__(self, field: str, cure: str) -> None:
        """Keep what to answer.

        Args:
            field: The parameter, empty where it is none that is known.
            cure: What to write instead.
        """
        super().__init__(field)
        self.field = field
        self.cure = cure


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read what is asked for.

    Args:
        query: The parameters by name.

    Returns:
        What is asked for.

    Raises:
        NoPage: A parameter is unknown or wrong.
    """
    if set(query) - set(NAMES):
        raise NoPage("", f"the parameters are {', '.join(NAMES)}")
    for name, value in query.items():
        try:
            one = msgspec.convert({name: value}, Wanted, strict=False)
        except msgspec.ValidationError:
            raise NoPage(name, CURES[name]) from None
        if not 1 <= one.limit <= LONGEST_PAGE or one.before < 0 or (one.since and one.since.tzinfo is None):
            raise NoPage(name, CURES[name])
    return msgspec.convert(dict(query), Wanted, strict=False)


def worded(page: Page) -> bytes:
    """Return a page as JSON.

    Args:
        page: From `ledger.inbox.listing`.
    """
    return _encode(page)


CURES = {
    "state": "write a state in capitals, such as RECEIVED or DONE",
    "symbol": "write a symbol as the alert does",
    "strategy": "write a strategy's name or uid",
    "since": "write a moment like 2026-11-27T14:30:00Z",
    "before": "write what `following` was",
    "limit": f"write 1 to {LONGEST_PAGE}",
}
