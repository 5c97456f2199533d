"""A piece of work that takes too long for execution's loop, in a child process that writes its own result."""

import os
import subprocess
import sys
from datetime import datetime

from bus.process import STARTED_BY
from bus.settings import HANDED_OVER, hand_over
from bus.time_source import SYSTEM_TIME, TimeSource

AGAIN_S = 600.0


class Child:
    """Starts one module at a time, and not again at once where it fails."""

    def __init__(self, module: str, url: str, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Start nothing yet.

        Args:
            module: What runs; it reads DATABASE_URL as a program does, and takes a moment as its argument.
            url: The ledger's SQLAlchemy URL.
            time: Says when it may be started again.
        """
        self._module = module
        self._url = url
        self._time = time
        self._process: subprocess.Popen[bytes] | None = None
        self._begun: datetime | None = None
        self._again_s = 0.0

    def begin(self, due_at: datetime) -> None:
        """Start it for a moment, unless it runs, or has just run for that one.

        Args:
            due_at: Its argument.
        """
        if self._process is not None and self._process.poll() is None:
            return
        if due_at == self._begun and self._time.monotonic() < self._again_s:
            return
        self._begun, self._again_s = due_at, self._time.monotonic() + AGAIN_S
        descriptor = hand_over({"DATABASE_URL": self._url})  # it may hold a password
        environment = {**os.environ, HANDED_OVER: str(descriptor), STARTED_BY: str(os.getpid())}
        command = [sys.executable, "-m", self._module, due_at.isoformat()]
        try:
            self._process = subprocess.Popen(command, env=environment, pass_fds=(descriptor,))
        finally:
            os.close(descriptor)
