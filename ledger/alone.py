"""One program of a kind on one ledger in a file: a lock that ends with the process that holds it, however that ends.

It is a lock of a file beside the ledger's (flock(2)). On a server several share the work: `ledger.shares`.
"""

import fcntl
import os
from pathlib import Path

from ledger.store import file_mode
from ledger.unavailable import unavailable_files


class Alone:
    """The place of the one program of its name on a ledger; not held at first."""

    def __init__(self, ledger: Path, program: str) -> None:
        """Hold nothing.

        Args:
            ledger: The ledger's file.
            program: What the place is called.
        """
        self._path = ledger.parent / f"{ledger.name}.{program}.lock"
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the place, or make sure that it is still held.

        Returns:
            Whether it is ours; False while another one has it.

        Raises:
            LedgerUnavailable: Nobody can tell now.
        """
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, file_mode())
        except OSError as error:
            raise unavailable_files(error) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def leave(self) -> None:
        """Let the place go, where it is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
