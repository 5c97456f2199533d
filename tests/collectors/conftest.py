"""IBKR's collector and its clock."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.ibkr import Ibkr
from collectors.ibkr_flex_state import Pauses
from sandbox.control.client import Sandbox
from tests.collectors.flex import HURRY, Clock, follow, settings


@pytest.fixture
def flex_clock(sandbox: Sandbox) -> Clock:
    """Give the collector's clock; the service's, without limits, shows the same until a test moves one of them."""
    sandbox.set_state("ibkr", per_second=0, per_minute=0)
    begun = Clock()
    follow(begun, sandbox)
    return begun


@pytest.fixture
def make_ibkr(sandbox: Sandbox, tmp_path: Path, flex_clock: Clock) -> Callable[..., Ibkr]:
    """Give a maker of collectors that share their memory, as one process after another does."""

    def build(pauses: Pauses = HURRY, **options: str) -> Ibkr:
        return Ibkr(settings(sandbox.addresses["ibkr"], **options), pauses=pauses, folder=tmp_path, now=flex_clock)

    return build
