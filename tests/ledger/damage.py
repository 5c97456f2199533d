"""Ways to damage a ledger's file, and processes that use one from the other side."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
print("released", flush=True)
sys.stdin.readline()
"""


def damaged_header(path: Path) -> None:
    """Overwrite the first bytes."""
    with path.open("r+b") as stream:
        stream.write(b"\0" * 100)


def truncated(path: Path) -> None:
    """Cut the file in the middle of a page."""
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2 + 100)


def zero_bytes(path: Path) -> None:
    """Leave the name only."""
    path.write_bytes(b"")


def damaged_pages(path: Path) -> None:
    """Overwrite pages in the middle and leave the header."""
    with path.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * 4096 * 8)


def garbage(path: Path) -> None:
    """Put something else there."""
    path.write_bytes(b"no database at all, " * 500)


DAMAGES: tuple[Callable[[Path], None], ...] = (damaged_header, truncated, zero_bytes, damaged_pages, garbage)


class Holder:
    """Another process that holds the write lock, as a shell or a backup does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Watch it."""
        self._process = process

    def release(self) -> None:
        """Let the lock go."""
        self._tell("released")

    def _tell(self, expected: str) -> None:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the holder has no pipes")
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != f"{expected}\n":
            raise RuntimeError("the holder does not answer")


@contextlib.contextmanager
def held(path: Path) -> Iterator[Holder]:
    """Hold the write lock of a ledger in another process for as long as the `with` lasts, or until released."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "held\n":
                raise RuntimeError("the lock was not taken")
            yield Holder(process)
        finally:
            process.kill()
