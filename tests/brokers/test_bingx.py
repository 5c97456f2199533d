"""The contract on the broker of BingX."""

import random
import time
from decimal import Decimal

import msgspec
import pytest

from bus.messages.venues import OrderEvent, PlaceOrder
from tests.brokers.bingx_subject import BINGX, BingxSubject
from tests.brokers.contract import BrokerContract, repeated
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import Program
from tests.running import WITHIN_S


class TestBingx(BingxSubject, BrokerContract):
    """All promises, with a perpetual in hedge mode."""

    def settled(self, execution: Execution, order: PlaceOrder) -> OrderEvent:
        """Say an order until it is filled, as execution does: what is nowhere is decided on anew."""
        again, ends_at = repeated(order), time.monotonic() + WITHIN_S
        while time.monotonic() < ends_at:
            execution.say(again)
            try:
                event = execution.event(order, "FILLED", "NOWHERE", within_s=1.0)
            except TimeoutError:
                continue
            if event.status == "FILLED":
                return event
            again = order if event.retry_after_s is None else repeated(order)
        raise TimeoutError(f"{order.client_order_id} is not filled")

    def test_in_one_way_mode_it_opens_closes_and_never_crosses_zero(self, execution: Execution) -> None:
        self.venue.set_state(BINGX, is_dual=False)
        execution.placed(market("a1", self.instrument, "SELL"), "FILLED")
        closing = msgspec.structs.replace(market("a2", self.instrument, "BUY", "2"), reduce_only=True)
        closed = execution.placed(closing, "FILLED", "CANCELED")
        state = self.account(execution)

        assert closed.filled_quantity == Decimal("0.5")
        assert [each.reduce_only for each in self.shown().orders] == [False, True]
        assert state.positions == ()

    def test_an_opening_brings_its_legs_which_are_taken_and_fill_by_themselves(self, execution: Execution) -> None:
        opening = msgspec.structs.replace(market("a1", self.instrument), stop_loss=Decimal(80000))
        leg = msgspec.structs.replace(
            market("a2", self.instrument, "SELL"),
            type="STOP",
            stop_price=Decimal(80000),
            reduce_only=True,
            leg="STOP_LOSS",
            parent="a1",
        )
        execution.placed(opening, "FILLED")
        taken = execution.placed(leg, "NEW")
        self.price("79990")
        event = execution.event(leg, "FILLED")

        assert len(self.shown().orders) == 2
        assert taken.broker_order_id == event.broker_order_id
        assert (event.reply_to, event.filled_quantity) == ("", Decimal("0.5"))

    @pytest.mark.faults
    def test_killed_at_any_moment_it_places_each_order_once(self, execution: Execution, broker: Program) -> None:
        """Fault T12: killed at any step."""
        chance = random.Random(7)
        orders = [market(f"a{number}", self.instrument, quantity="0.01") for number in range(6)]
        for number, order in enumerate(orders):
            execution.say(order)
            if number % 2 == 0:
                for _ in range(chance.randrange(2_000_000)):  # some microseconds to some ten milliseconds
                    pass
                broker.kill_and_restart()
        events = [self.settled(execution, order) for order in orders]
        state = self.account(execution)

        assert [len(self.at_venue(order)) for order in orders] == [1] * len(orders)
        assert {each.filled_quantity for each in events} == {Decimal("0.01")}
        assert [each.quantity for each in state.positions] == [Decimal("0.06")]
        assert len({each.broker_trade_id for each in state.executions}) == len(orders)
