"""How IBKR's Flex service is treated: when to order a statement, when to look for it, until when to leave it alone.

Follows IBKR Campus "Flex Web Service" (read 2026-11: once a second, ten times a minute) and what users report: a
penalty of ten minutes and more after 1018, which each early retry prolongs, and refusals of a second order right after
a first.

Quirks: it is written down before a request goes out, so that a crash cannot hurry anything. Times are of the wall
clock, since they outlive the process; a pause longer than any that is ever set means that the clock was set back.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from bus import backoff, reasons
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.ibkr_saved_state import SavedState, save
from collectors.market_calendar import newest_available, today
from collectors.wire.ibkr_accounts import AccountValue, Statement, missing
from collectors.wire.ibkr_service import PASSING, TOO_MANY

OLDEST_DAYS = 5
TOO_OLD = "close too old"
RUNS_AHEAD = 4
"""Statements ordered ahead of rounds in a day; after that only rounds order."""
KINDS: dict[str, type[PlatformError]] = {"busy": Busy, "denied": Denied, "malformed": Malformed}


class Pauses(msgspec.Struct, frozen=True, kw_only=True):
    """How long the service is left alone, seconds.

    Attributes:
        first_polls_s: Before the first looks after an order; most statements take seconds, and with the order these
            make nine requests in the first minute.
        poll_s: Before each further look; six times as long once the service takes longer than `patient_s`.
        patient_s: How long a statement usually takes at most.
        forget_s: How old an order may grow before it is given up.
        retry_s: After a request without an answer; doubled each time, up to `order_s`.
        refused_s: After an error code; `order_s` from the third in a row.
        order_s: Between two orders, and after 1018, where it grows threefold.
        late_s: After a statement that is not the one expected; doubled with each order of the day, twice at most.
    """

    first_polls_s: tuple[float, ...] = (2.0, 3.0, 5.0, 8.0)
    poll_s: float = 10.0
    patient_s: float = 180.0
    forget_s: float = 3600.0
    retry_s: float = 6.0
    refused_s: float = 60.0
    order_s: float = 600.0
    late_s: float = 3600.0


class FlexState:
    """The saved state in use, written to disk at each change that matters."""

    def __init__(self, saved: SavedState, *, pauses: Pauses, folder: Path, now: Callable[[], datetime]) -> None:
        """Go on from what was saved; see `ibkr_saved_state`.

        Args:
            saved: What the last process has left.
            pauses: How long the service is left alone.
            folder: Where state files are.
            now: Tells the present moment, aware UTC.
        """
        self.kept = saved
        self._pauses = pauses
        self._folder = folder
        self._now = now

    @property
    def accounts(self) -> tuple[AccountValue, ...]:
        """The statement's accounts as they may be shown now: one whose own close is too old is missing."""
        return tuple(self._unless_too_old(account) for account in self.kept.accounts)

    @property
    def report_date(self) -> date | None:
        """The close that all accounts with an amount have reached, None without a statement that may be shown."""
        return min((account.report_date for account in self.accounts if account.report_date), default=None)

    def is_current(self) -> bool:
        """Tell whether the statement is the newest that can be expected by now.

        A missing account is looked for like a late statement, since it may only be late, but no more than RUNS_AHEAD
        times a day, since it may be gone for ever.
        """
        hoped_for = any(account.amount is None for account in self.accounts) and self.runs_today() < RUNS_AHEAD
        reached = self.report_date is not None and self.report_date >= newest_available(self._now())
        return reached and not hoped_for

    def is_usable(self) -> bool:
        """Tell whether the statement is young enough to be shown at all."""
        return self.report_date is not None

    def runs_today(self) -> int:
        """Return how many statements were ordered today, New York's day."""
        return self.kept.runs if self.kept.runs_on == today(self._now()) else 0

    def is_given_up(self) -> bool:
        """Tell whether the order under way is so old that it will not be delivered any more."""
        return self._order_age_s() >= self._pauses.forget_s

    def was_pending(self) -> bool:
        """Tell whether the look before the one under way was answered with "not ready"."""
        return bool(self.kept.reference) and self.kept.polls > 0 and self.kept.failures == 1

    def pause_left_s(self) -> float:
        """Return the seconds that the service must still be left alone, 0 when it may be asked."""
        until = self.kept.paused_until
        left_s = (until - self._now()).total_seconds() if until is not None else 0.0
        return left_s if 0 < left_s <= self._longest_s else 0.0

    def pause_error(self) -> PlatformError:
        """Return the error to raise instead of asking."""
        kept = self.kept
        kind = KINDS.get(kept.pause_kind, Busy)
        if kind is not Busy:
            return kind(kept.pause_reason, code=kept.pause_code)
        return Busy(
            kept.pause_reason or reasons.STATEMENT_NOT_READY, code=kept.pause_code, retry_after_s=self.pause_left_s()
        )

    def pause(self, pause_s: float, *, because: PlatformError | None = None) -> None:
        """Leave the service alone for some seconds.

        Args:
            pause_s: For how many.
            because: The error that it is left alone for; None where it is merely at work.
        """
        kept = self.kept
        kept.paused_until = self._now() + timedelta(seconds=min(pause_s, self._longest_s))
        kept.pause_kind = type(because).__name__.lower() if because is not None else ""
        kept.pause_reason = because.reason if because is not None else ""
        kept.pause_code = because.code if because is not None else ""
        save(kept, self._folder)

    def about_to_ask(self) -> None:
        """Write down that a request goes out, as if it would never be answered."""
        kept = self.kept
        if not kept.reference:
            kept.runs = self.runs_today() + 1
            kept.runs_on, kept.ordered_at = today(self._now()), self._now()
        kept.failures += 1
        self.pause(self._retry_s(), because=Busy(reasons.STATEMENT_NOT_READY, code="no answer seen"))

    def ordered(self, reference: str) -> None:
        """Write down that the service makes a statement.

        Args:
            reference: What the statement is asked for with.
        """
        self.kept.reference, self.kept.polls, self.kept.failures = reference, 0, 0
        self.pause(self._poll_s())

    def pending(self) -> None:
        """Write down that the statement is not ready."""
        self.kept.polls, self.kept.failures = self.kept.polls + 1, 0
        self.pause(self._poll_s())

    def lost(self) -> None:
        """Write down that the service does not know the order, which is repeated."""
        self.kept.reference, self.kept.restarted = "", True
        self.pause(self._pauses.poll_s)

    def failed(self, error: PlatformError) -> float:
        """Write down an error.

        Args:
            error: What the last request came to.

        Returns:
            The pause in seconds that it costs.
        """
        kept, reporting = self.kept, bool(self.kept.reference)
        final = reporting and not isinstance(error, Busy)
        if final or kept.failures >= 3:
            kept.reference = ""  # a report that cannot be read, or one that never comes, is ordered anew
        pause_s = self._pauses.order_s if final else self._pause_after(error)
        self.pause(pause_s, because=error)
        return pause_s

    def delivered(self, statement: Statement) -> None:
        """Keep a statement, unless a newer one is known, and stop asking for a while.

        Args:
            statement: The statement that was ordered.
        """
        kept = self.kept
        if _newest(statement.accounts) >= _newest(kept.accounts):
            kept.accounts, kept.fetched_at = statement.accounts, self._now()
        kept.reference, kept.restarted, kept.failures = "", False, 0
        first_s = self._pauses.late_s
        late_s = backoff.pause_s(max(kept.runs - 1, 0), first_s=first_s, longest_s=4 * first_s)
        not_newer = Busy(reasons.STATEMENT_NOT_READY, code="not newer")
        self.pause(self._pauses.order_s if self.is_current() else late_s, because=not_newer)

    @property
    def _longest_s(self) -> float:
        """The longest pause: a longer one would be taken for the work of a clock that was set back."""
        return 4 * max(self._pauses.order_s, self._pauses.late_s)

    def _unless_too_old(self, account: AccountValue) -> AccountValue:
        """Return the account, or the same as missing if its report is older than OLDEST_DAYS."""
        day = account.report_date
        if day is None or today(self._now()) - day <= timedelta(days=OLDEST_DAYS):
            return account
        return missing(account.account, account.key, Busy(reasons.STATEMENT_NOT_READY, code=TOO_OLD))

    def _pause_after(self, error: PlatformError) -> float:
        """Return how long to leave the service alone after an error, in seconds: longest after 1018."""
        pauses, failures = self._pauses, self.kept.failures
        if error.code == TOO_MANY or error.reason == reasons.RATE_LIMITED:
            asked_s = error.retry_after_s if isinstance(error, Busy) else None
            return max(asked_s or 0.0, pauses.order_s * min(failures, 3))
        if isinstance(error, Busy) and error.code not in PASSING:
            return self._retry_s()
        return pauses.refused_s if failures < 3 else pauses.order_s

    def _order_age_s(self) -> float:
        """Return the seconds since the last order; infinity without one, and when the clock was set back."""
        ordered_at = self.kept.ordered_at
        age_s = (self._now() - ordered_at).total_seconds() if ordered_at is not None else -1.0
        return age_s if age_s >= 0 else float("inf")  # the clock was set back

    def _poll_s(self) -> float:
        """Return the pause before the next look for a statement, in seconds; longer the longer it takes."""
        if self.kept.polls < len(self._pauses.first_polls_s):
            return self._pauses.first_polls_s[self.kept.polls]
        return self._pauses.poll_s * (1 if self._order_age_s() < self._pauses.patient_s else 6)

    def _retry_s(self) -> float:
        """Return the pause after a request without an answer, in seconds; doubled with each failure."""
        earlier = max(self.kept.failures - 1, 0)
        return backoff.pause_s(earlier, first_s=self._pauses.retry_s, longest_s=self._pauses.order_s)


def _newest(accounts: tuple[AccountValue, ...]) -> date:
    """Return the newest day that any of the accounts is reported for; the first of all days without one."""
    return max((account.report_date for account in accounts if account.report_date), default=date.min)
