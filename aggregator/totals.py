"""Adding up: from one round's parts and rate to the sums that its message prints.

Every amount is rounded first, as the message shows it (USD to cents, RUB to whole roubles, the rate to 4 decimals,
halves away from zero), and the sums are made of these rounded values, so that what is printed adds up. Only USD and
RUB are known. A sum is plain only when every platform in it answered in this round, with all of its accounts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

import msgspec

from bus.messages import partial_balance
from bus.messages.partial_balance import INCOMPLETE, STANDS_IN
from bus.messages.rounds import Balance, Part, Rate, Total
from bus.money import DIGITS, STEPS, rounded, rounded_rate

ERROR = "ERROR"
NO_RATE = "FX unavailable"
ALL_FAILED = "all sources failed"


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of one snapshot; `groups` has one for each heading with brackets."""

    usd: Total
    rub: Total
    groups: dict[str, Total]


def is_fresh(fetched_at: datetime, closed_at: datetime, max_age_hours: float) -> bool:
    """Tell whether a last known value may stand in.

    Args:
        fetched_at: When the value was fetched; its age is counted from then.
        closed_at: When the round that needs it closes.
        max_age_hours: LAST_KNOWN_MAX_AGE_HOURS.

    Returns:
        True while it is younger. A value from the future has no age that could be named, and may not.
    """
    return timedelta(0) <= closed_at - fetched_at < timedelta(hours=max_age_hours)


def add_up(parts: Sequence[Part], rate: Rate | None) -> Totals:
    """Make all sums of a snapshot.

    Args:
        parts: One for each configured platform, in any order; a `last_known` in them is young enough to stand in.
        rate: Roubles for a dollar; None where there is no rate that may be used.

    Returns:
        Totals in USD and RUB and of each heading with brackets. A total that converts nothing stands without a rate.

    Raises:
        ValueError: No part at all, a currency other than USD and RUB, a balance in another currency than its
            platform's, or two currencies under one heading.
    """
    if not parts:
        raise ValueError("a snapshot has one platform at least")
    _refuse_foreign(parts)
    with localcontext(prec=DIGITS):
        return Totals(
            usd=_total(parts, rate, currency="USD"),
            rub=_total(parts, rate, currency="RUB"),
            groups={
                heading: _group(members)
                for heading, members in _by_heading(parts).items()
                if len(members) > 1 or members[0].platform.grouped
            },
        )


def _refuse_foreign(parts: Sequence[Part]) -> None:
    """Raise ValueError for a currency that is not known, not the platform's, or not its heading's."""
    for part in parts:
        platform = part.platform
        if platform.currency not in STEPS:
            raise ValueError(f"{platform.name} is in {platform.currency!r}: only USD and RUB are known")
        counted = part.balance or part.last_known
        if counted is not None and counted.currency != platform.currency:
            raise ValueError(f"{platform.name} answered in {counted.currency!r}, not {platform.currency}")
    for heading, members in _by_heading(parts).items():
        if len({part.platform.currency for part in members}) > 1:
            raise ValueError(f"{heading!r} has two currencies")


def _by_heading(parts: Iterable[Part]) -> dict[str, list[Part]]:
    """Return the parts by the headings that they stand under, in their order."""
    headings: dict[str, list[Part]] = {}
    for part in parts:
        headings.setdefault(part.platform.heading, []).append(part)
    return headings


def _total(parts: Sequence[Part], rate: Rate | None, *, currency: str) -> Total:
    """Return the sum of all parts in one currency; ERROR where all failed, or a needed rate is missing."""
    if all(part.balance is None for part in parts):
        return Total(mark=ERROR, reason=ALL_FAILED)
    foreign = [part for part in parts if part.platform.currency != currency]
    amount = _sum(part for part in parts if part.platform.currency == currency)
    if foreign and rate is None:
        return Total(mark=ERROR, reason=NO_RATE)
    if foreign and rate is not None:
        roubles_per_dollar = rounded_rate(rate.rate)
        other = _sum(foreign)
        amount += other / roubles_per_dollar if currency == "USD" else other * roubles_per_dollar
    return Total(amount=rounded(amount, currency), mark=_mark(parts))


def _group(members: Sequence[Part]) -> Total:
    """Return the sum of a heading's parts; ERROR where all have failed."""
    if all(part.balance is None for part in members):
        return Total(mark=ERROR)
    return Total(amount=_sum(members), mark=_mark(members))


def _sum(parts: Iterable[Part]) -> Decimal:
    """Return the sum of what is known, each balance rounded first."""
    return sum((rounded(partial_balance.worth(known), known.currency) for known in _counted(parts)), Decimal(0))


def _mark(parts: Sequence[Part]) -> str:
    """Return the mark of a sum: none when it is whole, else whether something stands in or is missing."""
    marks = {partial_balance.mark(known) for known in _counted(parts)}
    if INCOMPLETE in marks or any(part.balance is None and part.last_known is None for part in parts):
        return INCOMPLETE
    return STANDS_IN if STANDS_IN in marks or any(part.balance is None for part in parts) else ""


def _counted(parts: Iterable[Part]) -> list[Balance]:
    """Return the balances that a sum is made of: this round's, else the last known ones."""
    return [known for part in parts if (known := part.balance or part.last_known) is not None]
