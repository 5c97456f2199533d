"""A signed client of the pretend BingX."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.control.client import Sandbox
from tests.sandbox.bingx.driving import Client


@pytest.fixture
def bingx(sandbox: Sandbox) -> Iterator[Client]:
    """Give a client of a pretend BingX that keeps no limits."""
    sandbox.set_state("bingx", has_limits=False, spread_bps=0, prices={"BTC-USDT": "80000"})
    with httpx.Client(base_url=sandbox.addresses["bingx"], timeout=5, trust_env=False) as http:
        yield Client(sandbox, http)
