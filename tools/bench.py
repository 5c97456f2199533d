"""Measure a running system against the sandbox, and print; no thresholds.

    python -m tools.bench [--rounds 50] [--idle-s 60]

Every platform answers in 200 ms. A round's overhead is the time from its first tick until Telegram has the message,
less those 200 ms. Memory is the sum of the proportional shares (PSS) that the beats carry, supervisord's added.
Compare figures of one run only: machines are shared and noisy.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from pathlib import Path

from bus.connection import Bus, memory_kb
from bus.messages import Beat, Snapshot, Tick, topic
from bus.service import join
from sandbox.control import Sandbox, start
from sandbox.system import System, running

LATENCY_S = 0.2
PAUSE_S = 1.2
ROUND_S = 30.0
PLATFORMS = ("bybit", "okx", "tbank")
PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")


def main() -> None:
    """Run all measurements and print a line for each."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--idle-s", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pb-") as folder, start(Path(folder)) as sandbox:
        sandbox.set_state("ibkr", polls_before_ready=0)
        one_account = {"id": "2000123456", "name": "one", "total": {"units": "1234567", "nano": 0}}
        sandbox.set_state("tbank", accounts=[one_account])
        began = time.monotonic()
        with (
            running(Path(folder), sandbox) as system,
            contextlib.chdir(folder),
            join("bench", topic(Tick), topic(Snapshot), topic(Beat)) as bus,
        ):
            _measure(Bench(system, sandbox, bus), options.rounds, options.idle_s, began=began)


class Bench:
    """A place on the bus beside the running system."""

    def __init__(self, system: System, sandbox: Sandbox, bus: Bus) -> None:
        """Observe only."""
        self.system = system
        self.sandbox = sandbox
        self.bus = bus
        self.memory_kb: dict[str, int] = {}

    def round(self) -> tuple[float, float]:
        """Ask once; return when the tick was heard and when Telegram received the message, in seconds since 1970."""
        known = {message.message_id for message in self.sandbox.messages()}
        self.sandbox.type("/now")
        ticked_at = 0.0
        until = time.monotonic() + ROUND_S
        while time.monotonic() < until:
            message = self.bus.receive(0.2)
            if isinstance(message, Tick) and not ticked_at:
                ticked_at = time.time()
            elif isinstance(message, Beat):
                self.memory_kb[message.name] = message.pss_kb
            elif isinstance(message, Snapshot):
                arrived = self.sandbox.wait_for_message(
                    lambda sent: sent.message_id not in known and "TOTAL" in sent.text, timeout_s=ROUND_S
                )
                return ticked_at, (arrived.edited_at_ms or arrived.received_at_ms) / 1000
        raise TimeoutError("no snapshot came")

    def listen(self, seconds: float) -> None:
        """Take in beats for a while."""
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            message = self.bus.receive(left_s)
            if isinstance(message, Beat):
                self.memory_kb[message.name] = message.pss_kb

    def processor_s(self) -> float:
        """Return the processor time that all programs and supervisord have used, in seconds."""
        pids = [self.system.pid(program) for program in PROGRAMS] + [self.supervisord()]
        ticks = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def supervisord(self) -> int:
        """Return supervisord's process id."""
        return int((self.system.home / "run" / "supervisord.pid").read_text())


def _measure(bench: Bench, rounds: int, idle_s: float, *, began: float) -> None:
    bench.round()
    print(f"start to the first message      {time.monotonic() - began:8.1f} s")
    for platform in PLATFORMS:
        bench.sandbox.settings(platform, latency_s=LATENCY_S)
    overheads_ms = []
    for _ in range(rounds):
        bench.listen(PAUSE_S)
        ticked_at, received_at = bench.round()
        overheads_ms.append((received_at - ticked_at - LATENCY_S) * 1000)
    overheads_ms.sort()
    print(f"overhead of a round, p50        {statistics.median(overheads_ms):8.1f} ms   ({rounds} rounds)")
    print(f"overhead of a round, p99        {overheads_ms[int(len(overheads_ms) * 0.99) - 1]:8.1f} ms")
    print(f"overhead of a round, worst      {overheads_ms[-1]:8.1f} ms")
    used_s = bench.processor_s()
    bench.listen(idle_s)
    print(f"idle, all processes together    {(bench.processor_s() - used_s) / idle_s * 100:8.2f} % of a core")
    shares_kb = {name: bench.memory_kb.get(name, 0) for name in PROGRAMS}
    shares_kb["supervisord"] = memory_kb(bench.supervisord())
    print(f"memory, all processes (PSS)     {sum(shares_kb.values()) / 1024:8.1f} MiB")
    print("  " + "  ".join(f"{name} {size / 1024:.1f}" for name, size in shares_kb.items()))


if __name__ == "__main__":
    main()
