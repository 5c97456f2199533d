"""Instruments, which all users share: found by what they are, and made where they are missing.

An instrument is its symbol, exchange and asset type. Whoever may trade can make one that is missing. What it is counted
in (currency, what is bought, multiplier) is never changed: executions in the books mean what it says. Its steps belong
to the venue, which changes them now and then: the system and admins write them, so that no user can break the orders of
another. They are nobody's, so everybody may look.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.exact import InexactNumber, exact
from ledger.trading import audit
from ledger.trading.enumerations import AssetType
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal, must_be_admin, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.words import a_currency, a_name, one_of
from ledger.trading.work import Work

LONGEST_EXCHANGE = 32
PAIRS = ("CRYPTO", "FOREX")
ONE = Decimal(1)
_BY_UID = select(instruments).where(instruments.c.uid == bindparam("of_uid"))


class NewInstrument(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument to find or, where it is missing, to make.

    Attributes:
        symbol: As its venue writes it.
        asset_type: What kind of thing it is.
        currency: In which its price is.
        exchange: None counts as a value of its own.
        base_currency: Of a pair: what is bought.
        multiplier: A price's value for one of its quantity.
        tick_size: The step of its prices; None where it is not known.
        lot_size: The step of its quantities; None where it is not known.
    """

    symbol: str
    asset_type: AssetType
    currency: str
    exchange: str | None = None
    base_currency: str | None = None
    multiplier: Decimal = ONE
    tick_size: Decimal | None = None
    lot_size: Decimal | None = None


class Instrument(NewInstrument, frozen=True, kw_only=True):
    """An instrument; fields as in `NewInstrument`.

    Attributes:
        uid: Its name to others.
    """

    uid: str

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return it as a row of `instruments` has it.

        Args:
            row: A row with at least these columns.
        """
        return cls(**{field: getattr(row, field) for field in cls.__struct_fields__})


def resolve(principal: Principal, work: Work, new: NewInstrument) -> Instrument:
    """Return the instrument of a symbol, exchange and asset type; make it where there is none.

    What is left out (what is bought, steps) differs from nothing. Other steps than the known ones are written when the
    system or an admin brings them.

    Args:
        principal: Who may trade.
        work: What this is written with.
        new: The instrument.

    Raises:
        NotAllowed: The asker may only look, or brings other steps and is no admin.
        Invalid: A number or word cannot be kept, or the known one is counted in something else.
    """
    must_trade(principal)
    new = _checked(new)
    known = work.connection.execute(_of_key(new.symbol, new.exchange, new.asset_type)).first()
    if known is None:
        return _add(principal, work, new)
    for field, what in (("currency", "priced in"), ("base_currency", "for"), ("multiplier", "multiplied by")):
        said, is_so = getattr(new, field), getattr(known, field)
        if said is not None and said != is_so:
            raise Invalid.of("instrument_differs", symbol=new.symbol, what=what, known=is_so, said=said)
    return _with_steps(principal, work, known, tick_size=new.tick_size, lot_size=new.lot_size)


def change_steps(
    principal: Principal, work: Work, uid: str, *, tick_size: Decimal | None = None, lot_size: Decimal | None = None
) -> Instrument:
    """Write the steps of an instrument's prices and quantities, as its venue has them now.

    Args:
        principal: The system or an admin.
        work: What this is written with.
        uid: The instrument.
        tick_size: The step of its prices; None leaves it as it is.
        lot_size: The step of its quantities; None leaves it as it is.

    Returns:
        The instrument as it is now.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such instrument.
        Invalid: A step cannot be kept, or is not above zero.
    """
    must_be_admin(principal)
    row = _row(work.connection, uid)
    tick = None if tick_size is None else _above_zero("a tick size", tick_size)
    lot = None if lot_size is None else _above_zero("a lot size", lot_size)
    return _with_steps(principal, work, row, tick_size=tick, lot_size=lot)


def find_instrument(
    principal: Principal,  # noqa: ARG001 - they are nobody's; who asks is part of every service all the same
    connection: Connection,
    *,
    symbol: str,
    asset_type: AssetType,
    exchange: str | None = None,
) -> Instrument:
    """Return an instrument by its symbol.

    Args:
        principal: Anybody.
        connection: Any connection to the ledger.
        symbol: As its venue writes it.
        asset_type: What kind of thing it is.
        exchange: None for the one without.

    Raises:
        NotFound: There is none.
    """
    row = connection.execute(_of_key(symbol, exchange, asset_type)).first()
    if row is None:
        raise NotFound("instrument", f"{symbol} ({asset_type}{'' if exchange is None else f', {exchange}'})")
    return Instrument.of(row)


def get_instrument(
    principal: Principal,  # noqa: ARG001 - as above
    connection: Connection,
    uid: str,
) -> Instrument:
    """Return an instrument.

    Args:
        principal: Anybody.
        connection: Any connection to the ledger.
        uid: The instrument.

    Raises:
        NotFound: There is none.
    """
    return Instrument.of(_row(connection, uid))


def _checked(new: NewInstrument) -> NewInstrument:
    """Return an instrument whose words and numbers can be kept, in the way that they are kept; raises Invalid."""
    a_name("a symbol", new.symbol)
    one_of("an asset type", new.asset_type, AssetType)
    a_currency(new.currency)
    if new.exchange is not None:
        a_name("an exchange", new.exchange, longest=LONGEST_EXCHANGE)
    if new.base_currency is not None and a_currency(new.base_currency) == new.currency:
        raise Invalid.of("priced_in_itself", symbol=new.symbol, currency=new.currency)
    return msgspec.structs.replace(
        new,
        multiplier=_above_zero("a multiplier", new.multiplier),
        tick_size=None if new.tick_size is None else _above_zero("a tick size", new.tick_size),
        lot_size=None if new.lot_size is None else _above_zero("a lot size", new.lot_size),
    )


def _above_zero(what: str, number: Decimal) -> Decimal:
    """Return a number as it is kept; raises Invalid where it is not above zero or cannot be kept."""
    try:
        kept = exact(number)
    except InexactNumber as error:
        raise Invalid.of("bad_field", what=what, error=error) from None
    if kept <= 0:
        raise Invalid.of("not_above_zero", what=what, number=kept)
    return kept


def _add(principal: Principal, work: Work, new: NewInstrument) -> Instrument:
    """Make an instrument; raises Invalid for a pair of which only one half is named."""
    if new.asset_type in PAIRS and new.base_currency is None:
        raise Invalid.of("half_a_pair", symbol=new.symbol, currency=new.currency)
    made = Instrument(uid=audit.new_uid(), **msgspec.structs.asdict(new))
    values = {**msgspec.structs.asdict(made), "created_at": work.now}
    work.connection.execute(instruments.insert().values(values))
    _log(principal, work, made.uid, "created", msgspec.structs.asdict(new))
    return made


def _with_steps(
    principal: Principal, work: Work, row: Row[Any], *, tick_size: Decimal | None, lot_size: Decimal | None
) -> Instrument:
    """Return an instrument with these steps, None standing for the known ones; raises NotAllowed."""
    known = {"tick_size": row.tick_size, "lot_size": row.lot_size}
    said = {"tick_size": tick_size, "lot_size": lot_size}
    changed = {name: step for name, step in said.items() if step is not None and step != known[name]}
    if not changed:
        return Instrument.of(row)
    must_be_admin(principal)
    work.connection.execute(instruments.update().where(instruments.c.id == row.id).values(changed))
    _log(principal, work, row.uid, "steps changed", {**changed, "before": known})
    return msgspec.structs.replace(Instrument.of(row), **changed)


def _of_key(symbol: str, exchange: str | None, asset_type: AssetType) -> Select[Any]:
    """Return the statement that reads the one instrument of a symbol, exchange and asset type."""
    at = instruments.c.exchange.is_(None) if exchange is None else instruments.c.exchange == exchange
    return select(instruments).where(instruments.c.symbol == symbol, at, instruments.c.asset_type == asset_type)


def _row(connection: Connection, uid: str) -> Row[Any]:
    """Return an instrument's row; raises NotFound."""
    row = connection.execute(_BY_UID, {"of_uid": uid}).first()
    if row is None:
        raise NotFound("instrument", uid)
    return row


def _log(principal: Principal, work: Work, uid: str, action: str, details: Mapping[str, object]) -> None:
    """Add a row about an instrument to the system's chain."""
    audit.log(principal, work, audit.Entry(entity_type="instrument", entity_id=uid, action=action, details=details))
