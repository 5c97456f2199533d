"""The daily report: after each session of the exchange, once, in each user's words, with the buttons for files."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clock.jobs import JOBS
from execution.daily_reports import DailyReports, covered
from execution.reporting import asked_of, prepared, tell_report
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.books.pnl import Period
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.flow.balances import record
from ledger.trading.flow.records import NewBalance
from ledger.trading.hours import NEW_YORK
from ledger.trading.people.portfolios import get_portfolio
from ledger.trading.people.preferences import set_language, set_notification
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import signals
from ledger.trading.tables.people import users
from ledger.trading.work import Work
from reports import report
from reports.page import Unrealized
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import ANN, ANNS, ANNS_ACCOUNT, ANNS_SIGNAL, BOB, BOBS, SHARE, fill, rows, settle


def new_york(month: int, day: int, hour: int) -> datetime:
    """Return five minutes after an hour of 2026 in New York."""
    return datetime(2026, month, day, hour, 5, tzinfo=NEW_YORK)


CLOSE, FRIDAY = new_york(12, 1, 16), new_york(11, 27, 13)
"""Of a Tuesday, and of the Friday before, a half day: the executions of these tests are of that one."""


class Told:
    """Daily reports of Ann and Bob, and what they were told."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with nothing traded."""
        settle(ledger)
        self.ledger = ledger
        self.reports = DailyReports(ledger, time=FalseTime(FRIDAY))

    def due(self, at: datetime = FRIDAY) -> Any:
        """Let the job be due until it is done; return its result."""
        result = self.reports.begin(at)
        while result is None:
            self.reports.turn()
            result = self.reports.begin(at)
        return result

    def do(self, change: Any, who: Any, *values: Any, **named: Any) -> None:
        """Let somebody change something."""
        with self.ledger.writing() as connection:
            change(who, Work(connection, FRIDAY), *values, **named)

    def trade(self, who: Any = ANN, of: str = ANNS, price: str = "110") -> None:
        """Buy and sell a share within the session of Friday."""
        fee: dict[str, Any] = {"fee": Decimal("0.5"), "fee_currency": "USD"}
        bought, sold = fill(f"{of} 1", "BUY", "1", "100", **fee), fill(f"{of} 2", "SELL", "1", price, after_s=1, **fee)
        for said in (bought, sold):
            self.do(ingest_without_order, who, said, book=Book(portfolio=of, instrument=SHARE))

    @property
    def messages(self) -> dict[str, Any]:
        """What waits for each chat, by its number."""
        found = rows(self.ledger, outbox)
        assert len({row["chat_id"] for row in found}) == len(found)
        return {row["chat_id"]: row for row in found}


@pytest.fixture
def reports(books: Ledger) -> Told:
    """Give the daily reports of a ledger."""
    return Told(books)


@pytest.mark.parametrize(
    ("due_at", "since"),
    [
        (new_york(12, 1, 16), new_york(11, 30, 16)),
        (new_york(11, 30, 16), new_york(11, 27, 13)),
        (new_york(11, 27, 13), new_york(11, 25, 16)),
        (new_york(11, 27, 16), None),
        (new_york(12, 1, 13), None),
        (new_york(11, 26, 16), None),
        (new_york(11, 26, 13), None),
        (new_york(11, 28, 16), None),
        (new_york(3, 9, 16), new_york(3, 6, 16)),
        (new_york(3, 30, 16), new_york(3, 27, 16)),
        (new_york(10, 26, 16), new_york(10, 23, 16)),
        (new_york(11, 2, 16), new_york(10, 30, 16)),
    ],
)
def test_a_report_is_due_after_each_session_and_begins_where_the_last_one_ended(
    due_at: datetime, since: datetime | None
) -> None:
    assert covered(due_at) == (None if since is None else Period(since, due_at))


def test_a_day_that_the_owner_closed_has_no_report_and_leaves_nothing_out() -> None:
    monday = new_york(11, 30, 16)
    tuesday = covered(CLOSE, extra_closed=[date(2026, 11, 30)])

    assert covered(monday, extra_closed=[date(2026, 11, 30)]) is None
    assert tuesday is not None
    assert tuesday.since == FRIDAY


def test_the_clock_says_it_at_both_hours_at_which_a_session_may_end() -> None:
    job = next(each for each in JOBS if each.name == "daily_report")
    hours = [new_york(12, 1, hour) for hour in (13, 16)]

    assert [job.newest(at + timedelta(minutes=25)) for at in hours] == hours
    assert job.newest(new_york(11, 29, 12)) == new_york(11, 27, 16)


def test_who_has_traded_is_told_once_with_the_buttons_for_files(reports: Told) -> None:
    reports.trade()
    first, again = reports.due(), reports.due()
    DailyReports(reports.ledger, time=FalseTime(FRIDAY)).begin(FRIDAY)
    reports.reports = DailyReports(reports.ledger, time=FalseTime(FRIDAY))
    anew = reports.due()
    (chat, told), *others = reports.messages.items()

    assert (first, again, anew) == ({}, {}, {})
    assert not others
    assert chat == "7001"
    assert told["text"].splitlines()[:2] == ["Report: day of trading · paper", "main"]
    assert "Net: +9.00 USD" in told["text"]
    assert "<" not in told["text"]
    assert [button["text"] for row in told["buttons_json"] for button in row] == ["CSV", "PDF"]


def test_it_tells_what_is_held_what_that_has_gained_the_cash_and_why_signals_were_refused(reports: Told) -> None:
    reports.trade()
    book = Book(portfolio=ANNS, instrument=SHARE)
    reports.do(ingest_without_order, ANN, fill("held", quantity="3", price="100", fee=None), book=book)
    reports.do(record, SYSTEM, ANNS_ACCOUNT, [NewBalance(currency="USD", cash=Decimal(9700), as_of=FRIDAY)])
    with reports.ledger.writing() as connection:
        ended = {"state": "REJECTED", "code": "REJECTED_BY_PERSON", "received_at": FRIDAY - timedelta(hours=1)}
        connection.execute(signals.update().where(signals.c.uid == ANNS_SIGNAL).values(**ended))
    known = Unrealized(amounts={"USD": Decimal("12.5")}, as_of=FRIDAY)
    reports.reports = DailyReports(reports.ledger, gained=lambda _: known, time=FalseTime(FRIDAY))
    reports.due()
    text = reports.messages["7001"]["text"]

    assert "\nBest: +9.50 USD, " in text
    assert "\n\nOpen positions: 1\n" in text
    assert "\nUnrealized: +12.50 USD\n  as of 2026-11-27" in text
    assert "\nCash: 9,700.00 USD\n  as of 2026-11-27" in text
    assert text.endswith("Refused signals\nrejected by you: 1")


def test_each_user_is_told_of_their_own_in_their_language(reports: Told) -> None:
    reports.trade()
    reports.trade(BOB, BOBS, "90")
    reports.do(set_language, BOB, "de")
    reports.due()
    first = reports.messages

    assert set(first) == {"7001", "7002"}
    assert first["7002"]["text"].startswith("Bericht: Handelstag · paper")
    assert "Netto: -11.00 USD" in first["7002"]["text"]


def test_who_turned_reports_off_is_told_nothing(reports: Told) -> None:
    reports.trade()
    reports.do(set_notification, ANN, "report", "off")

    assert reports.due() == {}
    assert reports.messages == {}


def test_where_nothing_happened_and_nothing_is_held_nothing_is_told(reports: Told) -> None:
    assert reports.due() == {}
    assert reports.messages == {}


def test_what_is_still_held_is_told_on_days_without_trading_too(reports: Told) -> None:
    book = Book(portfolio=ANNS, instrument=SHARE)
    reports.do(ingest_without_order, ANN, fill("bought"), book=book)
    reports.due(CLOSE - timedelta(days=1))

    assert set(reports.messages) == {"7001"}


def test_at_the_hour_of_no_session_there_is_nothing_to_do(reports: Told) -> None:
    reports.trade()

    assert reports.due(FRIDAY.replace(hour=16)) == {"session": "none"}
    assert reports.messages == {}


@pytest.mark.parametrize(("span", "title"), [("day", "day of trading"), ("week", "7 days"), ("month", "30 days")])
def test_a_report_by_a_users_own_schedule_is_told_once_under_its_name(reports: Told, span: Any, title: str) -> None:
    reports.trade()
    for _ in range(2):
        with reports.ledger.writing() as connection:
            portfolio = get_portfolio(ANN, connection, ANNS)
            ready = prepared(connection, asked_of(connection, portfolio, span, FRIDAY))
            tell_report(Work(connection, FRIDAY), ready, name="schedule-1")

    assert reports.messages["7001"]["text"].startswith(f"Report: {title} · paper\nmain\n")
    assert "Net: +9.00 USD" in reports.messages["7001"]["text"]


def test_who_was_blocked_is_told_nothing(reports: Told) -> None:
    reports.trade()
    with reports.ledger.writing() as connection:
        connection.execute(users.update().where(users.c.uid == "ann").values(status="BLOCKED", is_active=False))

    assert reports.due() == {}
    assert reports.messages == {}


def test_too_many_executions_are_told_as_that(reports: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST", 1)
    reports.trade()
    reports.due()

    assert reports.messages["7001"]["text"].endswith("Ask for a shorter period.")
