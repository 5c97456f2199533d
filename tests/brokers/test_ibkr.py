"""The contract on the broker of Interactive Brokers."""

import random
import time
from decimal import Decimal

from bus.messages.venues import OrderEvent, PlaceOrder
from tests.brokers.contract import BrokerContract, repeated
from tests.brokers.ibkr_subject import IbkrSubject
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import Program
from tests.running import WITHIN_S


class TestIbkr(IbkrSubject, BrokerContract):
    """All promises, with fractions of a share that allows them."""

    def settled(self, execution: Execution, order: PlaceOrder) -> OrderEvent:
        """Say an order until it is filled; where it is nowhere a person has it placed again."""
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

    def test_killed_at_any_moment_with_its_gateway_it_places_each_order_once(
        self, execution: Execution, broker: Program
    ) -> None:
        """Faults T12 and T22: killed at any step, and numbers that begin anew."""
        chance = random.Random(7)
        orders = [market(f"a{number}", self.instrument, quantity="0.1") for number in range(8)]
        for number, order in enumerate(orders):
            execution.say(order)
            if number % 4 == 0:
                for _ in range(chance.randrange(400_000)):  # some microseconds to some milliseconds
                    pass
                broker.kill_and_restart()
            elif number % 4 == 2:
                self.control("restart", seconds=0.1, roll_back_ids=True)
        events = [self.settled(execution, order) for order in orders]
        state = self.account(execution)

        assert [len(self.at_venue(order)) for order in orders] == [1] * len(orders)
        assert {each.filled_quantity for each in events} == {Decimal("0.1")}
        assert [each.quantity for each in state.positions] == [Decimal("0.8")]
        assert len({each.broker_trade_id for each in state.executions}) == len(orders)
