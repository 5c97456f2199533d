"""A ledger in PostgreSQL that cannot be used, under a whole running system: messages go on, and nothing is doubled."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.disks import mounted
from tests.faults.false_clock import FalseClock
from tests.faults.ledger_stage import (
    MARK,
    WELL,
    crashes,
    live_through,
    message_of,
    numbers_since,
    pids,
    told,
    wait_told,
    wait_written,
)
from tests.faults.machine import Machine, complete, end, just_after_a_slot, made, world_of
from tests.faults.missing import need_faketime
from tests.faults.postgresql_line import Line, line_to
from tests.postgresql import Server, server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

UNREACHABLE = "the ledger cannot be reached"
MINE = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name = 'hoarder'"
OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> 'hoarder'
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'outbox'::regclass AND NOT granted"


@pytest.fixture
def postgresql() -> Iterator[Server]:
    """Run a server that a test may ill-treat."""
    need_faketime()
    with server() as running:
        yield running


@contextlib.contextmanager
def machine_on(postgresql: Server, database: str, url: str = "") -> Iterator[Machine]:
    """Run a machine whose ledger is in a database, until the `with` ends; it has written a slot."""
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    clock = FalseClock(home / "clock")
    clock.set_to(just_after_a_slot())
    try:
        with world_of(home, clock) as world:
            machine = made(home, world, clock, {"DATABASE_URL": url or postgresql.url(database)})
            machine.connect = lambda: postgresql.connect(database)
            try:
                machine.start()
                slot = machine.to_next_slot()
                message_of(machine, slot)
                wait_written(machine, slot)
                yield machine
            finally:
                end(machine)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def machine(postgresql: Server) -> Iterator[Machine]:
    """Give a machine that runs on a database of the server."""
    with machine_on(postgresql, postgresql.new_database()) as running:
        yield running


def test_a_server_that_is_killed_in_mid_transaction_leaves_nothing_half_and_is_used_when_it_is_back(
    machine: Machine, postgresql: Server
) -> None:
    """Fault P8: killed."""
    before = pids(machine)
    assert machine.connect is not None
    with contextlib.closing(machine.connect()) as holder, contextlib.closing(machine.connect()) as onlooker:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
        slot = machine.to_next_slot()
        machine.wait_until(lambda: onlooker.execute(WAITING).fetchone() != (0,), what="a round that is half written")
        postgresql.kill()
    message = message_of(machine, slot)
    wait_told(machine, UNREACHABLE)
    postgresql.start()
    wait_told(machine, WELL)
    wait_written(machine, slot)
    plain = message_of(machine, machine.to_next_slot())

    assert MARK in message.text
    assert complete(message)
    assert numbers_since(machine, slot) == [message.text, plain.text]
    assert MARK not in plain.text
    assert told(machine, WELL) == 1
    assert machine.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", slot.round_id) == [(1,)]
    assert pids(machine) == before
    assert crashes(machine) == []


def test_a_server_that_is_stopped_for_a_while_is_used_when_it_is_back(machine: Machine, postgresql: Server) -> None:
    """Fault P8: stopped."""
    postgresql.stop()

    live_through(machine, reason=UNREACHABLE, cure=postgresql.start)


def test_a_server_that_is_started_anew_between_two_slots_costs_nothing(machine: Machine, postgresql: Server) -> None:
    """Fault P8: started anew."""
    postgresql.stop()
    postgresql.start()
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    wait_written(machine, slot)

    assert MARK not in message.text
    assert numbers_since(machine, slot) == [message.text]
    assert crashes(machine) == []


def test_a_server_without_connections_left_is_used_when_there_are_some(machine: Machine, postgresql: Server) -> None:
    """Fault P9."""
    with contextlib.ExitStack() as hoarded:
        hoard(postgresql, hoarded)

        live_through(machine, reason=UNREACHABLE, cure=hoarded.close)


def hoard(postgresql: Server, hoarded: contextlib.ExitStack) -> None:
    """Take every connection that the server has, also those of the programs."""
    first = hoarded.enter_context(postgresql.connect(application_name="hoarder"))
    most = int(str((first.execute("SHOW max_connections").fetchone() or "")[0]))
    while first.execute(MINE).fetchone() != (most,):
        first.execute(OTHERS)
        with contextlib.suppress(psycopg.OperationalError):
            hoarded.enter_context(postgresql.connect(application_name="hoarder"))


def test_a_read_only_server_is_named_and_used_when_it_can_be_written(machine: Machine, postgresql: Server) -> None:
    """Fault P10."""
    read_only(postgresql, "on")

    live_through(machine, reason="the ledger is read-only", cure=lambda: read_only(postgresql, "off"))


def read_only(postgresql: Server, value: str) -> None:
    """Let the server take no more writing, as a standby does; or let it again."""
    with postgresql.connect() as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")


def test_a_server_with_a_full_disk_is_named_and_used_when_there_is_space(postgresql: Server, tmp_path: Path) -> None:
    """Fault P11."""
    folder = Path(tempfile.mkdtemp(prefix="pd-", dir="/tmp"))
    with mounted(folder, size="40m") as disk:
        database = postgresql.new_database(on=folder)
        with machine_on(postgresql, database) as machine:
            disk.fill()
            fill_pages(postgresql, database)

            live_through(machine, reason="the disk is full", cure=disk.empty)
        postgresql.stop()
    folder.rmdir()


def fill_pages(postgresql: Server, database: str) -> None:
    """Fill what is left in the pages of the rounds by rows that are taken back; nothing clears them away."""
    with postgresql.connect(database) as connection:
        for length in (4000, 1000, 200, 20, 1):
            with contextlib.suppress(psycopg.errors.DiskFull):
                while True:
                    with connection.transaction(force_rollback=True):
                        connection.execute(
                            "INSERT INTO snapshots (round_id, closed_at, usd_mark, rub_mark, took_ms, document) "
                            "VALUES ('filler', now(), '', '', 0, repeat('x', %s))",
                            [length],
                        )


@pytest.mark.parametrize("arrives", [True, False])
def test_a_line_that_breaks_at_the_commit_of_a_round_neither_loses_nor_doubles_it(
    postgresql: Server, *, arrives: bool
) -> None:
    """Fault P12."""
    database = postgresql.new_database()
    with (
        line_to(postgresql.socket) as line,
        machine_on(postgresql, database, f"postgresql+psycopg://bot@127.0.0.1:{line.port}/{database}") as machine,
    ):
        broken_at_a_round(machine, line, arrives=arrives)


def broken_at_a_round(machine: Machine, line: Line, *, arrives: bool) -> None:
    """Prove that a round is told and written once, whether its COMMIT arrived or not."""
    before = pids(machine)
    line.break_at_the_next_round(arrives=arrives)
    slot = machine.to_next_slot()
    message = message_of(machine, slot)
    machine.wait_until(lambda: line.broken == 1, what="a line that broke")
    wait_written(machine, slot)
    plain = message_of(machine, machine.to_next_slot())

    assert complete(message)
    assert numbers_since(machine, slot) == [message.text, plain.text]
    assert MARK not in plain.text
    assert machine.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", slot.round_id) == [(1,)]
    assert pids(machine) == before
    assert crashes(machine) == []
