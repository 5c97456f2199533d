"""Jobs: each instant of each is done once, whatever dies; its row says what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from ledger.columns import Moment
from ledger.trading.enumerations import JobState
from ledger.trading.errors import Invalid
from ledger.trading.flow.checks import document
from ledger.trading.principal import Principal, must_be_admin
from ledger.trading.tables.flow import jobs
from ledger.trading.words import a_name, one_of
from ledger.trading.work import Work

LONGEST_NAME = 40

_ONE = select(jobs).where(jobs.c.job == bindparam("of_job"), jobs.c.due_at == bindparam("at", type_=Moment))
_ANY = select(jobs.c.due_at).where(jobs.c.job == bindparam("of_job"), jobs.c.state != "DUE").limit(1)
_ADD = jobs.insert()
_UPDATE = jobs.update().where(jobs.c.job == bindparam("of_job"), jobs.c.due_at == bindparam("at", type_=Moment))


def state_of(connection: Connection, job: str, due_at: datetime) -> JobState | None:
    """Return what became of a job, None where nobody has begun it.

    Args:
        connection: Any connection to the ledger.
        job: Its name.
        due_at: Its instant.
    """
    row = _row(connection, job, due_at)
    found: JobState | None = None if row is None else row.state
    return found


def was_ever_over(connection: Connection, job: str) -> bool:
    """Tell whether any instant of a job is over: retention keeps the newest of each.

    Args:
        connection: Any connection to the ledger.
        job: Its name.
    """
    return connection.execute(_ANY, {"of_job": job}).first() is not None


def begin(principal: Principal, work: Work, job: str, due_at: datetime) -> bool:
    """Note that a job begins, or begins again after whoever did it has died.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        job: Its name, 1 to `LONGEST_NAME` signs.
        due_at: Its instant.

    Returns:
        Whether it is to be done; False where it is over.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: The name cannot be one.
    """
    must_be_admin(principal)
    row = _row(work.connection, a_name("a job", job, longest=LONGEST_NAME), due_at)
    if row is None:
        own = {"job": job, "due_at": due_at, "state": "DUE", "started_at": work.now, "result_json": {}}
        work.connection.execute(_ADD, own)
    return row is None or row.state == "DUE"


def finish(  # noqa: PLR0913 - a job is a name and an instant, its end a state and a result
    principal: Principal, work: Work, job: str, due_at: datetime, state: JobState, result: Mapping[str, object]
) -> None:
    """Say what became of a job, also of one that was never begun; of what is over nothing changes.

    Args:
        principal: The system, or an admin.
        work: What this is written with.
        job: Its name.
        due_at: Its instant.
        state: DONE, FAILED or MISSED.
        result: What is to be known of it, without floats.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: It is no end, or the result cannot be kept.
    """
    must_be_admin(principal)
    one_of("a job's state", state, JobState)
    if state == "DUE":
        raise Invalid("a job ends as DONE, FAILED or MISSED")
    document("a job's result", result)
    row = _row(work.connection, a_name("a job", job, longest=LONGEST_NAME), due_at)
    ended = {"state": state, "finished_at": work.now, "result_json": dict(result)}
    if row is None:
        work.connection.execute(_ADD, {"job": job, "due_at": due_at, **ended})
    elif row.state == "DUE":
        work.connection.execute(_UPDATE, {"of_job": job, "at": due_at, **ended})


def _row(connection: Connection, job: str, due_at: datetime) -> Row[Any] | None:
    """Return a job's row, None where there is none."""
    return connection.execute(_ONE, {"of_job": job, "at": due_at}).first()
