"""A damaged inbox is set aside and never replaced in silence: who opens it learns of it, and so does who trades."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.inbox.opening import Inbox, open_inbox
from ledger.inbox.place import inbox_file, inbox_url
from ledger.store import open_ledger
from ledger.unavailable import LedgerUnavailable
from tests.disks import mounted
from tests.ledger.damage import DAMAGES, damaged_header, held
from tests.ledger.inbox.world import NOW, counted, lay_beside, send, signal
from tests.postgresql import Server

ASIDE = "inbox.db.damaged-20261127T143000Z"


@pytest.fixture
def path(url: str, empty_inbox: Path) -> Path:
    """Give the file of an inbox with some signals."""
    lay_beside(Path(url.removeprefix("sqlite:///")), empty_inbox)
    with open_inbox(url) as inbox:
        for number in range(50):
            send(inbox, signal(str(number)))
    return inbox_file(Path(url.removeprefix("sqlite:///")))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_inbox_is_set_aside_as_it_was_and_a_new_one_begun(
    url: str, path: Path, damage: Callable[[Path], None]
) -> None:
    """Fault T2: a damaged inbox."""
    damage(path)
    was = path.read_bytes()
    with open_inbox(url, now=lambda: NOW) as inbox:
        told, left = inbox.set_aside, counted(inbox)
    with open_inbox(url) as again:
        told_again = again.set_aside

    assert (told, told_again) == (ASIDE, "")
    assert left == 0
    assert path.with_name(ASIDE).read_bytes() == was
    assert path.stat().st_mode & 0o777 == 0o600


def test_who_trades_sees_by_the_moment_since_which_it_knows_that_keys_are_lost(url: str, path: Path) -> None:
    with open_inbox(url) as inbox:
        before = inbox.keys_since()
    with open_inbox(url) as inbox:
        reopened = inbox.keys_since()
    damaged_header(path)
    with open_inbox(url) as inbox:
        after = inbox.keys_since()
    for each in path.parent.iterdir():
        each.unlink()  # neither is it silent when the file is gone
    with open_inbox(url) as inbox:
        gone = inbox.keys_since()

    assert reopened == before
    assert before < after < gone
    assert gone.utcoffset() == timedelta(0)


def test_it_knows_since_it_was_begun_in_either_database(bare_url: str) -> None:
    with open_inbox(bare_url) as inbox, open_inbox(bare_url) as other:
        assert inbox.keys_since() == other.keys_since()


def test_two_who_find_it_damaged_at_once_set_it_aside_once_and_share_the_new_one(url: str, path: Path) -> None:
    damaged_header(path)
    told: list[str] = []
    counts: list[int] = []
    together = threading.Barrier(2)

    def open_it() -> None:
        together.wait()
        with open_inbox(url) as inbox:
            told.append(inbox.set_aside)
            send(inbox, signal(f"of {threading.get_ident()}"))
            together.wait()
            counts.append(counted(inbox))

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(map(bool, told)) == [False, True]
    assert counts == [2, 2]
    assert len([*path.parent.glob("inbox.db.damaged-*Z")]) == 1


def test_an_inbox_that_is_damaged_while_in_use_is_made_ready_again(url: str, path: Path) -> None:
    with open_inbox(url) as inbox:
        inbox.close()
        damaged_header(path)
        with pytest.raises(LedgerUnavailable, match=r"^the inbox is damaged$") as trouble:
            send(inbox, signal("1"))
        inbox.make_ready()

        assert trouble.value.damaged
        assert inbox.set_aside
        assert send(inbox, signal("1"))[0].outcome == "new"


def test_a_busy_inbox_is_said_to_be_the_inbox(url: str, path: Path) -> None:
    with Inbox(inbox_url(url), busy_ms=100).writing() as connection:
        connection.exec_driver_sql("DELETE FROM inbox_signals")
        with pytest.raises(LedgerUnavailable, match=r"^the inbox is busy$"), open_inbox(url, busy_ms=100) as other:
            send(other, signal("new"))


def test_trouble_of_the_ledger_within_a_transaction_of_the_inbox_stays_the_ledgers(url: str, path: Path) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    with (
        open_inbox(url) as inbox,
        open_ledger(url, busy_ms=100) as ledger,
        held(file),
        pytest.raises(LedgerUnavailable, match=r"^the ledger is busy$"),
        inbox.writing(),
        ledger.writing(),
    ):
        pass


def test_a_full_disk_is_no_damage_and_a_folder_that_cannot_be_made_is_said_of_the_inbox(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(LedgerUnavailable, match=r"^the inbox's files cannot be used$"):
        Inbox(inbox_url(f"sqlite:///{tmp_path}/data/portfolio.db")).make_ready()
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder) as disk:
        disk.fill(leave_bytes=0)
        with pytest.raises(LedgerUnavailable, match=r"^(the disk is full|the inbox )"):
            Inbox(inbox_url(f"sqlite:///{folder}/portfolio.db")).make_ready()
        disk.empty()
        with open_inbox(f"sqlite:///{folder}/portfolio.db") as inbox:
            assert send(inbox, signal("1"))[0].outcome == "new"


def test_a_server_that_cannot_be_reached_is_said_of_the_inbox() -> None:
    with pytest.raises(LedgerUnavailable, match=r"^the inbox cannot be reached$"):
        Inbox("postgresql+psycopg://bot@127.0.0.1:9/bot").make_ready()


def test_a_role_that_may_not_make_the_tables_is_told_so_of_the_inbox(postgresql: Server) -> None:
    url = postgresql.url(postgresql.new_database())
    with postgresql.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS outsider")
        connection.execute("CREATE ROLE outsider LOGIN")
    inbox = Inbox(url.replace("bot@", "outsider@"))

    with pytest.raises(LedgerUnavailable, match=r"^the inbox could not be migrated$"):
        inbox.make_ready()
    inbox.close()


def test_a_journal_without_its_inbox_is_set_aside_with_it(url: str, path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE inbox_signals SET state = 'TAKEN'")
    connection.commit()
    path.write_bytes(b"")
    with open_inbox(url, now=lambda: NOW) as inbox:
        found = counted(inbox)
    connection.close()

    assert found == 0
    assert path.with_name(f"{ASIDE}-wal").exists()
