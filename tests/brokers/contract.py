"""What every broker promises, tried on the real program through the real hub; subclassed for each venue.

A venue's test file subclasses `BrokerContract`, names its program and fills in the methods of `BrokerSubject`. What
only a venue that can be told to misbehave can show is `BrokerFaultsContract`, beside this file.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from bus.connection import Bus
from bus.messages.delivery import Alert
from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import (
    AskInstrument,
    AskQuote,
    BrokerState,
    CancelOrder,
    InstrumentState,
    LookUpOrder,
    OrderEvent,
    PlaceOrder,
    Quote,
)
from bus.signing import Signer
from tests.brokers.pretend_execution import KEY, Execution, market
from tests.brokers.subject import BrokerSubject, Program
from tests.running import hear

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def cancel(order: PlaceOrder) -> CancelOrder:
    """Return what cancels an order."""
    return CancelOrder(
        account=order.account, client_order_id=order.client_order_id, broker_order_id=None, instrument=order.instrument
    )


def look_up(order: PlaceOrder, *, placed_at: datetime = LONG_AGO) -> LookUpOrder:
    """Return what asks for an order."""
    return LookUpOrder(
        account=order.account,
        client_order_id=order.client_order_id,
        broker_order_id=None,
        instrument=order.instrument,
        placed_at=placed_at,
    )


def repeated(order: PlaceOrder) -> PlaceOrder:
    """Return an order as execution says it again."""
    return msgspec.structs.replace(order, may_be_known=True)


@pytest.mark.usefixtures("broker")
class BrokerContract(BrokerSubject):
    """The promises of all brokers."""

    # --- an order is placed once

    def test_a_market_order_is_filled_and_its_fills_add_up(self, execution: Execution) -> None:
        event = execution.placed(market("a1", self.instrument), "FILLED")

        assert event.filled_quantity == sum(each.quantity for each in event.executions) == Decimal("0.5")
        assert event.reply_to == "placeorder"
        assert event.broker_order_id
        assert all(each.exec_time.utcoffset() is not None and each.fee is not None for each in event.executions)

    def test_an_order_said_again_is_answered_again_and_placed_once(self, execution: Execution) -> None:
        order = market("a1", self.instrument)
        first = execution.placed(order, "FILLED")
        again = execution.placed(repeated(order), "FILLED")

        assert again.executions == first.executions
        assert self.orders_at_venue() == 1

    def test_an_order_said_ten_times_at_once_is_placed_once(self, execution: Execution) -> None:
        order = market("a1", self.instrument)
        execution.say(order)
        for _ in range(9):
            execution.say(repeated(order))
        execution.event(order, "FILLED")
        execution.placed(market("a2", self.instrument), "FILLED")

        assert self.orders_at_venue() == 2

    def test_the_next_life_of_the_broker_finds_an_order_that_was_answered(
        self, execution: Execution, broker: Program
    ) -> None:
        """Fault T12: killed after the answer, before it was a row."""
        order = market("a1", self.instrument)
        first = execution.placed(order, "FILLED")
        broker.kill_and_restart()
        again = execution.placed(repeated(order), "FILLED")

        assert [each.broker_trade_id for each in again.executions] == [
            each.broker_trade_id for each in first.executions
        ]
        assert self.orders_at_venue() == 1

    def test_an_order_that_the_killed_broker_had_not_sent_is_placed_once(
        self, execution: Execution, broker: Program
    ) -> None:
        """Faults T11 and T12: killed before sending."""
        order = market("a1", self.instrument)
        broker.freeze()
        execution.say(order)
        broker.kill_and_restart()
        event = execution.placed(repeated(order))
        while event.status != "FILLED":
            event = execution.event(order, "FILLED", "NOWHERE")
            if event.status == "NOWHERE":
                execution.say(order)

        assert self.orders_at_venue() == 1

    def test_an_envelope_recorded_and_said_to_the_next_life_places_nothing(
        self, execution: Execution, broker: Program
    ) -> None:
        """Fault T33: replayed to a broker that remembers no sequence."""
        order = market("a1", self.instrument)
        recorded = execution.say(order)
        execution.event(order, "FILLED")
        broker.kill_and_restart()
        execution.repeat(recorded)
        execution.placed(market("a2", self.instrument), "FILLED")

        assert self.orders_at_venue() == 2

    def test_an_order_written_for_this_very_life_and_never_heard_is_placed_without_a_look(
        self, execution: Execution
    ) -> None:
        """Fault T11: execution was killed after it had written the order, and says it for the first time."""
        boot = execution.hear(BrokerState, where=lambda state: state.is_connected).boot
        order = repeated(msgspec.structs.replace(market("a1", self.instrument), boot=boot))
        first = execution.placed(order)
        again = execution.placed(order)

        assert (first.status, again.status) == ("FILLED", "FILLED")
        assert self.orders_at_venue() == 1

    # --- the outcome is known, or looked up

    def test_an_order_that_was_never_placed_is_nowhere_by_the_venues_rule(self, execution: Execution) -> None:
        order = market("a1", self.instrument)
        execution.say(look_up(order))
        event = execution.event(order)

        assert event.status == "NOWHERE"
        assert event.retry_after_s is None

    def test_what_was_nowhere_is_placed_only_when_execution_has_decided_anew(self, execution: Execution) -> None:
        order = market("a1", self.instrument)
        execution.say(look_up(order))
        execution.event(order, "NOWHERE")
        stale = execution.placed(repeated(order))
        placed = execution.placed(order)

        assert (stale.status, placed.status) == ("NOWHERE", "FILLED")

    def test_a_placed_order_is_found_with_its_fills(self, execution: Execution) -> None:
        order = market("a1", self.instrument)
        execution.placed(order, "FILLED")
        execution.say(look_up(order))
        event = execution.hear(OrderEvent, where=lambda each: each.reply_to == "lookuporder")

        assert (event.status, event.filled_quantity) == ("FILLED", Decimal("0.5"))

    def test_an_order_that_the_venue_refuses_is_rejected_with_its_reason(self, execution: Execution) -> None:
        event = execution.placed(market("a1", self.instrument, quantity="1000000"))

        assert event.status == "REJECTED"
        assert event.reason

    # --- cancelling

    def test_a_resting_order_is_cancelled(self, execution: Execution) -> None:
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        execution.say(cancel(order))

        assert execution.event(order).status == "CANCELED"

    def test_an_order_and_its_cancel_are_carried_out_in_their_order(self, execution: Execution) -> None:
        order = self.resting_order("a1")
        execution.say(order)
        execution.say(cancel(order))
        statuses = [execution.event(order).status, execution.event(order).status]

        assert statuses[-1] == "CANCELED"
        assert self.orders_at_venue() == 1

    def test_a_cancel_that_crosses_a_fill_tells_the_fill(self, execution: Execution) -> None:
        """Fault T18."""
        order = market("a1", self.instrument)
        execution.say(order)
        execution.say(cancel(order))
        execution.event(order, "FILLED")
        execution.placed(market("a2", self.instrument), "FILLED")

        assert not [each for each in execution.heard if isinstance(each, OrderEvent) and each.status == "CANCELED"]
        assert self.orders_at_venue() == 2

    def test_a_resting_order_fills_by_itself_and_is_told(self, execution: Execution) -> None:
        order = self.resting_order("a1")
        execution.placed(order, "NEW")
        self.reach_resting_order()
        event = execution.event(order, "FILLED")

        assert event.reply_to == ""
        assert event.filled_quantity == order.quantity

    def test_a_reduce_only_order_never_crosses_zero(self, execution: Execution) -> None:
        execution.placed(market("a1", self.instrument), "FILLED")
        closing = msgspec.structs.replace(market("a2", self.instrument, "SELL", "2"), reduce_only=True)
        execution.placed(closing, "FILLED", "CANCELED")
        refused = execution.placed(msgspec.structs.replace(closing, client_order_id="a3"))
        state = self.account(execution)

        assert refused.status == "REJECTED"
        assert state.positions == ()

    # --- reading

    def test_an_account_is_told_whole(self, execution: Execution) -> None:
        execution.placed(market("a1", self.instrument), "FILLED")
        execution.placed(self.resting_order("a2"), "NEW")
        state = self.account(execution)

        assert state.is_complete
        assert [(each.instrument.symbol, each.quantity) for each in state.positions] == [
            (self.instrument.symbol, Decimal("0.5"))
        ]
        assert [each.client_order_id for each in state.working] == ["a2"]
        assert [each.client_order_id for each in state.executions] == ["a1"]
        assert all(each.available is not None for each in state.balances)
        assert state.balances

    def test_only_fills_since_a_moment_are_told(self, execution: Execution) -> None:
        execution.placed(market("a1", self.instrument), "FILLED")
        execution.say(AskAccount(id="q", account="acc-1", since=datetime.now(UTC) + timedelta(minutes=1)))

        assert execution.hear(AccountState).executions == ()

    def test_a_quote_is_fresh_and_asked_for_once_in_two_seconds(self, execution: Execution) -> None:
        execution.say(AskQuote(account="acc-1", instrument=self.instrument))
        first = execution.hear(Quote)
        execution.say(AskQuote(account="acc-2", instrument=self.instrument))
        second = execution.hear(Quote)

        assert 0 < first.bid <= first.ask
        assert abs(datetime.now(UTC) - first.as_of) < timedelta(seconds=10)
        assert (second.account, second.as_of) == ("acc-2", first.as_of)

    def test_a_symbol_is_resolved_with_its_steps(self, execution: Execution) -> None:
        state = self.resolved(execution, self.symbol)

        assert state.instrument == self.instrument
        assert state.quantity_step > 0

    def test_an_unknown_symbol_is_answered_with_a_reason(self, execution: Execution) -> None:
        state = self.resolved(execution, "N0THING!")

        assert state.instrument is None
        assert state.reason

    # --- who it is, and whom it obeys

    def test_it_tells_how_it_is_and_a_new_life_by_its_boot(self, execution: Execution, broker: Program) -> None:
        first = execution.hear(BrokerState, where=lambda state: state.is_connected)
        broker.kill_and_restart()
        second = execution.hear(BrokerState, where=lambda state: state.is_connected and state.boot != first.boot)

        assert first.broker == second.broker == self.program
        assert first.has_reduce_only == second.has_reduce_only

    def test_an_order_for_a_live_account_is_refused(self, execution: Execution) -> None:
        event = execution.placed(msgspec.structs.replace(market("a1", self.instrument), is_live=True))

        assert event.status == "REJECTED"
        assert "live" in event.reason
        assert self.orders_at_venue() == 0

    @pytest.mark.parametrize("forged", ["by another key", "altered", "replayed", "expired"])
    def test_what_execution_has_not_signed_is_not_obeyed_and_told_once(
        self, execution: Execution, bus: Bus, forged: str
    ) -> None:
        """Fault T33."""
        order = market("a1", self.instrument)
        stranger = Signer(bytes(32), sender="execution", to=self.program)
        honest = Signer(KEY, sender="execution", to=self.program)
        match forged:
            case "by another key":
                execution.repeat(stranger.sign(order))
            case "altered":
                execution.repeat(msgspec.structs.replace(honest.sign(order), sequence=7))
            case "replayed":
                envelope = execution.say(look_up(order))
                execution.event(order, "NOWHERE")
                execution.repeat(envelope)
            case "expired":
                past = honest.sign(order)
                execution.repeat(msgspec.structs.replace(past, expires_at=past.expires_at - timedelta(minutes=1)))
        alert = hear(bus, Alert, where=lambda each: each.key == "not_signed")

        assert alert.values["program"] == self.program
        assert self.orders_at_venue() == 0

    # --- what the tests ask

    def account(self, execution: Execution) -> AccountState:
        """Read the account."""
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        return execution.hear(AccountState)

    def resolved(self, execution: Execution, symbol: str) -> InstrumentState:
        """Ask for a symbol."""
        execution.say(AskInstrument(id="i", account="acc-1", symbol=symbol))
        state = execution.hear(InstrumentState)
        assert (state.id, state.symbol) == ("i", symbol)
        return state
