"""Who holds the lock of the whole system (`bus/system_lock.py`): asked before a start, and by `make now`."""

import fcntl
import os
from pathlib import Path

PATH = Path("run/system.lock")
PID_FILE = "supervisord.pid"


def holder(lock: Path) -> str | None:
    """Tell who holds the lock.

    Args:
        lock: Its file; supervisord's pid file is its neighbour.

    Returns:
        A sentence for the owner; None when nobody holds it.
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
    try:
        pid = lock.with_name(PID_FILE).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        pid = "not known yet"
    return f"already running, pid {pid}, started {started}; stop it with: make stop"


def taken(descriptor: int, kind: int) -> bool:
    """Try to take a lock; tell whether we have it now."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
