"""ccxt, unmodified, at the pretend Bybit and OKX: a client that knows nothing of this project.

It loads the markets, reads the balances, and turns what goes wrong into its own errors, as it does at the real ones.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sandbox.bybit import service as pretend_bybit
from sandbox.control.client import Sandbox
from sandbox.okx import service as pretend_okx

ccxt = pytest.importorskip("ccxt")

Client = Any
SPOT, PERPETUAL = "BTC/USDT", "BTC/USDT:USDT"
CREDENTIALS = {
    "bybit": {"apiKey": pretend_bybit.API_KEY, "secret": pretend_bybit.API_SECRET},
    "okx": {"apiKey": pretend_okx.API_KEY, "secret": pretend_okx.API_SECRET, "password": pretend_okx.PASSPHRASE},
}
EXPECTED = {
    "bybit": {"BTC": 0.01031, "USDT": 3060.6124},
    "okx": {"BTC": 0.01042, "USDT": 2851.62},
}
"""What the trading account holds of each coin."""
PLATFORMS = tuple(CREDENTIALS)


def client(name: str, sandbox: Sandbox, **changed: str) -> Client:
    """Make ccxt's client of a platform, with another address and with the right credentials but for those given."""
    made = getattr(ccxt, name)({**CREDENTIALS[name], **changed})
    made.urls["api"] = dict.fromkeys(made.urls["api"], sandbox.addresses[name])
    return made


def error_of(call: Callable[[], object]) -> Exception:
    """Return the error of ccxt's that a call raises."""
    with pytest.raises(ccxt.BaseError) as caught:
        call()
    error: Exception = caught.value
    return error


@pytest.fixture(params=PLATFORMS)
def name(request: pytest.FixtureRequest) -> str:
    """Give each platform's name."""
    given: str = request.param
    return given


# --- when all is well


def test_the_markets_are_loaded(name: str, sandbox: Sandbox) -> None:
    markets: Mapping[str, Mapping[str, Any]] = client(name, sandbox).load_markets()

    assert {markets[symbol]["type"] for symbol in markets} >= {"spot", "swap", "option"}
    assert markets[SPOT]["active"]
    assert markets[SPOT]["precision"]["price"] == 0.1
    assert markets[PERPETUAL]["linear"]
    assert markets[PERPETUAL]["settle"] == "USDT"


def test_the_coins_are_loaded(name: str, sandbox: Sandbox) -> None:
    loaded = client(name, sandbox)
    loaded.load_markets()

    assert {"BTC", "USDT"} <= set(loaded.currencies)
    assert loaded.currencies["BTC"]["networks"]


def test_the_trading_accounts_balance_is_read(name: str, sandbox: Sandbox) -> None:
    balance = client(name, sandbox).fetch_balance()

    assert balance["total"] == EXPECTED[name]
    assert balance["free"] == EXPECTED[name]


def test_a_changed_balance_is_seen(sandbox: Sandbox) -> None:
    okx = client("okx", sandbox)
    okx.fetch_balance()
    sandbox.set_state("okx", trading=[{"ccy": "USDT", "amount": "7.5", "usd_value": "7.49"}])

    assert okx.fetch_balance()["total"] == {"USDT": 7.5}


@pytest.mark.parametrize(("name", "held"), [("bybit", {"USDT": 1000.4, "BTC": 0.0}), ("okx", {"USDT": 250.5})])
def test_the_funding_accounts_balance_is_read(name: str, held: dict[str, float], sandbox: Sandbox) -> None:
    assert client(name, sandbox).fetch_balance({"type": "funding"})["total"] == held


def test_the_whole_accounts_value_is_the_one_that_the_collectors_read(sandbox: Sandbox) -> None:
    overview = client("bybit", sandbox).private_get_v5_asset_asset_overview({"valuationCurrency": "USD"})
    valuation = client("okx", sandbox).private_get_asset_asset_valuation({"ccy": "USD"})

    assert overview["result"]["totalEquity"] == "5000.00"
    assert valuation["data"][0]["totalBal"] == "3901.23"


def test_the_clock_is_read(name: str, sandbox: Sandbox) -> None:
    asking = client(name, sandbox)

    assert abs(asking.fetch_time() - asking.milliseconds()) < 60_000


# --- keys


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("bybit", {"apiKey": "someOtherKey"}),
        ("bybit", {"secret": "someOtherSecret"}),
        ("okx", {"secret": "someOtherSecret"}),
        ("okx", {"password": "some other passphrase"}),
    ],
)
def test_wrong_credentials_are_an_authentication_error(name: str, changed: dict[str, str], sandbox: Sandbox) -> None:
    error = error_of(client(name, sandbox, **changed).fetch_balance)

    assert type(error) is ccxt.AuthenticationError


def test_a_key_that_okx_does_not_know_is_told_with_okxs_own_words(sandbox: Sandbox) -> None:
    """ccxt 4.5 has no error of its own for 50119."""
    error = error_of(client("okx", sandbox, apiKey="00000000-0000-4000-8000-000000000000").fetch_balance)

    assert "50119" in str(error)
    assert "API key doesn't exist" in str(error)


def test_an_expired_key_is_an_authentication_error(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", expired=True)

    assert type(error_of(client("bybit", sandbox).fetch_balance)) is ccxt.AuthenticationError


def test_an_address_that_is_not_on_the_keys_list_is_denied(name: str, sandbox: Sandbox) -> None:
    sandbox.set_state(name, client_ip="198.51.100.4")

    assert type(error_of(client(name, sandbox).fetch_balance)) is ccxt.PermissionDenied


def test_a_key_that_can_only_read_cannot_trade(sandbox: Sandbox) -> None:
    bybit = client("bybit", sandbox)

    error = error_of(lambda: bybit.create_order(SPOT, "limit", "buy", 0.001, 50_000))

    assert type(error) is ccxt.PermissionDenied


# --- refusals and waits


@pytest.mark.parametrize("skew_s", [60.0, -60.0])
def test_a_skewed_clock_is_an_invalid_nonce(name: str, skew_s: float, sandbox: Sandbox) -> None:
    sandbox.settings(name, skew_s=skew_s)

    assert type(error_of(client(name, sandbox).fetch_balance)) is ccxt.InvalidNonce


@pytest.mark.parametrize(
    ("name", "path", "limit"),
    [
        ("bybit", "/v5/account/wallet-balance", {"limits_per_s": {"/v5/account/wallet-balance": 0}}),
        ("okx", "/api/v5/account/balance", {"limits": {"/api/v5/account/balance": {"requests": 0, "span_s": 1.0}}}),
    ],
)
def test_a_rate_limit_is_one_to_ccxt_too(name: str, path: str, limit: dict[str, object], sandbox: Sandbox) -> None:
    sandbox.set_state(name, **limit)

    error = error_of(client(name, sandbox).fetch_balance)

    assert type(error) is ccxt.RateLimitExceeded
    assert sandbox.requests(name)[-1].path == path


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("bybit", "10005", "PermissionDenied"),
        ("bybit", "10006", "RateLimitExceeded"),
        ("bybit", "10016", "ExchangeError"),
        ("bybit", "10018", "RateLimitExceeded"),
        ("bybit", "131201", "ExchangeError"),
        ("bybit", "403", "RateLimitExceeded"),
        ("bybit", "404", "ExchangeNotAvailable"),
        ("bybit", "429", "RateLimitExceeded"),
        ("bybit", "502", "ExchangeNotAvailable"),
        ("okx", "50001", "OnMaintenance"),
        ("okx", "50004", "RequestTimeout"),
        ("okx", "50005", "ExchangeNotAvailable"),
        ("okx", "50007", "AccountSuspended"),
        ("okx", "50011", "RateLimitExceeded"),
        ("okx", "50013", "ExchangeNotAvailable"),
        ("okx", "50026", "ExchangeNotAvailable"),
        ("okx", "50101", "AuthenticationError"),
        ("okx", "-30006", "ExchangeError"),
    ],
)
def test_a_refusal_is_what_ccxt_takes_it_for(name: str, code: str, kind: str, sandbox: Sandbox) -> None:
    asking = client(name, sandbox)
    asking.load_markets()
    sandbox.fault(name, "code", code=code, path="balance")

    error = error_of(asking.fetch_balance)

    assert type(error).__name__ == kind


@pytest.mark.parametrize("kind", ["reset", "refuse"])
def test_a_broken_connection_is_a_network_error(name: str, kind: str, sandbox: Sandbox) -> None:
    sandbox.fault(name, kind)

    assert isinstance(error_of(client(name, sandbox).fetch_balance), ccxt.NetworkError)


def test_a_market_or_a_kind_that_is_not_there_is_a_bad_request(sandbox: Sandbox) -> None:
    bybit, okx = client("bybit", sandbox), client("okx", sandbox)

    errors = [
        error_of(lambda: bybit.public_get_v5_market_instruments_info({"category": "bonds"})),
        error_of(lambda: okx.public_get_public_instruments({})),
        error_of(lambda: okx.public_get_public_instruments({"instType": "BONDS"})),
    ]

    assert [type(error) for error in errors] == [ccxt.BadRequest] * 3
