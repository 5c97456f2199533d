"""Measure a running system against the sandbox, and print; no thresholds.

    python -m tools.bench [--rounds 50] [--idle-s 60]

Platforms answer in 200 ms. A round's overhead is the time from its first tick until Telegram has the message, less the
time that the slowest platform itself took for its answers (the sandbox counts it, its own handling included). Memory is
the sum of the proportional shares (PSS) that the beats carry, supervisord's added; idle load is the scheduler's own
count of all threads. Compare figures of one run only: machines are shared and noisy.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from pathlib import Path

from bus.connection import Bus, memory_kb
from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Snapshot, Tick
from bus.process import join
from sandbox.control.client import Sandbox, start
from sandbox.system import System, running

LATENCY_S = 0.2
PAUSE_S = 1.2
SETTLE_S = 12.0  # two beats: what tidies up after a round is no idling
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
            join("bench", topic(Tick), topic(Snapshot), topic(Heartbeat)) as bus,
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

    def round(self) -> float:
        """Ask once, and look only when all is over; return the round's overhead in milliseconds."""
        known = {message.message_id for message in self.sandbox.messages()}
        before = {platform: self.sandbox.service(platform).request_count for platform in PLATFORMS}
        self.sandbox.type("/now")
        ticked_at = self._until_snapshot()
        self.listen(PAUSE_S)
        arrived = self.sandbox.wait_for_message(
            lambda sent: sent.message_id not in known and "TOTAL" in sent.text, timeout_s=ROUND_S
        )
        slowest_ms = max(self._took_ms(platform, since=count) for platform, count in before.items())
        return (arrived.edited_at_ms or arrived.received_at_ms) - ticked_at * 1000 - slowest_ms

    def _until_snapshot(self) -> float:
        """Return when the first tick was heard, in seconds since 1970, once the snapshot is there."""
        ticked_at = 0.0
        until = time.monotonic() + ROUND_S
        while time.monotonic() < until:
            message = self.bus.receive(ROUND_S)
            if isinstance(message, Tick) and not ticked_at:
                ticked_at = time.time()
            elif isinstance(message, Snapshot) and ticked_at:  # one without its tick is an older round's, said again
                return ticked_at
            self._remember(message)
        raise TimeoutError("no snapshot came")

    def _took_ms(self, platform: str, *, since: int) -> float:
        """Return how long a platform took for the requests that it saw since a count, one after the other."""
        service = self.sandbox.service(platform)
        new = service.request_count - since
        return sum(request.took_ms for request in service.requests[-new:]) if new else 0.0

    def listen(self, seconds: float) -> None:
        """Take in beats for a while."""
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            self._remember(self.bus.receive(left_s))

    def _remember(self, message: object) -> None:
        if isinstance(message, Heartbeat):
            self.memory_kb[message.name] = message.pss_kb

    def processor_s(self) -> float:
        """Return the processor time that all programs and supervisord have used, in seconds."""
        pids = [self.system.pid(program) for program in PROGRAMS] + [self.supervisord()]
        threads = [thread for pid in pids for thread in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    def supervisord(self) -> int:
        """Return supervisord's process id."""
        return int((self.system.home / "run" / "supervisord.pid").read_text())


def _measure(bench: Bench, rounds: int, idle_s: float, *, began: float) -> None:
    bench.round()
    print(f"start to the first message      {time.monotonic() - began:8.1f} s")
    for platform in PLATFORMS:
        bench.sandbox.settings(platform, latency_s=LATENCY_S)
    overheads_ms = sorted(bench.round() for _ in range(rounds))
    print(f"overhead of a round, p50        {statistics.median(overheads_ms):8.1f} ms   ({rounds} rounds)")
    print(f"overhead of a round, p99        {overheads_ms[int(len(overheads_ms) * 0.99) - 1]:8.1f} ms")
    print(f"overhead of a round, worst      {overheads_ms[-1]:8.1f} ms")
    bench.listen(SETTLE_S)
    used_s = bench.processor_s()
    bench.listen(idle_s)
    print(f"idle, all processes together    {(bench.processor_s() - used_s) / idle_s * 100:8.2f} % of a core")
    shares_kb = {name: bench.memory_kb.get(name, 0) for name in PROGRAMS}
    shares_kb["supervisord"] = memory_kb(bench.supervisord())
    print(f"memory, all processes (PSS)     {sum(shares_kb.values()) / 1024:8.1f} MiB")
    print("  " + "  ".join(f"{name} {size / 1024:.1f}" for name, size in shares_kb.items()))


if __name__ == "__main__":
    main()
