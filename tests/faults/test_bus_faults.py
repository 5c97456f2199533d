"""Strangers, floods and empty pockets on the bus of a whole system: faults 9, 10, 49 to 52, 71 and 72.

Not played: the kernel's own out-of-memory killer (71), whose SIGKILL is that of fault 11; instead one collector may
have no more memory. The flood (51) lasts five seconds and is as fast as one process can send here.
"""

import contextlib
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import zmq

from bus.codec import encode
from bus.connection import Bus, memory_kb
from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance, Tick
from bus.process import join
from sandbox.control.client import Sandbox, start
from sandbox.system import System, clean_environment
from sandbox.system import running as running_system
from tests.running import hear, running, wait_until
from tests.system.asking import answers_after, ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")
TOTAL = "TOTAL (USD): $34,619.59"
FLOOD_S = 5
FLOOD = f"""
import time
from datetime import UTC, datetime
from decimal import Decimal
import zmq
from bus.codec import encode
from bus.messages.rounds import Balance
now = datetime.now(UTC)
frames = encode(Balance(round_id="2026-01-01T00:00Z", platform="okx", amount=Decimal(1), currency="USD", as_of=now,
                        fetched_at=now, wallets=("trading",)))
sender = zmq.Context().socket(zmq.PUB)
sender.setsockopt(zmq.LINGER, 0)
sender.connect("ipc://run/bus.in")
sent, until = 0, time.monotonic() + {FLOOD_S}
while time.monotonic() < until:
    for _ in range(100):
        sender.send_multipart(frames)
    sent += 100
print(sent)
"""


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[Sandbox]:
    """Run the pretend world."""
    with start(folder) as sandbox:
        sandbox.set_state("ibkr", polls_before_ready=0)
        yield sandbox


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Give the system's folder."""
    path = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def shared(folder: Path, world: Sandbox) -> Iterator[System]:
    """Run one system for the file."""
    with running_system(folder, world, {"COLLECT_DEADLINE_SECONDS": "6"}) as system:
        ask(world, timeout_s=60)
        yield system


@pytest.fixture
def system(shared: System, world: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """Give the system with everybody running; its folder is the current one."""
    monkeypatch.chdir(shared.home)
    wait_until(lambda: 0 not in pids(shared).values(), what="everybody runs", within_s=60)
    yield shared
    for name in ("bybit", "okx", "tbank", "ibkr"):
        world.clear(name)


@pytest.fixture
def bus(system: System) -> Iterator[Bus]:
    """Give a place on the bus that hears ticks and its own beats."""
    with join("probe", topic(Tick), topic(Heartbeat, "stranger"), signals=False) as joined:
        yield joined


@pytest.fixture
def stranger(bus: Bus) -> Iterator["zmq.Socket[bytes]"]:
    """Give a publisher that keeps to no rule, connected."""
    with zmq.Context() as context, context.socket(zmq.PUB) as sender:
        sender.setsockopt(zmq.LINGER, 0)
        sender.connect("ipc://run/bus.in")
        wait_until(lambda: gets_through(sender, bus), what="the stranger is heard")
        yield sender


def gets_through(sender: "zmq.Socket[bytes]", bus: Bus) -> bool:
    """Say a beat and tell whether it came through the hub."""
    sender.send_multipart(encode(Heartbeat(name="stranger", pid=1, started_at=datetime.now(UTC))))
    until = time.monotonic() + 0.1
    while (left_s := until - time.monotonic()) > 0:
        message = bus.receive(left_s)
        if isinstance(message, Heartbeat) and message.name == "stranger":
            return True
    return False


def pids(system: System) -> dict[str, int]:
    """Return everybody's process id."""
    return {program: system.pid(program) for program in PROGRAMS}


def balance(round_id: str) -> Balance:
    """Return a balance that nobody asked for."""
    now = datetime.now(UTC)
    return Balance(
        round_id=round_id,
        platform="okx",
        amount=Decimal(777),
        currency="USD",
        as_of=now,
        fetched_at=now,
        wallets=("trading",),
    )


def test_a_folder_in_the_place_of_the_hubs_socket_is_named_until_it_is_gone(system: System, world: Sandbox) -> None:
    """Fault 9; a stale socket is what every killed hub of these tests leaves behind."""
    path = system.home / "run" / "bus.in"
    killed = system.pid("hub")
    path.unlink()
    path.mkdir()
    os.kill(killed, signal.SIGKILL)
    system.wait_for_log("hub", f"{path} is a folder; remove it: the hub puts its socket there")
    path.rmdir()
    wait_until(lambda: system.pid("hub") not in {0, killed}, what="a new hub", within_s=60)
    answer = ask(world)

    assert TOTAL in answer.text
    assert path.is_socket()


def test_a_missing_run_folder_is_made_for_the_owner_alone(home: Path) -> None:
    """Fault 10: the folder is missing."""
    (home / "run").rmdir()
    with running(home, "-m", "bus.hub") as hub:
        hub.wait_for("forwarding")
        mode = (home / "run").stat().st_mode & 0o777

    assert mode == 0o700


def test_a_run_folder_that_all_can_read_stops_the_start_with_what_to_type(home: Path) -> None:
    """Fault 10: the folder is open to everybody."""
    (home / "run").chmod(0o777)
    with running(home, "-m", "bus.hub") as hub:
        code = hub.code()

    assert code == 2
    assert f"can be read by others; type: chmod 700 {home}/run" in hub.text()
    assert list((home / "run").iterdir()) == []


def test_garbage_is_dropped_and_counted_by_kind_and_never_unpickled(
    system: System, world: Sandbox, stranger: "zmq.Socket[bytes]"
) -> None:
    """Fault 49."""
    before = pids(system)
    trap = system.home / "unpickled"
    payloads = (
        os.urandom(300),
        b"",
        pickle.dumps(Trap(str(trap))),
        msgspec.msgpack.encode({"kind": "order", "amount": "1"}),
        msgspec.msgpack.encode({"kind": "balance", "round_id": 7}),
        msgspec.msgpack.encode([1, 2, 3]),
    )
    for kind in ("tick", "balance", "snapshot", "schedulestate", "heartbeat", "alert", "roundrequested", "nonsense"):
        for payload in payloads:
            stranger.send_multipart([f"{kind}.".encode(), payload])
        stranger.send(f"{kind}.alone".encode())
    for program, kind in (
        ("aggregator", "balance"),
        ("clock", "schedulestate"),
        ("bybit", "tick"),
        ("sentinel", "heartbeat"),
    ):
        system.wait_for_log(program, f'event="unreadable message" kind={kind}')
        system.wait_for_log(program, f"so_far={len(payloads) + 1}")
    answer = ask(world)

    assert TOTAL in answer.text
    assert not trap.exists()
    assert pids(system) == before


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        """Remember the file."""
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        """Open the file for writing."""
        return open, (self.path, "w")


def test_a_message_of_an_older_version_counts_and_so_does_one_with_more_fields(
    system: System, world: Sandbox, bus: Bus, stranger: "zmq.Socket[bytes]"
) -> None:
    """Fault 49: versions."""
    world.fault("okx", "hang")
    typed = world.type("/now").message_id
    tick = hear(bus, Tick)
    now = datetime.now(UTC)
    old = {
        "kind": "balance",
        "round_id": tick.round_id,
        "platform": "okx",
        "amount": "3901.23",
        "currency": "USD",
        "as_of": now,
        "fetched_at": now,
        "wallets": ["trading"],
        "colour": "of a later version",
    }
    stranger.send_multipart([b"balance.okx", msgspec.msgpack.encode(old)])
    answer = world.wait_for_message(lambda sent: sent.message_id > typed and "TOTAL" in sent.text, timeout_s=20)
    stored = msgspec.json.decode(last_round(system))

    assert TOTAL in answer.text
    assert tick.round_id in str(stored)


def last_round(system: System) -> bytes:
    """Return the newest snapshot of the ledger."""
    query = "import sqlite3, sys; print(sqlite3.connect('data/portfolio.db').execute("
    query += "'SELECT document FROM snapshots ORDER BY closed_at DESC').fetchone()[0])"
    done = subprocess.run([sys.executable, "-c", query], cwd=system.home, capture_output=True, check=True, timeout=20)
    return done.stdout


def test_a_frame_of_ten_megabytes_cuts_off_its_sender_for_a_moment_and_nobody_else(
    system: System, world: Sandbox, bus: Bus, stranger: "zmq.Socket[bytes]"
) -> None:
    """Fault 50; that a sender of ours refuses it first is in tests/bus/test_messages.py."""
    before, unreadable = pids(system), system.log("notifier").count("kind=alert")
    stranger.send_multipart([b"alert.", b"x" * 10_000_000])
    sent_at = time.monotonic()
    wait_until(lambda: gets_through(stranger, bus), what="the link is back")
    back_s = time.monotonic() - sent_at
    answer = ask(world)

    assert back_s < 2
    assert system.log("notifier").count("kind=alert") == unreadable  # nobody was given it
    assert TOTAL in answer.text
    assert pids(system) == before


def test_a_flood_from_one_process_fills_no_memory_and_the_round_after_it_is_whole(
    system: System, world: Sandbox
) -> None:
    """Faults 51 and 52: balances of a round that nobody knows."""
    before = pids(system)
    least_kb = {program: memory_kb(before[program]) for program in ("hub", "aggregator")}
    most_kb = dict(least_kb)
    flood = subprocess.Popen(
        [sys.executable, "-c", FLOOD], cwd=system.home, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    while flood.poll() is None:
        most_kb = {program: max(most, memory_kb(before[program])) for program, most in most_kb.items()}
        with contextlib.suppress(subprocess.TimeoutExpired):
            flood.wait(0.2)
    sent = int(flood.communicate()[0])
    answer = ask(world, timeout_s=30)

    assert sent > 20_000
    assert all(most_kb[program] - least_kb[program] < 20_000 for program in most_kb)
    assert TOTAL in answer.text
    assert pids(system) == before


def test_a_balance_of_an_unknown_or_a_closed_round_changes_nothing(
    system: System, world: Sandbox, bus: Bus, stranger: "zmq.Socket[bytes]"
) -> None:
    """Fault 52; that it is counted is in the test of fault 14."""
    asked_after = world.messages()[-1].message_id
    first = ask(world)
    closed = hear(bus, Tick).round_id
    for round_id in (closed, "2026-01-01T00:00Z", "nonsense"):
        stranger.send_multipart(encode(balance(round_id)))
    second = ask(world)

    assert [sent.text.count("777") for sent in answers_after(world, asked_after)] == [0, 0]
    assert TOTAL in first.text
    assert TOTAL in second.text


def test_a_collector_without_memory_fails_alone_with_a_reason_and_recovers(system: System, world: Sandbox) -> None:
    """Fault 71: what supervisord starts meanwhile may have 64 MB of addresses."""
    supervisord = int((system.home / "run" / "supervisord.pid").read_text(encoding="ascii"))
    others = {program: pid for program, pid in pids(system).items() if program != "bybit"}
    soft, hard = resource.prlimit(supervisord, resource.RLIMIT_AS)
    resource.prlimit(supervisord, resource.RLIMIT_AS, (64_000_000, hard))
    try:
        died = system.log("sentinel").count("program=bybit state=")
        os.kill(system.pid("bybit"), signal.SIGKILL)
        system.wait_for_log("sentinel", "program=bybit state=EXITED")
        wait_until(lambda: system.log("sentinel").count("program=bybit state=") >= died + 4, what="two more deaths")
        partial = ask(world, timeout_s=30)
    finally:
        resource.prlimit(supervisord, resource.RLIMIT_AS, (soft, hard))
    wait_until(lambda: system.pid("bybit") > 0, what="bybit runs", within_s=60)
    wait_until(lambda: TOTAL in ask(world).text, what="a whole message", within_s=60)
    after = pids(system)

    assert "Bybit ERROR (timeout)" in partial.text or "Bybit ERROR (not running)" in partial.text
    assert "OKX $3,901.23" in partial.text
    assert {program: after[program] for program in others} == others


def test_a_collector_without_descriptors_fails_alone_with_a_reason_and_recovers(system: System, world: Sandbox) -> None:
    """Fault 72."""
    starved = system.pid("okx")
    soft, hard = resource.prlimit(starved, resource.RLIMIT_NOFILE)
    world.fault("okx", "refuse")  # cuts the connection that it keeps open
    wait_until(lambda: "OKX ERROR (unreachable)" in ask(world).text, what="no connection")
    resource.prlimit(starved, resource.RLIMIT_NOFILE, (3, hard))
    world.clear("okx")
    arrived, tried = world.service("okx").request_count, system.log("okx").count("reason=unreachable")
    partial = ask(world, timeout_s=30)
    wait_until(lambda: system.log("okx").count("reason=unreachable") > tried + 1, what="an attempt")
    arrived_meanwhile = world.service("okx").request_count - arrived
    resource.prlimit(starved, resource.RLIMIT_NOFILE, (soft, hard))
    wait_until(lambda: TOTAL in ask(world).text, what="a whole message", within_s=60)

    assert "OKX ERROR (unreachable)" in partial.text
    assert "Bybit $5,000.00" in partial.text
    assert arrived_meanwhile == 0
    assert system.pid("okx") == starved
