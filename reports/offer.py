"""The two buttons under a report's page: the same report as a file; pure.

All that they mean is in their data, so they work after a restart: `report:<days>:<form>:<portfolio>:<since>:<until>`.
Who presses is looked up anew, and gets no file of what they may not see.
"""

from datetime import UTC, datetime
from typing import Final, Literal, get_args

import msgspec

from ledger.portfolio.outbox import Button, Buttons
from ledger.trading.books.pnl import Period
from reports.periods import MOST_DAYS
from reports.report import Asked
from reports.texts import ReportWords

BUTTON: Final = "report"
"""The first word of their data."""
Form = Literal["csv", "pdf"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
PLACE_DIGITS: Final = 8
"""Of a portfolio's uid; enough to find it among those that a user may see."""
PARTS: Final = 5


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What a button gives.

    Attributes:
        days: How the period is named: so many days, 0 for the day of trading.
        place: The beginning of the portfolio's uid.
    """

    days: int
    form: Form
    place: str
    period: Period


def offered(asked: Asked, words: ReportWords) -> Buttons:
    """Return the buttons under the page of a report.

    Args:
        asked: Of what the report is.
        words: The reader's.
    """
    labels: dict[Form, str] = {"csv": words.as_file, "pdf": words.as_document}
    return (tuple(Button(labels[form], _data(asked, form)) for form in FORMS),)


def read_offer(said: str) -> Offer | None:
    """Return what a button gives; None where its data is of no button of ours.

    Args:
        said: Its data, behind the first word.
    """
    parts = said.split(":")
    if len(parts) != PARTS:
        return None
    try:
        days, since, until = int(parts[0]), _moment(parts[3]), _moment(parts[4])
    except (ValueError, OverflowError, OSError):
        return None
    form = next((each for each in FORMS if each == parts[1]), None)
    if form is None or not 0 <= days <= MOST_DAYS or len(parts[2]) != PLACE_DIGITS or since >= until:
        return None
    return Offer(days=days, form=form, place=parts[2], period=Period(since, until))


def _data(asked: Asked, form: Form) -> str:
    """Return what a button brings back."""
    since, until = (int(at.timestamp()) for at in (asked.period.since, asked.period.until))
    return f"{BUTTON}:{asked.days}:{form}:{asked.portfolio.uid[:PLACE_DIGITS]}:{since}:{until}"


def _moment(written: str) -> datetime:
    """Return a moment of its seconds since 1970."""
    return datetime.fromtimestamp(int(written), UTC)
