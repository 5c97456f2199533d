"""One open round: who is expected, who has answered, and the snapshot that it closes with.

Pure state: no socket, no clock, no database. The first answer of each source counts; what cannot be true (not finite,
another currency, a rate outside the band) is kept as the failure `bad answer`, so that it is never summed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from aggregator.totals import add_up, young_enough
from bus import reasons
from bus.messages import Balance, Failure, Part, Platform, Rate, Snapshot, Tick

FX = "fx"
"""The rate's source among the expected answers; it is never a platform."""

SILENT_S = 10.0
"""Without a beat for longer than this, a source that does not answer is `not running`."""

LEAST_RATE = Decimal(20)
MOST_RATE = Decimal(500)
AMOUNT_LIMIT = Decimal(10) ** 15
"""No account holds a quadrillion; a number from here on is a fault of the platform or of its reader."""


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
        self.missed = tick.missed
        self.missed_count = max(tick.missed_count, len(tick.missed))
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
        fault = self._fault(message)
        if isinstance(message, Failure):
            self._failures[source] = msgspec.structs.replace(message, reason=reasons.BAD_ANSWER) if fault else message
        elif fault:
            self._failures[source] = Failure(
                round_id=self.round_id, platform=source, reason=reasons.BAD_ANSWER, code=fault, took_ms=message.took_ms
            )
        elif isinstance(message, Rate):
            self._rate = message
        else:
            self._balances[source] = message
        return True

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
                the caller itself has listened for longer than SILENT_S; until then give the time it has listened.

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
        balance = self._balances.get(platform.name)
        known = last_known.balances.get(platform.name)
        if balance is not None:
            return Part(platform=platform, balance=balance, check=known is not None and jumped(balance, known))
        if known is not None and (
            _balance_fault(known, platform) or not young_enough(known, closed_at, last_known.max_age_hours)
        ):
            known = None
        return Part(platform=platform, failure=self._failure(platform.name, silent_for_s), last_known=known)

    def _usable_rate(
        self, closed_at: datetime, *, last_known: LastKnown, silent_for_s: Mapping[str, float]
    ) -> tuple[Rate | None, Failure | None]:
        rate = self._rate
        if rate is not None and (not rate.stale or young_enough(rate, closed_at, last_known.max_age_hours)):
            return rate, None
        if rate is None:
            failure = self._failure(FX, silent_for_s)
        else:
            failure = Failure(round_id=self.round_id, platform=FX, reason=reasons.BAD_ANSWER, code="stale for too long")
        known = last_known.rate
        if known is None or _rate_fault(known) or not young_enough(known, closed_at, last_known.max_age_hours):
            return None, failure
        return msgspec.structs.replace(known, stale=True), failure

    def _failure(self, source: str, silent_for_s: Mapping[str, float]) -> Failure:
        failure = self._failures.get(source)
        if failure is not None:
            return failure
        beats = silent_for_s.get(source, float("inf")) <= SILENT_S
        reason = reasons.TIMEOUT if beats else reasons.NOT_RUNNING
        return Failure(round_id=self.round_id, platform=source, reason=reason, code="no answer")

    def _fault(self, message: Balance | Rate | Failure) -> str:
        if isinstance(message, Failure):
            return "" if reasons.is_known(message.reason) else "unknown reason"
        if isinstance(message, Rate):
            return _rate_fault(message)
        return _balance_fault(message, self._platforms[message.platform])


def jumped(balance: Balance, before: Balance) -> bool:
    """Tell whether an amount jumped in a way that wants a look.

    Args:
        balance: The new one.
        before: The last one, however old.

    Returns:
        True when it is less than half or more than double of the last, or changed its sign, or left or reached zero.
    """
    now, then = balance.amount, before.amount
    if balance.currency != before.currency or not then:
        return now != then
    return not Decimal("0.5") <= now / then <= 2


def _balance_fault(balance: Balance, platform: Platform) -> str:
    if not balance.amount.is_finite():
        return "amount not finite"
    if balance.amount.copy_abs() >= AMOUNT_LIMIT:  # abs() would overflow on an absurd exponent
        return "amount out of all bounds"
    if balance.currency != platform.currency:
        return "wrong currency"
    return "" if balance.fetched_at.tzinfo else "time without zone"


def _rate_fault(rate: Rate) -> str:
    if not rate.rate.is_finite():
        return "rate not finite"
    if not LEAST_RATE <= rate.rate <= MOST_RATE:
        return "rate out of band"
    return "" if rate.fetched_at.tzinfo else "time without zone"
