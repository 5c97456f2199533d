"""A round as the ledger keeps it: a document of its own with a version, whatever is said on the bus by then.

What the ledger was given ten years ago it must still read. So a document changes as a message does, by fields with
defaults; where that is not enough, VERSION grows and `read` knows both. Documents of version 0, from before there was
one, were snapshots as they were said; they had the same fields.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from bus.messages.rounds import Snapshot
from ledger.unavailable import LedgerUnavailable

VERSION = 1


class _Platform(msgspec.Struct, frozen=True, kw_only=True):
    """A platform, as it is kept."""

    name: str
    label: str
    heading: str
    currency: str
    position: int
    grouped: bool = False


class _Total(msgspec.Struct, frozen=True, kw_only=True):
    """A sum with its mark, or why there is none, as it is kept."""

    amount: Decimal | None = None
    mark: str = ""
    reason: str = ""


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account of a balance, as it is kept."""

    key: str
    ending: str
    amount: Decimal | None = None
    reason: str = ""
    code: str = ""
    last_amount: Decimal | None = None
    last_fetched_at: datetime | None = None


class _Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What a platform held, as it is kept."""

    round_id: str
    platform: str
    amount: Decimal
    currency: str
    as_of: datetime
    fetched_at: datetime
    wallets: tuple[str, ...]
    covers: str = ""
    close_of: date | None = None
    accounts: tuple[_Account, ...] = ()
    took_ms: int = 0
    tried: tuple[str, ...] = ()


class _Rate(msgspec.Struct, frozen=True, kw_only=True):
    """The rate of a round, as it is kept."""

    round_id: str
    rate: Decimal
    source: str
    valid_for: date
    fetched_at: datetime
    stale: bool = False
    unconfirmed: bool = False
    took_ms: int = 0
    second_source: str = ""
    second_rate: Decimal | None = None
    tried: tuple[str, ...] = ()


class _Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a source gave nothing, as it is kept."""

    round_id: str
    platform: str
    reason: str
    code: str = ""
    took_ms: int = 0
    tried: tuple[str, ...] = ()


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """A platform and its answer, as it is kept."""

    platform: _Platform
    balance: _Balance | None = None
    failure: _Failure | None = None
    last_known: _Balance | None = None
    check: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One closed round; every field means what it means in `bus.messages.rounds.Snapshot`."""

    version: int = 0
    round_id: str
    scheduled_for: datetime | None
    closed_at: datetime
    parts: tuple[_Part, ...]
    usd: _Total
    rub: _Total
    groups: dict[str, _Total] = {}
    rate: _Rate | None = None
    rate_failure: _Failure | None = None
    missed: tuple[datetime, ...] = ()
    missed_count: int = 0
    took_ms: int = 0
    recorded: bool = True
    not_recorded_because: str = ""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Document)


def write(snapshot: Snapshot) -> str:
    """Turn a snapshot into the text that is kept of it.

    Args:
        snapshot: The closed round.

    Returns:
        JSON, of the newest version.
    """
    document = msgspec.convert(snapshot, Document, from_attributes=True)
    return _encoder.encode(msgspec.structs.replace(document, version=VERSION)).decode()


def read(text: str) -> Snapshot:
    """Turn what is kept into a snapshot again.

    Args:
        text: JSON, of any version.

    Returns:
        The snapshot.

    Raises:
        LedgerUnavailable: A newer program has written it.
    """
    document = _decoder.decode(text)
    if document.version > VERSION:
        raise LedgerUnavailable(f"a round was written by a newer program (version {document.version})")
    return msgspec.convert(document, Snapshot, from_attributes=True)
