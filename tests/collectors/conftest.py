"""IBKR's and the FX collector, and their clocks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collectors.fx import Fx
from collectors.ibkr import Ibkr
from collectors.ibkr_flex_state import Pauses
from sandbox.control.client import Sandbox
from tests.collectors import rates
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


@pytest.fixture
def fx_clock() -> rates.Clock:
    """Give the collector's clock."""
    return rates.Clock()


@pytest.fixture
def make_fx(sandbox: Sandbox, tmp_path: Path, fx_clock: rates.Clock) -> Callable[..., Fx]:
    """Give a maker of collectors that share their saved rate, as one process after another does."""
    return lambda **variables: Fx(rates.settings(sandbox.addresses, **variables), folder=tmp_path, now=fx_clock)
