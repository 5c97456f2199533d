"""The contract on the paper broker."""

import random
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from brokers.paper import Settings
from bus.connection import memory_kb
from bus.messages.venues import PlaceOrder, Traded
from bus.settings import NotConfigured, SettingsError, read
from tests.brokers.contract import BrokerContract, repeated
from tests.brokers.pretend_execution import KEY, Execution, market
from tests.brokers.subject import Program, limit
from tests.running import running

MOST_KB = 30_000
"""25 MB are the goal on the machine that it runs on; in a test no other program shares its pages."""
SHARE = Traded(symbol="AAPL", asset_type="EQUITY", currency="USD", exchange="NASDAQ")


class TestPaper(BrokerContract):
    """All promises, with quotes from the pretend market data."""

    program = "broker-paper"
    module = "brokers.paper"
    instrument = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
    symbol = "BTCUSDT.P"

    def environment(self) -> dict[str, str]:
        return {"TRADING": "paper", "PAPER_QUOTES_URL": self.venue.addresses["ticker"]}

    def orders_at_venue(self) -> int:
        with closing(sqlite3.connect(self.home / "data/state/broker-paper.db")) as database:
            count: int = database.execute("SELECT count(*) FROM orders").fetchone()[0]
            return count

    def resting_order(self, client_order_id: str) -> PlaceOrder:
        return limit(market(client_order_id, self.instrument, quantity="0.1"), "40000")

    def reach_resting_order(self) -> None:
        price = {"bid": "39900", "ask": "39910", "last": "39905"}
        self.venue.set_state("ticker", **{name: {"BTC-USDT": text} for name, text in price.items()})

    def test_a_share_is_filled_at_the_signals_price_and_says_so(self, execution: Execution) -> None:
        order = msgspec.structs.replace(market("a1", SHARE, quantity="3"), expected_price=Decimal("201.5"))
        (fill,) = execution.placed(order, "FILLED").executions

        assert (fill.price, fill.note) == (Decimal("201.5"), "at the signal's price: no quote")

    @pytest.mark.parametrize("trouble", ["refuse", "status", "garbage", "html"])
    def test_without_the_quotes_source_steps_are_assumed_and_orders_filled_at_the_signals_price(
        self, execution: Execution, trouble: str
    ) -> None:
        self.venue.fault("ticker", trouble, **({"status": 503} if trouble == "status" else {}))
        state = self.resolved(execution, self.symbol)
        order = msgspec.structs.replace(market("a1", self.instrument), expected_price=Decimal(50000))
        (fill,) = execution.placed(order, "FILLED").executions

        assert state.instrument == self.instrument
        assert "assumed" in state.reason
        assert fill.price == 50000
        assert fill.note

    def test_a_symbol_that_the_quotes_source_has_not_is_unknown(self, execution: Execution) -> None:
        assert self.resolved(execution, "N0SUCHUSDT").reason == "BingX has no N0SUCH-USDT"

    def test_killed_at_any_moment_it_has_each_order_once_and_money_that_fits_its_fills(
        self, execution: Execution, broker: Program
    ) -> None:
        """Fault T12: killed at any step."""
        chance = random.Random(7)
        orders = [market(f"a{number}", self.instrument, quantity="0.01") for number in range(12)]
        for number, order in enumerate(orders):
            execution.say(order)
            if number % 3 == 0:
                broker.child.process.poll()
                for _ in range(chance.randrange(200_000)):  # some microseconds to some milliseconds
                    pass
                broker.kill_and_restart()
        for order in orders:
            execution.insist(repeated(order), "FILLED")
        state = self.account(execution)
        spent = sum(each.fee or 0 for each in state.executions)
        cash = next(each.cash for each in state.balances if each.currency == "USDT")

        assert self.orders_at_venue() == len(state.executions) == len(orders)
        assert [each.quantity for each in state.positions] == [Decimal("0.12")]
        assert cash == 100_000 - spent

    @pytest.mark.usefixtures("execution")
    def test_it_is_light(self, broker: Program) -> None:
        assert 0 < memory_kb(broker.child.pid) < MOST_KB


def test_it_is_not_started_while_trading_is_off() -> None:
    with pytest.raises(NotConfigured):
        read(Settings, {"TRADING": "off", "ORDER_KEY": KEY.hex()})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PAPER_SLIPPAGE_BPS", "-1"),
        ("PAPER_FEE_BPS", "much"),
        ("PAPER_START_CASH", "0"),
        ("PAPER_QUOTES_URL", "ftp://a"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read(Settings, {"TRADING": "paper", "ORDER_KEY": KEY.hex(), name: value})


def test_where_trading_is_off_the_program_leaves_as_not_configured(home: Path) -> None:
    with running(home, "-m", "brokers.paper", environment={"TRADING": "off", "ORDER_KEY": KEY.hex()}) as child:
        assert child.code() == 3
