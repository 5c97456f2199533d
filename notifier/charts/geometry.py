"""What a chart shows where: runs of the line, the range of the axis, its marks. Pure, and without matplotlib."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from bus.language import Language
from notifier.charts.request import Dot

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "de": ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
}
HOUR_STEPS = (1, 2, 3, 6, 12)
DAY_STEPS = (1, 2, 3, 5, 7, 10, 14, 20, 28)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
MOST_MOMENTS = 4
MOST_MONTHS = 13
"""A year's, each in three letters."""
MOST_AMOUNTS = 5
PADDING = 0.2
LEAST_SHARE, LEAST_RANGE = 0.004, 1.0
"""Of the amount, and of the currency: a change of less looks small, not like a mountain."""
ALONE = timedelta(hours=6)


def runs(dots: Sequence[Dot]) -> tuple[tuple[Dot, ...], ...]:
    """Return the pieces of the line: complete dots that follow one another; any other dot between them is a gap."""
    pieces = groupby(dots, key=lambda dot: dot.amount is not None and not dot.mark)
    return tuple(tuple(piece) for complete, piece in pieces if complete)


def marked(dots: Sequence[Dot]) -> tuple[Dot, ...]:
    """Return the dots that are drawn hollow and apart from the line."""
    return tuple(dot for dot in dots if dot.amount is not None and dot.mark)


def extremes(dots: Sequence[Dot]) -> tuple[Dot, Dot] | None:
    """Return the lowest and the highest complete dot, the first of equals; None where there are no two amounts."""
    complete = [(dot.amount, dot) for dot in dots if dot.amount is not None and not dot.mark]
    if len({amount for amount, _ in complete}) < 2:
        return None
    by_amount = sorted(complete, key=lambda each: each[0])
    return by_amount[0][1], next(dot for amount, dot in complete if amount == by_amount[-1][0])


def amount_range(amounts: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis of amounts: room above and below, never from zero just because zero is zero.

    Args:
        amounts: The amounts that are drawn, one at least.
    """
    low, high = min(amounts), max(amounts)
    least = max(abs(low) * LEAST_SHARE, abs(high) * LEAST_SHARE, LEAST_RANGE)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    room = (high - low) * PADDING
    return low - room, high + room  # labels stand above the highest and below the lowest


def moment_range(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Return the ends of the axis of moments; a single one stands in the middle.

    Args:
        first: The oldest moment that is drawn.
        last: The newest one; it may be the same.
    """
    room = max((last - first) * 0.025, ALONE if first == last else timedelta())
    return first - room, last + room


def amount_ticks(low: float, high: float) -> list[float]:
    """Return a few even marks within a range, two at least.

    Args:
        low: The lower end of the axis.
        high: The upper end, above `low`.
    """
    tenth = 10.0 ** (math.floor(math.log10(high - low)) - 1)
    for step in (tenth * digit for digit in (1, 2, 5, 10, 20, 50)):
        first = math.ceil(low / step)
        count = math.floor(high / step) - first + 1
        if count <= MOST_AMOUNTS:
            return [(first + index) * step for index in range(count)]
    raise ValueError(f"no marks between {low} and {high}")


def moment_ticks(first: datetime, last: datetime, zone: tzinfo, *, language: Language) -> list[tuple[datetime, str]]:
    """Return a few marks at whole hours, days, months or years of a zone, each with its text.

    Args:
        first: The first dot's moment, aware.
        last: The last one's.
        zone: The reader's.
        language: Of the months.

    Returns:
        At most five, oldest first; where they are all the months of up to a year, one for each, and the year's number
        in January's place.
    """
    months = MONTHS[language]
    if first == last:
        at = first.astimezone(zone)
        return [(at, f"{at.day} {months[at.month - 1]}, {at:%H:%M}")]
    if last - first <= timedelta(days=1.5):
        return [(at, f"{at:%H:%M}") for at in _hours(first, last, zone)]
    if last - first <= timedelta(days=28 * MOST_MOMENTS):
        return [(at, f"{at.day} {months[at.month - 1]}") for at in _days(first, last, zone)]
    found = _months(first, last, zone)
    if len(found) > MOST_MOMENTS + 1:
        return [(at, f"{at.year}" if at.month == 1 else months[at.month - 1]) for at in found]
    if all(at.month == 1 for at in found):
        return [(at, f"{at.year}") for at in found]
    return [(at, f"{months[at.month - 1]} {at.year}") for at in found]


def _hours(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """Return the moments of a short chart's marks: every few hours from midnight on."""
    step = next((each for each in HOUR_STEPS if (last - first) / timedelta(hours=each) <= MOST_MOMENTS + 0.5), 12)
    start = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    every = (start + timedelta(hours=hours) for hours in range(0, 72, step))
    return [at for at in every if first <= at <= last]


def _days(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """Return the midnights of a chart's marks: every few days, counted back from the last one."""
    step = next(each for each in DAY_STEPS if (last - first) / timedelta(days=each) <= MOST_MOMENTS + 0.5 or each == 28)
    end, begin = last.astimezone(zone).date(), first.astimezone(zone).date()
    every = (_midnight(end - timedelta(days=days), zone) for days in range(0, (end - begin).days + 1, step))
    return sorted(at for at in every if first <= at <= last)


def _months(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """Return the beginnings of months for a chart's marks: of every month, or of every few."""
    begin, end = (moment.astimezone(zone) for moment in (first, last))
    numbers = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    step = next(each for each in MONTH_STEPS if len(numbers) / each <= MOST_MOMENTS + 0.5)
    step = 1 if len(numbers) <= MOST_MONTHS + 1 else step
    every = (_midnight(date(number // 12, number % 12 + 1, 1), zone) for number in numbers if number % step == 0)
    return [at for at in every if first <= at <= last]


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Return the beginning of a day in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
