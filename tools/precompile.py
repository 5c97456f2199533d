"""Compile what the programs import, once, at installation.

    python -m tools.precompile

Programs run with -OO and keep their compiled files in `.venv/pycache`, the standard library's included: without them
every start compiles in memory, which costs all processes together some 50 MB and several seconds.
"""

import os
import subprocess
import sys
from pathlib import Path

from bus.launch import LEAN

EVERYTHING = """
import bus.launch, dotenv.parser
bus.launch.programs()
import aggregator.__main__, clock.__main__, notifier.__main__, notifier.now, bus.hub, collectors.loop
import ledger.migrate, alembic.command, collectors.http, pybit.unified_trading, okx.Account, okx.Funding
import supervisor.supervisord, supervisor.supervisorctl
"""


def main() -> None:
    """Import everything in a child for each optimisation level that is used."""
    prefix = str(Path(sys.prefix).resolve() / "pycache")
    for how in ({}, LEAN):
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": prefix, **how}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run([sys.executable, "-c", EVERYTHING], env=environment, check=True)


if __name__ == "__main__":
    main()
