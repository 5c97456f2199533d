"""An execution is taken in as a whole or not at all, at whatever statement the process is killed."""

import os
import signal
from decimal import Decimal

import pytest
from sqlalchemy import Connection, event

from ledger.store import Ledger, open_ledger
from ledger.trading import audit
from ledger.trading.books.positions import recompute
from ledger.trading.books.trades import ingest
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.ledger.trading.world import ANN, NOW, ORDER, add_order, fill, work

TABLES = ("trades", "positions", "position_entries", "audit_log", "audit_chains", "events_out", "outbox")
SAID = fill("x", fee=Decimal("0.1"), fee_currency="USD")


@pytest.fixture
def books(books: Ledger) -> Ledger:
    """Give a ledger in which Ann has an order."""
    with work(books) as unit:
        add_order(unit)
    return books


def take_in_by(connection: Connection) -> None:
    """Take an execution in, with all that follows."""
    ingest(ANN, Work(connection, NOW), SAID, order=ORDER, wording=lambda _: "bought")


def take_in(ledger: Ledger) -> None:
    """Do so in a transaction of its own."""
    with ledger.writing() as connection:
        take_in_by(connection)


def killed_at(url: str, moment: int) -> bool:
    """Take an execution in, in a process that is killed before a statement; return whether it came so far.

    Args:
        moment: The number of the statement, from 1; the commit counts as one.
    """
    child = os.fork()
    if child == 0:
        with open_ledger(url) as ledger:
            seen = [0]

            def die(*_: object) -> None:
                seen[0] += 1
                if seen[0] == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(ledger._engine, "before_cursor_execute", die)
            event.listen(ledger._engine, "commit", die)
            take_in(ledger)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def written(ledger: Ledger) -> dict[str, int]:
    """Count the rows that an execution makes."""
    with ledger.reading() as connection:
        return {table: len(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in TABLES}


@pytest.fixture
def moments(each_url: str, books: Ledger) -> int:
    """Count the statements of taking in an execution, the commit too, in a ledger that is then as before."""
    count = [0]

    def one_more(*_: object) -> None:
        count[0] += 1

    with open_ledger(each_url) as ledger:
        event.listen(ledger._engine, "before_cursor_execute", one_more)
        with ledger.writing() as connection:
            take_in_by(connection)
            connection.rollback()
    return count[0] + 1


def test_killed_at_any_statement_all_of_it_is_there_or_nothing(each_url: str, books: Ledger, moments: int) -> None:
    """Fault T10: at any statement of a booking."""
    before = written(books)
    for moment in range(1, moments + 1):
        assert killed_at(each_url, moment)
        assert written(books) == before, f"after statement {moment}"

    assert not killed_at(each_url, moments + 1)
    whole = written(books)
    take_in(books)

    assert written(books) == whole == dict.fromkeys(TABLES, 1)
    with books.reading() as connection:
        assert recompute(SYSTEM, connection) == ()
        assert audit.verify(SYSTEM, connection) == ()


def test_an_error_in_the_middle_leaves_nothing(books: Ledger) -> None:
    def fail(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO events_out"):
            raise LookupError

    event.listen(books._engine, "before_cursor_execute", fail)
    with pytest.raises(LookupError):
        take_in(books)

    assert written(books) == dict.fromkeys(TABLES, 0)
