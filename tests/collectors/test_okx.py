"""OKX's collector against the pretend OKX."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from bus import reasons
from bus.settings import Secret, SettingsError, read
from collectors.errors import Busy, Denied, Malformed, PlatformError
from collectors.okx import Okx, Settings
from collectors.source import Deadline, Source
from sandbox.control.client import Sandbox
from sandbox.okx.service import API_KEY, API_SECRET, PASSPHRASE
from tests.collectors.contracts.case import Case
from tests.collectors.contracts.contract import CollectorContract
from tests.collectors.contracts.read_only_contract import Policy, ReadOnlyContract
from tests.collectors.contracts.spoiled_key_contract import SpoiledKeyContract
from tests.collectors.contracts.subject import SECRET_QUERY, Calls

OPENED: list[Okx] = []


def settings(address: str, policy: Policy = "enforce", *, demo: bool = False) -> Settings:
    return Settings(
        okx_api_key=Secret(API_KEY),
        okx_api_secret=Secret(API_SECRET),
        okx_api_passphrase=Secret(PASSPHRASE),
        okx_base_url=address,
        okx_demo=demo,
        read_only_check=policy,
    )


def opened(its_settings: Settings) -> Okx:
    """Make a collector whose connections the test closes; a real one keeps them for as long as its process lives."""
    OPENED.append(Okx(its_settings))
    return OPENED[-1]


@pytest.fixture(autouse=True)
def _closing() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().client.close()


@pytest.fixture
def okx(sandbox: Sandbox) -> Okx:
    return opened(settings(sandbox.addresses["okx"]))


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the SDK posts in httpx's older way
class TestOkx(CollectorContract):
    services: ClassVar = ("okx",)
    amount: ClassVar = Decimal("3901.23")
    currency: ClassVar = "USD"
    secrets: ClassVar = (API_KEY, API_SECRET, PASSPHRASE)
    checks_clock: ClassVar = True
    denied: ClassVar = (
        Case("50007", reasons.NO_PERMISSION),
        Case("50030", reasons.NO_PERMISSION),
        Case("50035", reasons.NO_PERMISSION),
        Case("50101", reasons.BAD_KEY),
        Case("50105", reasons.BAD_KEY),
        Case("50110", reasons.IP_NOT_ALLOWED),
        Case("50111", reasons.BAD_KEY),
        Case("50113", reasons.BAD_KEY),
        Case("50119", reasons.BAD_KEY),
        Case("50120", reasons.NO_PERMISSION),
        Case("50121", reasons.WRONG_REGION),
        Case("", reasons.BAD_KEY, kind="status", more={"status": 401}),
    )
    busy: ClassVar = (
        Case("50001", reasons.MAINTENANCE),
        Case("50004", reasons.MAINTENANCE),
        Case("50005", reasons.MAINTENANCE),
        Case("-30006", reasons.MAINTENANCE),
        Case("59999", reasons.BAD_ANSWER),
        Case("50026", reasons.MAINTENANCE),
        Case("50011", reasons.RATE_LIMITED, 2),
        Case("50011", reasons.RATE_LIMITED, 2, more={"status": 200}),
        Case("50011", reasons.RATE_LIMITED, 9, more={"headers": {"Retry-After": "9"}}),
        Case("50013", reasons.RATE_LIMITED, 2),
        Case("", reasons.RATE_LIMITED, None, "status", {"status": 429}),
        Case("", reasons.RATE_LIMITED, 9, "status", {"status": 429, "headers": {"Retry-After": "9"}}),
        Case("", reasons.MAINTENANCE, None, "status", {"status": 503}),
    )

    def build(self, addresses: dict[str, str], folder: Path) -> Source:  # noqa: ARG002 - it remembers nothing
        return opened(settings(addresses["okx"]))

    def set_amount(self, sandbox: Sandbox, text: str | None) -> None:
        sandbox.set_state("okx", total_usd=text)

    def forbidden(self, source: Source) -> Calls:
        from okx.Funding import FundingAPI
        from okx.Trade import TradeAPI

        assert isinstance(source, Okx)
        sdk: Any = source.client  # an httpx client too
        return (
            lambda: TradeAPI.place_order(sdk, "BTC-USDT", "cash", "buy", "market", "1"),
            lambda: FundingAPI.funds_transfer(sdk, "USDT", "1", from_="6", to="18"),
            lambda: FundingAPI.withdrawal(sdk, "USDT", "1", "4", "T1", chain="USDT-TRC20"),
            lambda: sdk.post(f"/api/v5/trade/order?{SECRET_QUERY}", json={}),
            lambda: sdk.post(f"/api/v5/account/balance?{SECRET_QUERY}"),
            lambda: sdk.get(f"http://127.0.0.2:9/api/v5/account/balance?{SECRET_QUERY}"),
        )


class TestOkxKey(ReadOnlyContract):
    service: ClassVar = "okx"
    proof_path: ClassVar = "account/config"
    balance_path: ClassVar = "asset-valuation"

    def with_policy(self, addresses: dict[str, str], policy: Policy) -> Source:
        return opened(settings(addresses["okx"], policy))

    def let_the_key_trade(self, sandbox: Sandbox) -> None:
        sandbox.set_state("okx", perm="read_only,trade")


class TestOkxSpoiledKey(SpoiledKeyContract):
    service: ClassVar = "okx"
    api_key: ClassVar = API_KEY
    sent: ClassVar = ("okx_api_key", "okx_api_passphrase")
    signing: ClassVar = "okx_api_secret"

    def with_secrets(self, address: str, **secrets: Secret) -> Source:
        return opened(msgspec.structs.replace(settings(address), **secrets))


def test_the_whole_account_is_read(okx: Okx) -> None:
    reading = okx.fetch(Deadline(5))

    assert reading.wallets == ("trading", "funding", "earn")
    assert reading.covers == ""


def test_the_account_is_live_unless_the_owner_says_demo(sandbox: Sandbox) -> None:
    environment = {
        "OKX_API_KEY": API_KEY,
        "OKX_API_SECRET": API_SECRET,
        "OKX_API_PASSPHRASE": PASSPHRASE,
        "OKX_BASE_URL": sandbox.addresses["okx"],
    }

    live, demo = read(Settings, environment), read(Settings, environment | {"OKX_DEMO": "true"})

    assert opened(live).fetch(Deadline(5)).amount == Decimal("3901.23")
    with pytest.raises(Denied) as caught:
        opened(demo).fetch(Deadline(5))
    assert caught.value.code == "50101"


def test_in_demo_trading_the_trading_account_is_read_and_named(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="collectors")
    sandbox.set_state("okx", key_kind="demo")
    okx = opened(settings(sandbox.addresses["okx"], demo=True))

    reading = okx.fetch(Deadline(5))
    okx.fetch(Deadline(5))

    assert reading.amount == Decimal("3549.54")
    assert (reading.covers, reading.wallets) == ("trading only", ("trading",))
    assert caplog.text.count("no valuation") == 1


@pytest.mark.parametrize("code", ["50030", "50038", "50119", "51000", "50011", "50001", "50005", "-30006", "59999"])
def test_only_demo_trading_is_a_reason_to_read_less(okx: Okx, sandbox: Sandbox, code: str) -> None:
    sandbox.fault("okx", "code", code=code, path="asset-valuation")

    with pytest.raises(PlatformError):
        okx.fetch(Deadline(5))

    assert not any("account/balance" in request.path for request in sandbox.requests("okx"))


def test_two_rounds_within_a_second_both_have_their_number(okx: Okx) -> None:
    readings = [okx.fetch(Deadline(5)), okx.fetch(Deadline(5))]

    assert [reading.amount for reading in readings] == [Decimal("3901.23")] * 2


def test_without_time_to_keep_the_pace_the_round_is_told_to_come_again(okx: Okx, sandbox: Sandbox) -> None:
    okx.fetch(Deadline(5))
    asked = len(sandbox.requests("okx"))

    with pytest.raises(Busy) as caught:
        okx.fetch(Deadline(0.2))

    assert caught.value.reason == reasons.RATE_LIMITED
    assert caught.value.retry_after_s is not None
    assert 0 < caught.value.retry_after_s <= 1.1
    assert len(sandbox.requests("okx")) == asked


@pytest.mark.parametrize("path", ["/api/v5/asset/asset-valuation", "/api/v5/account/config"])
def test_no_row_is_a_bad_answer_and_not_zero(okx: Okx, sandbox: Sandbox, path: str) -> None:
    """Fault 47: nothing is no zero."""
    sandbox.set_state("okx", empty_paths=[path])

    with pytest.raises(Malformed):
        okx.fetch(Deadline(5))


def test_a_wrong_regional_host_is_among_the_cures_in_the_log(
    okx: Okx, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.set_state("okx", wrong_region=True)

    with pytest.raises(Denied) as caught:
        okx.fetch(Deadline(5))

    assert caught.value.reason == reasons.BAD_KEY
    assert "wrong regional host" in caplog.text


def test_after_a_broken_connection_the_client_is_a_new_one_and_the_old_one_closed(okx: Okx, sandbox: Sandbox) -> None:
    old = okx.client
    sandbox.fault("okx", "reset")

    with pytest.raises(Busy):
        okx.fetch(Deadline(5))

    assert okx.client is not old
    assert old.is_closed  # type: ignore[attr-defined]  # httpx's own, not in the Protocol


def test_a_key_that_cannot_be_sent_costs_no_connection(sandbox: Sandbox) -> None:
    spoiled = msgspec.structs.replace(settings(sandbox.addresses["okx"]), okx_api_key=Secret(f"{API_KEY} "))
    okx = opened(spoiled)
    client = okx.client

    with pytest.raises(Denied):
        okx.fetch(Deadline(5))

    assert okx.client is client


def test_one_client_serves_all_of_the_sdks_classes(okx: Okx) -> None:
    import httpx

    okx.fetch(Deadline(5))

    assert sum(isinstance(value, httpx.Client) for value in vars(okx).values()) == 1


@pytest.mark.parametrize("address", ["https://www.okx.com/v5", "https://www.okx.com/a/"])
def test_a_base_url_with_a_path_is_refused_with_what_to_write(address: str) -> None:
    environment = {
        "OKX_API_KEY": API_KEY,
        "OKX_API_SECRET": API_SECRET,
        "OKX_API_PASSPHRASE": PASSPHRASE,
        "OKX_BASE_URL": address,
    }

    with pytest.raises(SettingsError, match="OKX_BASE_URL is not valid; it has a path; write the host"):
        read(Settings, environment)


def test_a_base_url_may_end_in_a_slash(sandbox: Sandbox) -> None:
    reading = opened(settings(sandbox.addresses["okx"] + "/")).fetch(Deadline(5))

    assert reading.amount == Decimal("3901.23")


def test_a_key_that_can_only_read_does_not_end(okx: Okx) -> None:
    okx.prefetch(Deadline(5))

    assert (okx.key.state.rights, okx.key.state.told_by, okx.key.state.expires_at) == ("read only", "platform", None)
