"""Who holds the lock of the whole system, `system_lock`: asked by `launch.control` and by `make now`."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import NamedTuple

PATH = Path("run/system.lock")
PID_FILE = "supervisord.pid"


class Holder(NamedTuple):
    """Who holds the lock: its process, 0 where that is not known, and when it took it."""

    pid: int
    started: str

    def __str__(self) -> str:
        """Say it to the owner."""
        pid = self.pid or "not known"
        return f"already running, pid {pid}, started {self.started}; stop it with: make stop"


def holder(lock: Path = PATH) -> Holder | None:
    """Tell who holds the lock; a pid file or a socket that somebody has left behind says nothing of it.

    Args:
        lock: Its file; supervisord's pid file is its neighbour.

    Returns:
        The holder; None when nobody holds it.

    Raises:
        PermissionError: It is another user's.
    """
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if taken(descriptor, fcntl.LOCK_SH):
            return None
        started = os.pread(descriptor, 40, 0).decode(errors="replace").strip()
    finally:
        os.close(descriptor)
    return Holder(_pid_of(lock), started)


def _pid_of(lock: Path) -> int:
    """Return the process that the pid file names, if it has the lock open; 0 where it does not, or nobody can tell."""
    try:
        pid = int(lock.with_name(PID_FILE).read_text(encoding="ascii"))
        wanted = lock.stat()
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except (OSError, ValueError):
        return 0
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            if os.path.samestat(descriptor.stat(), wanted):
                return pid
    return 0


def taken(descriptor: int, kind: int) -> bool:
    """Try to take a lock, without waiting; return whether we have it now.

    Args:
        kind: LOCK_SH or LOCK_EX of `fcntl`.
    """
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
