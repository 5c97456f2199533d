"""The owner's commands, run as the Makefile runs them."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger import backup
from ledger.portfolio import outbox, rounds
from ledger.store import DEFAULT_URL, Ledger, open_ledger
from ledger.trading.events import publish
from ledger.trading.flow.outgoing import Bridged, keep_bridged
from ledger.trading.principal import SYSTEM
from tests.fork_server import run
from tests.ledger.damage import DAMAGES, held
from tests.ledger.rows import HOURS, SLOT, rows, snapshot
from tests.ledger.trading import world
from tests.running import running

ENV = """
TELEGRAM_BOT_TOKEN=123456789:telegram-s3cret-0123456789-abcdefg
TELEGRAM_CHAT_ID=42
OKX_API_KEY=okx-key-s3cret
OKX_API_SECRET=okx-s3cret
OKX_API_PASSPHRASE=okx-pass-s3cret
TIMEZONE=Asia/Tokyo
"""
LEDGER = Path("data/portfolio.db")
ROWS = "1 balances, 7 brokers, 1 outbox, 1 rates, 1 snapshots"
HOLD_LOCK = """
import sys
from bus.process import only_one
with only_one(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder(home: Path) -> Path:
    """Give a home with settings, as the current folder."""
    write_env(ENV)
    return home


@pytest.fixture
def ledger(folder: Path, empty_ledger: Path) -> Iterator[Ledger]:
    """Give the home's own ledger, open."""
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    with open_ledger(DEFAULT_URL) as opened:
        yield opened


def write_env(text: str) -> None:
    """Write the owner's file as it should be."""
    Path(".env").touch(0o600)
    Path(".env").write_text(text, encoding="utf-8")


STUCK = 5
"""The exit code of an outbox that holds what will not go out by itself."""


def told(*arguments: str, code: int = 0) -> str:
    """Run a command and return what it printed."""
    done = run("launch", "ledger", *arguments)
    assert done.returncode == code, done.stderr

    return done.stderr if code not in {0, STUCK} else done.stdout


def put(ledger: Ledger, *, state: str = "pending", reason: str | None = None, hours: int = 0) -> int:
    """Put a round's message into the outbox as it is after an attempt, and return its id."""
    rounds.record(ledger, snapshot(SLOT + hours * HOURS), ("42",), zone=UTC)
    row = outbox.pending(ledger)["42"][-1]
    outbox.begin_sending(ledger, row, f"TOTAL of {hours}\nsecond line", now=SLOT)
    if state == "dead":
        outbox.mark_dead(ledger, row, reason or "chat not found")
    elif state == "pending":
        outbox.put_back(ledger, row, reason or "unreachable", unconfirmed=True, next_attempt_at=datetime.now(UTC))
    return row.id


def test_a_backup_is_told_with_its_file_and_its_rows(ledger: Ledger) -> None:
    put(ledger)
    said = told("backup")
    (made,) = backup.existing()

    assert said == f"Made {made}: {ROWS}.\n"


def test_where_no_ledger_is_there_is_nothing_to_back_up_and_none_is_made(folder: Path) -> None:
    said = told("backup", code=1)

    assert said == "Not done: there is no ledger data/portfolio.db yet\n"
    assert not LEDGER.parent.exists()
    assert not backup.FOLDER.exists()


def test_a_restore_says_what_it_did_and_keeps_the_present_ledger(ledger: Ledger) -> None:
    put(ledger)
    made = backup.make(LEDGER)
    put(ledger, hours=1)
    ledger.close()
    said = told("restore", str(made))
    (kept,) = Path("data").glob("portfolio.db.before-restore-*Z")

    assert said == (
        f"Restored {made}: {ROWS}.\n"
        f"The ledger that was there is kept as {kept}.\n"
        "No slot before now will be sent again or told as missed. Start with: make start\n"
    )
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(1,)]
    assert rows(str(kept), "SELECT count(*) FROM snapshots") == [(2,)]


@pytest.mark.parametrize("name", ["system", "aggregator", "notifier"])
def test_a_restore_is_refused_while_somebody_may_use_the_ledger(ledger: Ledger, folder: Path, name: str) -> None:
    made = backup.make(LEDGER)
    put(ledger)
    with running(folder, "-c", HOLD_LOCK, name) as child:
        child.wait_for("held")
        said = told("restore", str(made), code=1)

    assert said == "Not done: the system runs; first: make stop\n"
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(1,)]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_backup_is_refused_by_name(ledger: Ledger, damage: object) -> None:
    made = backup.make(LEDGER)
    put(ledger)
    if callable(damage):
        damage(made)
    said = told("restore", str(made), code=1)

    assert said.startswith(f"Not done: {made.name} ")
    assert rows(str(LEDGER), "SELECT count(*) FROM snapshots") == [(1,)]


def test_a_backup_of_a_newer_program_is_restored(ledger: Ledger) -> None:
    put(ledger)
    made = stamped(ledger, "9999")
    ledger.close()
    said = told("restore", str(made))

    assert said.startswith(f"Restored {made}: {ROWS}.")
    assert rows(str(LEDGER), "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_backup_with_a_schema_that_nobody_knows_is_refused(ledger: Ledger) -> None:
    made = stamped(ledger, "another")
    said = told("restore", str(made), code=1)

    assert said == f"Not done: {made} has schema another, which this program does not know\n"


def stamped(ledger: Ledger, version: str) -> Path:
    """Make a backup that says that it has a schema."""
    with ledger.writing() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    return backup.make(LEDGER)


def test_the_ledger_itself_is_no_backup(ledger: Ledger) -> None:
    assert "is the ledger itself" in told("restore", str(LEDGER), code=1)


def test_a_server_that_cannot_be_reached_is_told_without_its_password(folder: Path) -> None:
    write_env(f"{ENV}DATABASE_URL=postgresql+psycopg://bot:password-s3cret@127.0.0.1:9/bot\n")
    said = told("backup", code=1)

    assert said == "Not done: the ledger cannot be reached\n"


def test_the_ledger_is_the_one_that_the_settings_name(folder: Path, empty_ledger: Path) -> None:
    write_env(f"{ENV}DATABASE_URL=sqlite:///elsewhere.db\n")
    shutil.copy(empty_ledger, "elsewhere.db")

    assert told("backup").startswith("Made backups/portfolio-")


def test_the_outbox_lists_what_waits_and_what_is_dead_in_the_owners_time(ledger: Ledger) -> None:
    dead = put(ledger, state="dead", reason="bot was blocked by the user")
    waiting = put(ledger, hours=1)
    long = "⚠ bybit died for the third time in ten minutes, and here is a very long story about it"
    outbox.add_alert(ledger, "bybit-1", long, chats=["-1001"], now=SLOT)
    said = told("outbox", code=STUCK).splitlines()

    assert said == [
        "Outbox: 2 waiting, 1 dead.",
        f"  {waiting}  pending  chat 42  round 2026-02-11T10:00Z  since 2026-02-11 19:00  1 attempt, unreachable"
        "  | TOTAL of 1",
        f"  {waiting + 1}  pending  chat -1001  alert bybit-1  since 2026-02-11 18:00  0 attempts  | {long[:59]}…",
        f"  {dead}  dead  chat 42  round 2026-02-11T09:00Z  since 2026-02-11 18:00  1 attempt,"
        " bot was blocked by the user  | TOTAL of 0",
        "To send a dead one again: make resend ID=…, or ID=all",
    ]


def test_the_outbox_tells_what_waits_for_rabbitmq_once_there_was_a_bridge(ledger: Ledger) -> None:
    world.settle(ledger)
    before = told("outbox")
    with world.work(ledger) as unit:
        keep_bridged(SYSTEM, unit, Bridged(seen_at=world.NOW))
    none = told("outbox")
    with world.work(ledger) as unit:
        publish(unit, world.IDS["ann"], "orders.placed", {})
    one = told("outbox")

    assert "RabbitMQ" not in before
    assert none.endswith("RabbitMQ: 0 events waiting.\n")
    assert one.endswith("RabbitMQ: 1 events waiting, the oldest since 2026-11-27 23:30.\n")


def test_a_refused_token_is_said_with_the_cure(ledger: Ledger) -> None:
    put(ledger, reason="token refused")

    assert "Telegram refuses the bot's token; everything is kept. Set TELEGRAM_BOT_TOKEN" in told("outbox", code=STUCK)


def test_an_empty_outbox_is_one_line_and_so_is_no_ledger(ledger: Ledger) -> None:
    empty = told("outbox")
    ledger.close()
    shutil.rmtree("data")

    assert empty == "Outbox: 0 waiting, 0 dead.\n"
    assert told("outbox") == "Outbox: there is no ledger yet.\n"
    assert not LEDGER.parent.exists()


def test_a_dead_message_is_sent_again_as_if_it_had_never_been_tried(ledger: Ledger) -> None:
    dead = put(ledger, state="dead")
    other = put(ledger, state="dead", hours=1)
    said = told("resend", str(dead))
    (row,) = outbox.pending(ledger)["42"]

    assert said == f"To be sent again: {dead}\n"
    assert (row.id, row.attempts, row.unconfirmed, row.text) == (dead, 0, 0, None)
    assert (row.first_attempt_at, row.next_attempt_at) == (None, None)
    assert rows(str(LEDGER), f"SELECT state FROM outbox WHERE id = {other}") == [("dead",)]


def test_a_dead_alert_keeps_its_text(ledger: Ledger) -> None:
    outbox.add_alert(ledger, "bybit-1", "⚠ text", chats=["42"], now=SLOT)
    outbox.mark_dead(ledger, outbox.pending(ledger)["42"][0], "chat not found")
    told("resend", "all")

    assert [row.text for row in outbox.pending(ledger)["42"]] == ["⚠ text"]


def test_rounds_that_a_dead_message_told_besides_are_told_again_with_it(ledger: Ledger) -> None:
    for hours in range(3):
        rounds.record(ledger, snapshot(SLOT + hours * HOURS), ("42",), zone=UTC)
    first, second, third = outbox.pending(ledger)["42"]
    outbox.begin_sending(ledger, third, "TOTAL", now=SLOT, folded=[first.id, second.id])
    outbox.mark_dead(ledger, third, "chat not found")
    said = told("resend", "all")

    assert said == f"To be sent again: {first.id}, {second.id}, {third.id}\n"
    assert [row.id for row in outbox.pending(ledger)["42"]] == [first.id, second.id, third.id]
    assert outbox.rounds_folded_into(ledger, third.id) == ()


def test_all_leaves_out_what_a_restore_set_aside_but_it_can_be_named(ledger: Ledger) -> None:
    old = put(ledger, state="dead", reason="from before a restore")

    assert told("resend", "all", code=1) == "Not done: no message is dead\n"
    assert told("resend", str(old)) == f"To be sent again: {old}\n"


@pytest.mark.parametrize("which", ["99", "-1", "x", "1e3", "٣"])
def test_what_is_not_dead_cannot_be_sent_again(ledger: Ledger, which: str) -> None:
    waiting = put(ledger)

    assert told("resend", "--", which, code=1).startswith("Not done: ")
    assert told("resend", str(waiting), code=1) == f"Not done: no message {waiting} is dead\n"
    assert outbox.pending(ledger)["42"][0].attempts == 1


def test_trouble_is_one_line_and_no_traceback(ledger: Ledger) -> None:
    put(ledger, state="dead")
    with held(LEDGER):
        busy = told("resend", "all", code=1)
    ledger.close()
    LEDGER.write_bytes(b"no database at all, " * 500)

    assert busy == "Not done: the ledger is busy\n"
    assert told("outbox", code=1) == "Not done: the ledger is damaged\n"
    assert told("backup", code=1) == "Not done: the ledger is damaged\n"


def test_a_backup_is_made_while_another_process_writes(ledger: Ledger) -> None:
    put(ledger)
    with held(LEDGER):
        said = told("backup")

    assert "1 snapshots" in said


def test_a_wrong_command_is_told_with_the_right_ones(folder: Path) -> None:
    said = told("delete", code=2)

    assert all(
        f"'{name}'" in said for name in ("backup", "restore", "export", "migrate-db", "positions", "verify-audit")
    )
