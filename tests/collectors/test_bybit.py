"""Bybit's collector against the pretend Bybit."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from bus.bounds import AMOUNT_LIMIT
from bus.settings import Secret
from collectors.bybit import Bybit, Settings
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.source import Deadline, Source
from collectors.wire.answer import read_as
from collectors.wire.bybit import KeyRights, is_not_offered, read_envelope, read_overview, read_wallet
from sandbox.bybit.service import API_KEY, API_SECRET
from sandbox.control.client import Sandbox
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.contract import CollectorContract
from tests.collectors.contracts.read_only_contract import Policy, ReadOnlyContract
from tests.collectors.contracts.spoiled_key_contract import SpoiledKeyContract
from tests.collectors.contracts.subject import SECRET_QUERY, Calls
from tests.collectors.wire.answers import anything, mutated

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOW_MS = 1795253400000
OVERVIEW = {
    "totalEquity": "12345.67",
    "list": [
        {
            "totalEquity": "10563.81",
            "valuationCurrency": "USD",
            "accountType": "UnifiedTradingAccount",
            "coinDetail": [{"equity": "9875.1234", "coin": "USDT"}],
            "snapshotTime": "1795221740908",
        },
        {"totalEquity": "-3", "valuationCurrency": "USD", "accountType": "SomethingNew", "snapshotTime": ""},
    ],
}
WALLET = {"list": [{"totalEquity": "10563.81234567", "accountType": "UNIFIED", "coin": []}]}
RESETS = "X-Bapi-Limit-Reset-Timestamp"


def settings(address: str, policy: Policy = "enforce") -> Settings:
    return Settings(
        bybit_api_key=Secret(API_KEY),
        bybit_api_secret=Secret(API_SECRET),
        bybit_base_url=address,
        read_only_check=policy,
    )


def success(result: object) -> dict[str, object]:
    return {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": NOW_MS}


def refused(code: int, text: str = "", headers: dict[str, str] | None = None) -> PlatformError:
    body = json.dumps({"retCode": code, "retMsg": text, "result": {}, "time": NOW_MS}).encode()
    with pytest.raises(PlatformError) as caught:
        read_envelope(200, headers or {}, body, received_at=NOW)
    return caught.value


@pytest.fixture
def bybit(sandbox: Sandbox) -> Bybit:
    return Bybit(settings(sandbox.addresses["bybit"]))


class TestBybit(CollectorContract):
    services: ClassVar = ("bybit",)
    amount: ClassVar = Decimal("5000.00")
    currency: ClassVar = "USD"
    secrets: ClassVar = (API_KEY, API_SECRET)
    checks_clock: ClassVar = True
    denied: ClassVar = (
        Case("10003", reasons.BAD_KEY),
        Case("10004", reasons.BAD_KEY),
        Case("10005", reasons.NO_PERMISSION),
        Case("10007", reasons.BAD_KEY),
        Case("10008", reasons.NO_PERMISSION),
        Case("10009", reasons.WRONG_REGION),
        Case("10010", reasons.IP_NOT_ALLOWED),
        Case("10024", reasons.WRONG_REGION),
        Case("33004", reasons.KEY_EXPIRED),
        Case("401", reasons.BAD_KEY),
        Case("403", reasons.WRONG_REGION),
    )
    busy: ClassVar = (
        Case("10006", reasons.RATE_LIMITED, 7, more={"seconds": 7}),
        Case("10006", reasons.RATE_LIMITED, 0, more={"seconds": -7}),
        Case("10006", reasons.RATE_LIMITED, None, more={"headers": {RESETS: ""}}),
        Case("10018", reasons.RATE_LIMITED, 600),
        Case("10000", reasons.MAINTENANCE),
        Case("10016", reasons.MAINTENANCE),
        Case("131201", reasons.MAINTENANCE),
        Case("131230", reasons.MAINTENANCE),
        Case("199999", reasons.BAD_ANSWER),
        Case("429", reasons.RATE_LIMITED),
        Case("502", reasons.MAINTENANCE),
        Case("", reasons.RATE_LIMITED, 600, "status", {"status": 403, "body": "403, access too frequent"}),
        Case("", reasons.RATE_LIMITED, 9, "status", {"status": 429, "headers": {"Retry-After": "9"}}),
    )

    def build(self, addresses: dict[str, str], folder: Path) -> Source:  # noqa: ARG002 - it remembers nothing
        return Bybit(settings(addresses["bybit"]))

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        sandbox.set_state("bybit", total_equity=text)

    def forbidden(self, source: Source) -> Calls:
        assert isinstance(source, Bybit)
        sdk: Any = source.client  # more than the Protocol has of it
        raw, host = source.client.client, source.client.endpoint
        order = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "1"}
        sum_ = {"coin": "USDT", "amount": "1"}
        return (
            lambda: sdk.place_order(**order),
            lambda: sdk.create_internal_transfer(**sum_, fromAccountType="UNIFIED", toAccountType="FUND"),
            lambda: sdk.withdraw(**sum_, chain="TRX", address="T1"),
            lambda: raw.post(f"{host}/v5/order/create?{SECRET_QUERY}", json=order),
            lambda: raw.post(f"{host}/v5/account/wallet-balance?{SECRET_QUERY}"),
            lambda: raw.get(f"{host}/v5/account/wallet-balance/../../order/create"),
            lambda: raw.get(f"http://127.0.0.2:9/v5/account/wallet-balance?{SECRET_QUERY}"),
        )


class TestBybitKey(ReadOnlyContract):
    service: ClassVar = "bybit"
    proof_path: ClassVar = "query-api"
    balance_path: ClassVar = "balance"

    def with_policy(self, addresses: dict[str, str], policy: Policy) -> Source:
        return Bybit(settings(addresses["bybit"], policy))

    def let_the_key_trade(self, sandbox: Sandbox) -> None:
        sandbox.set_state("bybit", read_only=0)


class TestBybitSpoiledKey(SpoiledKeyContract):
    service: ClassVar = "bybit"
    api_key: ClassVar = API_KEY
    sent: ClassVar = ("bybit_api_key",)
    signing: ClassVar = "bybit_api_secret"

    def with_secrets(self, address: str, **secrets: Secret) -> Source:
        return Bybit(msgspec.structs.replace(settings(address), **secrets))


def test_the_wallets_of_the_whole_account_are_named(bybit: Bybit) -> None:
    reading = bybit.fetch(Deadline(5))

    assert reading.wallets == ("unified trading", "funding", "earn")
    assert reading.covers == ""


@pytest.mark.parametrize("code", ["10032", "10001", "10005", "10009", "10017", "10024", "180004", "100028", "404"])
def test_where_no_overview_is_served_the_trading_account_is_read_and_named(
    bybit: Bybit, sandbox: Sandbox, code: str
) -> None:
    sandbox.set_state("bybit", asset_overview_served=False, overview_refusal=code)

    reading = bybit.fetch(Deadline(5))

    assert reading.amount == Decimal("3750.00")
    assert reading.covers == "trading only"
    assert reading.wallets == ("unified trading",)


@pytest.mark.parametrize(
    "code",
    [
        *("10003", "10004", "10002", "10006", "10007", "10008", "10010", "10016", "10018", "10027", "33004"),
        *("10000", "131001", "131003", "131200", "131201", "131202", "131204", "131216", "131230"),
        *("-1", "-2015", "180001", "199999", "401", "403", "429", "502"),
    ],
)
def test_only_a_refusal_that_means_not_offered_is_a_reason_to_read_less(
    bybit: Bybit, sandbox: Sandbox, code: str
) -> None:
    """Fault N1: an error within Bybit, once, and every other code that says something else or is not known."""
    sandbox.fault("bybit", "code", code=code, path="asset-overview")

    with pytest.raises(PlatformError):
        bybit.fetch(Deadline(5))

    assert not any("wallet-balance" in request.path for request in sandbox.requests("bybit"))


def test_a_refusal_that_has_its_code_alone_is_told_with_it_and_asked_again(bybit: Bybit, sandbox: Sandbox) -> None:
    """Fault N1: without the time that surrounds a success."""
    body = '{"retCode":131201,"retMsg":"Internal error","result":{}}'
    sandbox.fault("bybit", "status", status=200, body=body, path="asset-overview", times=1)

    with pytest.raises(Busy) as caught:
        bybit.fetch(Deadline(5))

    assert (caught.value.reason, caught.value.code) == (reasons.MAINTENANCE, "131201")
    assert bybit.fetch(Deadline(5)).amount == Decimal("5000.00")


@pytest.mark.parametrize("host", ["api.bybit.com", "api.bytick.com", "api-testnet.bybit.com"])
@pytest.mark.parametrize("code", [10001, 10005, 10024])
def test_what_only_a_region_says_for_not_offered_is_believed_only_there(host: str, code: int) -> None:
    error = refused(code)

    assert not is_not_offered(error, host)
    assert is_not_offered(error, "api.bybit.kz")


def test_a_whole_overview_is_asked_for_again_after_less_was_read(bybit: Bybit, sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", asset_overview_served=False)
    less = bybit.fetch(Deadline(5))
    sandbox.set_state("bybit", asset_overview_served=True)

    whole = bybit.fetch(Deadline(5))

    assert (less.covers, whole.covers) == ("trading only", "")


def test_an_unreadable_overview_is_no_reason_to_read_less(bybit: Bybit, sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", omitted=["totalEquity"])

    with pytest.raises(Malformed):
        bybit.fetch(Deadline(5))

    assert not any("wallet-balance" in request.path for request in sandbox.requests("bybit"))


def test_a_trading_account_that_is_not_listed_is_a_bad_answer_and_not_zero(bybit: Bybit, sandbox: Sandbox) -> None:
    """Fault 47: nothing is no zero."""
    sandbox.set_state("bybit", asset_overview_served=False, wallet_listed=False)

    with pytest.raises(Malformed):
        bybit.fetch(Deadline(5))


def test_a_demo_host_that_cannot_tell_about_the_key_is_noted_once(
    bybit: Bybit, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    sandbox.fault("bybit", "code", code="10032", path="query-api")
    sandbox.set_state("bybit", asset_overview_served=False)

    bybit.fetch(Deadline(5))
    bybit.fetch(Deadline(5))

    assert bybit.key.state.rights == "unproven"
    assert caplog.text.count("cannot tell") == 1
    assert caplog.text.count("not served") == 1


def test_a_key_without_a_bound_address_tells_its_end(bybit: Bybit, sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", ips=["*"], days_left=10)

    bybit.prefetch(Deadline(5))

    assert bybit.key.state.told_by == "platform"
    assert bybit.key.state.expires_at is not None
    assert timedelta(days=9.9) < bybit.key.state.expires_at - datetime.now(UTC) < timedelta(days=10.1)


def test_a_key_bound_to_an_address_does_not_end(bybit: Bybit) -> None:
    bybit.prefetch(Deadline(5))

    assert (bybit.key.state.told_by, bybit.key.state.expires_at) == ("platform", None)


@pytest.mark.parametrize("said", [None, "", "0", 0, 1, "2027-01-01T00:00:00", [], "1970-01-01T00:00:00Z"])
def test_an_end_that_cannot_be_read_costs_no_proof(said: object) -> None:
    assert read_as({"readOnly": 1, "expiredAt": said}, KeyRights).ends_at() is None


def test_a_missing_path_is_no_proof_that_a_key_can_only_read(bybit: Bybit, sandbox: Sandbox) -> None:
    sandbox.fault("bybit", "code", code="404", path="query-api")

    with pytest.raises(Malformed):
        bybit.fetch(Deadline(5))


def test_a_wrong_host_is_among_the_cures_in_the_log(
    bybit: Bybit, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fault("bybit", "code", code="10003")

    with pytest.raises(Denied):
        bybit.fetch(Deadline(5))

    assert "BYBIT_BASE_URL" in caplog.text


def test_one_connection_serves_all_requests(bybit: Bybit, sandbox: Sandbox) -> None:
    bybit.fetch(Deadline(5))
    gate = bybit.client.client.get_adapter(sandbox.addresses["bybit"])
    pools = gate.poolmanager.pools  # type: ignore[attr-defined]  # of requests' HTTPAdapter
    pool = pools.get(next(iter(pools.keys())))

    bybit.fetch(Deadline(5))

    assert (pool.num_connections, pool.num_requests) == (1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "invalid request, please check your server timestamp or recv_window param. "
        "req_timestamp[1795253412400],server_timestamp[1795253400000],recv_window[5000]",
        "param invalid: req_timestamp[1795253412400], server_timestamp[1795253400000],recv_window[5000]",
    ],
)
def test_the_clocks_error_is_that_of_the_two_clocks_in_the_text(text: str) -> None:
    error = refused(10002, text)

    assert isinstance(error, Denied)
    assert error.reason == "time skew +12 s"


def test_without_clocks_in_the_text_the_clocks_error_is_that_of_the_envelope() -> None:
    body = json.dumps({"retCode": 10002, "retMsg": "horodatage", "time": NOW_MS}).encode()

    with pytest.raises(Denied) as caught:
        read_envelope(200, {}, body, received_at=NOW - timedelta(seconds=30))

    assert caught.value.reason == "time skew -30 s"


def test_without_any_clock_the_clocks_error_is_a_refusal_all_the_same() -> None:
    with pytest.raises(Denied) as caught:
        read_envelope(200, {}, b'{"retCode":10002,"retMsg":7,"time":"now"}', received_at=NOW)

    assert caught.value.reason == reasons.BAD_ANSWER


def test_a_refusal_counts_whatever_the_status_of_its_answer() -> None:
    with pytest.raises(Denied) as caught:
        read_envelope(403, {}, b'{"retCode":10010,"retMsg":"Unmatched IP"}', received_at=NOW)

    assert (caught.value.reason, caught.value.code) == (reasons.IP_NOT_ALLOWED, "10010")


def test_an_unknown_code_is_a_bad_answer_to_ask_again_for_with_the_code_for_the_log() -> None:
    """Fault N1: what nobody documents may be gone in a moment."""
    error = refused(12345, "secret words")

    assert isinstance(error, Busy)
    assert (error.reason, error.code) == (reasons.BAD_ANSWER, "12345")


def test_an_overview_is_as_old_as_its_oldest_part_and_new_wallets_are_other() -> None:
    """Fault 47: an unknown wallet is named."""
    reading = read_overview(success(OVERVIEW), NOW)

    assert reading.amount == Decimal("12345.67")
    assert reading.as_of == datetime(2026, 11, 21, 0, 42, 20, 908000, tzinfo=UTC)
    assert reading.fetched_at == NOW
    assert reading.wallets == ("unified trading", "other")


def test_an_overview_in_another_currency_is_a_bad_answer() -> None:
    entry = {**OVERVIEW["list"][1], "valuationCurrency": "BTC"}  # type: ignore[dict-item]

    with pytest.raises(Malformed):
        read_overview(success({"totalEquity": "1", "list": [entry]}), NOW)


def test_a_doubled_key_is_a_bad_answer() -> None:
    body = b'{"retCode":0,"retMsg":"OK","result":{"totalEquity":"1","totalEquity":"2","list":[]},"time":1795253400000}'

    with pytest.raises(Malformed):
        read_envelope(200, {}, body, received_at=NOW)


def test_an_amount_that_is_a_number_instead_of_text_is_a_bad_answer() -> None:
    with pytest.raises(Malformed):
        read_overview(success({"totalEquity": 5000.0, "list": []}), NOW)


@given(status=st.sampled_from([200, 200, 302, 401, 403, 404, 429, 500]), body=st.binary() | mutated(success(OVERVIEW)))
def test_no_bytes_make_the_reader_raise_anything_but_its_own_errors(status: int, body: bytes) -> None:
    with contextlib.suppress(PlatformError):
        read_envelope(status, {RESETS: body[:13].decode("latin-1")}, body, received_at=NOW)


@given(answer=anything(success(OVERVIEW), success(WALLET)))
def test_no_answer_makes_the_readers_raise_anything_but_their_own_errors(answer: object) -> None:
    for read in (read_overview, read_wallet):
        with contextlib.suppress(PlatformError):
            assert abs(read(answer, NOW).amount) <= AMOUNT_LIMIT


@given(code=st.integers(), text=st.text())
def test_every_code_is_an_error_with_a_known_reason(code: int, text: str) -> None:
    if code == 0:
        return

    assert reasons.is_known(refused(code, text).reason)
