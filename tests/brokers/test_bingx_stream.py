"""What the broker of BingX makes of a stream that misbehaves: everything is read again by REST, and told once."""

import json

import httpx
import pytest

from bus.messages.venues import BrokerState, OrderEvent, PlaceOrder
from tests.brokers.bingx_subject import BINGX, BingxSubject
from tests.brokers.contract import cancel
from tests.brokers.pretend_execution import Execution, market
from tests.running import wait_until

pytestmark = pytest.mark.faults
STREAM = "/swap-market"


def ours(number: int) -> str:
    """Return a client order id as execution makes them."""
    return f"{number:032x}"


@pytest.mark.usefixtures("broker")
class TestBingxStream(BingxSubject):
    """Fault T25."""

    def stream(self) -> dict[str, list[dict[str, str]]]:
        """Return the listen keys and connections that BingX has."""
        answer = httpx.get(f"{self.venue.addresses['control']}/{BINGX}/stream", trust_env=False)
        found: dict[str, list[dict[str, str]]] = json.loads(answer.content)
        return found

    def listening(self) -> list[str]:
        """Return the keys of the connections that hear the account, once there is one."""
        wait_until(lambda: any(each["key"] for each in self.stream()["listeners"]), what="nobody listens")
        return [each["key"] for each in self.stream()["listeners"] if each["key"]]

    def told(self, execution: Execution, order: PlaceOrder) -> list[OrderEvent]:
        """Return what was told of an order."""
        events = [each for each in execution.heard if isinstance(each, OrderEvent)]
        return [each for each in events if each.client_order_id == order.client_order_id]

    def fills(self, execution: Execution, order: PlaceOrder) -> set[str]:
        """Return the names of all fills that were ever told of an order."""
        return {fill.broker_trade_id for event in self.told(execution, order) for fill in event.executions}

    def rests(self, execution: Execution, number: int = 1) -> PlaceOrder:
        """Return an order that rests, with the stream heard."""
        self.listening()
        order = self.resting_order(ours(number))
        execution.placed(order, "NEW")
        return order

    def test_a_fill_is_told_at_once_because_the_stream_wakes(self, execution: Execution) -> None:
        order = self.rests(execution)
        self.reach_resting_order()

        assert execution.event(order, "FILLED", within_s=2.0).reply_to == ""
        assert len(self.fills(execution, order)) == 1

    def test_a_stream_that_says_nothing_of_a_fill_does_not_matter_for_long(self, execution: Execution) -> None:
        order = self.rests(execution)
        self.venue.fault(BINGX, "stream_cut", path=STREAM, times=1)
        self.reach_resting_order()

        assert execution.event(order, "FILLED").filled_quantity == order.quantity
        assert len(self.fills(execution, order)) == 1

    def test_while_no_stream_can_be_opened_resting_orders_are_asked_for(self, execution: Execution) -> None:
        order = self.rests(execution)
        self.venue.fault(BINGX, "status", path=STREAM, status=503)
        self.control("stream/drop")
        wait_until(lambda: not self.stream()["listeners"], what="the connection is still there")
        self.reach_resting_order()

        assert execution.event(order, "FILLED").filled_quantity == order.quantity

    def test_a_listen_key_that_has_expired_is_made_anew(self, execution: Execution) -> None:
        order = self.rests(execution)
        before = self.listening()
        self.control("stream/expire")
        wait_until(lambda: self.listening() != before, what="the old key is still used")
        self.reach_resting_order()

        assert execution.event(order, "FILLED").filled_quantity == order.quantity

    @pytest.mark.parametrize("kind", ["stream_garbage", "stream_twice", "stream_first"])
    def test_what_the_stream_says_wrongly_twice_or_early_is_told_once(self, execution: Execution, kind: str) -> None:
        self.listening()
        order = market(ours(2), self.instrument)
        path = "/openApi/swap/v2/trade/order" if kind == "stream_first" else STREAM
        self.venue.fault(BINGX, kind, path=path, times=3)
        execution.placed(order, "FILLED")
        resting = self.rests(execution, 3)
        self.reach_resting_order()
        execution.event(resting, "FILLED")

        assert len(self.fills(execution, order)) == 1
        assert len(self.fills(execution, resting)) == 1
        assert {each.status for each in self.told(execution, order)} == {"FILLED"}
        assert self.orders_at_venue() == 2

    @pytest.mark.parametrize("spelling", ["CANCELLED", "CANCELED"])
    def test_a_cancel_is_one_word_however_it_is_spelled(self, execution: Execution, spelling: str) -> None:
        self.venue.set_state(BINGX, canceled_as=spelling)
        by_us, by_bingx = self.rests(execution, 4), self.rests(execution, 5)
        execution.say(cancel(by_us))
        execution.event(by_us, "CANCELED")
        self.control(f"orders/{by_bingx.client_order_id}/cancel")

        assert execution.event(by_bingx, "CANCELED").executions == ()

    def test_what_was_filled_by_hand_while_the_stream_was_away_is_told_when_it_is_back(
        self, execution: Execution
    ) -> None:
        self.rests(execution)
        self.venue.fault(BINGX, "status", path=STREAM, status=503, times=2)
        self.control("stream/drop")
        self.control("trade", symbol="BTC-USDT", quantity=0.2)

        foreign = execution.hear(OrderEvent, where=lambda each: each.client_order_id == "")
        assert [(each.side, each.instrument) for each in foreign.executions] == [("BUY", self.instrument)]

    def test_a_liquidation_is_told_as_one(self, execution: Execution) -> None:
        self.listening()
        execution.placed(market(ours(6), self.instrument), "FILLED")
        self.control("liquidate", symbol="BTC-USDT")

        told = execution.hear(OrderEvent, where=lambda each: each.client_order_id == "")
        assert [(each.note, each.side) for each in told.executions] == [("LIQUIDATION", "SELL")]

    def test_orders_go_on_while_the_stream_sends_garbage(self, execution: Execution) -> None:
        self.listening()
        self.venue.fault(BINGX, "stream_garbage", path=STREAM)
        orders = [market(ours(10 + number), self.instrument, quantity="0.01") for number in range(3)]
        for order in orders:
            execution.placed(order, "FILLED")

        assert len({each.boot for each in execution.heard if isinstance(each, BrokerState)}) == 1
        assert self.orders_at_venue() == len(orders)
