"""What accounts hold at their venues, as it was last read whole; what none of our positions explains is external."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from ledger.trading.enumerations import AssetType
from ledger.trading.flow.checks import amount
from ledger.trading.flow.finding import account_id
from ledger.trading.flow.records import VenuePosition
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import venue_positions
from ledger.trading.words import a_currency, a_name, one_of
from ledger.trading.work import Work

_COLUMNS = [
    venue_positions.c.external_quantity.label("external") if field == "external" else venue_positions.c[field]
    for field in VenuePosition.__struct_fields__
]
_OF_ACCOUNT = (
    select(*_COLUMNS)
    .where(venue_positions.c.account_id == bindparam("account"))
    .order_by(venue_positions.c.symbol, venue_positions.c.id)
)
_FORGET = venue_positions.delete().where(venue_positions.c.account_id == bindparam("account"))
_ADD = venue_positions.insert()


def replace(principal: Principal, work: Work, account: str, positions: Sequence[VenuePosition]) -> None:
    """Write what an account holds at its venue, in the place of what was read before.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        account: The account's uid.
        positions: All of them; a long and a short one of the same symbol are two. None: the venue said that it holds
            nothing.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such account.
        Invalid: A position cannot be kept.
    """
    must_be_admin(principal)
    number = account_id(principal, work.connection, account)
    rows = [_values(number, each) for each in positions]
    work.connection.execute(_FORGET, {"account": number})
    if rows:
        work.connection.execute(_ADD, rows)


def list_for(principal: Principal, connection: Connection, account: str) -> tuple[VenuePosition, ...]:
    """Return what an account held at its venue when that was last read whole, by symbol.

    Args:
        principal: Whose account it is, or an admin.
        connection: Any connection to the ledger.
        account: The account's uid.

    Raises:
        NotFound: The asker has no such account.
    """
    number = account_id(principal, connection, account)
    return tuple(VenuePosition(**row._mapping) for row in connection.execute(_OF_ACCOUNT, {"account": number}))


def _values(account: int, position: VenuePosition) -> dict[str, object]:
    """Return a position's columns; raises Invalid."""
    one_of("an asset type", position.asset_type, AssetType)
    return {
        "account_id": account,
        "symbol": a_name("a symbol", position.symbol),
        "asset_type": position.asset_type,
        "currency": a_currency(position.currency),
        "quantity": amount("the quantity", position.quantity),
        "external_quantity": amount("the external quantity", position.external),
        "average_price": amount("the average price", position.average_price),
        "as_of": position.as_of,
    }
