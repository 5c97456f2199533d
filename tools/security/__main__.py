"""`make security-check`: starts a demo system and tries every claim of SECURITY.md from outside.

    python -m tools.security

0 only if no row is BROKEN. Run as root it starts the system as an ordinary user, and afterwards once more hardened, in
a temporary folder with users of its own that are removed again; otherwise those rows say that they need root.
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from sandbox.control.client import start
from sandbox.system import ROOT, running
from sandbox.trading_demo import free_port
from tools.security import hardened, trading
from tools.security.processes import network_sockets
from tools.security.rows import BROKEN, NOT_HERE, Row, judge, summary, table
from tools.security.running import SETTINGS, Demo, checks
from tools.security.secrets import let_the_world_know

DEMO_S = 600


def main() -> int:
    """Try everything and print the table.

    Returns:
        0 when nothing is broken, 1 when something is.
    """
    logging.disable()  # what is refused here is meant to be
    parser = argparse.ArgumentParser(prog="make security-check")
    parser.add_argument("--rows", action="store_true", help="print the rows of the demo as JSON, for root's own run")
    if parser.parse_args().rows:
        print(msgspec.json.encode(demo_rows()).decode())
        return 0
    print("Starting a system in a pretend world, and trying what SECURITY.md claims (two minutes) …", flush=True)
    if os.geteuid() == 0:
        with tempfile.TemporaryDirectory(prefix="pb-python-", dir="/tmp") as folder:
            python = hardened.python_for_all(Path(folder))
            rows = _as_ordinary_user(python) + hardened.rows(python)
    else:
        claim = Row("hardened: every program has a user of its own", "nothing", NOT_HERE, "needs root")
        rows = [*demo_rows(), claim]
    print(f"\n{table(rows)}\n\n{summary(rows)}")
    return int(any(row.is_broken for row in rows))


def demo_rows() -> list[Row]:
    """Run the system as this user and try its claims."""
    before = frozenset(each.inode for each in network_sockets())
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as folder:
        home = Path(folder)
        with start(home) as sandbox:
            sandbox.set_state("ibkr", polls_before_ready=0)
            let_the_world_know(sandbox)
            port = free_port()
            with running(home, sandbox, SETTINGS | trading.settings(sandbox, port)) as system:
                demo = Demo(system, sandbox, before, port=port)
                return [judge(check) for check in checks(demo)]


def _as_ordinary_user(python: Path) -> list[Row]:
    """Run the demo in a child of an ordinary user: root could read everything, and nothing would be proven."""
    done = subprocess.run(
        [str(python), "-m", "tools.security", "--rows"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"},
        user=hardened.ANYBODY,
        group=hardened.ANYBODY,
        extra_groups=[],
        stdout=subprocess.PIPE,
        timeout=DEMO_S,
        check=False,
    )
    if done.returncode:
        return [Row("the system runs", "started as an ordinary user", BROKEN, "it did not start; see above")]
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Row])


if __name__ == "__main__":
    sys.exit(main())
