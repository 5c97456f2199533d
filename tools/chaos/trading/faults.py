"""What a chaos run does to a system that trades: one disturbance after the other, drawn from a seed."""

import contextlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from sandbox.control.client import Sandbox
from sandbox.system import System
from tools.chaos.faults import SENDING, pid_of, processes_in

PROGRAMS = ("webhook", "execution", "broker-paper", "hub", "clock", "notifier", "aggregator")
WEIGHTS = (20, 30, 20, 10, 4, 10, 6)
ORDERS, EVENTS = "/orders", "/events"
LOCKED = ("portfolio.db", "inbox/inbox.db")
LIVES_S = 30.0
Fields = dict[str, object]


class Disturbance(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to whom, how long it lasts (0: nothing lifts it), and how long nothing is done after it, seconds."""

    target: str
    what: str
    fields: dict[str, object] = {}
    lasts_s: float = 0.0
    pause_s: float = 1.0

    def __str__(self) -> str:
        """Say it in a line."""
        fields = "".join(f" {name}={value}" for name, value in self.fields.items())
        return f"{self.what} {self.target}{fields}" + (f" for {self.lasts_s:.1f} s" if self.lasts_s else "")


class Plan:
    """Disturbances, one after the other."""

    def __init__(self, chance: random.Random, *, disk: bool) -> None:
        """Draw nothing yet.

        Args:
            chance: Decides.
            disk: Whether the system's disk can be filled.
        """
        self._chance = chance
        self._kinds: tuple[Callable[[random.Random], Disturbance], ...] = (
            _process,
            _venue,
            _telegram,
            _lock,
            _supervisord,
            *((_disk,) if disk else ()),
        )
        self._weights = (50, 28, 8, 7, 2, *((5,) if disk else ()))

    def next(self) -> Disturbance:
        """Draw the next one."""
        drawn = self._chance.choices(self._kinds, weights=self._weights)[0](self._chance)
        return msgspec.structs.replace(drawn, pause_s=self._chance.uniform(0.5, 4.0))


def _process(chance: random.Random) -> Disturbance:
    """Kill, end or stop a program."""
    target = chance.choices(PROGRAMS, weights=WEIGHTS)[0]
    what = chance.choices(("KILL", "TERM", "STOP"), weights=(50, 20, 30))[0]
    return Disturbance(target=target, what=what, lasts_s=chance.uniform(0.5, 8.0) if what == "STOP" else 0.0)


def _venue(chance: random.Random) -> Disturbance:
    """Let the venue lose answers, fill partly, answer late or twice, forget for a while, or be away."""
    times = chance.randint(1, 4)
    kinds: list[tuple[str, Fields]] = [
        ("reset_after", {"path": ORDERS, "times": times}),
        ("slow", {"path": ORDERS, "seconds": round(chance.uniform(0.5, 4.0), 1)}),
        ("hang", {"path": ORDERS}),
        ("status", {"path": ORDERS, "status": 503}),
        ("duplicate", {"times": times}),
        ("forget", {"seconds": 2.0, "times": times}),
        ("partly", {"times": times}),
        ("silent", {}),
        ("twice", {}),
        ("ban", {"seconds": 2.0, "times": times}),
        ("refuse_leg", {"times": 1}),
        ("empty_with_error", {}),
        ("cut", {"path": ORDERS, "times": times}),
        ("refuse", {}),
        ("reset", {}),
    ]
    what, fields = chance.choice(kinds)
    return Disturbance(target="venue", what=what, fields=fields, lasts_s=chance.uniform(1.0, 6.0))


def _telegram(chance: random.Random) -> Disturbance:
    """Let Telegram lose answers, or be away."""
    kinds: list[tuple[str, Fields]] = [
        ("reset_after", {"path": SENDING, "times": 1}),
        ("code", {"code": "429", "seconds": 2, "path": SENDING}),
        ("code", {"code": "500"}),
        ("refuse", {}),
    ]
    what, fields = chance.choice(kinds)
    return Disturbance(target="telegram", what=what, fields=fields, lasts_s=chance.uniform(1.0, 6.0))


def _lock(chance: random.Random) -> Disturbance:
    """Let somebody else write to the ledger or to the inbox."""
    return Disturbance(target=chance.choice(LOCKED), what="lock", lasts_s=chance.uniform(1.0, 7.0))


def _supervisord(_: random.Random) -> Disturbance:
    """Kill supervisord; it is started again as an owner would."""
    return Disturbance(target="supervisord", what="KILL")


def _disk(chance: random.Random) -> Disturbance:
    """Fill the disk."""
    return Disturbance(target="disk", what="fill", lasts_s=chance.uniform(1.0, 6.0))


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What is disturbed: the system, the venue's own control port, where its disk is (None: not to be filled)."""

    system: System
    venue: Sandbox
    restart: Callable[[], None]
    disk: Path | None


def disturb(world: World, disturbance: Disturbance) -> None:
    """Do it, wait as long as it lasts, and take it away again."""
    lift = _begin(world, disturbance)
    time.sleep(disturbance.lasts_s)
    lift()


def lift_all(world: World) -> None:
    """Let every stopped process go on, and switch all faults off."""
    for pid in processes_in(world.system.home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    world.venue.clear("venue")
    world.system.sandbox.clear("telegram")


def _begin(world: World, disturbance: Disturbance) -> Callable[[], None]:
    """Do it; return what takes it away."""
    target, what = disturbance.target, disturbance.what
    match target:
        case "venue":
            world.venue.fault("venue", what, **disturbance.fields)
            return lambda: world.venue.clear("venue")
        case "telegram":
            world.system.sandbox.fault("telegram", what, **disturbance.fields)
            return lambda: world.system.sandbox.clear("telegram")
        case "disk":
            return _fill(world.disk) if world.disk else _nothing
        case "supervisord":
            world.restart()
            return _nothing
        case _ if what == "lock":
            return _locked(world.system.home / "data" / target)
        case _:
            return _signal(world.system, target, signal.Signals[f"SIG{what}"])


def _signal(system: System, program: str, number: signal.Signals) -> Callable[[], None]:
    """Send a signal to a program; what it stops goes on afterwards, if it is still the same one."""
    pid = pid_of(system, program)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    if number is not signal.SIGSTOP or not pid:
        return _nothing

    def go_on() -> None:
        """Let it go on."""
        if pid_of(system, program) == pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    return go_on


def _locked(file: Path) -> Callable[[], None]:
    """Hold a database's write lock."""
    try:
        database = sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=LIVES_S, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.Error:
        return _nothing

    def release() -> None:
        """Let others write."""
        with contextlib.suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        database.close()

    return release


def _fill(disk: Path) -> Callable[[], None]:
    """Write until nothing is left."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"\0" * 4096)
    return lambda: filler.unlink(missing_ok=True)


def _nothing() -> None:
    """Take nothing away."""
