"""Work that takes as long as the ledger is large and the disk is slow, in a thread: the process beats meanwhile.

The sentinel kills who is silent for half a minute, and would kill whoever checks, copies or migrates a large ledger in
its loop, again and again. A thread ends with its process, whatever ends that one; SQLite, PostgreSQL's driver and a
wait for a child all let the other threads run. What works here has a connection of its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def in_background(work: Callable[[], Result], *, name: str) -> Future[Result]:
    """Begin a piece of work.

    Args:
        work: What is done; an exception of it comes out of the result.
        name: The thread's.

    Returns:
        What becomes of it: `done()`, and then `result()`.
    """
    future: Future[Result] = Future()

    def run() -> None:
        """Do the work, and keep what it returns or raises for whoever asks."""
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
