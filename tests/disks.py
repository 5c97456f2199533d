"""Small and read-only disks, mounted for one test; only root may mount."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class Disk:
    """A mounted file system of its own."""

    def __init__(self, folder: Path) -> None:
        """Take a mounted folder."""
        self.folder = folder

    def fill(self, *, leave_bytes: int = 0) -> None:
        """Write until nothing is left but some bytes, in a file `filler`."""
        block = 4096
        with (self.folder / "filler").open("ab", buffering=0) as stream, contextlib.suppress(OSError):
            while self.free_bytes() > leave_bytes:
                stream.write(b"\0" * min(block, self.free_bytes() - leave_bytes))

    def free_bytes(self) -> int:
        """Return what is left."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_bsize

    def empty(self) -> None:
        """Give the space back that `fill` took."""
        (self.folder / "filler").unlink(missing_ok=True)

    def make_read_only(self) -> None:
        """Let nobody write; what is open for writing must be closed."""
        _mount("-o", "remount,ro", str(self.folder))

    def make_writable(self) -> None:
        """Let them write again."""
        _mount("-o", "remount,rw", str(self.folder))


@contextlib.contextmanager
def mounted(folder: Path, *, size: str = "2m") -> Iterator[Disk]:
    """Mount an empty disk on a folder; skips where that is not allowed, and fails there in CI.

    Args:
        folder: An existing folder.
        size: As mount takes it.
    """
    if os.geteuid() != 0:
        _do_without("only root may mount a small disk")
    try:
        _mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        _do_without(f"no small disk can be mounted here ({error})")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


def _do_without(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
