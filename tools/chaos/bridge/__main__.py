"""`make chaos-bridge`: events through a real RabbitMQ that is killed, frozen and out of disk, and a count of them.

    python -m tools.chaos.bridge [--events 10000] [--per-second 100] [--seed N] [--keep]

A writer puts events of some accounts into a ledger, as execution does. A bridge publishes them; somebody listens at a
durable queue. Meanwhile one disturbance follows the other: RabbitMQ is killed, ended, stands still or finds its disk
full, its exchange is deleted, the bridge is killed. Then all is lifted and the rest is waited for; at last a heap of
events is published without any disturbance, for the rate. The last line tells the numbers; 0 only where each event has
come, in its account's order.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tools.chaos.bridge.run import Run
from tools.chaos.bridge.verdict import Verdict
from tools.private_rabbitmq import NoServer, serve

SHOWN = 30


def main() -> int:
    """Run, and return 0 if nothing was lost or out of order, 1 if something was, 2 without a RabbitMQ."""
    parser = argparse.ArgumentParser(prog="make chaos-bridge")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--per-second", type=float, default=100.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="keep the folder, whatever comes")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp")).resolve()
    print(f"seed={options.seed} home={home}", flush=True)
    keep, before = True, Path.cwd()
    os.chdir(home)
    try:
        with serve() as broker:
            verdict = Run(home, broker, seed=options.seed).play(options.events, per_second=options.per_second)
        keep = options.keep or bool(verdict.troubles)
    except NoServer as error:
        keep = False
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        keep = False
        return 130
    finally:
        os.chdir(before)
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    _tell(verdict, seed=options.seed)
    return 1 if verdict.troubles else 0


def _tell(verdict: Verdict, *, seed: int) -> None:
    """Print what must not be, how long writing took, and the last line."""
    for trouble in verdict.troubles[:SHOWN]:
        print(trouble)
    for name, times in verdict.writing.items():
        print(f"a transaction of the writer, {name}: {times}")
    print("disturbances: " + ", ".join(f"{name} {count}" for name, count in sorted(verdict.disturbances.items())))
    print(
        f"written={verdict.written} came={verdict.came} lost={verdict.lost} out_of_order={verdict.out_of_order} "
        f"repeated={verdict.repeated} redelivered={verdict.redelivered} longest_wait_s={verdict.longest_wait_s:.0f} "
        f"per_second={verdict.per_second:.0f} seed={seed}"
    )


if __name__ == "__main__":
    sys.exit(main())
