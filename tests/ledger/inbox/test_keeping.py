"""The inbox has backups of its own; a restore of the ledger leaves it alone, and brings back a missing one."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ledger import backup
from ledger.backup import BadBackup
from ledger.inbox import keeping
from ledger.inbox.inbox import find, take, waiting
from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.place import inbox_file
from ledger.inbox.records import Signal
from ledger.store import DEFAULT_URL
from tests.fork_server import run
from tests.ledger import env_file
from tests.ledger.damage import DAMAGES, damaged_pages
from tests.ledger.inbox.world import counted, lay_beside, send, signal, work

LEDGER = Path("data/portfolio.db")
INBOX = inbox_file(LEDGER)


@pytest.fixture
def inbox(home: Path, empty_ledger: Path, empty_inbox: Path) -> Iterator[Inbox]:
    """Give the inbox beside the ledger of the current folder: one signal is taken, one waits."""
    LEDGER.parent.mkdir(mode=0o700)
    shutil.copy(empty_ledger, LEDGER)
    lay_beside(LEDGER, empty_inbox)
    env_file.write()
    with open_inbox(DEFAULT_URL) as opened:
        (taken, _) = send(opened, signal("1"), signal("2"))
        with work(opened) as one:
            take(one, [taken.uid])
        yield opened


def told(*arguments: str, code: int = 0) -> str:
    """Run a command of the owner's and return what it printed."""
    done = run("launch", "ledger", *arguments)
    assert done.returncode == code, done.stderr

    return done.stderr if code else done.stdout


def backups() -> tuple[list[Path], list[Path]]:
    """Return the backups of the ledger and of the inbox."""
    return backup.existing(), backup.existing(pattern=backup.INBOX_PATTERN)


def test_the_owners_command_makes_a_backup_of_each_while_both_are_in_use(inbox: Inbox) -> None:
    with inbox.writing() as connection:
        connection.exec_driver_sql("DELETE FROM inbox_signals")
        said = told("backup")
    ((of_ledger,), (of_inbox,)) = backups()

    assert said == (
        f"Made {of_ledger}: 7 brokers.\nMade {of_inbox}: 1 inbox_beginnings, 2 inbox_signals, 1 inbox_version.\n"
    )
    assert of_inbox.stat().st_mode & 0o777 == 0o600


def test_where_there_is_no_inbox_there_is_no_backup_of_one(home: Path) -> None:
    assert keeping.back_up(LEDGER) is None
    assert not backup.FOLDER.exists()
    assert not INBOX.parent.exists()


def test_a_damaged_inbox_is_told_and_costs_the_ledger_no_backup(inbox: Inbox) -> None:
    inbox.close()
    damaged_pages(INBOX)
    said = told("backup", code=1)

    assert said.startswith("Not done: ")
    assert "inbox" in said
    assert [len(each) for each in backups()] == [1, 0]


def test_a_folder_of_backups_that_cannot_be_used_is_said(inbox: Inbox) -> None:
    backup.FOLDER.touch()

    with pytest.raises(BadBackup, match=r"^the inbox's files cannot be used$"):
        keeping.back_up(LEDGER)


def test_the_inbox_stays_as_it_is_when_the_ledger_goes_back_to_a_backup(inbox: Inbox) -> None:
    told("backup")
    send(inbox, signal("later"))
    since = inbox.keys_since()
    said = told("restore", str(backups()[0][0]))

    assert "inbox" not in said
    assert counted(inbox) == 3
    assert send(inbox, signal("later"))[0].outcome == "duplicate"
    assert inbox.keys_since() == since


def test_a_missing_inbox_comes_back_from_its_newest_backup_with_its_keys_and_hands_nothing_out(inbox: Inbox) -> None:
    (waits,) = (each.uid for each in waiting_in(inbox))
    told("backup")
    send(inbox, signal("later"))
    told("backup")
    since = inbox.keys_since()
    inbox.close()
    shutil.rmtree(INBOX.parent)
    said = told("restore", str(backups()[0][0]))
    inbox.make_ready()
    with inbox.reading() as connection:
        expired = find(connection, waits)

    assert f"The inbox was missing, and is back from {backups()[1][-1]}; signals that came since" in said
    assert counted(inbox) == 3
    assert waiting_in(inbox) == ()
    assert (expired.state, expired.code) == ("EXPIRED", "RESTORED")
    assert send(inbox, signal("later"))[0].outcome == "duplicate"
    assert inbox.keys_since() > since
    assert (INBOX.parent.stat().st_mode & 0o777, INBOX.stat().st_mode & 0o777) == (0o700, 0o600)


def waiting_in(inbox: Inbox) -> tuple[Signal, ...]:
    """Return what waits."""
    with inbox.reading() as connection:
        return waiting(connection)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_backup_that_is_damaged_is_passed_over_for_an_older_one(inbox: Inbox, damage: object) -> None:
    first, second = (keeping.back_up(LEDGER) for _ in range(2))
    inbox.close()
    shutil.rmtree(INBOX.parent)
    if callable(damage):
        damage(second)

    assert keeping.restore_missing(LEDGER) == first
    assert backup.check(INBOX)["inbox_signals"] == 2


def test_without_a_backup_a_missing_inbox_stays_missing(inbox: Inbox) -> None:
    inbox.close()
    shutil.rmtree(INBOX.parent)

    assert keeping.restore_missing(LEDGER) is None
    assert not INBOX.parent.exists()


def test_an_inbox_of_a_later_day_is_thinned_like_the_ledgers(inbox: Inbox) -> None:
    made = keeping.back_up(LEDGER)
    assert made is not None
    old = made.with_name("inbox-20260101T000000000000Z.db")
    shutil.copy(made, old)
    cut_off = made.with_name("inbox-20260101T000000000000Z.draft")
    cut_off.touch()
    removed = backup.remove_old(30, datetime.fromisoformat("2026-11-27T12:00:00+00:00"))

    assert removed == [old]
    assert not cut_off.exists()
    assert backups()[1] == [made]
