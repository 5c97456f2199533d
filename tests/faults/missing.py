"""What a fault needs of the machine: where it is missing a test is skipped with a line, in CI it fails."""

import os
import subprocess
from typing import NoReturn

import pytest

from tests.faults.false_clock import FAKETIME


def need_root(why: str) -> None:
    """Go on as root only."""
    if os.geteuid() != 0:
        _missing(f"only root may {why}")


def need_namespaces() -> None:
    """Go on only where networks of their own can be made: in many containers not even root may."""
    name = f"pb-probe-{os.getpid()}"
    try:
        for verb in ("add", "del"):
            subprocess.run(["ip", "netns", verb, name], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("ip netns cannot make a network here: that takes root's rights, and Debian's package iproute2")


def need_faketime() -> None:
    """Go on only where libfaketime is installed."""
    if not FAKETIME.exists():
        _missing("the Debian package faketime is not installed")


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
