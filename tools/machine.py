"""Programs as on other machines of a system, in the folder of the one that is there, and kept running.

    python -m tools.machine b execution                         becomes the launcher, which becomes execution@b
    python -m tools.machine b webhook WEBHOOK_PORT=8090         the same, with other settings than `.env` has

They meet at the same hub, and know the same keys; a lock of each name keeps them apart. Nobody's supervisord knows
them: `elsewhere` starts whatever has ended again, as a supervisord of theirs would.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from bus.machine import VARIABLE
from bus.settings import HANDED_OVER, hand_over
from bus.settings_change import ENV_FILE
from launch.__main__ import environment_for, settings_for
from launch.check import configured
from launch.env_file import read_file
from launch.order_key import order_key
from launch.programs import named
from sandbox.system import clean_environment

AGAIN_S = 0.5
Command = tuple[str, ...]


def main() -> None:
    """Become a program of another machine, as the launcher does."""
    machine, name, *changes = sys.argv[1:]
    program = named(name)
    values = read_file(ENV_FILE) | dict(change.split("=", maxsplit=1) for change in changes)
    own = settings_for(program, values) | order_key(program)
    environment = environment_for(configured(values).platforms, log_level=values.get("LOG_LEVEL", ""))
    environment |= {VARIABLE: machine, HANDED_OVER: str(hand_over(own))}
    os.execve(sys.executable, [sys.executable, "-m", program.module], environment)


@contextlib.contextmanager
def elsewhere(home: Path, *commands: Command) -> Iterator[None]:
    """Run programs of other machines in a system's folder, until the `with` ends.

    Args:
        home: The folder.
        commands: Each a machine, a program, and settings that differ.

    Yields:
        Nothing; they may still be starting.
    """
    stop = threading.Event()
    keepers = [threading.Thread(target=_keep, args=(home, each, stop)) for each in commands]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join()


def _keep(home: Path, command: Command, stop: threading.Event) -> None:
    """Run a program, and again whenever it has ended; kill it in the end."""
    machine, program = command[:2]
    with (home / "logs" / f"{program}@{machine}.log").open("ab") as log:
        while not stop.is_set():
            process = subprocess.Popen(
                [sys.executable, "-m", "tools.machine", *command],
                cwd=home,
                env=clean_environment(),
                stdout=log,
                stderr=log,
                umask=0o077,
            )
            while process.poll() is None and not stop.wait(AGAIN_S):
                pass
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
