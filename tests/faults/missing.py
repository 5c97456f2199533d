"""What a fault needs of the machine: where it is missing a test is skipped with a line, in CI it fails."""

import os
from typing import NoReturn

import pytest

from tests.faults.false_clock import FAKETIME


def need_root(why: str) -> None:
    """Go on as root only."""
    if os.geteuid() != 0:
        _missing(f"only root may {why}")


def need_faketime() -> None:
    """Go on only where libfaketime is installed."""
    if not FAKETIME.exists():
        _missing("the Debian package faketime is not installed")


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
