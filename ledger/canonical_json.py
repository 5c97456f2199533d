"""JSON in one way only, so that two who write the same document write the same bytes, and a hash of it means something.

Keys are sorted, nothing is indented, text is not escaped beyond what JSON demands. A float is refused: amounts are
strings. So is NUL, which PostgreSQL does not keep (postgresql.org, "JSON Types", read 2026-11).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from ledger.exact import exact

LARGEST = 2**53


class NotCanonical(ValueError):
    """A document holds what cannot be written in one way only."""


def canonical(document: object) -> str:
    """Write a document.

    Args:
        document: None, booleans, integers below 2⁵³, text, Decimals and moments (both become text), and lists and
            mappings of these with text as keys.

    Returns:
        Its one text.

    Raises:
        NotCanonical: It holds a float or something else that is not in this list.
    """
    text = json.dumps(_plain(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotCanonical("a document cannot hold half a character") from None
    return text


def _plain(value: object) -> object:
    """Return a value as JSON has it; raises NotCanonical for what it cannot have."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < LARGEST:
            return value
        case str() if "\0" not in value:
            return str(value)
        case Decimal():
            return format(exact(value), "f")
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case Mapping():
            return {_key(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    raise NotCanonical(f"a document cannot hold {type(value).__name__} {value!r}")


def _key(name: object) -> str:
    """Return a key; raises NotCanonical where it is no text."""
    if not isinstance(name, str) or "\0" in name:
        raise NotCanonical(f"a key is text, not {name!r}")
    return name
