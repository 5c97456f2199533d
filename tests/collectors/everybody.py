"""All collectors, each with invented credentials and whatever address a test has for it."""

from collections.abc import Callable
from pathlib import Path

from collectors.source import Source
from tests.collectors import test_bybit, test_fx, test_ibkr, test_okx, test_tbank

Build = Callable[[dict[str, str], Path], Source]

SERVICES = ("bybit", "okx", "tbank", "ibkr", "cbr", "frankfurter", "erapi")
BUILDERS: dict[str, Build] = {
    "bybit": test_bybit.TestBybit().build,
    "okx": test_okx.TestOkx().build,
    "tbank": test_tbank.TestTbank().build,
    "ibkr": test_ibkr.TestIbkr().build,
    "fx": test_fx.TestFx().build,
}


def all_at(address: str) -> dict[str, str]:
    """Return addresses that are all the same one."""
    return dict.fromkeys(SERVICES, address)


def close_what_was_opened() -> None:
    """Close the connections that OKX's SDK keeps."""
    while test_okx.OPENED:
        test_okx.OPENED.pop().client.close()
