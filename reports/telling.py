"""A report as it is told in a chat: its page, and under it the buttons that give it as a file."""

from datetime import tzinfo

import msgspec
from sqlalchemy import Connection

from bus.language import Language
from ledger.portfolio.outbox import Buttons
from ledger.trading.principal import Principal
from reports.offer import offered
from reports.page import Page
from reports.report import Asked, Report, gather
from reports.texts import WORDS


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A report in words; without buttons where there is nothing to put into a file."""

    report: Report
    text: str
    buttons: Buttons


def told(principal: Principal, connection: Connection, asked: Asked, *, language: Language, zone: tzinfo) -> Told:
    """Make a report, and word it.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        asked: Of what; its period ends at a whole second, so that the files are of the same one.
        language: The reader's.
        zone: In which times are told.

    Raises:
        NotFound: The asker has no such portfolio.
        TooMany: The period has more executions than a report takes.
    """
    report = gather(principal, connection, asked).report
    buttons = () if report.is_empty else offered(asked, WORDS[language])
    return Told(report=report, text=Page(language, zone).report(report), buttons=buttons)
