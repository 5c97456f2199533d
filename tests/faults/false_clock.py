"""A wall clock that tests can set, through libfaketime (github.com/wolfcw/libfaketime, README of 0.9.10, read 2026-11).

Monotonic clocks stay true, as they do when a real wall clock steps. The file holds how far the false clock is ahead;
every reading of the time reads it anew.

Quirk: a process that is killed leaves libfaketime's semaphore and shared memory behind; `tidy` removes them.
"""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("/usr/lib/faketime/libfaketime.so.1"))


def environment(path: Path) -> dict[str, str]:
    """Return the variables that put a process under the clock of a file."""
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(path),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def tidy() -> None:
    """Remove what dead processes left in shared memory; a process with the same id would find it."""
    for path in Path("/dev/shm").glob("*faketime_s*_*"):
        if not Path("/proc", path.name.rpartition("_")[2]).exists():
            with contextlib.suppress(OSError):  # somebody else's, or removed by another worker
                path.unlink()


class FalseClock:
    """The clock of a file."""

    def __init__(self, path: Path) -> None:
        """Begin with the true time."""
        self.path = path
        self._ahead = timedelta(0)
        self.step(timedelta(0))

    def now(self) -> datetime:
        """Return the false time, aware UTC."""
        return datetime.now(UTC) + self._ahead

    def set_to(self, moment: datetime) -> None:
        """Set the clock."""
        self.step(moment - self.now())

    def step(self, by: timedelta) -> None:
        """Step the clock, forward or back."""
        self._ahead += by
        draft = self.path.with_name("clock.draft")
        draft.write_text(f"{self._ahead.total_seconds():+.3f}\n", encoding="ascii")
        draft.replace(self.path)
