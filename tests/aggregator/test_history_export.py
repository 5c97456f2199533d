"""The file of days: there after a scheduled round, right to the cent, and in no round's way whatever the disk does."""

import json
import shutil
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from aggregator.history_export import RETRY_S, HistoryExport
from aggregator.round_store import RoundStore
from aggregator.settings import Settings
from bus.chats import ChatIds
from bus.messages.delivery import Alert
from ledger.portfolio import history
from ledger.store import DEFAULT_URL, Ledger
from tests.aggregator.harness import Harness, answers_to, tick
from tests.disks import mounted
from tests.faults.false_time import FalseTime
from tests.ledger.damage import held
from tests.ledger.rows import HOURS, SLOT, summed
from tests.running import hear, on_the_bus, wait_until

LEDGER = Path("data/portfolio.db")
FILE = Path("data/portfolio_history.json")
DAY = {"11-02-2026": {"USD": 34619.59, "RUB": 3461959.0}}
ELSEWHERE = '{"10-02-2026": {"USD": 1.00, "RUB": 90.00}}'
FULL = "The history file could not be written: the disk is full. It is tried again every minute."


@pytest.fixture
def time() -> FalseTime:
    """Give a time that moves when it is told to."""
    return FalseTime(SLOT)


@pytest.fixture
def round_store(home: Path, empty_ledger: Path, time: FalseTime) -> RoundStore:
    """Give a round store over a ledger in a home; it waits less for locks."""
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    opened = RoundStore(Ledger(DEFAULT_URL, busy_ms=50), Settings(telegram_chat_id=ChatIds(("42",))), time=time)
    while opened.is_opening:
        opened.recover()
    return opened


@pytest.fixture
def export(round_store: RoundStore, time: FalseTime) -> HistoryExport:
    """Give an export beside that ledger, after a start."""
    return HistoryExport(round_store, DEFAULT_URL, time=time)


def turn(export: HistoryExport, time: FalseTime) -> None:
    """Let the export see what is new, and turn again after its longest pause."""
    export.turn()
    time.move_on(RETRY_S)
    export.turn()


def test_after_a_scheduled_round_the_file_is_there_for_its_owner_alone_with_the_messages_numbers(
    harness: Harness,
) -> None:
    asked = tick(closes_in_s=30)
    with harness.aggregator():
        snapshot = harness.play(asked, answers_to(asked))
        wait_until(FILE.exists, what="the file of days")
    day = datetime.now(ZoneInfo("Europe/Paris"))

    assert snapshot.usd.mark == ""
    assert FILE.read_text() == f'{{\n  "{day:%d-%m-%Y}": {{"USD": 34619.59, "RUB": 3196081.00}}\n}}\n'
    assert stat.S_IMODE(FILE.stat().st_mode) == 0o600


def test_a_round_with_something_missing_overwrites_no_day(harness: Harness) -> None:
    asked, later = tick(closes_in_s=30), tick(1, closes_in_s=1)
    with harness.aggregator():
        harness.play(asked, answers_to(asked))
        wait_until(FILE.exists, what="the file of days")
        before = FILE.read_bytes()
        snapshot = harness.play(later, answers_to(later, without=("okx",)))
    FILE.unlink()
    with harness.aggregator():
        wait_until(FILE.exists, what="the file of days, made anew")

    assert snapshot.usd.mark == "≥"
    assert FILE.read_bytes() == before


def test_the_file_is_written_when_there_is_something_new_to_say_and_only_then(
    round_store: RoundStore, export: HistoryExport, time: FalseTime
) -> None:
    turn(export, time)
    none = FILE.exists()
    round_store.record(summed())
    turn(export, time)
    first = FILE.stat().st_ino
    turn(export, time)
    round_store.record(summed(SLOT + HOURS, mark="≥"))
    turn(export, time)
    same = FILE.stat().st_ino
    round_store.record(summed(SLOT + 2 * HOURS, usd="2"))
    turn(export, time)

    assert (none, same) == (False, first)
    assert json.loads(FILE.read_text()) == {"11-02-2026": {"USD": 2.0, "RUB": 200.0}}
    assert export.alert_texts == []


def test_after_a_start_the_file_is_looked_at_once_and_made_if_it_is_gone(
    round_store: RoundStore, export: HistoryExport, time: FalseTime
) -> None:
    round_store.record(summed())
    turn(export, time)

    assert json.loads(FILE.read_text()) == DAY


def test_what_is_written_late_comes_into_the_file(
    round_store: RoundStore, export: HistoryExport, time: FalseTime
) -> None:
    with held(LEDGER):
        round_store.record(summed())
        turn(export, time)
    before = FILE.exists()
    round_store.recover()
    turn(export, time)

    assert not before
    assert json.loads(FILE.read_text()) == DAY


def test_nothing_is_written_before_a_rounds_own_writes_are_done(round_store: RoundStore, export: HistoryExport) -> None:
    round_store.record(summed())
    export.turn()

    assert not FILE.exists()


def test_a_full_disk_is_told_once_and_the_file_written_when_there_is_space(
    round_store: RoundStore, time: FalseTime
) -> None:
    elsewhere = Path("elsewhere")
    elsewhere.mkdir()
    with mounted(elsewhere) as disk:
        disk.fill()
        export = HistoryExport(round_store, f"sqlite:///{elsewhere}/portfolio.db", time=time)
        round_store.record(summed())
        for _ in range(3):
            turn(export, time)
        disk.empty()
        turn(export, time)
        written = json.loads((elsewhere / FILE.name).read_text())

    assert [each.text for each in export.alert_texts] == [FULL]
    assert written == DAY


@pytest.mark.parametrize("old", [ELSEWHERE, "no JSON at all", ""])
def test_a_file_that_knows_more_than_the_ledger_is_kept_and_told(
    round_store: RoundStore, export: HistoryExport, time: FalseTime, old: str
) -> None:
    FILE.write_text(old)
    round_store.record(summed())
    turn(export, time)
    turn(export, time)
    (aside,) = FILE.parent.glob("portfolio_history.json.kept-*Z")

    assert aside.read_text() == old
    assert json.loads(FILE.read_text()) == DAY
    assert [each.text for each in export.alert_texts] == [
        f"portfolio_history.json held days that the ledger does not know. It is kept as {aside.name}. "
        f"To take them in: make import-history FILE={aside}"
    ]


def test_where_no_day_is_known_a_file_is_left_alone(export: HistoryExport, time: FalseTime) -> None:
    FILE.write_text(ELSEWHERE)
    turn(export, time)

    assert (FILE.read_text(), export.alert_texts) == (ELSEWHERE, [])


def test_a_disk_that_fails_hurts_no_round_and_is_told_in_the_chat(harness: Harness) -> None:
    FILE.mkdir()  # nothing can be renamed onto a folder
    asked, later = tick(-1, closes_in_s=30), tick(closes_in_s=30)
    with on_the_bus("owner", says=(Alert,)) as owner, harness.aggregator():
        first = harness.play(asked, answers_to(asked))
        alert = hear(owner, Alert)
        second = harness.play(later, answers_to(later))

    assert alert.text == (
        "⚠ The history file could not be written: its folder cannot be used. It is tried again every minute."
    )
    assert [each.recorded for each in (first, second)] == [True, True]


def test_a_ledger_without_days_gets_them_at_the_start(harness: Harness) -> None:
    asked = tick(closes_in_s=30)
    with harness.aggregator():
        harness.play(asked, answers_to(asked))
    with harness.ledger.writing() as connection:
        connection.exec_driver_sql("DELETE FROM days")
    FILE.unlink(missing_ok=True)
    with harness.aggregator():
        wait_until(FILE.exists, what="the file of days")

    assert [day.round_id for day in history.days(harness.ledger)] == [asked.round_id]
