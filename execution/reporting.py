"""Reports that nobody asked for at the moment: worded for a portfolio's user, and put into the outbox under a name.

The message is the report's page; the buttons under it give it as a file, which the chat makes when they are pressed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row

from ledger.portfolio.outbox import Buttons
from ledger.trading.books.positions import list_positions
from ledger.trading.events import Notice, tell
from ledger.trading.hours import trading_day_start
from ledger.trading.people import users
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import get_portfolio, list_portfolios
from ledger.trading.people.standing import standing
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.schedules import Report
from ledger.trading.watching.watched import DueSchedule
from ledger.trading.work import Work
from reports.page import Unrealized
from reports.periods import Clock, Span, days_of, period_of
from reports.report import MOST, Asked, TooMany
from reports.telling import Reader, told
from reports.texts import WORDS, language_of

Gained = Callable[[str], Unrealized | None]
"""Knows what a portfolio's open positions have gained, by its uid; None where that is not known."""


def nobody_knows(_portfolio: str) -> None:
    """Return that nobody knows what a portfolio's positions have gained.

    Args:
        _portfolio: Its uid.
    """


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A report on its way to its user.

    Attributes:
        user: Whose it is: a row as `ledger.trading.events.tell` takes it.
        is_active: Whether that user may still be told of anything.
        is_empty: Whether nothing was traded or refused, and nothing is held.
    """

    user: Row[Any]
    is_active: bool
    is_empty: bool
    text: str
    buttons: Buttons


def asked_of(connection: Connection, portfolio: Portfolio, span: Span, now: datetime) -> Asked:
    """Return what a report of a day, a week or a month is asked of, as the portfolio's user counts days.

    Args:
        connection: Any connection to the ledger.
        portfolio: The portfolio.
        span: The period.
        now: Its end, aware.
    """
    until = now.replace(microsecond=0)
    user = standing(SYSTEM, connection, portfolio.uid).user
    kinds = {line.asset_type for line in list_positions(SYSTEM, connection, portfolio=portfolio.uid)}
    began = trading_day_start("CRYPTO" if kinds == {"CRYPTO"} else "EQUITY", until)
    clock = Clock(now=until, zone=ZoneInfo(user.timezone), day_began=began)
    days = days_of(span) or 0
    return Asked(portfolio=portfolio, days=days, period=period_of(days, clock))


def prepared(connection: Connection, asked: Asked, *, gained: Gained = nobody_knows) -> Prepared:
    """Make a report, in its user's words; one that is too large says so.

    Args:
        connection: Any connection to the ledger.
        asked: Of what.
        gained: Knows what its positions have gained.

    Returns:
        The report, with the user that it goes to.

    Raises:
        NotFound: There is no such portfolio.
    """
    stands = standing(SYSTEM, connection, asked.portfolio.uid)
    user, is_active = stands.user, stands.status == "ACTIVE"
    reader = Reader(language=language_of(user.language), zone=ZoneInfo(user.timezone), plain=True)
    try:
        unrealized = gained(asked.portfolio.uid)
        found = told(SYSTEM, connection, asked, reader, unrealized=unrealized)
    except TooMany:
        text = WORDS[reader.language].too_many.format(most=f"{MOST:,}")
        return Prepared(user=user, is_active=is_active, is_empty=False, text=text, buttons=())
    is_empty = found.report.is_empty
    return Prepared(user=user, is_active=is_active, is_empty=is_empty, text=found.text, buttons=found.buttons)


def tell_report(work: Work, report: Prepared, *, name: str) -> None:
    """Put a report into its user's outbox, unless it is there, or they may be told of nothing.

    Args:
        work: What this is written with.
        report: The report.
        name: Its name; a chat gets each name once.
    """
    if report.is_active:
        tell(work, report.user, Notice(id=name, kind="report", text=report.text), buttons=report.buttons)


def report_by_schedule(work: Work, due: DueSchedule, *, gained: Gained = nobody_knows) -> str:
    """Tell the report that a user's own schedule is for: of its portfolio, or of each that the user has.

    Args:
        work: What this is written with.
        due: The schedule, at its instant.
        gained: Knows what positions have gained.

    Returns:
        Nothing more to tell: the reports are messages of their own, with buttons that give them as files.
    """
    schedule, who = due.schedule, due.whose.principal
    if not isinstance(schedule.params, Report):
        return ""
    if due.whose.portfolio is None:
        mine = list_portfolios(who, work.connection, user=users.get(who, work.connection).uid)
    else:
        mine = (get_portfolio(who, work.connection, due.whose.portfolio),)
    for each in mine:
        asked = asked_of(work.connection, each, schedule.params.period, work.now)
        ready = prepared(work.connection, asked, gained=gained)
        tell_report(work, ready, name=f"schedule-{schedule.uid}-{schedule.next_at:%Y%m%dT%H%M}-{each.uid[:8]}")
    return ""
