"""The names that signals and venues have for instruments, such as `BTCUSDT.P`: one list for each broker.

A name leads every user of a broker to the same instrument. Therefore the system and admins alone set them: a wrong one
lets the signals of others buy something else.
"""

from sqlalchemy import Connection, bindparam, select

from ledger.trading import audit
from ledger.trading.enumerations import AssetType
from ledger.trading.errors import NotFound
from ledger.trading.instruments import Instrument
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.catalogue import instrument_aliases, instruments
from ledger.trading.tables.people import brokers
from ledger.trading.words import a_name
from ledger.trading.work import Work

_NAMED = (
    select(instruments)
    .join(instrument_aliases, instrument_aliases.c.instrument_id == instruments.c.id)
    .join(brokers, brokers.c.id == instrument_aliases.c.broker_id)
    .where(
        brokers.c.code == bindparam("at_broker"),
        instrument_aliases.c.alias == bindparam("named"),
    )
    .order_by(instruments.c.id)
)
_AT_BROKER = (
    select(instrument_aliases.c.alias, *instruments.c)
    .join(instruments, instruments.c.id == instrument_aliases.c.instrument_id)
    .join(brokers, brokers.c.id == instrument_aliases.c.broker_id)
    .where(brokers.c.code == bindparam("at_broker"))
    .order_by(instrument_aliases.c.alias, instruments.c.id)
)
_NAMED_OF_TYPE = _NAMED.where(instrument_aliases.c.asset_type == bindparam("meant"))


def set_alias(principal: Principal, work: Work, uid: str, *, broker: str, alias: str) -> Instrument:
    """Let a name lead to an instrument, for all who trade at a broker; it may have led to another one before.

    Args:
        principal: The system or an admin.
        work: What this is written with.
        uid: The instrument; the name leads to it where its asset type is meant.
        broker: The broker's code.
        alias: The name, as signals or the venue write it.

    Returns:
        The instrument as it is now.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such instrument or broker.
        Invalid: The name cannot be one.
    """
    must_be_admin(principal)
    row = work.connection.execute(select(instruments).where(instruments.c.uid == uid)).first()
    if row is None:
        raise NotFound("instrument", uid)
    broker_id = work.connection.execute(select(brokers.c.id).where(brokers.c.code == broker)).scalar()
    if broker_id is None:
        raise NotFound("broker", broker)
    key = {"broker_id": broker_id, "alias": a_name("an alias", alias), "asset_type": row.asset_type}
    same = [instrument_aliases.c[column] == value for column, value in key.items()]
    led_to = instruments.c.id == instrument_aliases.c.instrument_id
    before = work.connection.execute(select(instruments.c.uid).join(instrument_aliases, led_to).where(*same)).scalar()
    if before == uid:
        return Instrument.of(row)
    if before is None:
        added = {**key, "instrument_id": row.id, "created_at": work.now}
        work.connection.execute(instrument_aliases.insert().values(added))
    else:
        work.connection.execute(instrument_aliases.update().where(*same).values(instrument_id=row.id))
    details = {"broker": broker, "alias": alias, "before": before}
    entry = audit.Entry(entity_type="instrument", entity_id=uid, action="alias set", details=details)
    audit.log(principal, work, entry)
    return Instrument.of(row)


def find_by_alias(
    principal: Principal,  # noqa: ARG001 - they are nobody's; who asks is part of every service all the same
    connection: Connection,
    *,
    broker: str,
    alias: str,
    asset_type: AssetType,
) -> Instrument:
    """Return the instrument that a name leads to at a broker.

    Args:
        principal: Anybody.
        connection: Any connection to the ledger.
        broker: The broker's code.
        alias: The name.
        asset_type: What kind of thing is meant.

    Raises:
        NotFound: The name leads nowhere.
    """
    row = connection.execute(_NAMED_OF_TYPE, {"at_broker": broker, "named": alias, "meant": asset_type}).first()
    if row is None:
        raise NotFound("instrument", f"named {alias} ({asset_type}) at {broker}")
    return Instrument.of(row)


def all_by_alias(
    principal: Principal,  # noqa: ARG001 - as above
    connection: Connection,
    *,
    broker: str,
    alias: str,
) -> tuple[Instrument, ...]:
    """Return the instruments that a name leads to at a broker, whatever kind of thing is meant.

    Args:
        principal: Anybody.
        connection: Any connection to the ledger.
        broker: The broker's code.
        alias: The name.
    """
    return tuple(map(Instrument.of, connection.execute(_NAMED, {"at_broker": broker, "named": alias})))


def all_at_broker(
    principal: Principal,  # noqa: ARG001 - as above
    connection: Connection,
    broker: str,
) -> tuple[tuple[str, Instrument], ...]:
    """Return all names that are known at a broker with the instruments that they lead to, by name.

    Args:
        principal: Anybody.
        connection: Any connection to the ledger.
        broker: The broker's code.
    """
    found = connection.execute(_AT_BROKER, {"at_broker": broker})
    return tuple((row.alias, Instrument.of(row)) for row in found)
