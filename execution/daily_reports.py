"""The daily report: five minutes after New York's exchange has closed, to each user for each portfolio that traded.

The clock says it at both hours at which a session may end; the table of sessions knows which of them is the one, and
that there is none on a holiday. Each report begins where the one before it ended, so that nothing is left out or told
twice: of shares that is the day, of coins the night and the weekend too. One portfolio is told in a turn.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from bus.time_source import TimeSource
from execution.reporting import Gained, nobody_knows, prepared, tell_report
from ledger.store import Ledger
from ledger.trading.books.pnl import Period
from ledger.trading.hours import LONGEST_CLOSED, NEW_YORK, session_of
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from reports.report import Asked

AFTER_CLOSE: Final = timedelta(minutes=5)


def covered(due_at: datetime, *, extra_closed: Collection[date] = ()) -> Period | None:
    """Return what the report of a moment is of: since the one of the session before.

    Args:
        due_at: When the clock said it, aware.
        extra_closed: Days on which the exchange is closed though no table knows it.

    Returns:
        The period; None where no session of the exchange has ended five minutes before.
    """
    day = due_at.astimezone(NEW_YORK).date()
    session = session_of(day, extra_closed=extra_closed)
    if session is None or session[1] + AFTER_CLOSE != due_at:
        return None
    for back in range(1, LONGEST_CLOSED):
        before = session_of(day - timedelta(days=back), extra_closed=extra_closed)
        if before is not None:
            return Period(before[1] + AFTER_CLOSE, due_at)
    return None


class DailyReports:
    """The portfolios whose report is due and not told yet."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        extra_closed: Collection[date] = (),
        gained: Gained = nobody_knows,
        time: TimeSource,
    ) -> None:
        """Wait for nothing.

        Args:
            ledger: Has the books, and the outbox.
            extra_closed: Days on which the exchange is closed though no table knows it.
            gained: Knows what positions have gained.
            time: Says when a message is written.
        """
        self._ledger = ledger
        self._extra_closed = extra_closed
        self._gained = gained
        self._time = time
        self._period: Period | None = None
        self._waiting: list[Portfolio] = []

    def begin(self, due_at: datetime) -> Mapping[str, object] | None:
        """Tell all portfolios, one in a turn.

        Args:
            due_at: When it was due, aware.

        Returns:
            What the job's row says; None while there are portfolios left: then this is asked again.
        """
        period = covered(due_at, extra_closed=self._extra_closed)
        if period is None:
            return {"session": "none"}
        if self._period != period:
            with self._ledger.reading() as connection:
                self._waiting = list(list_portfolios(SYSTEM, connection))
            self._period = period
        return None if self._waiting else {}

    def turn(self) -> bool:
        """Tell the next one, and return whether there may be a message."""
        if not self._waiting or self._period is None:
            return False
        self._tell(self._waiting[-1], self._period)
        self._waiting.pop()
        return True

    def _tell(self, portfolio: Portfolio, period: Period) -> None:
        """Put a portfolio's report into its user's outbox, once, unless it has nothing to tell."""
        with self._ledger.reading() as connection:
            ready = prepared(connection, Asked(portfolio=portfolio, days=0, period=period), gained=self._gained)
        if ready.is_empty:
            return
        with self._ledger.writing() as connection:
            name = f"report-{period.until:%Y-%m-%d}-{portfolio.uid}"
            tell_report(Work(connection, self._time.now()), ready, name=name)
