"""A whole system under a real supervisord, on a wall clock that tests can set, and the pretend world beside it.

The programs are the product's own; only the launcher is wrapped, so that a false clock and chosen deaths reach them.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg

from sandbox.control.client import Sandbox, start
from sandbox.system import System, clean_environment, prepare
from sandbox.telegram.chat import Sent
from tests.faults.false_clock import FalseClock, environment, tidy
from tests.running import wait_until
from tests.system.asking import answers_after, ask

PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")
SERVICES = ("bybit", "okx", "tbank", "ibkr", "cbr", "frankfurter", "erapi", "telegram")
TOTAL = "TOTAL (USD): $34,619.59"
EVERY_S = 300
SETTINGS = {
    "TIMEZONE": "UTC",
    "SCHEDULE_CRON": "*/5 * * * *",
    "COLLECT_DEADLINE_SECONDS": "12",
    "LOG_LEVEL": "DEBUG",
}


class Slot(msgspec.Struct, frozen=True):
    """A slot that is about to come, and the newest message before it."""

    at: datetime
    last_message: int

    @property
    def round_id(self) -> str:
        """Its round's name."""
        return f"{self.at:%Y-%m-%dT%H:%MZ}"


class Machine:
    """A system, its world and its clock."""

    def __init__(self, home: Path, world: Sandbox, clock: FalseClock) -> None:
        """Remember them; nothing runs yet."""
        self.home = home
        self.world = world
        self.clock = clock
        self.system = System(home, world)
        self._supervisord: subprocess.Popen[bytes] | None = None
        self.connect: Callable[[], psycopg.Connection[tuple[object, ...]]] | None = None
        """Opens the ledger where it is in PostgreSQL."""

    @property
    def supervisord(self) -> "subprocess.Popen[bytes]":
        """The supervisord that was started last.

        Raises:
            RuntimeError: None was.
        """
        if self._supervisord is None:
            raise RuntimeError("nothing was started")
        return self._supervisord

    def start(self) -> None:
        """Start supervisord and wait until Telegram is listened to."""
        listened = self.system.log("notifier").count("event=listening")
        self.launch()
        self.wait_until(
            lambda: self.system.log("notifier").count("event=listening") > listened, what="a start", within_s=60
        )

    def launch(self) -> None:
        """Start supervisord and wait for nothing."""
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", "supervisord.conf"]
        with (self.home / "supervisord.out").open("a") as output:
            self._supervisord = subprocess.Popen(
                command,
                cwd=self.home,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
                start_new_session=True,
                umask=0o077,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End supervisord by a signal, and wait until every program has left too."""
        self.supervisord.send_signal(number)
        self.supervisord.wait(30)
        self.wait_until(lambda: not any(map(self.system.pid, PROGRAMS)), what="everybody has left", within_s=20)

    def wait_until(self, true: Callable[[], bool], *, what: str, within_s: float = 20) -> None:
        """Wait for a condition; the error of one that did not come true ends with the logs."""
        try:
            wait_until(true, what=what, within_s=within_s)
        except TimeoutError as error:
            logs = {path.name: path.read_text()[-1500:] for path in (self.home / "logs").glob("*.log")}
            raise TimeoutError(f"{error}\n" + "\n".join(f"== {name}\n{text}" for name, text in logs.items())) from None

    def kill(self, program: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a program a signal; return the process id that it had."""
        pid = self.system.pid(program)
        os.kill(pid, number)
        return pid

    def pids(self) -> dict[str, int]:
        """Return everybody's process id, 0 for those that do not run."""
        return {program: self.system.pid(program) for program in PROGRAMS}

    def wait_for_another(self, program: str, *, than: int, within_s: float = 20) -> None:
        """Wait until a program runs as another process."""
        self.wait_until(
            lambda: self.system.pid(program) not in {0, than}, what=f"{program} runs again", within_s=within_s
        )

    def to_next_slot(self, *, in_s: float = 2.5) -> Slot:
        """Set the clock to shortly before the next slot, a step of less than five minutes."""
        now = self.clock.now()
        at = datetime.fromtimestamp((now.timestamp() // EVERY_S + 1) * EVERY_S, UTC)
        slot = Slot(at, max((sent.message_id for sent in self.world.messages()), default=0))
        self.clock.set_to(at - timedelta(seconds=in_s))
        return slot

    def wait_opened(self, slot: Slot) -> None:
        """Wait until the clock has announced a slot and the aggregator has heard it."""
        self.wait_until(
            lambda: f'event="round opened" round={slot.round_id}' in self.system.log("aggregator"), what="open round"
        )

    def answered(self, slot: Slot) -> set[str]:
        """Return the collectors that have answered a slot's round."""
        said = f"event=answered round={slot.round_id}"
        return {name for name in ("bybit", "okx", "tbank", "ibkr", "fx") if said in self.system.log(name)}

    def only_message(self, slot: Slot, *, timeout_s: float = 40) -> Sent:
        """Return the message of a slot; a later asking proves that no second one was on its way.

        Raises:
            AssertionError: There was another number of messages, or of rounds in the ledger.
        """
        message = self.world.wait_for_message(
            lambda sent: sent.message_id > slot.last_message and "TOTAL" in sent.text, timeout_s=timeout_s
        )
        self.quick()
        later = ask(self.world)
        found = [sent.text for sent in answers_after(self.world, slot.last_message)]
        if found != [message.text, later.text]:
            raise AssertionError(f"not one message and the asked one, but {found}")
        if self.rows("SELECT count(*) FROM snapshots WHERE round_id = ?", slot.round_id) != [(1,)]:
            raise AssertionError(f"not one row of {slot.round_id}")
        return message

    def rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        """Ask the ledger."""
        if self.connect is not None:
            with self.connect() as elsewhere:
                return elsewhere.execute(query.replace("?", "%s").encode(), values).fetchall()
        with contextlib.closing(sqlite3.connect(f"file:{self.home}/data/portfolio.db?mode=ro", uri=True)) as ledger:
            return ledger.execute(query, values).fetchall()

    def slow(self, *services: str, by_s: float = 1.5) -> None:
        """Let services answer late."""
        for service in services:
            self.world.settings(service, latency_s=by_s)

    def quick(self) -> None:
        """Take every fault and delay away."""
        for service in SERVICES:
            self.world.clear(service)
            self.world.settings(service, latency_s=0.0)


def complete(message: Sent) -> bool:
    """Tell whether a message has every number."""
    return TOTAL in message.text and "ERROR" not in message.text


@contextlib.contextmanager
def world_of(folder: Path, clock: FalseClock) -> Iterator[Sandbox]:
    """Run the pretend world under a false clock."""
    before = dict(os.environ)
    os.environ.update(environment(clock.path))
    try:
        running = start(folder)
        sandbox = running.__enter__()
    finally:
        os.environ.clear()
        os.environ.update(before)
    try:
        sandbox.set_state("ibkr", polls_before_ready=0)
        yield sandbox
    finally:
        running.__exit__(None, None, None)


def made(home: Path, world: Sandbox, clock: FalseClock, settings: Mapping[str, str] | None = None) -> Machine:
    """Make a machine that is not started yet; okx is given up after its second failure."""
    prepare(home, world, SETTINGS | dict(settings or {}))
    (home / "deaths").mkdir()
    path = home / "supervisord.conf"
    text = path.read_text().replace("-m launch", "-m tests.faults.launched")
    before, heading, after = text.partition("[program:okx]")
    path.unlink()
    path.write_text(f"{before}{heading}{after.replace('startretries=10', 'startretries=1', 1)}")
    if clock.path != home / "clock":
        (home / "clock").symlink_to(clock.path)
    return Machine(home, world, clock)


def just_after_a_slot() -> datetime:
    """Return a moment not long ago, after which no slot comes by itself while a system starts."""
    return datetime.fromtimestamp(time.time() // EVERY_S * EVERY_S + 5, UTC)


@contextlib.contextmanager
def running(home: Path, settings: Mapping[str, str] | None = None, *, at: datetime | None = None) -> Iterator[Machine]:
    """Run a machine in a folder until the `with` ends, whatever it is doing then.

    Args:
        home: The folder.
        settings: Variables beside SETTINGS and the invented keys.
        at: What time its clock shows at the start; None for today, just after a slot.

    Yields:
        The machine, listening to Telegram.
    """
    clock = FalseClock(home / "clock")
    clock.set_to(at or just_after_a_slot())
    with world_of(home, clock) as world:
        machine = made(home, world, clock, settings)
        try:
            machine.start()
            yield machine
        finally:
            end(machine)


def end(machine: Machine) -> None:
    """End a machine, however it is; time is given for a clean end."""
    supervisord = machine.supervisord
    if supervisord.poll() is None:
        supervisord.send_signal(signal.SIGCONT)
        supervisord.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        supervisord.wait(25)
    if supervisord.poll() is None:
        supervisord.kill()
        supervisord.wait()
    until = time.monotonic() + 5
    while any(map(machine.system.pid, PROGRAMS)) and time.monotonic() < until:
        time.sleep(0.02)
    for program in PROGRAMS:
        with contextlib.suppress(ProcessLookupError):
            if machine.system.pid(program):
                machine.kill(program)
    tidy()
