"""Coins that a fee has left, fewer than any order can sell: they are no position to the checks before an order."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.exact import ZERO
from ledger.trading.risk.day_reading import SINCE, Day
from ledger.trading.tables.trading import position_entries

_ENTRIES: Select[Any] = (
    select(position_entries.c.exec_time, position_entries.c.quantity)
    .where(position_entries.c.position_id == bindparam("of_position"), position_entries.c.exec_time >= SINCE)
    .order_by(position_entries.c.exec_time.desc(), position_entries.c.broker_trade_id.desc())
)


def held_of(day: Day) -> list[Row[Any]]:
    """Return the positions of a portfolio that are more than dust.

    Args:
        day: The portfolio's.
    """
    return [row for row in day.held if not _is_dust(row, row.quantity)]


def opened_at(connection: Connection, row: Row[Any]) -> datetime:
    """Return since when a position is more than dust; for services that have found it.

    Args:
        connection: Any connection to the ledger.
        row: The position, of a `Day`.
    """
    begun: datetime = row.opened_at
    if row.its_asset_type != "CRYPTO" or not row.its_lot_size:
        return begun
    of = {"of_position": row.position_id, "since": begun}
    with connection.execute(_ENTRIES, of) as entries:
        return next((each.exec_time for each in entries if _is_dust(row, each.quantity)), begun)


def _is_dust(row: Row[Any], quantity: Decimal) -> bool:
    """Tell whether so many coins are fewer than any order can sell; of other things fees take nothing away."""
    return row.its_asset_type == "CRYPTO" and abs(quantity) < (row.its_lot_size or ZERO)
