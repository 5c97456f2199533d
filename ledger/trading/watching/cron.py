"""Times by a cron expression of five fields, in UTC; pure. croniter 7 computes them (its source read 2026-11)."""

import math
from datetime import UTC, datetime

from croniter import CroniterBadDateError, croniter

from ledger.trading.errors import Invalid

LONGEST = 120
_CURE = "write minute, hour, day, month and weekday in UTC, such as 30 14 * * mon-fri"
_FIRST_SEARCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the search for a first match begins, fixed so that an expression is valid today if it was yesterday."""


def checked_cron(expression: str) -> str:
    """Return an expression with one space between its fields.

    Args:
        expression: What a person wrote.

    Raises:
        Invalid: It has not five fields, cannot be read, is random, or never comes.
    """
    fields = expression.split()
    if len(fields) != 5:
        raise Invalid(f"a cron expression has five fields, not {len(fields)}; {_CURE}")
    written = " ".join(fields)
    if len(written) > LONGEST:
        raise Invalid(f"a cron expression of {len(written)} signs is too long; {LONGEST} can be kept")
    if any(field.lower().startswith("r") for field in fields):
        raise Invalid(f"an R in a cron expression is random; {_CURE}")
    try:
        if not croniter.is_valid(written, strict=True):
            raise Invalid(f"the cron expression {written!r} cannot be read or never comes; {_CURE}")
        croniter(written, _FIRST_SEARCH).get_next(float)
    except (CroniterBadDateError, OverflowError):
        raise Invalid(f"the cron expression {written!r} never comes; {_CURE}") from None
    return written


def next_time(cron: str, *, now: datetime) -> datetime:
    """Return the first time after a moment.

    Args:
        cron: A checked expression.
        now: The moment, aware; a time that is this very moment has been.

    Returns:
        A whole minute, aware UTC.
    """
    found: float = croniter(cron, math.floor(now.timestamp())).get_next(float)
    return datetime.fromtimestamp(found, UTC)
