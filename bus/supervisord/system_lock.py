"""One lock for the whole system: a second copy in the same folder is refused, whoever starts it.

    [rpcinterface:lock]
    supervisor.rpcinterface_factory=bus.supervisord.system_lock:hold

supervisord calls `hold` while it opens its own socket, before it becomes a daemon. So the lock lives exactly as long as
supervisord does, also through its forks, and its programs never inherit it: supervisord closes what is not theirs.
`launch.control` asks before anything is started or stopped.

Follows supervisord.org, "Extending Supervisor's XML-RPC API", and supervisor 4.3.0's source (read 2026-11).

Quirk: on SIGHUP supervisord closes its descriptors, so the lock too, and calls `hold` again.
"""

import fcntl
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bus.supervisord.lock_holder import PATH, holder, taken

WITHIN_S = 1.0
REFUSED = 2
"""The exit code of one that does not start because another one runs."""


class Options(Protocol):
    """What is used of supervisord's options; it ships no types."""

    pidfile: str


class Supervisord(Protocol):
    """What is used of supervisord."""

    options: Options


def hold(supervisord: Supervisord) -> object:
    """Take the lock for as long as this process lives; called by supervisord.

    Args:
        supervisord: supervisord itself; the lock lies beside its pid file.

    Returns:
        An interface without methods: nothing is added to supervisord's own.

    Raises:
        SystemExit: Another supervisord holds it; who it is was written to standard error.
    """
    lock = Path(supervisord.options.pidfile).with_name(PATH.name)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + WITHIN_S  # somebody who merely asks holds it for a moment
    while not taken(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > until:
            os.close(descriptor)
            sys.stderr.write(f"{holder(lock) or 'the lock is being asked for; start again'}\n")
            raise SystemExit(REFUSED)
        time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n".encode(), 0)
    return object()  # the descriptor stays open: nobody closes it but the end of the process
