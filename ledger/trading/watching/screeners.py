"""Screeners: lists of instruments that meet conditions. `execution`, which sees quotes and positions, runs them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row, select

from ledger.trading.configuration import checked, written
from ledger.trading.enumerations import AssetType
from ledger.trading.errors import Invalid
from ledger.trading.principal import Principal, must_trade
from ledger.trading.tables.records import schedules, screeners
from ledger.trading.watching import rows
from ledger.trading.work import Work

Figure = Literal["price", "change_percent", "volume", "spread_percent", "position_value", "unrealized_percent"]
QUOTED: Final[tuple[Figure, ...]] = ("price", "spread_percent", "position_value", "unrealized_percent")
"""Figures that quotes and positions tell; no venue here says the others yet."""
MOST_CONDITIONS = 10
MOST_SYMBOLS = 200
MOST_FOUND = 50


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instrument's figure must be."""

    figure: Figure
    compare: Literal["above", "below"]
    value: Decimal

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        if not self.value.is_finite():
            raise ValueError(f"{self.value} is no number to compare with")


class ScreenerConfig(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is looked through, what is wanted of it, and how it is listed.

    Attributes:
        conditions: All must be met.
        symbols: Among these; among all instruments where none is named.
        asset_type: Of this type; of any where it is None.
        order_by: The highest first.
        most: So many are listed.
    """

    conditions: tuple[Condition, ...]
    symbols: tuple[str, ...] = ()
    asset_type: AssetType | None = None
    order_by: Figure = "change_percent"
    most: int = 20

    def __post_init__(self) -> None:
        """Refuse what finds nothing, or too much."""
        if not 1 <= len(self.conditions) <= MOST_CONDITIONS:
            raise ValueError(f"a screener has 1 to {MOST_CONDITIONS} conditions")
        if len(self.symbols) > MOST_SYMBOLS or not all(0 < len(symbol) <= 64 for symbol in self.symbols):
            raise ValueError(f"symbols are up to {MOST_SYMBOLS}, of 1 to 64 signs")
        if not 1 <= self.most <= MOST_FOUND:
            raise ValueError(f"most is {self.most}; write 1 to {MOST_FOUND}")


class Screener(msgspec.Struct, frozen=True, kw_only=True):
    """A screener: a row of `screeners`; ids are the ledger's own."""

    id: int
    uid: str
    user_id: int
    name: str
    config: ScreenerConfig
    is_active: bool
    last_run_at: datetime | None
    created_at: datetime


_KIND = rows.Kind(word="screener", table=screeners, since="last_run_at")


def new_screener(principal: Principal, work: Work, name: str, config: Mapping[str, object]) -> Screener:
    """Write a screener of the asker's, switched on.

    Args:
        principal: Who wants it.
        work: What this is written with.
        name: No other screener of the user has it.
        config: By the fields of `ScreenerConfig`.

    Returns:
        The screener.

    Raises:
        NotAllowed: The asker may only look, or is the system.
        Taken: The name is in use.
        Invalid: The name or the configuration cannot be.
    """
    must_trade(principal)
    checked_config = checked(ScreenerConfig, config, what="the screener")
    return _screener(rows.add(principal, work, _KIND, name, {"config_json": written(checked_config)}))


def list_screeners(principal: Principal, connection: Connection) -> tuple[Screener, ...]:
    """Return the screeners of the asker by name; admins get those of all users."""
    return tuple(map(_screener, rows.owned_ones(principal, connection, _KIND)))


def active_screeners(principal: Principal, connection: Connection) -> tuple[Screener, ...]:
    """Return the screeners of all users that are on; raises NotAllowed for all but admins and the system."""
    return tuple(map(_screener, rows.active_ones(principal, connection, _KIND)))


def switch_screener(principal: Principal, work: Work, uid: str, *, on: bool) -> None:
    """Switch a screener on or off; raises NotFound, and NotAllowed for who may only look."""
    rows.switch(principal, work, _KIND, uid, on=on, anew=lambda _row: {})


def delete_screener(principal: Principal, work: Work, uid: str) -> None:
    """Delete a screener that no schedule runs, whether that is on or off.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The screener.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such screener.
        Invalid: Schedules run it; the text names them.
    """
    must_trade(principal)
    row = rows.one(principal, work.connection, _KIND, uid)
    screens = (schedules.c.user_id == row.user_id, schedules.c.action == "screen")
    query = select(schedules.c.name, schedules.c.params_json).where(*screens).order_by(schedules.c.name)
    names = [each.name for each in work.connection.execute(query) if each.params_json["screener"] == uid]
    if names:
        raise Invalid.of("screener_in_use", name=row.name, schedules=", ".join(names))
    rows.delete(principal, work, _KIND, uid)


def get_screener(principal: Principal, connection: Connection, uid: str) -> Screener:
    """Return a screener.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The screener.

    Raises:
        NotFound: The asker has no such screener.
    """
    return _screener(rows.one(principal, connection, _KIND, uid))


def screener_ran(principal: Principal, work: Work, uid: str) -> None:
    """Note that a screener was run now; raises NotFound, and NotAllowed for all but admins and the system."""
    rows.note(principal, work, _KIND, uid)


def _screener(row: Row[Any]) -> Screener:
    """Return a screener as its row has it."""
    values = {field: getattr(row, field) for field in Screener.__struct_fields__ if field != "config"}
    return Screener(**values, config=checked(ScreenerConfig, row.config_json, what=f"screener {row.uid}"))
