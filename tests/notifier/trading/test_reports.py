"""Profit and loss, executions and reports in the chat, as pages and as files."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bus.connection import Bus
from bus.messages.trading import PortfolioWorth, TradingState
from ledger.trading.books.records import Book, Fill
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.instruments import NewInstrument, resolve
from ledger.trading.principal import SYSTEM
from sandbox.telegram.chat import Sent
from tests.ledger.trading.world import ALICE, BOSS, MALLORY, VERA, do
from tests.notifier.trading.stage import GROUP, Stage, buttons
from tests.running import flat, wait_until

SHARE = NewInstrument(symbol="AAPL", asset_type="EQUITY", currency="USD")


def trade(stage: Stage, count: int = 2) -> None:
    """Let Alice buy and sell shares within the last minute: every second execution closes and wins ten."""
    now = datetime.now(UTC)
    share = stage.do(lambda work: resolve(SYSTEM, work, SHARE)).uid
    for number in range(count):
        said = Fill(
            broker_trade_id=f"exec-{number}",
            side="SELL" if number % 2 else "BUY",
            quantity=Decimal(1),
            price=Decimal(110 if number % 2 else 100),
            exec_time=now - timedelta(seconds=60 - number),
            fee=Decimal("0.5"),
            fee_currency="USD",
        )
        book = Book(portfolio=stage.main.uid, instrument=share, strategy=stage.strategy.uid)
        do(stage.harness.ledger, ingest_without_order, SYSTEM, said, book=book)


def documents(stage: Stage, count: int, chat: int = ALICE) -> list[Sent]:
    """Wait until so many files came into a chat; return their messages."""

    def come() -> list[Sent]:
        """Return those that are there."""
        return [each for each in stage.harness.sandbox.messages(chat) if each.method == "sendDocument"]

    wait_until(lambda: len(come()) >= count, what=f"{count} files", within_s=100)
    return come()


def file_of(stage: Stage, message: Sent) -> bytes:
    """Return the file that a message brought."""
    return stage.harness.sandbox.file(message.chat_id, message.message_id)


def test_profit_and_loss_is_told_of_the_period_that_was_asked_for(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        week, seven, fourteen = (stage.answer(text).text for text in ("/pnl week", "/pnl_week", "/pnl 14D"))
        today = stage.answer("/pnl").text
        wrong = [flat(stage.answer(text).text) for text in ("/pnl year", "/pnl 7 d x", "/pnl 400d")]

    assert week.splitlines()[:2] == ["P&L: 7 days · paper", "Main"]
    assert {"Net: +9.00 USD", "Gross: +10.00 USD", "Fees: 1.00 USD", "Executions: 2"} <= set(week.splitlines())
    assert {"Open positions: 1", "Unrealized: not known"} <= set(week.splitlines())
    assert seven.splitlines()[0] == week.splitlines()[0]
    assert fourteen.startswith("P&L: days: 14 · paper")
    assert today.startswith("P&L: day of trading · paper")
    assert all(each.startswith("Type /pnl, or with a period") for each in wrong)


def test_the_newest_executions_are_told_as_many_as_asked_for(stage: Stage) -> None:
    trade(stage, count=12)
    with stage.notifier():
        ten, three = stage.answer("/trades").text, stage.answer("/trades 3").text
        wrong = [flat(stage.answer(text).text) for text in ("/trades 0", "/trades 21", "/trades many", "/trades 1 2")]

    assert ten.count("AAPL") == 10
    assert three.splitlines()[0] == "Executions · paper"
    assert [line.split()[0] for line in three.splitlines() if "AAPL" in line] == ["SELL", "BUY", "SELL"]
    assert "+10.00 USD, fee 0.5 USD" in three
    assert all(each.startswith("Type /trades") for each in wrong)


def test_a_report_is_a_page_with_buttons_that_give_it_as_files(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        page = stage.answer("/report week")
        for count, (_, data) in enumerate(buttons(page), start=1):
            stage.press(page, data)
            documents(stage, count)
        table, document = documents(stage, 2)
        rows = list(csv.DictReader(io.StringIO(file_of(stage, table).decode("utf-8-sig"), newline="")))

    assert page.text.startswith("Report: 7 days · paper\nMain\n")
    assert [label for label, _ in buttons(page)] == ["CSV", "PDF"]
    assert [row["broker_execution_id"] for row in rows] == ["exec-0", "exec-1"]
    assert table.text.splitlines() == page.text.splitlines()[:3]
    assert file_of(stage, document).startswith(b"%PDF-")


def test_a_report_is_a_file_at_once_where_that_is_asked_for(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        table = stage.answer("/report month csv")
        stage.harness.sandbox.type("/report week PDF", chat_id=ALICE, from_id=ALICE)
        document = documents(stage, 2)[-1]
        wrong = [
            flat(stage.answer(text).text)
            for text in ("/report", "/report year", "/report day doc", "/report day csv x")
        ]

    assert table.method == "sendDocument"
    assert table.text.startswith("Report: 30 days · paper")
    assert table.file_name.startswith("trades-paper-")
    assert table.file_name.endswith(".csv")
    assert document.file_name.startswith("report-paper-")
    assert document.file_name.endswith(".pdf")
    assert all(each.startswith("Type /report day, week or month") for each in wrong)


def test_where_nothing_was_traded_there_is_a_page_without_a_file(stage: Stage) -> None:
    with stage.notifier():
        table = flat(stage.answer("/report month csv").text)
        theirs = [stage.answer(text, by=MALLORY).text for text in ("/report month", "/report month csv", "/pnl")]

    assert table == "There is nothing of that time to put into a file."
    assert not [each for each in theirs if "paper" in each]


def test_a_report_is_for_who_may_see_the_portfolio(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        page = stage.answer("/report week")
        (_, data), *_ = buttons(page)
        for who in (MALLORY, VERA):
            theirs = stage.answer("/version", by=who)
            stage.press(theirs, data, by=who)
        notes = stage.toasts(2)
        stage.press(page, "report:7:csv:no:1:2")
        notes = stage.toasts(3)
        admins = stage.answer("/version", by=BOSS)
        stage.press(admins, data, by=BOSS)
        admins_files = documents(stage, 1, BOSS)
        in_a_group = flat(stage.answer("/report week", by=4711, chat=GROUP).text)

    assert notes == ["This portfolio is not there for you."] * 2 + ["This button is not known here."]
    assert len(admins_files) == 1
    assert "you are none here" in in_a_group


def test_what_execution_knows_of_prices_stands_in_profit_and_loss_with_its_time(stage: Stage, wire: Bus) -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    worths = tuple(
        PortfolioWorth(portfolio=uid, currency="USD", unrealized=Decimal(number), as_of=at)
        for number, uid in enumerate(("another", stage.main.uid), start=12)
    )
    state = TradingState(mode="paper", killed="", waiting=0, oldest_at=None, worths=worths)
    with stage.notifier():
        silent = stage.answer("/pnl").text

        def heard() -> bool:
            """Say it again, and look whether it was heard."""
            wire.publish(state)
            return "Unrealized: +13.00 USD" in stage.answer("/pnl").text

        wait_until(heard, what="the state")
        told = stage.answer("/pnl").text

    assert "Unrealized: not known" in silent
    assert f"  as of {at:%Y-%m-%d %H:%M}" in told


def test_a_file_whose_answer_was_lost_is_not_sent_twice_and_that_is_said(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        stage.answer("/version")
        stage.harness.sandbox.fault("telegram", "reset_after", path="sendDocument", times=1)
        stage.harness.sandbox.type("/report week csv", chat_id=ALICE, from_id=ALICE)
        told = stage.harness.wait_for_texts(3, ALICE)

    assert [each.method for each in told] == ["sendMessage", "sendDocument", "sendMessage"]
    assert flat(told[-1].text).startswith("⚠ The file may not have arrived.")


def test_a_file_that_telegram_surely_did_not_take_is_sent_again(stage: Stage) -> None:
    trade(stage)
    with stage.notifier():
        stage.answer("/version")
        stage.harness.sandbox.fault("telegram", "code", code="429", seconds=1, path="sendDocument", times=1)
        table = stage.answer("/report week csv")

    assert table.file_name.endswith(".csv")
