"""What the broker of BingX makes of a venue that misbehaves."""

from decimal import Decimal

import msgspec
import pytest

from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import AskMargin, BrokerState, MarginMode, MarginState, OrderEvent, PlaceOrder, SetMargin
from tests.brokers.bingx_subject import BINGX, BingxSubject
from tests.brokers.contract import LONG_AGO, cancel, look_up, repeated
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import Program
from tests.running import wait_until

pytestmark = pytest.mark.faults
PLACED = "POST /openApi/swap/v2/trade/order"
LEVERAGE = "POST /openApi/swap/v2/trade/leverage"
HALF = Decimal("0.25")
FOUND = (["UNKNOWN", "FILLED"], ["FILLED"])
"""What is told of an order whose answer was lost: it is looked up, unless its executions are told before that."""


@pytest.mark.usefixtures("broker")
class TestBingxFaults(BingxSubject):
    """The promises of a broker whose venue has troubles."""

    def told(self, execution: Execution, order: PlaceOrder) -> list[OrderEvent]:
        """Return what was told of an order."""
        events = [each for each in execution.heard if isinstance(each, OrderEvent)]
        return [each for each in events if each.client_order_id == order.client_order_id]

    def statuses(self, execution: Execution, order: PlaceOrder) -> list[str]:
        """Return the states that were told of an order, in their order, each once in a row."""
        told = [each.status for each in self.told(execution, order)]
        return [status for before, status in zip(["", *told], told, strict=False) if status != before]

    def last(self, execution: Execution, order: PlaceOrder, status: str) -> OrderEvent:
        """Return what was told last of an order, once that is a state."""
        told = self.told(execution, order)
        return told[-1] if told and told[-1].status == status else execution.event(order, status)

    def account(self, execution: Execution) -> AccountState:
        """Read the account."""
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        return execution.hear(AccountState)

    # --- the answer is lost

    @pytest.mark.parametrize(
        "fields", [{}, {"status": 502}, {"seconds": 10}, {"code": "100500"}, {"code": "101481"}, {"code": "109201"}]
    )
    def test_an_order_whose_answer_was_lost_is_looked_up_and_never_placed_again(
        self, execution: Execution, fields: dict[str, object]
    ) -> None:
        """Faults T13 and T14: reset, 5xx, silence, busy, or a client id that is taken."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "after", path=PLACED, times=1, **fields)
        execution.say(order)
        execution.event(order)
        execution.say(repeated(order))
        self.last(execution, order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    @pytest.mark.parametrize("code", ["100500", "101219", "777777"])
    def test_an_order_that_was_perhaps_not_taken_is_nowhere_in_the_end_and_goes_again_when_execution_says_so(
        self, execution: Execution, code: str
    ) -> None:
        """Fault T13: an error that says nothing of the order."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "code", path=PLACED, code=code, times=1)
        execution.say(order)
        nowhere = execution.event(order, "NOWHERE")
        execution.placed(order, "FILLED")

        assert nowhere.retry_after_s is None
        assert self.statuses(execution, order) == ["UNKNOWN", "NOWHERE", "FILLED"]
        assert self.orders_at_venue() == 1

    def test_an_order_that_shows_late_is_waited_for(self, execution: Execution) -> None:
        """Fault T15."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "forget", path=PLACED, seconds=3, times=1)
        self.venue.fault(BINGX, "after", path=PLACED, times=1)
        execution.placed(order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    def test_an_order_that_is_answered_and_shows_late_is_unknown_until_it_shows(self, execution: Execution) -> None:
        """Fault T15: taken, and not there when it is asked for."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "forget", path=PLACED, seconds=3, times=1)
        first = execution.placed(order)
        execution.event(order, "FILLED")

        assert (first.status, bool(first.broker_order_id)) == ("UNKNOWN", True)
        assert self.orders_at_venue() == 1

    def test_a_broker_killed_before_the_answer_finds_its_order(self, execution: Execution, broker: Program) -> None:
        """Fault T12: killed after sending, before the answer."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "after", path=PLACED, seconds=30, times=1)
        execution.say(order)
        wait_until(lambda: self.orders_at_venue() == 1, what="BingX has the order")
        broker.kill_and_restart()
        event = execution.placed(repeated(order), "FILLED")

        assert event.filled_quantity == order.quantity
        assert self.orders_at_venue() == 1

    # --- fills

    def test_an_order_is_not_filled_before_its_fills_are_listed(self, execution: Execution) -> None:
        """Fault T16: the order says more than the list of its fills."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "late_fills", path=PLACED, seconds=3, times=1)
        first = execution.placed(order)
        last = self.last(execution, order, "FILLED")

        assert (first.status, first.executions) == ("UNKNOWN", ())
        assert last.filled_quantity == sum(each.quantity for each in last.executions) == order.quantity

    def test_fills_have_the_same_names_in_every_life_of_the_broker(self, execution: Execution, broker: Program) -> None:
        """Faults T12 and T16."""
        order = msgspec.structs.replace(self.resting_order("a1"), quantity=Decimal("0.5"))
        execution.placed(order, "NEW")
        self.control("orders/a1/fill", quantity="0.2")
        self.last(execution, order, "PARTIALLY_FILLED")
        self.control("orders/a1/fill", quantity="0.3")
        first = self.last(execution, order, "FILLED")
        broker.kill_and_restart()
        execution.say(look_up(order))
        second = execution.hear(OrderEvent, where=lambda each: each.reply_to == "lookuporder")
        number = first.broker_order_id
        wait_until(lambda: self.account(execution).is_complete, what="the new life is within the limits of calls again")

        assert [each.broker_trade_id for each in first.executions] == [f"{number}:0.2", f"{number}:0.5"]
        assert second.executions == first.executions == self.account(execution).executions

    def test_a_part_and_then_silence_is_told_as_a_part_and_its_rest_can_be_cancelled(
        self, execution: Execution
    ) -> None:
        """Fault T17."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "partly", path=PLACED, times=1)
        part = execution.placed(order, "PARTIALLY_FILLED")
        execution.say(cancel(order))
        end = execution.event(order, "CANCELED")

        assert part.filled_quantity == end.filled_quantity == HALF

    def test_a_fill_that_crosses_the_cancel_wins(self, execution: Execution) -> None:
        """Fault T18."""
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault(BINGX, "crosses", path="DELETE", times=1)
        execution.say(cancel(order))
        event = execution.event(order, "FILLED")

        assert event.filled_quantity == order.quantity
        assert "CANCELED" not in self.statuses(execution, order)

    @pytest.mark.parametrize("word", ["CANCELED", "CANCELLED"])
    def test_a_cancel_whose_answer_was_lost_is_looked_up(self, execution: Execution, word: str) -> None:
        """Fault T18; both spellings."""
        self.venue.set_state(BINGX, canceled_as=word)
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.venue.fault(BINGX, "after", path="DELETE", times=1)
        execution.say(cancel(order))
        end = execution.event(order, "CANCELED")

        assert end.filled_quantity == 0

    # --- refused

    @pytest.mark.parametrize(
        ("code", "reason"),
        [("101204", "funds"), ("101209", "leverage"), ("101413", "does not trade"), ("101419", "open orders")],
    )
    def test_a_refused_order_is_rejected_with_its_reason(self, execution: Execution, code: str, reason: str) -> None:
        self.venue.fault(BINGX, "code", path=PLACED, code=code, times=1)
        event = execution.placed(market("a1", self.instrument))

        assert (event.status, event.code) == ("REJECTED", code)
        assert reason in event.reason

    def test_what_is_held_no_more_is_refused_with_both_numbers(self, execution: Execution) -> None:
        """Fault T23: a position closed by hand."""
        execution.placed(market("a1", self.instrument), "FILLED")
        self.control("trade", symbol="BTC-USDT", quantity="-0.5", side="LONG")
        closing = msgspec.structs.replace(market("a2", self.instrument, "SELL"), reduce_only=True)
        event = execution.placed(closing)

        assert event.status == "REJECTED"
        assert "0.5" in event.reason
        assert "0 held" in event.reason

    # --- away

    def test_a_venue_that_is_away_is_told_and_orders_go_on_when_it_is_back(self, execution: Execution) -> None:
        """Fault T20: down."""
        self.venue.fault(BINGX, "refuse")
        execution.hear(BrokerState, where=lambda state: not state.is_connected and bool(state.reason))
        order = market("a1", self.instrument)
        waiting = execution.placed(order)
        self.venue.clear(BINGX)
        execution.hear(BrokerState, where=lambda state: state.is_connected)
        execution.insist(repeated(order), "FILLED")

        assert (waiting.status, waiting.retry_after_s is not None) == ("NOWHERE", True)
        assert self.orders_at_venue() == 1

    def test_a_ban_is_kept_to(self, execution: Execution) -> None:
        """Fault T20: a rate limit with a ban."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "code", path=PLACED, code="100410", times=1)
        banned = execution.placed(order)
        execution.say(repeated(order))
        within = execution.event(order)
        tried = [each for each in self.venue.requests(BINGX) if each.method == "POST" and each.path.endswith("/order")]
        execution.insist(repeated(order), "FILLED")

        assert banned.status == within.status == "NOWHERE"
        assert banned.retry_after_s is not None
        assert len(tried) == 1
        assert self.orders_at_venue() == 1

    def test_an_hour_of_errors_leaves_an_order_unknown_until_it_can_be_looked_up(self, execution: Execution) -> None:
        """Fault T20: errors."""
        order = market("a1", self.instrument)
        self.venue.fault(BINGX, "after", path=PLACED, times=1)
        self.venue.fault(BINGX, "code", path="GET /openApi/swap/v2/trade", code="100500", times=6)
        execution.placed(order, "FILLED")

        assert self.statuses(execution, order) in FOUND
        assert self.orders_at_venue() == 1

    # --- reading

    @pytest.mark.parametrize("kind", ["empty_with_error", "status", "garbage", "html", "reset"])
    def test_positions_that_cannot_be_read_are_not_taken_for_none(self, execution: Execution, kind: str) -> None:
        """Fault T24."""
        execution.placed(market("a1", self.instrument), "FILLED")
        fields = {"status": 503} if kind == "status" else {}
        self.venue.fault(BINGX, kind, path="/user/positions", **fields)
        state = self.account(execution)

        assert not state.is_complete
        assert state.reason
        assert [each.client_order_id for each in state.executions] == ["a1"]

    # --- margin

    def say_margin(self, execution: Execution, mode: MarginMode, leverage: int) -> None:
        """Have margin mode and leverage set."""
        wanted = SetMargin(id="m", account="acc-1", instrument=self.instrument, margin_mode=mode, leverage=leverage)
        execution.say(wanted)

    def test_a_margin_mode_that_was_set_without_its_leverage_is_set_back(self, execution: Execution) -> None:
        """Fault T26."""
        before = self.shown()
        self.venue.fault(BINGX, "code", path=LEVERAGE, code="101209", times=1)
        self.say_margin(execution, "ISOLATED", 20)
        state = execution.hear(MarginState)
        after = self.shown()

        assert (state.outcome, state.margin_mode) == ("ROLLED_BACK", "CROSS")
        assert state.reason
        assert after.margin_modes == before.margin_modes
        assert after.leverages == before.leverages

    def test_a_margin_that_nobody_knows_is_told_and_no_opening_goes_out_until_it_is_known(
        self, execution: Execution
    ) -> None:
        """Fault T26: set, and not to be read back."""
        self.venue.fault(BINGX, "after", path=LEVERAGE, seconds=3, times=1)
        self.say_margin(execution, "ISOLATED", 20)
        wait_until(lambda: self.shown().margin_modes["BTC-USDT"] == "ISOLATED", what="the mode is set")
        self.venue.fault(BINGX, "code", path="GET /openApi/swap/v2/trade/leverage", code="100500")
        state = execution.hear(MarginState)
        opening = msgspec.structs.replace(market("a1", self.instrument), margin_mode="ISOLATED", leverage=20)
        held_back = execution.placed(opening)
        self.venue.clear(BINGX)
        execution.insist(repeated(opening), "FILLED")
        execution.say(AskMargin(id="r", account="acc-1", instrument=self.instrument))
        known = execution.hear(MarginState, where=lambda each: each.id == "r")

        assert state.outcome == "UNKNOWN"
        assert held_back.status == "NOWHERE"
        assert self.orders_at_venue() == 1
        assert (known.margin_mode, known.leverage) == ("ISOLATED", 20)
