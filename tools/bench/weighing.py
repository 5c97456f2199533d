"""What an installation weighs: how long it takes to start, its memory, and what it does while nobody asks it."""

import time
from pathlib import Path

import msgspec

from bus.connection import memory_kb
from sandbox.system import System

START_S = 90.0
SETTLE_S = 12.0
"""Two beats: what tidies up after a round is no idling."""
CORE = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")
TRADING = ("webhook", "execution", "broker-paper", "broker-ibkr")


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured: until the first message, the programs' proportional shares in kB, % of a core while idle."""

    start_s: float
    memory_kb: dict[str, int]
    idle_percent: float

    def total_mib(self, programs: tuple[str, ...] | None = None) -> float:
        """Return the memory of some programs, None for all, in MiB."""
        return sum(size for name, size in self.memory_kb.items() if programs is None or name in programs) / 1024


def first_message_s(system: System, *, began_s: float) -> float:
    """Ask for the balances, and return how long it took since a moment of the monotonic clock until they were there."""
    system.sandbox.type("/now")
    system.sandbox.wait_for_message(lambda sent: "TOTAL" in sent.text, timeout_s=START_S)
    return time.monotonic() - began_s


def weigh(system: System, *, start_s: float, idle_s: float) -> Weight:
    """Measure a system that nobody asks anything.

    Args:
        system: It runs, and has answered once.
        start_s: How long that took.
        idle_s: For how long to watch it.
    """
    time.sleep(SETTLE_S)
    pids = running(system)
    before_s, began_s = processor_s(pids), time.monotonic()
    time.sleep(idle_s)
    used_s, took_s = processor_s(pids) - before_s, time.monotonic() - began_s
    sizes = {name: memory_kb(pid) for name, pid in pids.items()}
    return Weight(start_s=start_s, memory_kb=sizes, idle_percent=used_s / took_s * 100)


def running(system: System) -> dict[str, int]:
    """Return the process ids of all programs that run, supervisord's too, by name."""
    found = {program: system.pid(program) for program in (*CORE, *TRADING)}
    found["supervisord"] = int((system.home / "run" / "supervisord.pid").read_text())
    return {name: pid for name, pid in found.items() if pid}


def processor_s(pids: dict[str, int]) -> float:
    """Return the processor time that processes have used, by the scheduler's own count of all threads, in seconds."""
    threads = [thread for pid in pids.values() for thread in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
