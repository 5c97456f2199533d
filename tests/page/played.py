"""The demo's world and a system that trades in it, for the tests that use its page as a person would."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.demo import demo_system
from sandbox.trading_demo import ALERT, SYMBOL
from sandbox.tradingview.client import fire, settled
from tests.running import wait_until
from tests.webhook.running import is_open


class Played:
    """The pretend world, and the folder of the system that trades in it."""

    def __init__(self, world: Sandbox, home: Path) -> None:
        """Know both."""
        self.world, self.home = world, home

    def alert(self, action: str = "buy", name: str = ALERT, **values: str) -> None:
        """Let TradingView send an alert, and wait until it is accepted."""
        firing = fire(self.world, name, {"ticker": SYMBOL, "strategy.order.action": action, **values})

        assert settled(self.world, firing, timeout_s=30).outcome == "delivered"

    def write(self, statement: str) -> int:
        """Change the ledger past the product, and return how many rows that were."""
        with closing(sqlite3.connect(self.home / "data" / "portfolio.db", timeout=10)) as ledger, ledger:
            return ledger.execute(statement).rowcount


@contextmanager
def playing() -> Iterator[Played]:
    """Run the world and the system as `make demo TRADING=1` does, while no share is traded."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    port = trading_demo.free_port()
    with start(folder) as world:
        settings = trading_demo.settings(world, port) | {"MARKET_CLOSED_DAYS": _closed_days()}
        with demo_system(folder, world, settings):
            trading_demo.set_up(world, port)
            wait_until(lambda: is_open(port), what="the webhook listens", within_s=60)
            yield Played(world, folder)
    shutil.rmtree(folder)


def _closed_days() -> str:
    """Return a week of days from yesterday on, so that no share is traded whenever this runs."""
    today = datetime.now(UTC).date()
    return ",".join(str(today + timedelta(days=number)) for number in range(-1, 7))
