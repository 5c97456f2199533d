"""What a chaos run does to a system that trades: one disturbance after the other, drawn from a seed."""

import contextlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from bus.machine import program_of
from sandbox.system import System
from tools.chaos.faults import SENDING, pid_of, processes_in
from tools.chaos.trading import several
from tools.chaos.trading.venue import Disturbance, TradedVenue, nothing

PROGRAMS = ("webhook", "execution", "hub", "clock", "notifier", "aggregator")
WEIGHTS = (20, 30, 10, 4, 10, 6, 20)
"""Of each program, and of the venue's broker."""
LOCKED = ("portfolio.db", "inbox/inbox.db")
LIVES_S = 30.0
Fields = dict[str, object]


class Plan:
    """Disturbances, one after the other."""

    def __init__(
        self, chance: random.Random, venue: TradedVenue, *, disk: bool, others: Sequence[str] = (), server: bool = False
    ) -> None:
        """Draw nothing yet.

        Args:
            chance: Decides.
            venue: Has troubles of its own, and a broker.
            disk: Whether the system's disk can be filled.
            others: Programs of other machines.
            server: Whether the databases are a server's, which has troubles of its own.
        """
        self._chance = chance
        weights = dict(zip((*PROGRAMS, venue.broker), WEIGHTS, strict=True))
        weights |= {name: weights[program_of(name)] for name in others}
        self._kinds: tuple[Callable[[random.Random], Disturbance], ...] = (
            partial(_process, weights=weights),
            venue.draw,
            _telegram,
            several.drawn if server else _lock,
            _supervisord,
            *((_disk,) if disk else ()),
        )
        self._weights = (50, 28, 8, 7, 2, *((5,) if disk else ()))

    def next(self) -> Disturbance:
        """Draw the next one."""
        drawn = self._chance.choices(self._kinds, weights=self._weights)[0](self._chance)
        return msgspec.structs.replace(drawn, pause_s=self._chance.uniform(0.5, 4.0))


def _process(chance: random.Random, weights: Mapping[str, int]) -> Disturbance:
    """Kill, end or stop a program."""
    target = chance.choices(tuple(weights), weights=tuple(weights.values()))[0]
    what = chance.choices(("KILL", "TERM", "STOP"), weights=(50, 20, 30))[0]
    return Disturbance(target=target, what=what, lasts_s=chance.uniform(0.5, 8.0) if what == "STOP" else 0.0)


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
    """What is disturbed: the system, the venue, where the system's disk is (None: not to be filled), its server."""

    system: System
    venue: TradedVenue
    restart: Callable[[], None]
    disk: Path | None
    base: several.Base | None = None


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
    world.venue.clear()
    world.system.sandbox.clear("telegram")


def _begin(world: World, disturbance: Disturbance) -> Callable[[], None]:
    """Do it; return what takes it away."""
    target, what = disturbance.target, disturbance.what
    match target:
        case "venue":
            return world.venue.begin(disturbance)
        case "telegram":
            world.system.sandbox.fault("telegram", what, **disturbance.fields)
            return lambda: world.system.sandbox.clear("telegram")
        case "disk":
            return _fill(world.disk) if world.disk else nothing
        case "postgresql":
            return world.base.disturb(what) if world.base else nothing
        case "supervisord":
            world.restart()
            return nothing
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
        return nothing

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
        return nothing

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
