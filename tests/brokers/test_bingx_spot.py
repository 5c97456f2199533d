"""What the broker of BingX does with spot: the promises of a broker, where coins are held and fees are paid in them."""

import json
from decimal import Decimal

import httpx
import msgspec
import pytest

from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import AskInstrument, InstrumentState, OrderEvent, PlaceOrder, Traded
from sandbox.bingx.state import UID
from sandbox.control.client import Sandbox
from tests.brokers.bingx_subject import BINGX, BingxSubject
from tests.brokers.contract import LONG_AGO, cancel, look_up, repeated
from tests.brokers.pretend_execution import Execution, market
from tests.brokers.subject import limit

pytestmark = pytest.mark.faults
SPOT = Traded(symbol="BTC-USDT", asset_type="CRYPTO", currency="USDT", base_currency="BTC")
PLACING = "/openApi/spot/v1/trade/order"


def ours(number: int) -> str:
    """Return a client order id as execution makes them."""
    return f"{number:032x}"


def bought(number: int, quantity: str = "0.01") -> PlaceOrder:
    """Return an order of the live account that buys at the market."""
    order = market(ours(number), SPOT, quantity=quantity)
    return msgspec.structs.replace(order, is_live=True, number=UID)


def sold(number: int, quantity: str) -> PlaceOrder:
    """Return an order of the live account that sells what is held."""
    return msgspec.structs.replace(bought(number, quantity), side="SELL", reduce_only=True)


@pytest.mark.usefixtures("broker")
class TestBingxSpot(BingxSubject):
    """The live host, with an account that holds 10,000 USDT and 0.05 BTC."""

    instrument = SPOT
    symbol = "BTCUSDT"

    @pytest.fixture(autouse=True)
    def _live(self, sandbox: Sandbox, _world: None) -> None:
        """Let the pretend BingX be the live host."""
        sandbox.set_state(BINGX, is_demo=False)

    def environment(self) -> dict[str, str]:
        """Return the variables of the program, for the live host."""
        return {**super().environment(), "TRADING": "live", "BINGX_DEMO": "no"}

    def spot(self) -> dict[str, list[dict[str, str]]]:
        """Return the orders, executions and coins that BingX has."""
        answer = httpx.get(f"{self.venue.addresses['control']}/{BINGX}/spot", trust_env=False)
        found: dict[str, list[dict[str, str]]] = json.loads(answer.content)
        return found

    def free(self, coin: str) -> Decimal:
        """Return how much of a coin is free."""
        return Decimal(next(each["free"] for each in self.spot()["coins"] if each["asset"] == coin))

    def account(self, execution: Execution) -> AccountState:
        """Read the account."""
        execution.say(AskAccount(id="q", account="acc-1", since=LONG_AGO))
        return execution.hear(AccountState)

    def test_what_is_bought_is_filled_with_its_fee_in_coins(self, execution: Execution) -> None:
        event = execution.placed(bought(1), "FILLED")

        (fill,) = event.executions
        assert (fill.instrument, fill.quantity, fill.fee_currency) == (SPOT, Decimal("0.01"), "BTC")
        assert fill.fee is not None
        assert self.free("BTC") == Decimal("0.06") - fill.fee
        assert fill.broker_trade_id == f"{event.broker_order_id}:0.01"

    def test_an_order_said_again_is_answered_again_and_placed_once(self, execution: Execution) -> None:
        execution.placed(bought(1), "FILLED")
        execution.placed(repeated(bought(1)), "FILLED")

        assert len(self.spot()["orders"]) == 1

    def test_a_sale_takes_what_is_free_in_whole_steps_and_tells_what_stays(self, execution: Execution) -> None:
        self.control("spot/deposit", asset="BTC", amount=0.00003)
        event = execution.placed(sold(1, "0.05003"), "CANCELED")

        assert event.filled_quantity == Decimal("0.05")
        assert event.reason == "only as much as was held; 0.00003 BTC stay"

    def test_what_is_not_held_cannot_be_sold(self, execution: Execution) -> None:
        execution.placed(sold(1, "0.05"), "FILLED")
        refused = execution.placed(sold(2, "0.05"), "REJECTED")

        assert refused.reason == "nothing to sell: 0.05 BTC-USDT wanted, 0 held"
        assert len(self.spot()["orders"]) == 1

    @pytest.mark.parametrize("leg", ["STOP_LOSS", "TAKE_PROFIT"])
    def test_a_leg_is_refused_with_what_to_do_instead(self, execution: Execution, leg: str) -> None:
        order = msgspec.structs.replace(sold(1, "0.05"), leg=leg, type="STOP", stop_price=Decimal(70000))

        assert "spot at BingX takes no stop loss" in execution.placed(order, "REJECTED").reason

    def test_a_resting_order_is_cancelled(self, execution: Execution) -> None:
        order = limit(bought(1), "70000")
        execution.placed(order, "NEW")
        execution.say(cancel(order))

        assert execution.event(order, "CANCELED").executions == ()
        assert self.account(execution).working == ()

    def test_a_resting_order_fills_by_itself_and_is_told(self, execution: Execution) -> None:
        order = limit(bought(1), "80000")
        execution.placed(order, "NEW")
        self.control(f"spot/orders/{order.client_order_id}/fill", quantity=0.004)
        partly = execution.event(order, "PARTIALLY_FILLED")
        self.control(f"spot/orders/{order.client_order_id}/fill")
        whole = execution.event(order, "FILLED")

        number = whole.broker_order_id
        assert [each.broker_trade_id for each in partly.executions] == [f"{number}:0.004"]
        assert [each.broker_trade_id for each in whole.executions] == [f"{number}:0.004", f"{number}:0.01"]

    def test_an_order_whose_answer_was_lost_is_found_and_never_placed_again(self, execution: Execution) -> None:
        self.venue.fault(BINGX, "reset_after", path=PLACING, times=1)
        order = bought(1)
        execution.say(order)
        event = execution.event(order, "FILLED")
        execution.placed(repeated(order), "FILLED")

        assert event.filled_quantity == order.quantity
        assert len(self.spot()["orders"]) == 1

    def test_an_order_that_was_never_placed_is_nowhere_after_whole_lists(self, execution: Execution) -> None:
        order = bought(1)
        execution.say(look_up(order))

        assert execution.event(order, "NOWHERE").executions == ()
        assert self.spot()["orders"] == []

    def test_an_order_that_is_not_told_yet_is_not_read_as_nowhere(self, execution: Execution) -> None:
        order = bought(1)
        self.venue.fault(BINGX, "spot_forget", path=order.client_order_id, seconds=3.0, times=1)
        execution.say(order)
        event = execution.event(order, "FILLED")

        statuses = {each.status for each in execution.heard if isinstance(each, OrderEvent)}
        assert event.filled_quantity == order.quantity
        assert statuses <= {"UNKNOWN", "FILLED"}

    def test_an_account_is_told_with_both_wallets_and_the_coins(self, execution: Execution) -> None:
        execution.placed(bought(1), "FILLED")
        state = self.account(execution)

        assert state.is_complete, state.reason
        assert {(each.wallet, each.currency) for each in state.balances} == {("SPOT", "USDT"), ("FUTURES", "USDT")}
        assert [(each.instrument, each.quantity) for each in state.positions] == [(SPOT, self.free("BTC"))]
        assert [each.instrument for each in state.executions] == [SPOT]

    def test_a_symbol_means_spot_and_with_its_suffix_the_perpetual(self, execution: Execution) -> None:
        execution.say(AskInstrument(id="1", account="acc-1", symbol="BTCUSDT"))
        spot = execution.hear(InstrumentState).instrument
        execution.say(AskInstrument(id="2", account="acc-1", symbol="BTCUSDT.P"))
        perpetual = execution.hear(InstrumentState, where=lambda each: each.id == "2").instrument

        assert spot == SPOT
        assert perpetual is not None
        assert perpetual.asset_type == "FUTURE"

    def test_a_pair_that_the_api_does_not_take_is_refused_and_not_tried_for_ever(self, execution: Execution) -> None:
        self.venue.fault(BINGX, "code", path=f"POST {PLACING}", code="100421")

        assert "no order of this pair by the API" in execution.placed(bought(1), "REJECTED").reason
