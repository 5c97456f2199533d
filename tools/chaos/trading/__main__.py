"""`make chaos-trading`: a system that trades at a pretend venue, disturbed at random, and a count of what came of it.

    python -m tools.chaos.trading [--signals 2000] [--seed N] [--per-second N] [--broker pretend] [--keep]
                                  [--executions 3] [--webhooks 2] [--database postgresql]

Alerts are sent as TradingView sends them, some twice or four times, some malformed. Meanwhile one disturbance follows
the other: a program is killed, ended or stopped, supervisord dies, the ledger or the inbox is locked, the disk is full
(where root may mount one), PostgreSQL is killed or cuts everybody off, the venue loses answers, fills partly, answers
late and twice, Telegram is away. Then all is lifted, and what is still under way is waited for. The last line tells the
numbers; 0 only where nothing was lost, doubled or wrong. Otherwise the folder is kept and named. The truth comes from
what was answered, from the venue and from the pretend Telegram.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from tools.chaos.faults import processes_in
from tools.chaos.trading.run import DISK, VENUES, Run
from tools.chaos.trading.several import Base, Several
from tools.chaos.trading.verdict import Verdict
from tools.private_postgresql import serve

COUNTED = {
    "lost": "lost",
    "orders_doubled": "order",
    "executions_doubled": "execution",
    "positions_wrong": "position",
    "audit_breaks": "audit",
    "messages_lost": "message",
}
SHOWN = 30


def main() -> int:
    """Run, and return 0 if nothing was lost, doubled or wrong, 1 if not, 130 when interrupted."""
    parser = argparse.ArgumentParser(prog="make chaos-trading")
    parser.add_argument("--signals", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--per-second", type=float, help="alerts; what suits the venue where it is not given")
    parser.add_argument("--broker", choices=tuple(VENUES), default="pretend", help="whose venue is traded at")
    parser.add_argument("--executions", type=int, default=1, help="so many share the accounts, on PostgreSQL")
    parser.add_argument("--webhooks", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", action="store_true", help="keep the folder, whatever comes")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    home = Path(tempfile.mkdtemp(prefix="pb-")).resolve()
    print(f"seed={options.seed} home={home}", flush=True)
    keep = True
    try:
        verdict = _play(home, options)
        keep = options.keep or bool(verdict.troubles)
    except KeyboardInterrupt:
        keep = False
        print("interrupted", file=sys.stderr)
        return 130
    finally:
        _leave(home, keep=keep)
    _tell(verdict, seed=options.seed)
    return 1 if verdict.troubles else 0


def _play(home: Path, options: argparse.Namespace) -> Verdict:
    """Play a run, on a server of its own where it asks for one."""
    several = Several(executions=options.executions, webhooks=options.webhooks)
    if options.database == "sqlite":
        if options.executions > 1:
            raise SystemExit("several executions share a server: --database postgresql")
        run = Run(home, seed=options.seed, broker=options.broker, several=several)
        return run.play(options.signals, per_second=options.per_second)
    with serve("shared_buffers=32MB") as server:
        base = Base(server=server, database=server.new_database())
        run = Run(home, seed=options.seed, broker=options.broker, several=several, base=base)
        return run.play(options.signals, per_second=options.per_second)


def _tell(verdict: Verdict, *, seed: int) -> None:
    """Print how the signals ended, what must not be, and the last line."""
    print("ends: " + ", ".join(f"{end} {count}" for end, count in Counter(verdict.by_end).most_common()))
    for trouble in verdict.troubles[:SHOWN]:
        print(f"{trouble.kind}: {trouble.text}")
    counts = " ".join(f"{name}={verdict.count(kind)}" for name, kind in COUNTED.items())
    print(f"accepted={verdict.accepted} ordered={verdict.ordered} refused={verdict.refused} {counts} seed={seed}")


def _leave(home: Path, *, keep: bool) -> None:
    """Kill what is still running in the home folder, and take the folder away or keep it."""
    for pid in processes_in(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    kept = home.with_name(f"{home.name}-kept")
    if keep:
        shutil.copytree(home, kept, ignore=shutil.ignore_patterns("run", "filler"))
        print(f"kept: {kept}", flush=True)
    if (home / DISK).is_mount():
        subprocess.run(["umount", "--lazy", str(home / DISK)], check=False)
    shutil.rmtree(home, ignore_errors=True)


def _interrupt(_number: int, _frame: object) -> None:
    """End once, however often it is asked."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
