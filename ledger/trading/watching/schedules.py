"""Schedules: what a user wants done at times by cron, in UTC. `execution` runs those that are on.

What may be scheduled is a closed list: a report, buying paused or resumed, a screener run, a text told. Nothing that
places or cancels an order is among it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection, Row

from ledger.trading.configuration import checked, written
from ledger.trading.errors import NotFound
from ledger.trading.principal import Principal, must_trade
from ledger.trading.tables.records import schedules, screeners
from ledger.trading.watching import rows
from ledger.trading.watching.cron import checked_cron, next_time
from ledger.trading.words import one_of
from ledger.trading.work import Work

Action = Literal["report", "pause", "resume", "screen", "alert"]
LONGEST_TEXT = 500


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Of `report`: over which time, and in what form."""

    period: Literal["day", "week", "month"] = "day"
    form: Literal["text", "csv", "pdf"] = "text"


class Buying(msgspec.Struct, frozen=True, kw_only=True):
    """Of `pause` and `resume`: nothing; the schedule's portfolio is meant, or all where it has none."""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """Of `screen`: the uid of a screener of the same user, which is there as long as the schedule."""

    screener: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Of `alert`: what is said."""

    text: str

    def __post_init__(self) -> None:
        """Refuse a text that cannot be sent."""
        if not 0 < len(self.text.strip()) <= LONGEST_TEXT:
            raise ValueError(f"text has 1 to {LONGEST_TEXT} signs")


Params = Report | Buying | Screen | Told
PARAMS: Final[dict[Action, type[Params]]] = {
    "report": Report,
    "pause": Buying,
    "resume": Buying,
    "screen": Screen,
    "alert": Told,
}


class NewSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule to be written.

    Attributes:
        name: No other schedule of the user has it.
        cron: Five fields, in UTC.
        action: What is done.
        params: By the Struct of its action in `PARAMS`.
        portfolio: The uid of the one that is meant; None for all.
    """

    name: str
    cron: str
    action: Action
    params: Mapping[str, object] = {}
    portfolio: str | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule: a row of `schedules`; ids are the ledger's own."""

    id: int
    uid: str
    user_id: int
    portfolio_id: int | None
    name: str
    cron: str
    action: Action
    params: Params
    is_active: bool
    last_run_at: datetime | None
    next_at: datetime | None
    created_at: datetime

    def next_run(self, *, now: datetime) -> datetime:
        """Return its first time after a moment.

        Args:
            now: The moment, aware.

        Returns:
            A whole minute, aware UTC.
        """
        return next_time(self.cron, now=now)


KIND = rows.Kind(word="schedule", table=schedules, since="last_run_at")
_SCREENERS = rows.Kind(word="screener", table=screeners, since="last_run_at")


def new_schedule(principal: Principal, work: Work, new: NewSchedule) -> Schedule:
    """Write a schedule of the asker's, switched on.

    Args:
        principal: Who wants it.
        work: What this is written with.
        new: The schedule.

    Returns:
        The schedule.

    Raises:
        NotFound: The asker has no such portfolio or screener.
        NotAllowed: The asker may only look, or is the system.
        Taken: The name is in use.
        Invalid: The cron expression, the action, its parameters or the name cannot be.
    """
    must_trade(principal)
    one_of("a schedule's action", new.action, Action)
    params = checked(PARAMS[new.action], new.params, what="the schedule")
    if isinstance(params, Screen):
        _must_own_screener(principal, work, params.screener)
    cron = checked_cron(new.cron)
    values = {
        "cron": cron,
        "next_at": next_time(cron, now=work.now),
        "action": new.action,
        "params_json": written(params),
        "portfolio_id": rows.portfolio_id(principal, work.connection, new.portfolio),
    }
    return as_schedule(rows.add(principal, work, KIND, new.name, values))


def list_schedules(principal: Principal, connection: Connection) -> tuple[Schedule, ...]:
    """Return the schedules of the asker by name; admins get those of all users."""
    return tuple(map(as_schedule, rows.owned_ones(principal, connection, KIND)))


def active_schedules(principal: Principal, connection: Connection) -> tuple[Schedule, ...]:
    """Return the schedules of all users that are on; raises NotAllowed for all but admins and the system."""
    return tuple(map(as_schedule, rows.active_ones(principal, connection, KIND)))


def switch_schedule(principal: Principal, work: Work, uid: str, *, on: bool) -> None:
    """Switch a schedule on or off; raises NotFound, and NotAllowed for who may only look.

    What was due while it was off is not made up for.
    """
    rows.switch(principal, work, KIND, uid, on=on, anew=lambda row: {"next_at": next_time(row.cron, now=work.now)})


def delete_schedule(principal: Principal, work: Work, uid: str) -> None:
    """Delete a schedule; raises NotFound, and NotAllowed for who may only look."""
    rows.delete(principal, work, KIND, uid)


def schedule_ran(principal: Principal, work: Work, uid: str) -> None:
    """Note that a schedule was run now; raises NotFound, and NotAllowed for all but admins and the system."""
    rows.note(principal, work, KIND, uid)


def _must_own_screener(principal: Principal, work: Work, uid: str) -> None:
    """Make sure that a screener is the asker's own, an admin's too; raises NotFound.

    So whoever deletes a screener can see the schedules that run it.
    """
    if rows.one(principal, work.connection, _SCREENERS, uid).user_id != principal.user_id:
        raise NotFound(_SCREENERS.word, uid)


def as_schedule(row: Row[Any]) -> Schedule:
    """Return a schedule as its row has it.

    Args:
        row: A row with at least these columns.

    Raises:
        Invalid: What it does cannot be read.
    """
    values = {field: getattr(row, field) for field in Schedule.__struct_fields__ if field != "params"}
    return Schedule(**values, params=checked(PARAMS[row.action], row.params_json, what=f"schedule {row.uid}"))
