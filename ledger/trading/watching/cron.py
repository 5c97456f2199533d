"""Times by a cron expression of five fields, in UTC; pure. croniter 7 computes them (its source read 2026-11)."""

import math
from datetime import UTC, datetime

from croniter import CroniterBadDateError, croniter

from ledger.trading.errors import Invalid

LONGEST = 120
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
        raise Invalid.of("cron_fields", count=len(fields))
    written = " ".join(fields)
    if len(written) > LONGEST:
        raise Invalid.of("too_many_signs", what="a cron expression", count=len(written), most=LONGEST)
    if any(field.lower().startswith("r") for field in fields):
        raise Invalid.of("cron_random")
    try:
        if not croniter.is_valid(written, strict=True):
            raise Invalid.of("bad_cron", text=written)
        croniter(written, _FIRST_SEARCH).get_next(float)
    except (CroniterBadDateError, OverflowError):
        raise Invalid.of("bad_cron", text=written) from None
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
