"""The owner's commands for the history, run as the Makefile runs them."""

import csv
import io
import shutil
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from bus.messages.rounds import Account, Failure, Part, Platform
from ledger.admin.export import write_csv
from ledger.portfolio import history, rounds
from ledger.store import DEFAULT_URL, Ledger, open_ledger
from tests.ledger.rows import AMOUNT, HOURS, OKX, SLOT, balance, rows, snapshot, summed
from tests.ledger.test_ledger_commands import HOLD_LOCK, LEDGER, folder, ledger, told
from tests.running import running

__all__ = ["folder", "ledger"]  # fixtures

FILE = Path("old.json")
DAYS = '{"09-02-2026": {"USD": 42500.00, "RUB": 3932500.00}, "11-02-2026": {"USD": 1, "RUB": 90}}'


def test_days_come_in_before_the_very_first_start(folder: Path) -> None:
    FILE.write_text(DAYS)
    said = told("import-history", "old.json")
    again = told("import-history", "old.json")

    assert said == "Imported old.json: 2 new, 0 changed, 0 known already, 0 kept as seen here.\n"
    assert again == "Imported old.json: 0 new, 0 changed, 2 known already, 0 kept as seen here.\n"
    assert rows(str(LEDGER), "SELECT day, usd, rub, mark, round_id FROM days ORDER BY day") == [
        ("2026-02-09", "42500.00", "3932500.00", "", None),
        ("2026-02-11", "1.00", "90.00", "", None),
    ]
    assert rows(str(LEDGER), "SELECT * FROM settings") == []


def test_days_come_in_while_the_system_runs(ledger: Ledger, folder: Path) -> None:
    FILE.write_text(DAYS)
    rounds.record(ledger, summed(), ("42",), zone=UTC)
    with running(folder, "-c", HOLD_LOCK, "aggregator") as child:
        child.wait_for("held")
        said = told("import-history", "old.json")

    assert said == "Imported old.json: 1 new, 0 changed, 0 known already, 1 kept as seen here.\n"
    assert history.days(ledger)[-1].round_id == summed().round_id


def test_a_ledger_that_must_be_made_first_waits_for_the_system_to_stop(folder: Path) -> None:
    FILE.write_text(DAYS)
    with running(folder, "-c", HOLD_LOCK, "aggregator") as child:
        child.wait_for("held")
        said = told("import-history", "old.json", code=1)

    assert said == "Not done: the system runs; first: make stop\n"
    assert not LEDGER.exists()


def test_one_wrong_day_and_none_comes_in(ledger: Ledger) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    FILE.write_text(f'{DAYS[:-1]}, "{tomorrow:%d-%m-%Y}": {{"USD": 1, "RUB": 1}}, "x": 1}}')
    said = told("import-history", "old.json", code=1).splitlines()

    assert said[0] == "Not done: old.json cannot be imported:"
    assert said[1].startswith(f"{tomorrow:%d-%m-%Y}: is in the future")
    assert said[2] == "x: is no day; write dd-mm-yyyy"
    assert history.days(ledger) == ()


def test_a_file_that_is_missing_or_a_folder_is_told(ledger: Ledger) -> None:
    assert told("import-history", "none.json", code=1) == (
        "Not done: none.json cannot be read: No such file or directory\n"
    )
    assert told("import-history", "data", code=1) == "Not done: data cannot be read: Is a directory\n"


def test_a_damaged_ledger_is_left_to_the_aggregator(ledger: Ledger) -> None:
    FILE.write_text(DAYS)
    ledger.close()
    LEDGER.write_bytes(b"no database at all, " * 500)

    assert told("import-history", "old.json", code=1) == "Not done: the ledger is damaged\n"
    assert list(LEDGER.parent.glob("*.damaged-*")) == []


def test_snapshots_go_out_as_a_table_in_the_owners_time(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(), (), zone=UTC)
    rounds.record(ledger, summed(SLOT + HOURS, asked="now-1"), (), zone=UTC)
    lines = told("export").splitlines()
    okx = "3901.230000000000000001,USD (trading only)"

    assert lines == [
        "time,kind,usd,usd_mark,rub,rub_mark,rate,"
        "tbank_amount,tbank_currency_or_reason,okx_amount,okx_currency_or_reason",
        f"2026-02-11T18:00:00+09:00,scheduled,3901.230000000000000001,≥,,ERROR,92.3200,,timeout,{okx}",
        f"2026-02-11T19:00:07+09:00,manual,34619.59,,3461959.00,,92.3200,,timeout,{okx}",
    ]


def test_an_amount_that_lacks_an_account_says_so_in_the_table(ledger: Ledger) -> None:
    read = Account(key="a", ending="1234", amount=AMOUNT)
    missing = Account(key="b", ending="4321", reason="no permission", last_amount=Decimal(2), last_fetched_at=SLOT)
    said = msgspec.structs.replace(balance(), covers="", accounts=(read, missing))
    rounds.record(ledger, msgspec.structs.replace(snapshot(), parts=(Part(platform=OKX, balance=said),)), (), zone=UTC)

    assert told("export").splitlines()[1].endswith(",3901.230000000000000001,USD (without …4321: no permission)")


def test_a_file_is_made_for_the_owner_alone_and_none_is_replaced(ledger: Ledger) -> None:
    rounds.record(ledger, snapshot(), (), zone=UTC)
    said = told("export", "all.csv")
    again = told("export", "all.csv", code=1)

    assert said == "Wrote all.csv: 1 snapshots.\n"
    assert again == "Not done: all.csv exists; name another file\n"
    assert Path("all.csv").read_text(encoding="utf-8") == told("export")
    assert stat.S_IMODE(Path("all.csv").stat().st_mode) == 0o600
    assert told("export", "none/all.csv", code=1) == (
        "Not done: none/all.csv cannot be written: No such file or directory\n"
    )


def test_where_no_ledger_is_nothing_can_go_out_and_none_is_made(folder: Path) -> None:
    assert told("export", code=1) == "Not done: there is no ledger yet\n"
    assert not LEDGER.parent.exists()


@pytest.mark.thorough
def test_who_reads_only_the_first_line_ends_nothing_badly(ledger: Ledger) -> None:
    for hours in range(2000):
        rounds.record(ledger, snapshot(SLOT + hours * HOURS), (), zone=UTC)
    command = f"set -o pipefail; {sys.executable} -m launch ledger export | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("time,kind,")


def test_no_cell_is_a_formula_but_numbers_stay_numbers(ledger: Ledger) -> None:
    names = ["=cmd", "+cmd", "-cmd", "@cmd", "\t=cmd", "\r@cmd", 'a,"b"\nc']
    parts = [Part(platform=OKX, balance=balance(amount=Decimal("-12.50")))]
    for position, name in enumerate(names):
        platform = Platform(name=name, label=name, heading=name, currency="USD", position=100 + position)
        parts.append(Part(platform=platform, failure=Failure(round_id="", platform=name, reason=f"{name}!")))
    rounds.record(ledger, msgspec.structs.replace(snapshot(), parts=tuple(parts)), (), zone=UTC)
    stream = io.StringIO(newline="")
    write_csv(ledger, stream, UTC)
    header, row = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    shown = dict(zip(header, row, strict=True))

    assert shown["okx_amount"] == "-12.50"
    assert shown["'=cmd_currency_or_reason"] == "'=cmd!"
    assert shown["' =cmd_currency_or_reason"] == "' =cmd!"
    assert shown['a,"b" c_currency_or_reason'] == 'a,"b" c!'
    assert [cell for cell in (*header, *row) if cell.lstrip()[:1] in tuple("=+-@")] == ["-12.50"]


def test_the_import_follows_the_owners_day(ledger: Ledger) -> None:
    """In Tokyo it is tomorrow sooner: there today is what the file may end with."""
    today = (datetime.now(UTC) + 9 * HOURS).date()
    FILE.write_text(f'{{"{today:%d-%m-%Y}": {{"USD": 1, "RUB": 90}}}}')
    told("import-history", "old.json")

    assert [day.day for day in history.days(ledger)] == [today]


def test_an_older_ledger_gets_its_own_days_before_the_imported_ones(folder: Path, empty_ledger: Path) -> None:
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    with open_ledger(DEFAULT_URL) as opened:
        rounds.record(opened, summed(), (), zone=UTC)
        with opened.writing() as connection:
            connection.exec_driver_sql("DELETE FROM days")
    FILE.write_text(DAYS)
    said = told("import-history", "old.json")

    assert said == "Imported old.json: 1 new, 0 changed, 0 known already, 1 kept as seen here.\n"
    assert rows(str(LEDGER), "SELECT usd FROM days WHERE day = '2026-02-11'") == [("34619.59",)]
    assert date(2026, 2, 11) == SLOT.date()
