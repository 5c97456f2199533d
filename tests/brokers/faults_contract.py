"""What every broker makes of a venue that misbehaves; for venues whose twin can be told to."""

from decimal import Decimal

import msgspec
import pytest

from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import AskQuote, BrokerState, OrderEvent, PlaceOrder, Quote, Traded
from tests.brokers.contract import LONG_AGO, cancel, look_up, repeated
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.pretend_venue import control
from tests.brokers.subject import BrokerSubject, Program
from tests.running import wait_until

HALF = Decimal("0.25")
FOUND = (["UNKNOWN", "FILLED"], ["FILLED"])
"""What is told of an order whose answer was lost: it is looked up, unless its executions are told before that."""


@pytest.mark.usefixtures("broker")
class BrokerFaultsContract(BrokerSubject):
    """The promises of a broker whose venue has troubles."""

    def statuses(self, execution: Execution, order: PlaceOrder) -> list[str]:
        """Return the states that were told of an order, in their order, each once in a row."""
        told = [
            each.status
            for each in execution.heard
            if isinstance(each, OrderEvent) and each.client_order_id == order.client_order_id
        ]
        return [status for before, status in zip(["", *told], told, strict=False) if status != before]

    @pytest.mark.parametrize(
        ("kind", "fields"),
        [("reset_after", {}), ("slow", {"seconds": 4}), ("cut", {}), ("truncated", {}), ("duplicate", {})],
    )
    def test_an_order_whose_answer_was_lost_is_looked_up_and_never_placed_again(
        self, execution: Execution, kind: str, fields: dict[str, object]
    ) -> None:
        """Faults T13 and T14: the answer is lost, or says that the client id is taken."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "silent", path="/events")
        self.venue.fault("venue", kind, path="/orders", times=1, **fields)
        execution.say(order)
        execution.event(order, "UNKNOWN")
        execution.say(repeated(order))
        execution.event(order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    def test_what_the_stream_has_told_is_not_unknown_when_the_answer_is_lost(self, execution: Execution) -> None:
        """Fault T16: the fill before the acknowledgement."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "slow", seconds=4, path="/orders", times=1)
        execution.say(order)
        told = execution.event(order, "FILLED")
        answered = execution.hear(OrderEvent, where=lambda event: event.reply_to == "placeorder")

        assert (told.reply_to, answered.status) == ("", "FILLED")
        assert self.orders_at_venue() == 1

    def test_an_error_before_the_order_was_taken_is_nowhere_and_placed_once_when_execution_says_so(
        self, execution: Execution
    ) -> None:
        """Fault T13: an answer 5xx."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "status", status=502, path="/orders", times=1)
        execution.say(order)
        execution.event(order, "NOWHERE")
        execution.placed(order, "FILLED")

        assert self.statuses(execution, order) == ["UNKNOWN", "NOWHERE", "FILLED"]
        assert self.orders_at_venue() == 1

    def test_an_order_that_shows_late_is_waited_for(self, execution: Execution) -> None:
        """Fault T15."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "forget", seconds=1, path="/orders", times=1)
        self.venue.fault("venue", "duplicate", path="/orders", times=1)
        execution.placed(order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    def test_a_broker_killed_before_the_answer_finds_its_order(self, execution: Execution, broker: Program) -> None:
        """Fault T12: killed after sending, before the answer."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "slow", seconds=30, path="/orders", times=1)
        execution.say(order)
        wait_until(lambda: self.orders_at_venue() == 1, what="the venue has the order")
        broker.kill_and_restart()
        event = execution.placed(repeated(order), "FILLED")

        assert event.filled_quantity == order.quantity
        assert self.orders_at_venue() == 1

    def test_fills_told_twice_and_in_the_wrong_order_are_right_at_the_end(self, execution: Execution) -> None:
        """Fault T16."""
        order = msgspec.structs.replace(self.resting_order("a1"), quantity=Decimal("0.5"))
        execution.placed(order, "NEW")
        self.venue.fault("venue", "twice", path="/events")
        for _ in range(2):
            control(self.venue, "/venue/acc-1/a1/fill", {"quantity": "0.25"})
        execution.event(order, "FILLED")
        execution.say(look_up(order))
        last = execution.hear(OrderEvent, where=lambda event: event.reply_to == "lookuporder")
        told = [each for each in execution.heard if isinstance(each, OrderEvent)]
        ids = [each.broker_trade_id for each in last.executions]

        assert last.filled_quantity == order.quantity
        assert len(ids) == len(set(ids)) == 2
        assert all(each.filled_quantity <= order.quantity for each in told)
        assert self.statuses(execution, order)[-1] == "FILLED"

    def test_a_part_and_then_silence_is_told_as_a_part_and_its_rest_can_be_cancelled(
        self, execution: Execution
    ) -> None:
        """Fault T17."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "partly", path="/orders", times=1)
        part = execution.placed(order, "PARTIALLY_FILLED")
        execution.say(cancel(order))
        end = execution.event(order, "CANCELED")

        assert part.filled_quantity == end.filled_quantity == HALF

    def test_a_fill_that_crosses_the_cancel_wins(self, execution: Execution) -> None:
        """Fault T18."""
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault("venue", "silent", path="/events")
        control(self.venue, "/venue/acc-1/a1/fill")
        execution.say(cancel(order))
        event = execution.event(order)

        assert (event.status, event.filled_quantity) == ("FILLED", order.quantity)

    def test_a_corrected_and_a_busted_fill_are_told_beside_the_old_one(self, execution: Execution) -> None:
        """Fault T19."""
        order = market("a1", self.instrument)
        execution.placed(order, "FILLED")
        control(self.venue, "/venue/acc-1/a1/correct", {"price": "49000"})
        corrected = execution.hear(OrderEvent, where=lambda event: len(event.executions) == 2)
        control(self.venue, "/venue/acc-1/a1/bust")
        busted = execution.hear(OrderEvent, where=lambda event: len(event.executions) == 3)

        assert [(each.revision, each.price) for each in corrected.executions][-1] == (2, Decimal(49000))
        assert corrected.filled_quantity == order.quantity
        assert len({each.execution for each in busted.executions}) == 1
        assert busted.filled_quantity == 0

    def test_a_venue_that_is_away_is_told_and_orders_go_on_when_it_is_back(self, execution: Execution) -> None:
        """Fault T20: down."""
        self.venue.fault("venue", "refuse")
        execution.hear(BrokerState, where=lambda state: not state.is_connected and bool(state.reason))
        order = market("a1", self.instrument)
        waiting = execution.placed(order)
        self.venue.clear("venue")
        execution.hear(BrokerState, where=lambda state: state.is_connected, within_s=10)
        execution.insist(repeated(order), "FILLED")

        assert (waiting.status, waiting.retry_after_s is not None) == ("NOWHERE", True)
        assert self.orders_at_venue() == 1

    def test_a_ban_is_kept_to(self, execution: Execution) -> None:
        """Fault T20: a rate limit with a ban."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "ban", seconds=1, path="/orders", times=1)
        banned = execution.placed(order)
        execution.say(repeated(order))
        within = execution.event(order)
        tried = [each for each in self.venue.requests("venue") if each.method == "POST"]

        assert banned.retry_after_s == within.retry_after_s == 1
        assert within.status == "NOWHERE"
        assert len(tried) == 1

    def test_an_hour_of_errors_leaves_an_order_unknown_until_it_can_be_looked_up(self, execution: Execution) -> None:
        """Fault T20: errors."""
        order = market("a1", self.instrument)
        self.venue.fault("venue", "reset_after", path="/orders", times=1)
        self.venue.fault("venue", "status", status=500, path="/orders", times=4)
        execution.placed(order, "FILLED")

        assert self.statuses(execution, order) in FOUND

    def test_a_position_made_by_hand_and_a_liquidation_are_seen(self, execution: Execution) -> None:
        """Fault T23."""
        control(self.venue, "/venue/acc-1/trade", {"symbol": "BTC-USDT", "quantity": "2"})
        by_hand = execution.hear(OrderEvent, where=lambda event: bool(event.executions))
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        state = execution.hear(AccountState)
        control(self.venue, "/venue/acc-1/liquidate", {"symbol": "BTC-USDT"})
        liquidated = execution.hear(OrderEvent, where=lambda event: bool(event.executions))

        assert by_hand.client_order_id == ""
        assert [each.quantity for each in state.positions] == [Decimal(2)]
        assert [each.note for each in liquidated.executions] == ["LIQUIDATION"]

    @pytest.mark.parametrize("kind", ["empty_with_error", "hang", "status", "garbage", "html"])
    def test_positions_that_cannot_be_read_are_not_taken_for_none(self, execution: Execution, kind: str) -> None:
        """Fault T24."""
        execution.placed(market("a1", self.instrument), "FILLED")
        self.venue.fault("venue", kind, path="/positions", **({"status": 503} if kind == "status" else {}))
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        state = execution.hear(AccountState)

        assert not state.is_complete
        assert state.reason
        assert [each.client_order_id for each in state.executions] == ["a1"]

    def test_a_refused_leg_is_told_and_one_that_vanished_is_nowhere(self, execution: Execution) -> None:
        leg = msgspec.structs.replace(self.resting_order("a1"), leg="SL", parent="a0")
        self.venue.fault("venue", "refuse_leg", path="/orders", times=1)
        refused = execution.placed(leg)
        other = msgspec.structs.replace(leg, client_order_id="a2")
        execution.placed(other, "NEW")
        control(self.venue, "/venue/acc-1/a2/vanish")
        execution.say(look_up(other))
        gone = execution.event(other)

        assert (refused.status, refused.reason) == ("REJECTED", "no legs today")
        assert gone.status == "NOWHERE"

    def test_a_crossed_or_zero_quote_is_never_told(self, execution: Execution) -> None:
        """Fault T30: a crossed or zero quote, where it comes from."""
        for symbol, bid, ask in (("X-USDT", "11", "10"), ("Y-USDT", "0", "10"), ("Z-USDT", "9", "10")):
            control(self.venue, f"/venue/quotes/{symbol}", {"bid": bid, "ask": ask, "last": "10"})
        for name in ("X-USDT", "Y-USDT", "Z-USDT"):
            wanted = Traded(symbol=name, asset_type="FUTURE", currency="USDT")
            execution.say(AskQuote(account="acc-1", instrument=wanted))

        assert execution.hear(Quote).instrument.symbol == "Z-USDT"
