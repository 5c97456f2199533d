"""What the broker of Interactive Brokers makes of a gateway that misbehaves."""

from decimal import Decimal

import msgspec
import pytest

from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import BrokerState, OrderEvent, PlaceOrder
from tests.brokers.contract import LONG_AGO, cancel, look_up, repeated
from tests.brokers.ibkr_subject import GATEWAY, SHARE, IbkrSubject
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import Program
from tests.running import wait_until

pytestmark = pytest.mark.faults
HALF = Decimal("0.25")
FOUND = (["UNKNOWN", "FILLED"], ["FILLED"])
"""What is told of an order whose answer was lost: it is looked up, unless its executions are told before that."""


@pytest.mark.usefixtures("broker")
class TestIbkrFaults(IbkrSubject):
    """The promises of a broker whose gateway has troubles."""

    def statuses(self, execution: Execution, order: PlaceOrder) -> list[str]:
        """Return the states that were told of an order, in their order, each once in a row."""
        told = [each.status for each in self.told(execution, order)]
        return [status for before, status in zip(["", *told], told, strict=False) if status != before]

    def told(self, execution: Execution, order: PlaceOrder) -> list[OrderEvent]:
        """Return what was told of an order."""
        events = [each for each in execution.heard if isinstance(each, OrderEvent)]
        return [each for each in events if each.client_order_id == order.client_order_id]

    def looked_up(self, execution: Execution, order: PlaceOrder) -> OrderEvent:
        """Look an order up."""
        execution.say(look_up(order))
        return execution.hear(
            OrderEvent,
            where=lambda each: each.client_order_id == order.client_order_id and each.reply_to == "lookuporder",
        )

    def last(self, execution: Execution, order: PlaceOrder, status: str) -> OrderEvent:
        """Return what was told last of an order, once that is a state."""
        told = self.told(execution, order)
        return told[-1] if told and told[-1].status == status else execution.event(order, status)

    def account(self, execution: Execution) -> AccountState:
        """Read the account."""
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        return execution.hear(AccountState)

    # --- the answer is lost

    @pytest.mark.parametrize("kind", ["unheard", "drop_after_order", "half_frame"])
    def test_an_order_whose_answer_was_lost_is_looked_up_and_never_placed_again(
        self, execution: Execution, kind: str
    ) -> None:
        """Fault T13."""
        order = market("a1", self.instrument)
        path = {"unheard": "/orders", "half_frame": "/3"}.get(kind, "/placeOrder/a1")
        self.venue.fault(GATEWAY, kind, path=path, **({} if kind == "unheard" else {"times": 1}))
        execution.say(order)
        execution.event(order)
        execution.say(repeated(order))
        self.last(execution, order, "FILLED")

        assert self.statuses(execution, order) in (*FOUND, ["NEW", "FILLED"])
        assert self.orders_at_venue() == 1

    def test_an_order_that_was_lost_on_its_way_is_nowhere_and_never_placed_by_itself(
        self, execution: Execution
    ) -> None:
        """Fault T13a: in none of the lists, twice."""
        order = market("a1", self.instrument)
        self.venue.fault(GATEWAY, "lose_order", path="/placeOrder/a1", times=1)
        execution.say(order)
        nowhere = execution.event(order, "NOWHERE")
        again = execution.placed(repeated(order))

        assert self.statuses(execution, order) == ["UNKNOWN", "NOWHERE"]
        assert nowhere.retry_after_s is again.retry_after_s is None
        assert self.orders_at_venue() == 0

    def test_an_order_that_shows_late_is_waited_for(self, execution: Execution) -> None:
        """Fault T15."""
        order = market("a1", self.instrument)
        self.venue.fault(GATEWAY, "forget", path="/placeOrder/a1", times=1, seconds=2)
        self.venue.fault(GATEWAY, "drop_after_order", path="/placeOrder/a1", times=1)
        execution.say(order)
        execution.event(order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    def test_an_order_whose_number_is_taken_is_surely_not_there_and_goes_again_under_another(
        self, execution: Execution
    ) -> None:
        """Fault T14: numbers are taken; names never are at this venue."""
        order = market("a1", self.instrument)
        self.venue.fault(GATEWAY, "reject", path="/placeOrder/a1", code="103", body="Duplicate order id", times=1)
        first = execution.placed(order)
        execution.insist(repeated(order), "FILLED")

        assert (first.status, first.retry_after_s is not None) == ("NOWHERE", True)
        assert self.orders_at_venue() == 1

    def test_a_broker_killed_before_the_answer_finds_its_order(self, execution: Execution, broker: Program) -> None:
        """Fault T12: killed after sending, before the answer."""
        order = market("a1", self.instrument)
        self.venue.fault(GATEWAY, "unheard", path="/orders")
        execution.say(order)
        wait_until(lambda: self.orders_at_venue() == 1, what="the gateway has the order")
        broker.kill_and_restart()
        event = execution.placed(repeated(order), "FILLED")

        assert event.filled_quantity == order.quantity
        assert self.orders_at_venue() == 1

    def test_a_gateway_that_begins_its_numbers_anew_mixes_up_nothing(
        self, execution: Execution, broker: Program
    ) -> None:
        """Fault T22."""
        first, resting, third = market("a1", self.instrument), self.resting_order("a2"), market("a3", self.instrument)
        execution.placed(first, "FILLED")
        execution.placed(resting, "NEW")
        self.control("restart", seconds=0.2, roll_back_ids=True)
        execution.hear(BrokerState, where=lambda state: not state.is_connected)
        execution.hear(BrokerState, where=lambda state: state.is_connected)
        execution.insist(third, "FILLED")
        broker.kill_and_restart()
        found = [self.looked_up(execution, each) for each in (first, resting, third)]

        assert [each.status for each in found] == ["FILLED", "NEW", "FILLED"]
        assert [len(each.executions) for each in found] == [1, 0, 1]
        assert len({each.broker_order_id for each in found}) == 3

    # --- in any order

    @pytest.mark.parametrize("kind", ["twice", "backwards"])
    def test_fills_told_twice_and_in_the_wrong_order_are_right_at_the_end(
        self, execution: Execution, kind: str
    ) -> None:
        """Fault T16."""
        order = msgspec.structs.replace(self.resting_order("a1"), quantity=Decimal("0.5"))
        execution.placed(order, "NEW")
        self.venue.fault(GATEWAY, kind, path="/orders")
        for _ in range(2):
            self.control("orders/a1/fill", quantity="0.25")
        execution.event(order, "FILLED")
        last = self.looked_up(execution, order)
        ids = [each.broker_trade_id for each in last.executions]

        assert last.filled_quantity == order.quantity
        assert len(ids) == len(set(ids)) == 2
        assert all(each.fee is not None for each in last.executions)
        assert all(each.filled_quantity <= order.quantity for each in self.told(execution, order))
        assert self.statuses(execution, order)[-1] == "FILLED"

    def test_a_commission_that_comes_later_is_told_with_its_execution_again(self, execution: Execution) -> None:
        self.venue.set_state(GATEWAY, commissions_after_s=-1)
        order = market("a1", self.instrument)
        first = execution.placed(order, "FILLED")
        self.control("orders/a1/commission")
        second = execution.event(order)

        assert [each.fee for each in first.executions] == [None]
        assert [(each.fee, each.fee_currency) for each in second.executions] == [(Decimal("0.5001"), "USD")]
        assert first.executions[0].broker_trade_id == second.executions[0].broker_trade_id

    def test_a_part_and_then_silence_is_told_as_a_part_and_its_rest_can_be_cancelled(
        self, execution: Execution
    ) -> None:
        """Fault T17."""
        order = market("a1", self.instrument)
        self.venue.set_state(GATEWAY, fill_share="0.5")
        part = execution.placed(order, "PARTIALLY_FILLED")
        execution.say(cancel(order))
        end = execution.event(order, "CANCELED")

        assert part.filled_quantity == end.filled_quantity == HALF

    @pytest.mark.parametrize("trouble", ["unheard", "slow_cancel"])
    def test_a_fill_that_crosses_the_cancel_wins(self, execution: Execution, trouble: str) -> None:
        """Fault T18."""
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault(GATEWAY, trouble, path="/orders" if trouble == "unheard" else "/cancelOrder/a1")
        if trouble == "unheard":
            self.control("orders/a1/fill")
        execution.say(cancel(order))
        if trouble == "slow_cancel":
            wait_until(lambda: self.at_venue(order)[0].status == "PendingCancel", what="the cancel has come")
            self.control("orders/a1/fill")
        execution.event(order, "FILLED")

        assert "CANCELED" not in self.statuses(execution, order)
        assert self.orders_at_venue() == 1

    @pytest.mark.parametrize("code", [10147, 10148, 161, 135])
    def test_a_cancel_that_is_refused_leaves_an_order_that_works_as_it_is(
        self, execution: Execution, code: int
    ) -> None:
        """An error of the API, which ib_async takes for the order's end, ends nothing here."""
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault(GATEWAY, "refuse_cancel", path="/cancelOrder/a1", code=str(code), times=1)
        execution.say(cancel(order))
        still = execution.event(order)
        execution.say(cancel(order))
        end = execution.event(order, "CANCELED")

        assert (still.status, bool(still.reason)) == ("NEW", True)
        assert end.filled_quantity == 0

    def test_a_corrected_and_a_busted_fill_are_told_beside_the_old_one(self, execution: Execution) -> None:
        """Fault T19."""
        order = market("a1", self.instrument)
        execution.placed(order, "FILLED")
        self.control("orders/a1/correct", price="99")
        corrected = execution.hear(OrderEvent, where=lambda event: len(event.executions) == 2)
        self.control("orders/a1/bust")
        busted = execution.hear(OrderEvent, where=lambda event: len(event.executions) == 3)

        assert [(each.revision, each.price) for each in corrected.executions][-1] == (2, Decimal(99))
        assert corrected.filled_quantity == order.quantity
        assert len({each.execution for each in busted.executions}) == 1
        assert busted.filled_quantity == 0

    # --- refused, held

    @pytest.mark.parametrize(
        ("code", "text", "reason"),
        [
            (201, "No trading permission for this product", "Trading Permissions"),
            (203, "not available for this account", "Trading Permissions"),
            (110, "minimum price variation", "price step"),
            (10243, "Fractional-sized order cannot be placed via API", "IB_FRACTIONAL"),
            (321, "The API interface is currently in Read-Only mode", "Read-Only"),
        ],
    )
    def test_a_refused_order_is_rejected_with_a_short_reason_and_its_cure(
        self, execution: Execution, code: int, text: str, reason: str
    ) -> None:
        self.venue.fault(GATEWAY, "reject", path="/placeOrder/a1", code=str(code), body=text, times=1)
        event = execution.placed(market("a1", self.instrument))

        assert (event.status, event.filled_quantity) == ("REJECTED", Decimal(0))
        assert reason in event.reason

    def test_an_order_held_until_the_exchange_opens_lives_and_says_so(self, execution: Execution) -> None:
        self.venue.set_state(GATEWAY, hours="closed")
        order = market("a1", self.instrument)
        held = execution.placed(order, "NEW")
        self.venue.set_state(GATEWAY, hours="always")
        self.control("quotes/FRAC", last="100.01")
        event = execution.event(order, "FILLED")

        assert "will not be placed" in held.reason
        assert event.filled_quantity == order.quantity

    # --- away

    @pytest.mark.parametrize("trouble", ["refuse", "lost_servers", "hang"])
    def test_a_gateway_that_is_away_is_told_and_orders_go_on_when_it_is_back(
        self, execution: Execution, trouble: str
    ) -> None:
        """Fault T20: down."""
        self.venue.fault(GATEWAY, trouble)
        execution.hear(BrokerState, where=lambda state: not state.is_connected and bool(state.reason))
        order = market("a1", self.instrument)
        waiting = execution.placed(order)
        self.venue.clear(GATEWAY)
        execution.hear(BrokerState, where=lambda state: state.is_connected)
        execution.insist(repeated(order), "FILLED")

        assert (waiting.status, waiting.retry_after_s is not None) == ("NOWHERE", True)
        assert self.orders_at_venue() == 1

    def test_what_happened_while_the_link_was_lost_is_told_when_it_is_back(self, execution: Execution) -> None:
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault(GATEWAY, "refuse")
        execution.hear(BrokerState, where=lambda state: not state.is_connected)
        self.control("orders/a1/fill")
        self.venue.clear(GATEWAY)
        event = execution.event(order)

        assert (event.reply_to, event.filled_quantity) == ("", order.quantity)

    # --- by other hands

    def test_a_position_made_by_hand_and_a_liquidation_are_seen(self, execution: Execution) -> None:
        """Fault T23."""
        before = self.account(execution)
        self.control("trade", symbol="FRAC", quantity="2")
        by_hand = execution.hear(OrderEvent, where=lambda event: bool(event.executions))
        state = self.account(execution)
        self.control("liquidate", symbol="FRAC")
        liquidated = execution.hear(OrderEvent, where=lambda event: bool(event.executions) and event != by_hand)

        assert before.positions == ()
        assert (by_hand.client_order_id, by_hand.account) == ("", "acc-1")
        assert [each.quantity for each in state.positions] == [Decimal(2)]
        assert [(each.note, each.side) for each in liquidated.executions] == [("LIQUIDATION", "SELL")]

    def test_a_sale_of_what_was_sold_by_hand_is_refused_with_both_numbers(self, execution: Execution) -> None:
        """Fault T23: a position closed by hand."""
        execution.placed(market("a1", self.instrument), "FILLED")
        self.control("trade", symbol="FRAC", quantity="-0.5")
        closing = msgspec.structs.replace(market("a2", self.instrument, "SELL"), reduce_only=True)
        event = execution.placed(closing)

        assert event.status == "REJECTED"
        assert "0.5" in event.reason
        assert "0 held" in event.reason
        assert not self.at_venue(closing)

    def test_a_sale_of_more_than_is_held_sells_what_is_held_and_is_over_in_every_life(
        self, execution: Execution, broker: Program
    ) -> None:
        execution.placed(market("a1", self.instrument), "FILLED")
        closing = msgspec.structs.replace(market("a2", self.instrument, "SELL", "2"), reduce_only=True)
        sold = execution.placed(closing)
        broker.kill_and_restart()
        found = self.looked_up(execution, closing)

        assert (
            (sold.status, sold.filled_quantity) == (found.status, found.filled_quantity) == ("CANCELED", Decimal("0.5"))
        )
        assert [each.quantity for each in self.at_venue(closing)] == [Decimal("0.5")]

    def test_positions_that_cannot_be_read_are_not_taken_for_none(self, execution: Execution) -> None:
        """Fault T24."""
        execution.placed(market("a1", self.instrument), "FILLED")
        self.venue.fault(GATEWAY, "unanswered", path="positions")
        state = self.account(execution)

        assert not state.is_complete
        assert state.reason
        assert [each.client_order_id for each in state.executions] == ["a1"]

    # --- legs

    def leg(self, name: str, kind: str) -> PlaceOrder:
        """Return one of the two legs of an opening of one share."""
        order = market(name, SHARE, "SELL", "1")
        prices = (
            {"type": "STOP", "stop_price": Decimal(200)} if kind == "SL" else {"type": "LIMIT", "price": Decimal(300)}
        )
        return msgspec.structs.replace(order, parent="a0", leg=kind, reduce_only=True, **prices)

    @pytest.mark.parametrize(("fills", "cancelled"), [("sl", "tp"), ("tp", "sl")])
    def test_the_sibling_of_a_leg_that_fills_is_cancelled_by_the_gateway_and_told(
        self, execution: Execution, fills: str, cancelled: str
    ) -> None:
        """Fault T17a."""
        legs = {"sl": self.leg("sl", "SL"), "tp": self.leg("tp", "TP")}
        execution.placed(market("a0", SHARE, quantity="1"), "FILLED")
        for leg in legs.values():
            execution.placed(leg, "NEW")
        self.control(f"orders/{fills}/fill")
        execution.event(legs[cancelled], "CANCELED")

        assert self.looked_up(execution, legs[fills]).status == "FILLED"
        assert self.shown().positions == {}
        assert {each.oca_group for leg in legs.values() for each in self.at_venue(leg)} == {"a0"}

    def test_a_refused_leg_is_told_and_one_that_vanished_is_nowhere(self, execution: Execution) -> None:
        """Fault T17a."""
        execution.placed(market("a0", SHARE, quantity="1"), "FILLED")
        self.venue.fault(GATEWAY, "reject", path="/placeOrder/sl", body="no legs today", times=1)
        self.venue.fault(GATEWAY, "forget", path="/placeOrder/tp", times=1, seconds=1000)
        refused = execution.placed(self.leg("sl", "SL"))
        execution.placed(self.leg("tp", "TP"), "NEW")
        gone = self.looked_up(execution, self.leg("tp", "TP"))

        assert (refused.status, refused.reason) == ("REJECTED", "no legs today")
        assert gone.status == "NOWHERE"

    def test_a_leg_that_the_exchange_ends_is_told(self, execution: Execution) -> None:
        """Fault T17a: else nobody would know that the position is not protected."""
        execution.placed(market("a0", SHARE, quantity="1"), "FILLED")
        leg = self.leg("sl", "SL")
        execution.placed(leg, "NEW")
        self.control("orders/sl/reject", reason="not today")
        event = execution.event(leg, "REJECTED")

        assert (event.reply_to, event.reason) == ("", "not today")

    def test_it_says_how_far_back_executions_are_whole(self, execution: Execution) -> None:
        state = self.account(execution)
        execution.say(AskAccount(id="q", account="acc-1", since=state.as_of))
        since_now = execution.hear(AccountState)

        assert state.executions_since is not None
        assert LONG_AGO < state.executions_since <= state.as_of
        assert since_now.executions_since is None
