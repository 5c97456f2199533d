"""What a chaos run does to a system: one disturbance a round, drawn from a seed before the run begins.

Half of them hit a process (killed, ended, stopped, restarted), the others the pretend platforms or the pretend
Telegram. What is switched on is lifted after a while; some stopped processes are left to the sentinel, which kills
whoever is silent for half a minute.
"""

import os
import random
import signal
import threading
import time
from pathlib import Path

import msgspec

from sandbox.system import System

CORE = ("hub", "clock", "aggregator", "notifier")
COLLECTORS = ("bybit", "okx", "tbank", "ibkr", "fx")
PROGRAMS = (*CORE, *COLLECTORS, "sentinel")
SOURCES = {"bybit": "bybit", "okx": "okx", "tbank": "tbank", "ibkr": "ibkr"}
SOURCES |= dict.fromkeys(("cbr", "frankfurter", "erapi"), "fx")
"""The collector that asks each pretend service."""

SENDING = "essage"
"""A piece of the paths of `sendMessage` and `editMessageText` alone, so that the long poll goes on."""

CODES = {
    "bybit": ("10006", "10003", "10016", "429"),
    "okx": ("50011", "50111", "50001"),
    "tbank": ("429", "40003", "503"),
    "frankfurter": ("503",),
    "erapi": ("429",),
}
"""A refusal for too many requests, a bad key, and trouble of the platform's own, in its own words."""

_SELDOM = ("ibkr", "cbr", "frankfurter", "erapi")
"""Asked once a day or once a minute: most rounds would not notice."""

_LEFT_ALONE = 0.15
_CONTROL_S = 90.0
_SILENCE_S = 45.0
_Fields = dict[str, object]


class Disturbance(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to whom, seconds after the round's begin; `lasts_s` 0 means that nothing lifts it."""

    target: str
    what: str
    fields: dict[str, object] = {}
    after_s: float
    lasts_s: float
    asked_after_s: float

    def __str__(self) -> str:
        """Say it in a line."""
        fields = "".join(f" {name}={value}" for name, value in self.fields.items())
        lasts = f" for {self.lasts_s:.1f} s" if self.lasts_s else ""
        asked = f"; asked after {self.asked_after_s:.1f} s"
        return f"{self.what} {self.target}{fields} after {self.after_s:.1f} s{lasts}{asked}"

    def touches(self, collector: str) -> bool:
        """Tell whether a collector, its platform or what all collectors stand on is disturbed."""
        return self.target in {"all", *CORE} or collector in {self.target, SOURCES.get(self.target)}

    @property
    def stops(self) -> bool:
        """Whether it freezes a process."""
        return self.what == "STOP"

    @property
    def felt_for_s(self) -> float:
        """How long it may be felt: until lifted, or until the sentinel has killed what is stopped."""
        return _SILENCE_S if self.stops and not self.lasts_s else self.lasts_s


def plan(rounds: int, seed: int) -> list[Disturbance]:
    """Draw the disturbances of a run; the same seed draws the same."""
    chance = random.Random(seed)
    return [_draw(chance) for _ in range(rounds)]


def _draw(chance: random.Random) -> Disturbance:
    kind = chance.choices((_process, _platform, _telegram), weights=(50, 30, 20))[0]
    target, what, fields, lasts_s = kind(chance)
    asked_after_s = chance.uniform(0.3, 0.8)
    return Disturbance(
        target=target,
        what=what,
        fields=fields,
        after_s=max(0.0, asked_after_s + chance.uniform(-0.5, 0.8 if kind is _process else 0.3)),
        lasts_s=lasts_s,
        asked_after_s=asked_after_s,
    )


def _process(chance: random.Random) -> tuple[str, str, _Fields, float]:
    what = chance.choices(("KILL", "TERM", "STOP", "restart", "restart all"), weights=(45, 22, 22, 8, 3))[0]
    target = chance.choice(PROGRAMS)
    if what == "restart all":
        return "all", "restart", {}, 0.0
    if what != "STOP" or (target != "sentinel" and chance.random() < _LEFT_ALONE):
        return target, what, {}, 0.0
    return target, what, {}, chance.uniform(0.3, 6.0)


def _platform(chance: random.Random) -> tuple[str, str, _Fields, float]:
    target = chance.choices(tuple(SOURCES), weights=[1 if name in _SELDOM else 5 for name in SOURCES])[0]
    plain: list[tuple[str, _Fields]] = [
        *((kind, {}) for kind in ("reset", "hang", "refuse", "garbage", "drip", "cut", "truncated", "empty")),
        ("slow", {"seconds": round(chance.uniform(0.5, 6), 1)}),
        ("html", {"status": 200}),
        ("html", {"status": 403}),
        ("html", {"status": 502}),
    ]
    refusals: list[tuple[str, _Fields]] = [("code", {"code": code}) for code in CODES.get(target, ())]
    what, fields = chance.choice(plain + refusals)
    return target, what, fields, chance.uniform(0.3, 9.0)


def _telegram(chance: random.Random) -> tuple[str, str, _Fields, float]:
    seconds = chance.randint(1, 4)
    kinds: list[tuple[str, _Fields]] = [
        ("refuse", {}),
        ("reset_after", {"path": SENDING, "times": 1}),
        ("reset_after", {"path": SENDING, "times": 2}),
        ("accept_then_hang", {"path": SENDING, "times": 1}),
        ("code", {"code": "429", "seconds": seconds, "path": SENDING}),
        ("code", {"code": "500"}),
        ("html", {"status": 502}),
        ("reset", {}),
        ("slow", {"seconds": seconds, "path": SENDING}),
        ("drip", {"path": SENDING, "times": 1}),
        ("garbage", {"path": SENDING, "times": 1}),
    ]
    what, fields = chance.choice(kinds)
    return "telegram", what, fields, chance.uniform(1.0, 8.0)


class Mischief:
    """Carries a disturbance out, and takes it away again."""

    def __init__(self, system: System, disturbance: Disturbance) -> None:
        """Do nothing yet."""
        self._system = system
        self._disturbance = disturbance
        self._pid = 0
        self._command: threading.Thread | None = None
        self.note = ""

    def begin(self) -> None:
        """Do it."""
        what, target = self._disturbance.what, self._disturbance.target
        if what == "restart":
            group = "core" if target in CORE else "collectors"
            program = target if target in {"all", "sentinel"} else f"{group}:{target}"
            self._command = threading.Thread(target=self._restart, args=(program,))
            self._command.start()
        elif target in PROGRAMS and what in {"KILL", "TERM", "STOP"}:
            self._pid = pid_of(self._system, target)
            self.note = f"pid {self._pid}" if self._pid else "was not running"
            _send(self._pid, signal.Signals[f"SIG{what}"])
        else:
            self._system.sandbox.fault(target, what, **self._disturbance.fields)

    def lift(self) -> None:
        """Take it away, if it is of the kind that lasts."""
        if self._disturbance.stops:
            if self._disturbance.lasts_s and pid_of(self._system, self._disturbance.target) == self._pid:
                _send(self._pid, signal.SIGCONT)
        elif self._disturbance.lasts_s:
            self._system.sandbox.clear(self._disturbance.target)

    def end(self) -> None:
        """Wait for a command that is still running."""
        if self._command is not None:
            self._command.join(_CONTROL_S)

    def _restart(self, program: str) -> None:
        began = time.monotonic()
        self._system.control("restart", program, timeout_s=_CONTROL_S)
        self.note = f"took {time.monotonic() - began:.1f} s"


def pid_of(system: System, program: str) -> int:
    """Return a program's process id, 0 unless it is certainly ours: numbers are used again."""
    pid = system.pid(program)
    return pid if pid in processes_in(system.home) else 0


def processes_in(home: Path) -> list[int]:
    """Return the processes that live in a home folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == home:
                found.append(int(link.parent.name))
        except OSError:
            continue
    return found


def wake_all(system: System) -> None:
    """Let every stopped process go on, and switch all faults off."""
    for pid in processes_in(system.home):
        _send(pid, signal.SIGCONT)
    for service in (*SOURCES, "telegram"):
        system.sandbox.clear(service)


def _send(pid: int, number: signal.Signals) -> None:
    if not pid:
        return
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
