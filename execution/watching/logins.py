"""The reminder to log in where sessions end at the weekend: on Sunday, and again until the session is back.

The first one is the clock's job; the others have rows of the same kind, `login_again`, so that each is told once,
whatever restarts. Whose venue is connected is told nothing; once it was connected that Sunday, it is silent until the
next one: what happens then is a lost venue. Those after the first come by day of their reader, but for the last one,
which comes an hour before the market opens.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Row

from bus.broker_names import PREFIX
from execution.signals_desk.around import Around
from execution.texts.moments import local
from execution.texts.venue_states import login_told
from ledger.store import get_setting, put_setting
from ledger.trading.events import Notice, tell
from ledger.trading.flow import jobs
from ledger.trading.hours import NEW_YORK, Closed, Hours, market
from ledger.trading.people.receivers import owners_of_weekly_sessions
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

AGAIN: Final = "login_again"
"""The job that the reminders after the first one are."""
BACK: Final = "login_back:"
"""Begins the setting that says on which Sunday a venue was connected; behind it what `_named` calls its session."""
SUNDAY: Final = 6
HOUR: Final = time(10)
"""In New York, as the clock has it."""
EVERY: Final = timedelta(hours=2)
BEFORE_OPENING: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=3)
"""However long the market stays closed."""
AWAKE: Final = range(8, 22)
SURE_AFTER_S: Final = 60.0
"""A broker that was not heard for so long is not connected; this program may have just started."""
LOGGED_IN: Final = frozenset({"client_id_taken", "read_only", "wrong_account", "lost_servers", "competing"})
"""What only somebody who is logged in can suffer from; another message tells it."""


class Logins:
    """Whose sessions are not back."""

    def __init__(self, around: Around) -> None:
        """Have looked at nothing.

        Args:
            around: The brokers, the ledger and the clocks.
        """
        self._around = around
        self._away_s: dict[str, float] = {}
        self._done: datetime | None = None

    def begin(self, due_at: datetime) -> Mapping[str, object] | None:
        """Remind for the first time, as the clock's job.

        Args:
            due_at: The job's instant, aware.

        Returns:
            What the job's row says; None while it is not known yet who is connected: then this is asked again.
        """
        owners = self._owners(due_at)
        if not self._is_known(owners):
            return None
        with self._around.ledger.writing() as connection:
            return self._tell(Work(connection, self._around.time.now()), owners, due_at, due_at)

    def turn(self) -> bool:
        """Remind again, where it is time to.

        Returns:
            Whether anything may have been told.
        """
        now = self._around.time.now()
        sunday = sunday_before(now)
        slot = max(each for each in slots(sunday, extra_closed=self._around.extra_closed) if each <= now)
        if now - slot >= EVERY or (owners := self._owners(sunday)) == () or slot in {sunday, self._done}:
            return False
        return self._remind(owners, sunday, slot) if self._is_known(owners) else False

    def _remind(self, owners: Collection[Row[Any]], sunday: datetime, slot: datetime) -> bool:
        """Tell one of the later reminders, unless its row says that it was told."""
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._around.time.now())
            is_new = jobs.state_of(connection, AGAIN, slot) is None
            if is_new:
                jobs.finish(SYSTEM, work, AGAIN, slot, "DONE", self._tell(work, owners, sunday, slot))
        self._done = slot
        return is_new

    def _owners(self, sunday: datetime) -> tuple[Row[Any], ...]:
        """Return those whose venue was not connected since a Sunday's reminder; note those that are."""
        with self._around.ledger.reading() as connection:
            owners = owners_of_weekly_sessions(SYSTEM, connection)
            programs = {each.program for each in owners}
            known = {program: get_setting(connection, f"{BACK}{_named(program)}") for program in programs}
        now_s, back = self._around.time.monotonic(), set()
        for program in programs:
            if known[program] == sunday.isoformat():
                back.add(program)
            elif self._around.link.has_venue(program):
                back.add(program)
                self._away_s.pop(program, None)
                with self._around.ledger.writing() as connection:
                    put_setting(connection, f"{BACK}{_named(program)}", sunday.isoformat())
            else:
                self._away_s.setdefault(program, now_s)
        return tuple(each for each in owners if each.program not in back)

    def _is_known(self, owners: Collection[Row[Any]]) -> bool:
        """Tell whether those are surely not connected."""
        now_s = self._around.time.monotonic()
        return all(now_s - self._away_s[each.program] >= SURE_AFTER_S for each in owners)

    def _tell(self, work: Work, owners: Collection[Row[Any]], sunday: datetime, slot: datetime) -> Mapping[str, object]:
        """Tell those who are awake, and return what the job's row says."""
        opens = opening_after(sunday, extra_closed=self._around.extra_closed)
        is_for_all = slot == sunday or (opens is not None and slot == opens - BEFORE_OPENING)
        found = [each for each in owners if is_for_all or local(slot, each).hour in AWAKE]
        found = [each for each in found if self._lacks_login(each.program)]
        for user in found:
            name = f"login-{_named(user.program)}-{slot:%Y-%m-%dT%H}"
            tell(work, user, Notice(id=name, kind="login", text=login_told(user, opens)))
        return {"told": len(found)}

    def _lacks_login(self, program: str) -> bool:
        """Tell whether a login may be what a venue needs."""
        state = self._around.link.state_of(program)
        return state is None or state.code not in LOGGED_IN


def _named(program: str) -> str:
    """Return what a broker's session is called where it is noted: its code, and which further account it is of."""
    return program.removeprefix(PREFIX).upper()


def sunday_before(now: datetime) -> datetime:
    """Return when the newest Sunday's reminder was due.

    Args:
        now: The moment, aware.

    Returns:
        Aware UTC.
    """
    day = now.astimezone(NEW_YORK).date()
    day -= timedelta(days=(day.weekday() - SUNDAY) % 7)
    due = datetime.combine(day, HOUR, tzinfo=NEW_YORK).astimezone(UTC)
    return due if due <= now else datetime.combine(day - timedelta(days=7), HOUR, tzinfo=NEW_YORK).astimezone(UTC)


def opening_after(sunday: datetime, *, extra_closed: Collection[date] = ()) -> datetime | None:
    """Return when New York's exchange opens after a Sunday's reminder.

    Args:
        sunday: When that was due, aware.
        extra_closed: Days on which the exchange is closed though no table knows it.

    Returns:
        Aware UTC; None where nobody knows it.
    """
    found = market(Hours(asset_type="EQUITY"), now=sunday, extra_closed=extra_closed)
    return found.opens_at if isinstance(found, Closed) else None


def slots(sunday: datetime, *, extra_closed: Collection[date] = ()) -> tuple[datetime, ...]:
    """Return when it is reminded after a weekend, each time unless the session is back.

    Args:
        sunday: When the first reminder is due, aware.
        extra_closed: Days on which the exchange is closed though no table knows it.

    Returns:
        Rising moments: every two hours, and an hour before the market opens; for three days at most.
    """
    opens, longest = opening_after(sunday, extra_closed=extra_closed), sunday + LONGEST
    last = longest if opens is None else min(longest, opens - BEFORE_OPENING)
    count = (last - BEFORE_OPENING - sunday) // EVERY + 1  # not twice within an hour
    return (*(sunday + number * EVERY for number in range(count)), last)
