"""The contract on the paper broker."""

import sqlite3
from contextlib import closing

from bus.messages.venues import PlaceOrder, Traded
from tests.brokers.contract import BrokerContract
from tests.brokers.pretend_execution import market
from tests.brokers.subject import limit


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
