"""A report as it is told in a chat: its page, and under it the buttons that give it as a file."""

from datetime import tzinfo

import msgspec
from sqlalchemy import Connection

from bus.language import Language
from ledger.portfolio.outbox import Buttons
from ledger.trading.principal import Principal
from reports.offer import offered
from reports.page import Page, Unrealized
from reports.report import Asked, Report, gather


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report in words; without buttons where there is nothing to put into a file."""

    report: Report
    text: str
    buttons: Buttons


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads a report, and where.

    Attributes:
        zone: In which times are told.
        plain: Whether it comes through the outbox, whose messages have no HTML.
    """

    language: Language
    zone: tzinfo
    plain: bool = False


def told(
    principal: Principal,
    connection: Connection,
    asked: Asked,
    reader: Reader,
    *,
    unrealized: Unrealized | None = None,
) -> Told:
    """Make a report, and word it.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        asked: Of what; its period ends at a whole second, so that the files are of the same one.
        reader: Who reads it.
        unrealized: What its positions have gained; None where nobody knows it.

    Returns:
        The report, its page and its buttons.

    Raises:
        NotFound: The asker has no such portfolio.
        TooMany: The period has more executions than a report takes.
    """
    report = gather(principal, connection, asked).report
    page = Page(reader.language, reader.zone, plain=reader.plain)
    buttons = () if report.is_empty else offered(asked, page.words)
    return Told(report=report, text=page.report(report, unrealized), buttons=buttons)
