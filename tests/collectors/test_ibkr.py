"""IBKR's collector against the pretend Flex Web Service."""

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from bus import reasons
from bus.settings import NotConfigured, Secret, SettingsError, read
from collectors.egress.requests_session import USER_AGENT
from collectors.errors import Busy, Malformed
from collectors.ibkr import Ibkr, Settings
from collectors.key import Key
from collectors.market_calendar import NEW_YORK
from collectors.source import Deadline, Reading, Source
from collectors.wire.ibkr_service import DENIED
from sandbox.control.client import Sandbox
from sandbox.ibkr.service import PASSING, QUERY_ID, TOKEN
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.contract import CollectorContract
from tests.collectors.contracts.owners_day_contract import OwnersDayContract
from tests.collectors.contracts.subject import ENOUGH_S, OVERRUN_S, SECRET_QUERY, SHORT_S, Calls
from tests.collectors.flex import HURRY, Clock, account, settings, steps
from tests.listener import listener

PATIENT_CODES = sorted(PASSING - {"1018", "1019"})


@pytest.fixture(autouse=True)
def _no_limits(sandbox: Sandbox) -> None:
    """Let the contract's tests ask as fast as they can."""
    sandbox.set_state("ibkr", per_second=0, per_minute=0)


class TestIbkr(CollectorContract):
    services: ClassVar = ("ibkr",)
    amount: ClassVar = Decimal("12345.67")
    currency: ClassVar = "USD"
    secrets: ClassVar = (TOKEN, QUERY_ID, "U1234567")
    denied: ClassVar = tuple(Case(code, reason) for code, (reason, _) in DENIED.items())
    busy: ClassVar = (
        Case("1018", reasons.RATE_LIMITED, 600),
        *(Case(code, reasons.STATEMENT_NOT_READY, 60) for code in PATIENT_CODES),
        Case("", reasons.RATE_LIMITED, 600, kind="status", more={"status": 429}),
        Case("", reasons.RATE_LIMITED, 900, kind="status", more={"status": 429, "headers": {"Retry-After": "900"}}),
        Case("", reasons.MAINTENANCE, 6, kind="status", more={"status": 503}),
    )
    bad_amounts: ClassVar = (
        *(text for text in CollectorContract.bad_amounts if text is not None and text != "1,234.5"),
        *("-", "--", "N/A", "1,2"),
    )

    def build(self, addresses: dict[str, str], folder: Path) -> Source:
        return Ibkr(settings(addresses["ibkr"]), pauses=HURRY, folder=folder)

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        assert text is not None
        sandbox.set_state("ibkr", accounts=[account(text)])

    def forbidden(self, source: Source) -> Calls:
        assert isinstance(source, Ibkr)
        raw, base = source.session, source._base_url
        return (
            lambda: raw.post(f"{base}/PlaceOrder", json={}),
            lambda: raw.post(f"{base}/SendRequest?{SECRET_QUERY}"),
            lambda: raw.get(f"http://127.0.0.2:9/AccountManagement/FlexWebService/GetStatement?{SECRET_QUERY}"),
        )

    def test_a_second_fetch_sees_a_change(self, source: Source, sandbox: Sandbox) -> None:
        """Not on the same day: the statement changes once a day, and nobody is asked before."""
        source.fetch(Deadline(ENOUGH_S))
        self.set_amount(sandbox, "77.25")
        before = steps(sandbox)

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == self.amount
        assert steps(sandbox) == before

    def test_the_reading_says_its_currency_and_when_it_was_fetched(self, source: Source) -> None:
        reading = source.fetch(Deadline(ENOUGH_S))

        assert isinstance(reading, Reading)
        assert reading.currency == self.currency
        assert reading.wallets
        assert abs(reading.fetched_at.timestamp() - time.time()) < ENOUGH_S
        assert reading.as_of.astimezone(NEW_YORK).hour == 16
        assert reading.as_of < reading.fetched_at

    def test_after_a_broken_connection_the_next_fetch_works(self, source: Source, sandbox: Sandbox) -> None:
        """After the pause that the service's limits ask for, which ends here."""
        assert isinstance(source, Ibkr)
        self.fault(sandbox, "reset")
        self.fails(source)
        sandbox.clear("ibkr")
        source._flex_state.kept.paused_until = None

        reading = source.fetch(Deadline(ENOUGH_S))

        assert self.amount_of(reading) == self.amount


class TestIbkrTokensEnd(OwnersDayContract):
    variable: ClassVar = "IBKR_FLEX_TOKEN_EXPIRES"

    def key_with(self, variables: Mapping[str, str]) -> Key:
        return Ibkr(read(Settings, {"IBKR_FLEX_TOKEN": TOKEN, "IBKR_FLEX_QUERY_ID": QUERY_ID} | dict(variables))).key


def test_a_flex_token_can_only_read_by_nature_which_is_logged_and_told(
    make_ibkr: Callable[..., Ibkr], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="collectors")

    assert make_ibkr().key.state.rights == "by nature"
    assert caplog.text.count("by nature") == 1


def test_the_address_in_an_order_is_not_called(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    with listener() as theirs:
        sandbox.set_state("ibkr", url=f"{theirs.address}/AccountManagement/FlexWebService/GetStatement")
        make_ibkr().fetch(Deadline(ENOUGH_S))

        assert theirs.callers() == 0
    assert "GetStatement" in steps(sandbox)


# --- the two steps


def test_a_statement_is_ordered_once_and_polled_until_it_is_there(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox
) -> None:
    sandbox.set_state("ibkr", polls_before_ready=3)

    make_ibkr().fetch(Deadline(ENOUGH_S))

    assert steps(sandbox) == ["SendRequest", *["GetStatement"] * 4]


def test_preparing_takes_one_step_a_call_until_a_round_need_not_ask(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    ibkr, seen = make_ibkr(), []
    for _ in range(4):
        ibkr.prefetch(Deadline(ENOUGH_S))
        seen.append(steps(sandbox))
        flex_clock.advance(seconds=1)
    before = steps(sandbox)

    ibkr.fetch(Deadline(0.0))

    assert [len(each) for each in seen] == [1, 2, 3, 3]
    assert steps(sandbox) == before


def test_a_fetch_goes_on_with_what_preparing_began(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    ibkr = make_ibkr()
    ibkr.prefetch(Deadline(ENOUGH_S))

    ibkr.fetch(Deadline(ENOUGH_S))

    assert steps(sandbox).count("SendRequest") == 1


def test_a_statement_that_never_comes_is_not_ready_at_the_end_of_the_budget(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox
) -> None:
    """Fault 42: within a round."""
    sandbox.set_state("ibkr", polls_before_ready=10_000)
    ibkr, deadline = make_ibkr(), Deadline(1.5)
    ibkr.prefetch(Deadline(ENOUGH_S))

    with pytest.raises(Busy, match=reasons.STATEMENT_NOT_READY):
        ibkr.fetch(deadline)

    assert steps(sandbox).count("SendRequest") == 1
    assert time.monotonic() - deadline.ends_at < OVERRUN_S


def test_one_look_that_the_budget_cuts_is_still_not_ready_and_a_second_one_is_a_timeout(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.set_state("ibkr", polls_before_ready=10_000)
    ibkr = make_ibkr()
    for _ in range(2):
        ibkr.prefetch(Deadline(ENOUGH_S))
        flex_clock.advance(seconds=1)
    sandbox.fault("ibkr", "hang")

    with pytest.raises(Busy, match=reasons.STATEMENT_NOT_READY):
        ibkr.fetch(Deadline(SHORT_S))
    flex_clock.advance(seconds=60)
    with pytest.raises(Busy, match=reasons.TIMEOUT):
        ibkr.fetch(Deadline(SHORT_S))

    assert steps(sandbox) == ["SendRequest", *["GetStatement"] * 3]


def test_an_order_survives_a_restart(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    make_ibkr().prefetch(Deadline(ENOUGH_S))

    make_ibkr().fetch(Deadline(ENOUGH_S))

    assert steps(sandbox).count("SendRequest") == 1


def test_an_order_that_the_service_lost_is_repeated_once(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    sandbox.fault("ibkr", "code", code="1017", path="GetStatement", times=1)

    reading = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert reading.amount == Decimal("12345.67")
    assert steps(sandbox).count("SendRequest") == 2


def test_an_order_that_is_lost_again_is_given_up(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    sandbox.fault("ibkr", "code", code="1017", path="GetStatement")

    with pytest.raises(Busy, match="1017"):
        make_ibkr().fetch(Deadline(ENOUGH_S))

    assert steps(sandbox).count("SendRequest") == 2


def test_an_order_without_a_statement_for_an_hour_is_given_up(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    """Fault 42: for an hour."""
    sandbox.set_state("ibkr", polls_before_ready=10_000)
    ibkr = make_ibkr()
    ibkr.prefetch(Deadline(ENOUGH_S))
    flex_clock.advance(hours=1)

    with pytest.raises(Malformed, match=reasons.STATEMENT_NOT_READY):
        ibkr.prefetch(Deadline(ENOUGH_S))
    flex_clock.advance(minutes=10)
    ibkr.prefetch(Deadline(ENOUGH_S))

    assert steps(sandbox) == ["SendRequest", "GetStatement", "SendRequest"]


def test_an_error_on_the_way_is_asked_about_again_with_the_same_order(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.fault("ibkr", "code", code="1021", path="GetStatement", times=2)
    ibkr = make_ibkr()
    for _ in range(2):
        with pytest.raises(Busy):
            ibkr.fetch(Deadline(ENOUGH_S))
        flex_clock.advance(seconds=60)

    ibkr.fetch(Deadline(ENOUGH_S))

    assert steps(sandbox).count("SendRequest") == 1


# --- settings


def test_the_agent_is_an_honest_one(make_ibkr: Callable[..., Ibkr]) -> None:
    assert make_ibkr().session.headers["User-Agent"] == USER_AGENT


def test_a_base_url_without_a_folder_is_completed(sandbox: Sandbox, tmp_path: Path) -> None:
    its_settings = Settings(
        ibkr_flex_token=Secret(TOKEN),
        ibkr_flex_query_id=Secret(QUERY_ID),
        ibkr_flex_base_url=sandbox.addresses["ibkr"],
    )

    assert Ibkr(its_settings, pauses=HURRY, folder=tmp_path).fetch(Deadline(ENOUGH_S)).amount == Decimal("12345.67")


def test_half_of_the_settings_and_a_query_that_is_no_number_are_named() -> None:
    with pytest.raises(SettingsError, match="IBKR_FLEX_TOKEN is missing"):
        read(Settings, {"IBKR_QUERY_ID": QUERY_ID})
    with pytest.raises(SettingsError, match="IBKR_FLEX_QUERY_ID"):
        read(Settings, {"IBKR_FLEX_QUERY_ID": "my query", "IBKR_FLEX_TOKEN": TOKEN})
    with pytest.raises(NotConfigured):
        read(Settings, {})
