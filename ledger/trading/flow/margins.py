"""An account's margin mode and leverage: what was chosen, of one instrument or of all that have none of their own.

A row of an instrument is confirmed once its venue was seen to have it so; until then nobody knows what an opening there
would be margined with. The row of a whole account says what is set before the next order of each instrument, so that it
has nothing to confirm.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.trading import audit
from ledger.trading.enumerations import MarginMode
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.flow.finding import account_id
from ledger.trading.principal import Principal, Scoped, must_be_admin, must_trade
from ledger.trading.tables.catalogue import instruments, symbol_settings
from ledger.trading.tables.people import accounts
from ledger.trading.words import one_of
from ledger.trading.work import Work

MOST = 125
"""No venue lends more often."""
Source = Literal["instrument", "account", "settings"]

_NAMES = (accounts.c.uid.label("account"), instruments.c.uid.label("instrument"), instruments.c.symbol)
_SETTINGS = (
    select(symbol_settings, *_NAMES)
    .join(accounts, accounts.c.id == symbol_settings.c.account_id)
    .outerjoin(instruments, instruments.c.id == symbol_settings.c.instrument_id)
)
_UNCONFIRMED = Scoped(
    _SETTINGS.where(symbol_settings.c.instrument_id.is_not(None), symbol_settings.c.confirmed_at.is_(None)).order_by(
        symbol_settings.c.id
    ),
    accounts.c.user_id,
)
_ADD = symbol_settings.insert()
_UPDATE = symbol_settings.update().where(symbol_settings.c.id == bindparam("of_setting"))
_REMOVE = symbol_settings.delete().where(symbol_settings.c.id == bindparam("of_setting"))


class Margin(msgspec.Struct, frozen=True, kw_only=True):
    """How something is margined: its mode, and how many times its margin it is worth."""

    margin_mode: MarginMode
    leverage: int


class MarginSetting(Margin, frozen=True, kw_only=True):
    """What was chosen for an account.

    Attributes:
        instrument: The uid of what it is for; None: all instruments of the account that have no row of their own.
        symbol: How that is called; None for all.
        confirmed_at: When its venue was last seen to have it so; None: nobody has seen it, or nobody knows.
    """

    account: str
    instrument: str | None
    symbol: str | None
    confirmed_at: datetime | None
    updated_at: datetime


class Effective(Margin, frozen=True, kw_only=True):
    """What the next opening of an instrument is margined with.

    Attributes:
        source: Whether it was chosen for the instrument, for all of the account, or stands in the settings.
        is_known: False while nobody knows whether its venue has what was chosen for the instrument.
    """

    source: Source
    is_known: bool


def find(
    principal: Principal, connection: Connection, account: str, *, instrument: str | None = None
) -> MarginSetting | None:
    """Return what was chosen for an instrument of an account, None where nothing was.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.
        instrument: Its uid; None for what was chosen for all that have no row of their own.

    Raises:
        NotFound: The asker has no such account.
    """
    row = _row(connection, account_id(principal, connection, account), instrument)
    return None if row is None else _setting(row)


def list_for(principal: Principal, connection: Connection, account: str) -> tuple[MarginSetting, ...]:
    """Return all that was chosen for an account: first for all of it, then by symbol.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    of_account = symbol_settings.c.account_id == account_id(principal, connection, account)
    found = [_setting(row) for row in connection.execute(_SETTINGS.where(of_account))]
    return tuple(sorted(found, key=lambda each: (each.symbol or "", each.instrument or "")))


def effective(
    principal: Principal, connection: Connection, account: str, *, instrument: str, default: Margin
) -> Effective:
    """Return what the next opening of an instrument is margined with, where its signal does not say.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.
        instrument: Its uid.
        default: What the settings say.

    Raises:
        NotFound: The asker has no such account.
    """
    own = find(principal, connection, account, instrument=instrument)
    if own is not None:
        return _effective(own, "instrument", is_known=own.confirmed_at is not None)
    of_all = find(principal, connection, account)
    return _effective(default, "settings") if of_all is None else _effective(of_all, "account")


def unconfirmed(principal: Principal, connection: Connection) -> tuple[MarginSetting, ...]:
    """Return what was chosen for an instrument and nobody has seen at its venue, in the order in which it was chosen.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
    """
    return tuple(map(_setting, _UNCONFIRMED.rows(principal, connection)))


def want(
    principal: Principal, work: Work, account: str, margin: Margin, *, instrument: str | None = None
) -> MarginSetting:
    """Choose how an account is margined; nobody has seen its venue have it so.

    Args:
        principal: Who may trade, of an account of their own; or an admin.
        work: What this is written with.
        account: The account's uid.
        margin: Mode and leverage.
        instrument: The uid of what it is for; None for all that have no row of their own.

    Returns:
        What is chosen now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such account, or there is no such instrument.
        Invalid: There is no such mode, or the leverage is out of bounds.
    """
    must_trade(principal)
    return _write(principal, work, account, margin, instrument=instrument, action="chosen")


def confirm(principal: Principal, work: Work, account: str, margin: Margin, *, instrument: str) -> MarginSetting:
    """Note what a venue was seen to have, whatever was chosen.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        margin: Mode and leverage as they were read back.
        instrument: The uid of what it is for.

    Returns:
        What is noted now.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account or instrument.
        Invalid: There is no such mode, or the leverage is out of bounds.
    """
    must_be_admin(principal)
    return _write(principal, work, account, margin, instrument=instrument, confirmed_at=work.now, action="confirmed")


def restore(  # noqa: PLR0913 - what was there before is three words
    principal: Principal,
    work: Work,
    account: str,
    before: Margin | None,
    *,
    instrument: str,
    confirmed_at: datetime | None = None,
) -> MarginSetting | None:
    """Take back what was chosen for an instrument.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        before: What had been chosen before; None: nothing.
        instrument: The uid of what it is for.
        confirmed_at: When what had been chosen before was confirmed; None where it was not.

    Returns:
        What is chosen now; None where nothing is.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account or instrument.
    """
    must_be_admin(principal)
    if before is not None:
        action, seen = "taken back", confirmed_at
        return _write(principal, work, account, before, instrument=instrument, action=action, confirmed_at=seen)
    number = account_id(principal, work.connection, account)
    row = _row(work.connection, number, instrument)
    if row is not None:
        work.connection.execute(_REMOVE, {"of_setting": row.id})
        _log(principal, work, number, "taken back", {"instrument": instrument, "before": _said(row)})
    return None


def _write(  # noqa: PLR0913 - one row, of whom, with what, and since when it is seen
    principal: Principal,
    work: Work,
    account: str,
    margin: Margin,
    *,
    instrument: str | None,
    action: str,
    confirmed_at: datetime | None = None,
) -> MarginSetting:
    """Write a row, and return it; raises NotFound and Invalid."""
    one_of("a margin mode", margin.margin_mode, MarginMode)
    if not 1 <= margin.leverage <= MOST:
        raise Invalid.of("leverage_bounds", number=margin.leverage, most=MOST)
    number = account_id(principal, work.connection, account)
    known = _row(work.connection, number, instrument)
    values = {"margin_mode": margin.margin_mode, "leverage": margin.leverage, "confirmed_at": confirmed_at}
    if known is None:
        of = None if instrument is None else _instrument_id(work.connection, instrument)
        work.connection.execute(_ADD, {"account_id": number, "instrument_id": of, **values, "updated_at": work.now})
    else:
        work.connection.execute(_UPDATE, {"of_setting": known.id, **values, "updated_at": work.now})
    row = work.connection.execute(_of(number, instrument)).one()
    details = {"instrument": instrument, **_said(row), "before": None if known is None else _said(known)}
    _log(principal, work, number, action, details)
    return _setting(row)


def _row(connection: Connection, account: int, instrument: str | None) -> Row[Any] | None:
    """Return the row of an instrument, or of all of an account; None where there is none."""
    return connection.execute(_of(account, instrument)).first()


def _of(account: int, instrument: str | None) -> Select[Any]:
    """Return the statement that reads that row."""
    of_all = symbol_settings.c.instrument_id.is_(None)
    of = of_all if instrument is None else instruments.c.uid == instrument
    return _SETTINGS.where(symbol_settings.c.account_id == account, of)


def _instrument_id(connection: Connection, uid: str) -> int:
    """Return the number of an instrument; raises NotFound."""
    found: int | None = connection.execute(select(instruments.c.id).where(instruments.c.uid == uid)).scalar()
    if found is None:
        raise NotFound("instrument", uid)
    return found


def _setting(row: Row[Any]) -> MarginSetting:
    """Return a row as others see it."""
    return MarginSetting(**{field: getattr(row, field) for field in MarginSetting.__struct_fields__})


def _effective(margin: Margin, source: Source, *, is_known: bool = True) -> Effective:
    """Return what is in effect."""
    return Effective(margin_mode=margin.margin_mode, leverage=margin.leverage, source=source, is_known=is_known)


def _said(row: Row[Any]) -> dict[str, object]:
    """Return what a row says, for the log."""
    return {"margin_mode": row.margin_mode, "leverage": row.leverage, "is_confirmed": row.confirmed_at is not None}


def _log(principal: Principal, work: Work, account: int, action: str, details: dict[str, object]) -> None:
    """Add a row about a setting to its account's chain."""
    name = str(details["instrument"] or "all")
    entry = audit.Entry(entity_type="margin", entity_id=name, action=action, details=details, account_id=account)
    audit.log(principal, work, entry)
