"""What the broker of Interactive Brokers tells of its gateway's state, and when it uses it again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bus.messages.venues import AskInstrument, AskQuote, BrokerState, InstrumentState, Quote
from tests.brokers.ibkr_subject import GATEWAY, NUMBER, SHARE, IbkrSubject
from tests.brokers.pretend_execution import KEY, Execution, market
from tests.brokers.subject import Program
from tests.running import running

pytestmark = pytest.mark.faults
LIVE = "U7654321"
BACK_WITHIN_S = 10.0
QUOTE = AskQuote(account="acc-1", instrument=SHARE)


def state(execution: Execution, code: str, *, is_connected: bool = False, within_s: float = 30.0) -> BrokerState:
    """Return the next state of the broker with this code."""
    return execution.hear(
        BrokerState, where=lambda each: each.code == code and each.is_connected is is_connected, within_s=within_s
    )


def connected_while_wanted(execution: Execution, within_s: float) -> BrokerState:
    """Return the next state that is connected, while a quote is asked for again and again."""
    ends_at = time.monotonic() + within_s
    while True:
        execution.say(QUOTE)
        try:
            return execution.hear(BrokerState, where=lambda each: each.is_connected, within_s=0.5)
        except TimeoutError:
            if time.monotonic() > ends_at:
                raise


class TestIbkrStates(IbkrSubject):
    """The promises about a gateway that is away, ill, or another one."""

    @pytest.mark.usefixtures("broker")
    def test_the_nightly_restart_is_told_and_the_gateway_used_again_soon(self, execution: Execution) -> None:
        """Fault T21."""
        before = execution.hear(BrokerState)
        self.venue.fault(GATEWAY, "refuse")
        execution.say(QUOTE)
        lost = state(execution, "dropped")
        state(execution, "refused")
        self.venue.clear(GATEWAY)
        back = connected_while_wanted(execution, BACK_WITHIN_S)

        assert lost.since > before.since
        assert back.since > lost.since
        assert (back.code, back.reason, back.attempts) == ("", "", 0)
        assert back.boot == before.boot
        assert execution.placed(market("a1", SHARE, quantity="1"), "FILLED").filled_quantity == 1

    def test_no_line_of_the_log_holds_the_accounts_number(self, execution: Execution, broker: Program) -> None:
        """ib_async would log every order, position and value with it."""
        execution.placed(market("a1", SHARE, quantity="1"), "FILLED")
        self.venue.fault(GATEWAY, "reject", times=1)
        execution.placed(market("a2", SHARE, quantity="1"), "REJECTED")
        self.venue.fault(GATEWAY, "refuse")
        execution.say(QUOTE)
        state(execution, "dropped")

        assert "connected" in broker.child.text()
        assert NUMBER not in broker.child.text()

    @pytest.mark.parametrize("code", ["1101", "1102"])
    @pytest.mark.usefixtures("broker")
    def test_lost_servers_are_told_and_the_link_is_told_anew_when_they_are_back(
        self, execution: Execution, code: str
    ) -> None:
        """Fault T21: execution compares everything where `since` has changed."""
        before = execution.hear(BrokerState)
        self.venue.fault(GATEWAY, "lost_servers", code=code)
        state(execution, "lost_servers")
        self.venue.clear(GATEWAY)
        back = connected_while_wanted(execution, BACK_WITHIN_S)

        assert back.since > before.since

    @pytest.mark.usefixtures("broker")
    def test_no_order_goes_out_while_the_servers_are_lost(self, execution: Execution) -> None:
        self.venue.fault(GATEWAY, "lost_servers")
        state(execution, "lost_servers")
        refused = execution.placed(market("a1", SHARE, quantity="1"))

        assert (refused.status, refused.retry_after_s is not None) == ("NOWHERE", True)
        assert self.orders_at_venue() == 0

    @pytest.mark.usefixtures("broker")
    def test_a_frozen_gateway_is_told_within_seconds(self, execution: Execution) -> None:
        self.venue.fault(GATEWAY, "hang")
        execution.say(QUOTE)

        state(execution, "silent", within_s=20)
        self.venue.clear(GATEWAY)
        connected_while_wanted(execution, BACK_WITHIN_S)

    @pytest.mark.usefixtures("broker")
    def test_another_session_takes_the_quotes_and_not_the_orders(self, execution: Execution) -> None:
        """Faults T21, T30."""
        self.venue.fault(GATEWAY, "competing")
        execution.say(QUOTE)
        told = state(execution, "competing", is_connected=True)
        filled = execution.placed(market("a1", SHARE, quantity="1"), "FILLED")
        self.venue.clear(GATEWAY)
        execution.say(QUOTE)
        execution.hear(Quote)
        well = state(execution, "", is_connected=True)

        assert told.reason
        assert filled.filled_quantity == 1
        assert well.since == told.since

    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            ("silent", "silent"),
            ("client_id_taken", "client_id_taken"),
            ("read_only", "read_only"),
            ("", "wrong_account"),
        ],
    )
    def test_a_gateway_that_cannot_be_used_is_told_with_why_and_used_when_that_is_over(
        self, execution: Execution, trouble: str, code: str
    ) -> None:
        if trouble:
            self.venue.fault(GATEWAY, trouble)
        else:
            self.venue.set_state(GATEWAY, account=LIVE)
        with self.unconnected():
            told = state(execution, code)
            state(execution, code)
            self.venue.clear(GATEWAY)
            self.venue.set_state(GATEWAY, account="DU1234567")
            back = connected_while_wanted(execution, 2 * BACK_WITHIN_S)

        assert told.reason
        assert LIVE not in told.reason
        assert (back.number, back.proven_live) == ("DU1234567", False)

    def test_a_live_account_is_told_to_be_one_and_takes_no_order_of_a_paper_account(self, execution: Execution) -> None:
        self.venue.set_state(GATEWAY, account=LIVE)
        with self.unconnected(IB_ACCOUNT=LIVE):
            told = execution.hear(BrokerState, where=lambda each: each.is_connected)
            order = msgspec.structs.replace(market("a1", SHARE, quantity="1"), number=LIVE)
            refused = execution.placed(order)

        assert (told.number, told.proven_live) == (LIVE, True)
        assert refused.status in {"REJECTED", "NOWHERE"}
        assert self.orders_at_venue() == 0

    @pytest.mark.usefixtures("broker")
    def test_a_delayed_quote_says_so_and_a_halted_one_is_not_told(self, execution: Execution) -> None:
        """Fault T30."""
        delayed = msgspec.structs.replace(SHARE, symbol="DLAY")
        self.control("quotes/AAPL", halted=True)
        execution.say(QUOTE)
        execution.say(AskQuote(account="acc-1", instrument=delayed))

        quote = execution.hear(Quote)
        assert (quote.instrument.symbol, quote.is_delayed) == ("DLAY", True)
        assert not [each for each in execution.heard if isinstance(each, Quote) and each.instrument == SHARE]

    @pytest.mark.usefixtures("broker")
    def test_an_instrument_has_the_hours_that_the_gateway_tells(self, execution: Execution) -> None:
        """Fault T31: an unscheduled closing is told by the gateway alone."""
        self.venue.set_state(GATEWAY, hours="closed")
        execution.say(AskInstrument(id="q1", account="acc-1", symbol="AAPL", exchange="NASDAQ"))
        told = execution.hear(InstrumentState)

        assert told.instrument is not None
        first = min(begins for begins, _ in told.sessions)
        assert first - datetime.now(UTC) > timedelta(days=5)

    @contextmanager
    def unconnected(self, **changes: str) -> Iterator[None]:
        """Run the broker without waiting for a connection."""
        environment = self.environment() | {"ORDER_KEY": KEY.hex()} | changes
        with running(self.home, "-m", self.module, environment=environment):
            yield
