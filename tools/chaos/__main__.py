"""`make chaos`: a running system, one asking and one disturbance a round, and a count of what came of it.

    python -m tools.chaos [--rounds 200] [--seed N] [--keep]

Besides the askings there is a slot every minute. What the platforms hold changes from round to round. After the last
round everything is lifted, and what is still owed is waited for. The last line tells the numbers; 0 only if nothing was
lost, doubled or wrong. Otherwise the folder with logs, ledger and settings is kept and named.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from math import ceil
from pathlib import Path

from sandbox.control.client import ControlError, Sandbox, start
from sandbox.system import System, running
from sandbox.telegram.chat import CHAT_ID
from tools.chaos.evidence import Book, Evidence, Played, arrival_s, count_restarts, read_book, read_openings, shown_time
from tools.chaos.faults import PROGRAMS, SOURCES, Disturbance, Mischief, plan, processes_in, wake_all
from tools.chaos.report import Verdict, describe, judge, notes
from tools.chaos.truth import Truth

DEADLINE_S = 8
SETTINGS = {
    "COLLECT_DEADLINE_SECONDS": str(DEADLINE_S),
    "SCHEDULE_CRON": "* * * * *",
    "TIMEZONE": "UTC",
    "FX_TTL_MINUTES": "1",
}
LATENCY_S = (0.05, 0.15)
START_S = 90.0
PATIENCE_S = 7.0
PAUSE_S = 0.3
SETTLE_S = 180.0
QUIET_S = 4.0
LOOK_S = 0.1
PROGRESS_ROUNDS = 10


def main() -> int:
    """Run, and return 0 if everything owed arrived once and true, 1 if not, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="keep the folder, whatever comes")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    home = Path(tempfile.mkdtemp(prefix="pb-")).resolve()
    print(f"seed={options.seed} home={home}", flush=True)
    keep = True
    try:
        verdict, restarts = _run(home, rounds=options.rounds, seed=options.seed)
        keep = options.keep or bool(verdict.troubles)
    except KeyboardInterrupt:
        keep = False
        print("interrupted", file=sys.stderr)
        return 130
    finally:
        _sweep(home)
        if keep:
            print(f"kept: {home}", flush=True)
        else:
            shutil.rmtree(home, ignore_errors=True)
    print(
        f"rounds={options.rounds} expected={verdict.expected} received={verdict.received} "
        f"lost={verdict.count('lost')} doubled={verdict.count('doubled')} wrong={verdict.count('wrong')} "
        f"worst_lateness_s={verdict.worst_lateness_s:.1f} restarts={restarts} seed={options.seed}"
    )
    return 1 if verdict.troubles else 0


def _run(home: Path, *, rounds: int, seed: int) -> tuple[Verdict, int]:
    with start(home) as sandbox:
        truth = Truth(sandbox, seed)
        truth.change()
        sandbox.set_state("ibkr", polls_before_ready=0)
        chance = random.Random(seed)
        for service in (*SOURCES, "telegram"):
            sandbox.settings(service, latency_s=chance.uniform(*LATENCY_S))
        with running(home, sandbox, SETTINGS) as system, _woken_at_the_end(system):
            evidence, verdict = _play_all(Chaos(system, sandbox, truth), plan(rounds, seed))
            restarts = count_restarts(home, programs=len(PROGRAMS))
            stopped = [line.split()[0] for line in system.control("status").splitlines() if " RUNNING " not in line]
    for line in describe(evidence, verdict):
        print(line)
    print(notes(evidence))
    if stopped:
        print(f"not running at the end: {', '.join(stopped)}")
    return verdict, restarts


def _play_all(chaos: "Chaos", disturbances: list[Disturbance]) -> tuple[Evidence, Verdict]:
    chaos.wait_for_the_first_answer()
    for number, disturbance in enumerate(disturbances, start=1):
        chaos.play(number, disturbance)
        if number % PROGRESS_ROUNDS == 0:
            chaos.show_progress(len(disturbances))
    return chaos.settle()


class Chaos:
    """Plays rounds, and keeps what is needed to judge them."""

    def __init__(self, system: System, sandbox: Sandbox, truth: Truth) -> None:
        """Have played nothing yet."""
        self._system = system
        self._sandbox = sandbox
        self._truth = truth
        self._played: list[Played] = []
        self._began_s = time.monotonic()
        self._ready_at_s = 0.0

    def wait_for_the_first_answer(self) -> None:
        """Wait until the system works; slots are owed from then on."""
        self._sandbox.type("/now")
        self._sandbox.wait_for_message(lambda message: "TOTAL" in message.text, timeout_s=START_S)
        self._ready_at_s = time.time()

    def play(self, number: int, disturbance: Disturbance) -> None:
        """Play one round: new amounts, an asking, a disturbance and its end; then wait a little for the answer."""
        played = Played(number=number, disturbance=disturbance, began_at_s=time.time())
        self._played.append(played)
        self._truth.change()
        mischief = Mischief(self._system, disturbance)
        steps = [
            (disturbance.asked_after_s, self._ask),
            (disturbance.after_s, lambda: self._apply(played, mischief)),
            (disturbance.after_s + disturbance.lasts_s, lambda: self._lift(played, mischief)),
        ]
        began_s = time.monotonic()
        for after_s, step in sorted(steps, key=lambda each: each[0]):
            time.sleep(max(0.0, began_s + after_s - time.monotonic()))
            step()
        mischief.end()
        played.note = mischief.note
        self._wait_for_an_answer(played.asked_at_s)
        time.sleep(PAUSE_S)

    def show_progress(self, rounds: int) -> None:
        """Print how far it is."""
        told = sum("TOTAL" in message.text for message in self._sandbox.messages(CHAT_ID))
        spent_s = time.monotonic() - self._began_s
        print(
            f"{shown_time(time.time())} round {len(self._played)}/{rounds}: {told} messages, {spent_s:.0f} s",
            flush=True,
        )

    def settle(self) -> tuple[Evidence, Verdict]:
        """Lift everything, wait for what is owed, but not for ever; return the verdict and its grounds."""
        wake_all(self._system)
        last_slot_s = time.time()
        until_s = time.monotonic() + SETTLE_S
        while self._judge(last_slot_s)[1].count("lost") and time.monotonic() < until_s:
            time.sleep(1.0)
        time.sleep(QUIET_S)  # an unmarked second message may still be under way
        return self._judge(last_slot_s)

    def _ask(self) -> None:
        played = self._played[-1]
        played.asked_at_s = time.time()
        played.update_id = self._sandbox.type("/now").update_id

    @staticmethod
    def _apply(played: Played, mischief: Mischief) -> None:
        played.applied_at_s = time.time()
        mischief.begin()
        played.lifted_at_s = played.applied_at_s + played.disturbance.felt_for_s

    @staticmethod
    def _lift(played: Played, mischief: Mischief) -> None:
        mischief.lift()
        played.lifted_at_s = max(time.time(), played.lifted_at_s)

    def _wait_for_an_answer(self, asked_at_s: float) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            messages = self._sandbox.messages(CHAT_ID)
            if any("TOTAL" in each.text and arrival_s(each) > asked_at_s for each in messages[-20:]):
                return
            time.sleep(LOOK_S)

    def _judge(self, last_slot_s: float) -> tuple[Evidence, Verdict]:
        evidence = Evidence(
            played=self._played,
            truth=self._truth,
            messages=self._sandbox.messages(CHAT_ID),
            book=_read_book(self._system.home),
            opened_at_s=read_openings(self._system.log("clock")),
            first_slot_s=ceil(self._ready_at_s / 60) * 60.0,
            last_slot_s=last_slot_s,
            deadline_s=float(DEADLINE_S),
        )
        return evidence, judge(evidence)


@contextlib.contextmanager
def _woken_at_the_end(system: System) -> Iterator[None]:
    """Leave nothing stopped: a stopped process does not hear that it shall end."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ControlError):
            wake_all(system)


def _read_book(home: Path) -> Book:
    try:
        return read_book(home)
    except sqlite3.Error:
        time.sleep(1.0)  # the aggregator may be opening it for the first time
        return read_book(home)


def _sweep(home: Path) -> None:
    """Kill what is still running in the home folder: whoever was stopped may have outlived its supervisord."""
    for pid in processes_in(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _interrupt(_number: int, _frame: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # ending takes some seconds; asked once is enough
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
