"""What the owner's commands share: how one is refused, and how the system is kept from running meanwhile."""

import contextlib
import fcntl
import os
from collections.abc import Iterator

from bus.connection import RUN

LOCKS = ("system", "aggregator", "notifier")


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
            descriptor = os.open(RUN / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            held.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused("the system runs; first: make stop") from None
        yield
