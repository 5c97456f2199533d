"""What the owner's commands share: how one is refused, and how the system is kept from running meanwhile."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bus.connection import RUN

LOCKS = ("system", "aggregator", "notifier", "webhook", "execution")


class Refused(Exception):
    """The command does nothing; its text says why, and what to do."""


@contextlib.contextmanager
def nothing_running() -> Iterator[None]:
    """Keep the system, and everybody who opens the ledger, from starting.

    Raises:
        Refused: One of them runs already.
    """
    RUN.mkdir(mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as held:
        for name in LOCKS:
            descriptor = _open_lock(RUN / f"{name}.lock")
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused("the system runs; first: make stop") from None
        yield


def _open_lock(path: Path) -> int:
    """Open a lock, as far as one may where each program has a user of its own; make it where it is missing."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
