"""Reports as documents: `bus.drawing_child` has a child draw them, which is gone with its memory when they are there.

The child is told all that it draws; it knows neither where the ledger is nor any key.
"""

import sys
from typing import Final

import msgspec

from bus.drawing_child import WITHIN_S, drawn
from bus.language import Language
from reports.report import Report

COMMAND: Final = (sys.executable, "-m", "reports")


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """A report and its reader: the language, and the IANA name of the zone in which times are told."""

    report: Report
    language: Language
    timezone: str


async def printed_pdf(printed: Printed, *, within_s: float = WITHIN_S) -> bytes:
    """Draw a report as a PDF, in a child.

    Args:
        printed: The report and its reader.
        within_s: How long it may take, waiting for another drawing included.

    Returns:
        The PDF, of one or two pages.

    Raises:
        NotDrawn: The child failed, or it took too long.
    """
    return await drawn(COMMAND, msgspec.json.encode(printed), within_s=within_s)
