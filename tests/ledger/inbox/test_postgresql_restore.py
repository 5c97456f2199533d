"""Going back to a backup in PostgreSQL leaves the inbox and its grants alone, and brings back a missing one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import postgresql_backup
from ledger.backup import BadBackup
from ledger.inbox.inbox import find, waiting
from ledger.inbox.opening import Inbox, open_inbox
from ledger.portfolio import rounds
from ledger.store import open_ledger
from ledger.unavailable import LedgerUnavailable
from tests.ledger.inbox.world import counted, outcome, send, signal
from tests.ledger.rows import SLOT, rows
from tests.postgresql import Server

GRANTS = (Path(__file__).parents[3] / "docs/ledger.md").read_text().partition("```sql\n")[2].partition("```")[0]


@pytest.fixture
def url(postgresql: Server, migrated: str, home: Path) -> str:
    """Give an empty ledger, in a home of its own."""
    return postgresql.url(postgresql.new_database(like=migrated))


@pytest.fixture
def role(postgresql: Server, url: str) -> Iterator[str]:
    """Give the address for a role that has no rights yet."""
    name = url.partition("@/")[2].partition("?")[0]
    with postgresql.connect(name) as connection:
        connection.execute("DROP ROLE IF EXISTS webhook")
        connection.execute("CREATE ROLE webhook LOGIN")
        yield url.replace("bot@", "webhook@")
        connection.execute("DROP OWNED BY webhook")
        connection.execute("DROP ROLE webhook")


def grant(server: Server, url: str) -> None:
    """Do what the documents tell the owner to do for the role."""
    with server.connect(url.partition("@/")[2].partition("?")[0]) as connection:
        connection.execute(GRANTS.encode())


def read(inbox: Inbox, table: str) -> None:
    """Read a table through the inbox's connection."""
    with inbox.reading() as connection:
        connection.exec_driver_sql(f"SELECT * FROM {table}")


def may_accept(role: str, name: str) -> bool:
    """Tell whether the role can let a signal in."""
    with open_inbox(role) as inbox:
        try:
            return outcome(inbox, signal(name)) == "new"
        except LedgerUnavailable:
            return False


def test_the_inbox_that_is_there_stays_with_its_keys_and_the_roles_rights(
    url: str, role: str, postgresql: Server
) -> None:
    with open_inbox(url) as inbox, open_ledger(url) as ledger:
        grant(postgresql, url)
        send(inbox, signal("before"))
        made = postgresql_backup.make(url)
        send(inbox, signal("later"))
        rounds.begin_schedule(ledger, "hourly", SLOT)
        since = inbox.keys_since()
        inbox.close()
        ledger.close()
        postgresql_backup.restore(made, url)

        assert may_accept(role, "afterwards")
        assert (counted(inbox), inbox.keys_since()) == (3, since)
        assert [outcome(inbox, signal(name)) for name in ("before", "later")] == ["duplicate", "duplicate"]
    assert rows(url, "SELECT count(*) FROM settings WHERE name = 'restored_at'") == [(1,)]
    with open_inbox(role) as restricted, pytest.raises(LedgerUnavailable, match=r"^the inbox may not be opened$"):
        read(restricted, "orders")


def test_a_missing_inbox_comes_from_the_backup_and_its_rights_are_set_again_by_the_documented_statements(
    url: str, role: str, postgresql: Server
) -> None:
    with open_inbox(url) as inbox:
        (sent,) = send(inbox, signal("before"))
        since = inbox.keys_since()
        inbox.close()
        made = postgresql_backup.make(url)
    elsewhere = postgresql.url(postgresql.new_database())
    postgresql_backup.restore(made, elsewhere)
    with open_inbox(elsewhere) as inbox:
        with inbox.reading() as connection:
            expired, there = find(connection, sent.uid), waiting(connection)
        moved = inbox.keys_since()
        again = outcome(inbox, signal("before"))
    role_there = elsewhere.replace("bot@", "webhook@")
    refused = may_open(role_there)
    grant(postgresql, elsewhere)
    accepted = may_accept(role_there, "new")
    with postgresql.connect(elsewhere.partition("@/")[2].partition("?")[0]) as connection:
        connection.execute("DROP OWNED BY webhook")

    assert (expired.state, expired.code, there) == ("EXPIRED", "RESTORED", ())
    assert moved > since
    assert again == "duplicate"
    assert (refused, accepted) == (False, True)


def may_open(role: str) -> bool:
    """Tell whether the role can see the inbox at all."""
    inbox = Inbox(role)
    try:
        inbox.make_ready()
    except LedgerUnavailable:
        return False
    finally:
        inbox.close()
    return True


def test_a_backup_from_before_there_was_an_inbox_leaves_it_alone(url: str) -> None:
    made = postgresql_backup.make(url)
    with open_inbox(url) as inbox:
        send(inbox, signal("1"))
        inbox.close()
        postgresql_backup.restore(made, url)

        assert [outcome(inbox, signal(name)) for name in ("1", "2")] == ["duplicate", "new"]


def test_a_restore_that_fails_at_its_last_step_leaves_the_inbox_where_it_was(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_inbox(url) as inbox:
        send(inbox, signal("1"))
        made = postgresql_backup.make(url)
        inbox.close()
        monkeypatch.setattr(postgresql_backup, "forgetting", lambda _now: ("SELECT 1 / 0",))
        with pytest.raises(BadBackup, match="division by zero"):
            postgresql_backup.restore(made, url)

        assert outcome(inbox, signal("1")) == "duplicate"
    assert rows(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'inbox_meanwhile'") == [(0,)]
