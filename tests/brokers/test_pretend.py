"""The contract on the smallest broker that there is, and the troubles that only a pretend venue has at will."""

from bus.messages.venues import PlaceOrder, Traded
from tests.brokers.contract import BrokerContract
from tests.brokers.faults_contract import BrokerFaultsContract
from tests.brokers.pretend_execution import market
from tests.brokers.pretend_venue import control, taken_orders
from tests.brokers.subject import limit
from tools.pretend_broker import NAME


class TestPretend(BrokerFaultsContract, BrokerContract):
    """All promises."""

    program = NAME
    module = "tools.pretend_broker"
    instrument = Traded(symbol="BTC-USDT", asset_type="FUTURE", currency="USDT", base_currency="BTC")
    symbol = "BTCUSDT"

    def environment(self) -> dict[str, str]:
        return {"VENUE_URL": self.venue.addresses["venue"]}

    def orders_at_venue(self) -> int:
        return len(taken_orders(self.venue))

    def resting_order(self, client_order_id: str) -> PlaceOrder:
        return limit(market(client_order_id, self.instrument, quantity="0.1"), "40000")

    def reach_resting_order(self) -> None:
        control(self.venue, "/venue/quotes/BTC-USDT", {"bid": "39900", "ask": "39910", "last": "39905"})
