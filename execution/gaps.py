"""Times of which a venue lists no executions any more: what it holds since may be fills that nobody can list.

Where it holds something else than before such a time, nothing more of that instrument is opened in the account until
the difference is gone, or a person has it booked. What is known of it is a setting of the ledger for each account.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection

from execution.refusal import Refusal, not_known, refuse
from ledger.exact import difference, total
from ledger.store import get_setting, put_setting
from ledger.trading.flow import venue_positions
from ledger.trading.instruments import Instrument
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

Key = tuple[str, str]
"""An instrument, as a venue and the books both name it: symbol and asset type."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an account's executions.

    Attributes:
        until: Up to when the books have all of them; None where the account was never compared.
        missing: Instruments of which the venue holds something else since a time that it does not list.
        is_comparing: Whether there is such a time, and the account is not compared since.
    """

    until: datetime | None = None
    missing: tuple[Key, ...] = ()
    is_comparing: bool = False


_NOTHING: Final = Listed()


def listed(connection: Connection, account: str) -> Listed:
    """Return what is known of an account's executions.

    Args:
        connection: Any connection to the ledger.
        account: The account's uid.
    """
    text = get_setting(connection, _name(account))
    return _NOTHING if text is None else msgspec.json.decode(text, type=Listed)


def begin(work: Work, account: str) -> None:
    """Note that a venue does not list all of an account's executions, so that nothing is opened before it is compared.

    Args:
        work: What this is written with.
        account: The account's uid.
    """
    known = listed(work.connection, account)
    if not known.is_comparing:
        _write(work, account, msgspec.structs.replace(known, is_comparing=True))


def end(work: Work, account: str, *, until: datetime, missing: Collection[Key]) -> None:
    """Note that an account was compared.

    Args:
        work: What this is written with.
        account: The account's uid.
        until: When its venue was read.
        missing: Of what fills are missing that nobody can list.
    """
    _write(work, account, Listed(until=until, missing=tuple(sorted(missing))))


def refused(connection: Connection, account: str, instrument: Instrument) -> Refusal | None:
    """Refuse to open something of which fills may be missing.

    Args:
        connection: From the transaction that would write the order.
        account: The account's uid.
        instrument: What would be opened.

    Returns:
        A refusal `RECONCILING` with both numbers, waitable `NOT_KNOWN` before they are known; None where nothing is
        missing, or it was booked.
    """
    known, key = listed(connection, account), (instrument.symbol, instrument.asset_type)
    if known.is_comparing:
        return not_known("what the venue holds", instrument.symbol)
    if key not in known.missing:
        return None
    there = [
        each for each in venue_positions.list_for(SYSTEM, connection, account) if (each.symbol, each.asset_type) == key
    ]
    venue, outside = total(each.quantity for each in there), total(each.external for each in there)
    if not any(each.external for each in there):
        return None
    return refuse("RECONCILING", symbol=instrument.symbol, books=difference(venue, outside), venue=venue)


def _name(account: str) -> str:
    """Return the setting's name."""
    return f"executions_{account}"


def _write(work: Work, account: str, known: Listed) -> None:
    """Write what is known."""
    put_setting(work.connection, _name(account), msgspec.json.encode(known).decode())
