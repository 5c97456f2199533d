"""The reconciliation of every few hours, as a job: when it is due, and the row that says what came of it.

Its instants are counted from midnight UTC of 1970, so that they are the same in every life of the program. The desk of
orders compares the books with the venues, and tells what differs; here nothing is mended. The row is written once all
accounts were read, twice and to the end, or after a while without those that were not.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from execution.signals_desk.around import Around
from ledger.trading.enumerations import JobState
from ledger.trading.flow import balances, jobs, venue_positions
from ledger.trading.people.accounts import list_accounts
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

JOB: Final = "position_sync"
LOOK_S: Final = 5.0
WITHIN: Final = timedelta(minutes=10)
SECOND_AFTER: Final = timedelta(seconds=1)
"""An account is compared when two readings that are so far apart say the same."""
APART: Final = timedelta(seconds=5)
"""So far at most the clocks of two machines are apart: with more no order is obeyed."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(now: datetime, *, hours: int) -> datetime:
    """Return the moment at which the reconciliation was due last, the same in every execution of a ledger.

    Args:
        now: The moment, aware UTC.
        hours: Between two reconciliations.
    """
    every = timedelta(hours=hours)
    return EPOCH + (now - EPOCH) // every * every


class Syncs:
    """The reconciliation that is under way, if any."""

    def __init__(self, around: Around, *, reconcile: Callable[[], None]) -> None:
        """Have begun none.

        Args:
            around: The ledger, the settings and the clocks.
            reconcile: Begins to compare all accounts with their venues.
        """
        self._around = around
        self._reconcile = reconcile
        self._look_s = 0.0
        self._done: datetime | None = None
        self._begun: datetime | None = None
        self._began_at = EPOCH
        self._newest: dict[str, datetime] = {}

    def turn(self) -> None:
        """Begin one that is due, and write the row of one that has ended."""
        now_s, now = self._around.time.monotonic(), self._around.time.now()
        if now_s < self._look_s:
            return
        self._look_s = now_s + LOOK_S
        due_at = instant(now, hours=self._around.settings.position_sync_hours)
        if due_at == self._done:
            return
        if due_at != self._begun:
            self._begin(due_at, now)
        else:
            self._look(due_at, now)

    def _begin(self, due_at: datetime, now: datetime) -> None:
        """Begin the reconciliation of an instant, unless its row says that it is done."""
        with self._around.ledger.writing() as connection:
            is_new = jobs.begin(SYSTEM, Work(connection, now), JOB, due_at)
        if not is_new:
            self._done = due_at
            return
        self._begun, self._began_at, self._newest = due_at, now, {}
        self._reconcile()

    def _look(self, due_at: datetime, now: datetime) -> None:
        """Write the row, once all accounts were read or it has taken too long."""
        newest = self._newest_readings()
        before, self._newest, accounts = self._newest, newest, len(newest)
        enough = self._began_at + SECOND_AFTER
        is_late = now - self._began_at >= WITHIN
        others = due_at - APART + SECOND_AFTER  # theirs are read as others see the instant, and perhaps before ours
        has = self._around.held.has
        found_at = {uid: at for uid, at in newest.items() if at >= (enough if has(uid) else others)}
        read = [uid for uid, at in found_at.items() if is_late or before.get(uid) == at]
        if len(read) < accounts and not is_late:
            return
        with self._around.ledger.writing() as connection:
            found = (venue_positions.list_for(SYSTEM, connection, uid) for uid in read)
            differ = sum(bool(line.external) for lines in found for line in lines)
            result: Mapping[str, object] = {"accounts": accounts, "read": len(read), "differ": differ}
            state: JobState = "DONE" if len(read) == accounts else "FAILED"
            jobs.finish(SYSTEM, Work(connection, now), JOB, due_at, state, result)
        self._done = due_at

    def _newest_readings(self) -> dict[str, datetime]:
        """Return when each account that is in use was last read."""
        with self._around.ledger.reading() as connection:
            found = [each.uid for each in list_accounts(SYSTEM, connection)]
            figures = {uid: balances.latest(SYSTEM, connection, uid) for uid in found}
        return {uid: max((each.as_of for each in known), default=EPOCH) for uid, known in figures.items()}
