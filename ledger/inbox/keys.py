"""By what a signal is known again.

One with an id: its strategy, id, action, symbol, quantity and position size, for ever. One without: the whole of what
it said, for a minute, so its key ends with the moment it came, in digits of fixed number: such keys sort by time.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from ledger.canonical_json import canonical
from ledger.inbox.records import NewSignal

SAME_BODY_WITHIN = timedelta(seconds=60)
WITH_ID = "id:"
WITHOUT_ID = "body:"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def key_by_id(signal: NewSignal) -> str:
    """Return the key of a signal that has an id.

    Args:
        signal: What came in.

    Raises:
        NotCanonical: It holds what cannot be written in one way only.
        InexactNumber: A number has too many digits.
    """
    named = (signal.external_id, signal.action, signal.symbol, signal.quantity, signal.position_size)
    return WITH_ID + _hash((signal.strategy_uid, *named))


def key_by_body(signal: NewSignal) -> str:
    """Return what the keys of a signal that has no id begin with, whenever it comes.

    Args:
        signal: What came in.

    Raises:
        NotCanonical: It holds what cannot be written in one way only.
        InexactNumber: A number has too many digits.
    """
    return WITHOUT_ID + _hash((signal.strategy_uid, signal.body))


def key_at(body: str, at: datetime) -> str:
    """Return the key of a signal that has no id.

    Args:
        body: What `key_by_body` returns.
        at: When it came, aware.
    """
    return f"{body}:{(at - EPOCH) // MICROSECOND:017}"


def _hash(document: object) -> str:
    """Return the SHA-256 of a document, as hex digits."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()
