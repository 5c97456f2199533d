"""A real ledger in a file of its own for each test; its schema is made once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger by its migrations."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(empty_ledger: Path, tmp_path: Path) -> str:
    """Give the address of an empty ledger."""
    path = tmp_path / "portfolio.db"
    shutil.copy(empty_ledger, path)
    return f"sqlite:///{path}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger."""
    with open_ledger(url) as opened:
        yield opened
