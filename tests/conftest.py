"""What all tests may use: a home folder with short paths, and a real hub in it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Child, running


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder that processes run in, as the current one; a socket's path has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    (folder / "run").mkdir(mode=0o700)
    monkeypatch.chdir(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def hub(home: Path) -> Iterator[Child]:
    """Run a hub in the home folder."""
    with running(home, "-m", "bus.hub") as child:
        child.wait_for("forwarding")
        yield child
