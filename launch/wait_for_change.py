"""Waits in a program's place until its settings are others, then leaves, and supervisord starts the program again.

    python -m launch.wait_for_change .env=MARK run=MARK …        the marks are those of `bus.settings_change`

SIGTERM ends it at once, as it ends a process that has asked for nothing else.
"""

import os
import sys
import time
from pathlib import Path

from bus.settings import WRONG_SETTINGS
from bus.settings_change import PARENT, marks

LOOK_S = 1.0
STARTSECS_S = 1.5
"""supervisord counts an earlier exit as a failed start, and gives up after some."""


def main() -> None:
    """Wait; an editor may write a file in pieces, so a change counts when it has lasted from one look to the next.

    Raises:
        SystemExit: The settings are others, or supervisord has died.
    """
    seen = dict(argument.rsplit("=", 1) for argument in sys.argv[1:])
    paths = tuple(map(Path, seen))
    supervisord = os.environ[PARENT]
    earliest = time.monotonic() + STARTSECS_S
    before = seen
    while str(os.getppid()) == supervisord:
        found = marks(paths)
        if found != seen and found == before and time.monotonic() >= earliest:
            break
        before = found
        time.sleep(LOOK_S)
    raise SystemExit(WRONG_SETTINGS)


if __name__ == "__main__":
    main()
