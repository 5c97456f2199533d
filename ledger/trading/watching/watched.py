"""What `execution` looks at: the alerts and schedules of active users that are on, with all that is needed for them.

Where a row stands is written with what comes of it, in one transaction, and only where it still is as it was read: so
that each crossing and each instant is told once, whatever restarts, and nothing is told of what was switched off.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, or_, select, true

from ledger.columns import Moment
from ledger.trading.enumerations import Role
from ledger.trading.instruments import Instrument
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import portfolios, users
from ledger.trading.tables.records import alerts
from ledger.trading.watching import rows
from ledger.trading.watching.alerts import KIND as ALERT
from ledger.trading.watching.alerts import Alert, Indicator, as_alert
from ledger.trading.watching.schedules import KIND as SCHEDULE
from ledger.trading.watching.schedules import Schedule, as_schedule
from ledger.trading.work import Work

_WHOSE = (
    users.c.role,
    users.c.telegram_user_id,
    users.c.notifications_json,
    users.c.language,
    users.c.timezone,
    portfolios.c.uid.label("portfolio"),
)
_DUE_BY = bindparam("now", type_=Moment)


class Whose(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a row is.

    Attributes:
        role: What the user may do now.
        user: A row with the user's `telegram_user_id`, `notifications_json`, `language` and `timezone`.
        portfolio: The uid of the portfolio that it is about; None for all.
    """

    user_id: int
    role: Role
    user: Row[Any]
    portfolio: str | None

    @property
    def principal(self) -> Principal:
        """Who the user is to the services."""
        return Principal(user_id=self.user_id, role=self.role)


class WatchedAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert, whose it is, and what it is about."""

    alert: Alert
    whose: Whose
    instrument: Instrument | None


class DueSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule that is due, or was never looked at, and whose it is."""

    schedule: Schedule
    whose: Whose


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Where an alert stands now.

    Attributes:
        beyond: The bound that it is beyond, empty for none; None where that has never been known.
        unknown_since: Since when that is not known; None where it is.
        has_fired: Whether it is told now.
    """

    beyond: str | None
    unknown_since: datetime | None = None
    has_fired: bool = False


def _of_active_users(kind: rows.Kind) -> Select[Any]:
    """Return the statement that reads the rows of a kind that are on, of active users, oldest first."""
    table = kind.table
    named = [instruments.c[field].label(f"its_{field}") for field in Instrument.__struct_fields__]
    query = select(table, *_WHOSE, *(named if kind is ALERT else ()))
    query = query.join(users, and_(users.c.id == table.c.user_id, users.c.is_active == true()))
    query = query.outerjoin(portfolios, portfolios.c.id == table.c.portfolio_id)
    if kind is ALERT:
        query = query.outerjoin(instruments, instruments.c.id == alerts.c.instrument_id)
    return query.where(table.c.is_active == true()).order_by(table.c.id)


def _due(kind: rows.Kind) -> ColumnElement[bool]:
    """Return the condition that a row is due, or that nobody has said when it will be."""
    return or_(kind.table.c.next_at.is_(None), kind.table.c.next_at <= _DUE_BY)


_WATCHED = _of_active_users(ALERT).where(alerts.c.type.in_(("PRICE", "POSITION", "RISK")))
_DUE_ALERTS = _of_active_users(ALERT).where(alerts.c.type == "SCHEDULE", _due(ALERT))
_INDICATORS = _of_active_users(ALERT).where(alerts.c.type == "INDICATOR", alerts.c.user_id == bindparam("of_user"))
_DUE_SCHEDULES = _of_active_users(SCHEDULE).where(_due(SCHEDULE))


def watched_alerts(principal: Principal, connection: Connection) -> tuple[WatchedAlert, ...]:
    """Return the alerts of type PRICE, POSITION and RISK that are on; raises NotAllowed for all but admins."""
    must_be_admin(principal)
    return tuple(map(_watched, connection.execute(_WATCHED)))


def due_alerts(principal: Principal, connection: Connection, now: datetime) -> tuple[WatchedAlert, ...]:
    """Return the alerts of type SCHEDULE that are due, or whose next time nobody has noted.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        now: The moment, aware.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    return tuple(map(_watched, connection.execute(_DUE_ALERTS, {"now": now})))


def indicator_alerts(
    principal: Principal, connection: Connection, user_id: int, indicator: str
) -> tuple[WatchedAlert, ...]:
    """Return the alerts of a user that wait for an indicator, in whatever letters it is written.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        user_id: The ledger's number of the user.
        indicator: As TradingView's alert names it.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    found = map(_watched, connection.execute(_INDICATORS, {"of_user": user_id}))
    return tuple(each for each in found if _is_named(each.alert, indicator))


def due_schedules(principal: Principal, connection: Connection, now: datetime) -> tuple[DueSchedule, ...]:
    """Return the schedules that are due, or whose next time nobody has noted; as `due_alerts`.

    Args:
        principal: The system, or an admin.
        connection: Any connection to the ledger.
        now: The moment, aware.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    found = connection.execute(_DUE_SCHEDULES, {"now": now})
    return tuple(DueSchedule(schedule=as_schedule(row), whose=_whose(row)) for row in found)


def move_alert(principal: Principal, work: Work, seen: Alert, to: Moved) -> bool:
    """Write where an alert stands.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        seen: The alert as it was read.
        to: Where it stands now.

    Returns:
        False where it is no longer as it was read: then nothing was written, and nothing may be told.

    Raises:
        NotAllowed: The asker is no admin.
    """
    before = {"beyond": seen.beyond, "unknown_since": seen.unknown_since}
    after = {"beyond": to.beyond, "unknown_since": to.unknown_since}
    return rows.advance(principal, work, ALERT, seen.uid, rows.Step(seen=before, values=after, has_acted=to.has_fired))


def pass_instant(
    principal: Principal, work: Work, seen: Alert | Schedule, next_at: datetime, *, has_acted: bool
) -> bool:
    """Write when an alert or a schedule is due next.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        seen: It, as it was read.
        next_at: When.
        has_acted: Whether what was due is done now.

    Returns:
        False where it is no longer as it was read: then nothing was written, and nothing may be done.

    Raises:
        NotAllowed: The asker is no admin.
    """
    kind = ALERT if isinstance(seen, Alert) else SCHEDULE
    step = rows.Step(seen={"next_at": seen.next_at}, values={"next_at": next_at}, has_acted=has_acted)
    return rows.advance(principal, work, kind, seen.uid, step)


def _is_named(alert: Alert, indicator: str) -> bool:
    """Tell whether an alert waits for an indicator."""
    config = alert.config
    return isinstance(config, Indicator) and config.indicator.casefold() == indicator.strip().casefold()


def _whose(row: Row[Any]) -> Whose:
    """Return whose a row is."""
    return Whose(user_id=row.user_id, role=row.role, user=row, portfolio=row.portfolio)


def _watched(row: Row[Any]) -> WatchedAlert:
    """Return an alert with what is needed for it."""
    found = {field: getattr(row, f"its_{field}") for field in Instrument.__struct_fields__}
    instrument = None if row.instrument_id is None else Instrument(**found)
    return WatchedAlert(alert=as_alert(row), whose=_whose(row), instrument=instrument)
