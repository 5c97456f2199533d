"""One open round: who is expected, who has answered, and the snapshot that it closes with.

Pure state: no socket, no clock, no database. The first answer of each source counts; what cannot be true (not finite,
another currency, a rate outside the band) is kept as the failure `bad answer`, so that it is never summed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from aggregator.coverage import coverage_lost, jumped, with_last_known_accounts
from aggregator.sanity import balance_fault, rate_fault, with_known_reasons
from aggregator.totals import add_up, is_fresh
from bus import reasons
from bus.messages.rounds import Balance, Failure, Part, Platform, Rate, Snapshot, Tick
from bus.silence import NOT_RUNNING_AFTER_S
from bus.sources import FX


class LastKnown(msgspec.Struct, frozen=True, kw_only=True):
    """The newest true values from before this round, and how old one may be to stand in."""

    balances: Mapping[str, Balance]
    rate: Rate | None
    max_age_hours: float


class Round:
    """The state of one open round, from the first tick heard until it closes."""

    def __init__(self, tick: Tick, platforms: Iterable[Platform], *, heard_at_s: float) -> None:
        """Open the round.

        Args:
            tick: The first one heard of this round.
            platforms: Every configured platform; the rate is expected besides.
            heard_at_s: When the tick was heard, on the monotonic clock that the deadline is counted on.

        Raises:
            ValueError: No platform, one named twice, or one named as the rate's source.
        """
        ordered = sorted(platforms, key=lambda platform: (platform.position, platform.name))
        self._platforms = {platform.name: platform for platform in ordered}
        if not ordered or len(self._platforms) != len(ordered) or FX in self._platforms:
            raise ValueError(f"platforms of a round: {[platform.name for platform in ordered]}")
        self.round_id = tick.round_id
        self.scheduled_for = tick.scheduled_for
        self.take_missed(tick)
        self.deadline_s = heard_at_s + tick.closes_in_s
        self._heard_at_s = heard_at_s
        self._balances: dict[str, Balance] = {}
        self._failures: dict[str, Failure] = {}
        self._rate: Rate | None = None

    def take(self, message: Balance | Rate | Failure) -> bool:
        """Keep an answer, if it is the first of its source for this round.

        Args:
            message: An answer as heard; one that cannot be true is kept as the failure `bad answer`.

        Returns:
            Whether it was kept. Answers for another round, from a source that is not expected, and later ones are not.
        """
        source = FX if isinstance(message, Rate) else message.platform
        if message.round_id != self.round_id or source not in self.missing():
            return False
        if isinstance(message, Balance) and source == FX:
            return False
        answer = self._checked(message)
        if isinstance(answer, Failure):
            self._failures[source] = answer
        elif isinstance(answer, Rate):
            self._rate = answer
        else:
            self._balances[source] = answer
        return True

    @property
    def platform_names(self) -> tuple[str, ...]:
        """The platforms that are expected to answer, in the message's order."""
        return tuple(self._platforms)

    @property
    def complete(self) -> bool:
        """Whether every expected source has answered."""
        return not self.missing()

    def missing(self) -> tuple[str, ...]:
        """Return who has not answered, platforms in the message's order, then `fx`."""
        answered = {*self._balances, *self._failures}
        if self._rate is not None:
            answered.add(FX)
        return tuple(name for name in (*self._platforms, FX) if name not in answered)

    def take_missed(self, tick: Tick) -> None:
        """Take the missed slots from a tick of this round; the newest tick counts, and only slots before the own one.

        Args:
            tick: The tick.
        """
        own = self.scheduled_for
        self.missed = tuple(sorted({slot for slot in tick.missed if own is not None and slot < own}))
        self.missed_count = max(tick.missed_count - (len(tick.missed) - len(self.missed)), len(self.missed))

    def keep_missed(self, slots: tuple[datetime, ...]) -> None:
        """Keep only some of the missed slots; the others were reported before and count no more.

        Args:
            slots: Those of `missed` that stay.
        """
        self.missed_count -= len(self.missed) - len(slots)
        self.missed = slots

    def is_due(self, now_s: float) -> bool:
        """Tell whether the round must close now, complete or not; `now_s` is on the clock of `heard_at_s`."""
        return self.complete or now_s >= self.deadline_s

    def close(
        self, closed_at: datetime, *, now_s: float, last_known: LastKnown, silent_for_s: Mapping[str, float]
    ) -> Snapshot:
        """Make the snapshot; the round itself does not change.

        Args:
            closed_at: Now, aware UTC.
            now_s: Now, on the clock of `heard_at_s`.
            last_known: What may stand in for sources without a number.
            silent_for_s: Seconds since the last beat of each source. One that was never heard may be left out, once
                the caller itself has listened for longer than NOT_RUNNING_AFTER_S; until then give the time that it
                has listened.

        Returns:
            The snapshot; it does not depend on the order in which the answers came.
        """
        parts = tuple(
            self._part(platform, closed_at, last_known=last_known, silent_for_s=silent_for_s)
            for platform in self._platforms.values()
        )
        rate, rate_failure = self._usable_rate(closed_at, last_known=last_known, silent_for_s=silent_for_s)
        totals = add_up(parts, rate)
        return Snapshot(
            round_id=self.round_id,
            scheduled_for=self.scheduled_for,
            closed_at=closed_at,
            parts=parts,
            usd=totals.usd,
            rub=totals.rub,
            groups=totals.groups,
            rate=rate,
            rate_failure=rate_failure,
            missed=self.missed,
            missed_count=self.missed_count,
            took_ms=round((now_s - self._heard_at_s) * 1000),
        )

    def _part(
        self, platform: Platform, closed_at: datetime, *, last_known: LastKnown, silent_for_s: Mapping[str, float]
    ) -> Part:
        """Return a platform's part: its balance, or why there is none and the last known one if it is fresh enough."""
        known = last_known.balances.get(platform.name)
        if known is not None and balance_fault(known, platform):
            known = None
        max_age_hours = last_known.max_age_hours
        answer = self._accepted(platform.name, known, closed_at)
        if isinstance(answer, Balance):
            balance = with_last_known_accounts(answer, known, closed_at=closed_at, max_age_hours=max_age_hours)
            return Part(platform=platform, balance=balance, check=known is not None and jumped(answer, known))
        failure = answer or self._failure(platform.name, silent_for_s)
        if known is None or not is_fresh(known.fetched_at, closed_at, max_age_hours):
            return Part(platform=platform, failure=failure)
        known = with_last_known_accounts(known, known, closed_at=closed_at, max_age_hours=max_age_hours)
        return Part(platform=platform, failure=failure, last_known=known)

    def _accepted(self, name: str, known: Balance | None, closed_at: datetime) -> Balance | Failure | None:
        """Return a platform's balance, a failure where it covers less than the one before, None where there is none."""
        balance = self._balances.get(name)
        if balance is None or known is None:
            return balance
        less = coverage_lost(balance, known, closed_at=closed_at)
        return self._refused(balance, reasons.NO_PERMISSION, less) if less else balance

    def _usable_rate(
        self, closed_at: datetime, *, last_known: LastKnown, silent_for_s: Mapping[str, float]
    ) -> tuple[Rate | None, Failure | None]:
        """Return the rate to add up with, None where there is none, and why it is not this round's own."""
        rate = self._rate
        if rate is not None and (not rate.stale or is_fresh(rate.fetched_at, closed_at, last_known.max_age_hours)):
            return rate, None
        if rate is None:
            failure = self._failure(FX, silent_for_s)
        else:
            failure = Failure(round_id=self.round_id, platform=FX, reason=reasons.BAD_ANSWER, code="stale for too long")
        known = last_known.rate
        if known is None or rate_fault(known) or not is_fresh(known.fetched_at, closed_at, last_known.max_age_hours):
            return None, failure
        return msgspec.structs.replace(known, stale=True), failure

    def _failure(self, source: str, silent_for_s: Mapping[str, float]) -> Failure:
        """Return why a source gave nothing: its own reason, or a timeout, or that it does not run."""
        failure = self._failures.get(source)
        if failure is not None:
            return failure
        beats = silent_for_s.get(source, float("inf")) <= NOT_RUNNING_AFTER_S
        reason = reasons.TIMEOUT if beats else reasons.NOT_RUNNING
        return Failure(round_id=self.round_id, platform=source, reason=reason, code="no answer")

    def _checked(self, message: Balance | Rate | Failure) -> Balance | Rate | Failure:
        """Return an answer as it may be kept: what cannot be true, and a balance without any amount, as a failure."""
        if isinstance(message, Failure):
            known = reasons.is_known(message.reason)
            return message if known else msgspec.structs.replace(message, reason=reasons.BAD_ANSWER)
        if isinstance(message, Rate):
            fault = rate_fault(message)
            return self._refused(message, reasons.BAD_ANSWER, fault) if fault else message
        fault = balance_fault(message, self._platforms[message.platform])
        if fault:
            return self._refused(message, reasons.BAD_ANSWER, fault)
        message = with_known_reasons(message)
        if message.accounts and all(account.amount is None for account in message.accounts):
            first = message.accounts[0]
            return self._refused(message, first.reason, first.code)
        return message

    def _refused(self, message: Balance | Rate, reason: str, code: str) -> Failure:
        """Return the failure that takes an answer's place."""
        source = FX if isinstance(message, Rate) else message.platform
        return Failure(
            round_id=self.round_id,
            platform=source,
            reason=reason,
            code=code,
            took_ms=message.took_ms,
            tried=message.tried,
        )
