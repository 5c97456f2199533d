"""What takes long to make and is then only copied: made once for all workers of a run."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a file that whoever asks first has made, of all the workers of this run.

    Args:
        factory: Of the temporary folders.
        name: The file's.
        make: Makes it at a path in the same folder.
    """
    base = factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # each worker's lies in the run's
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = folder / f"{name}.begun"
            make(begun)
            begun.rename(made)
    return made
