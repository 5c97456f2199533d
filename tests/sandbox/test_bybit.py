"""The pretend Bybit against the real SDK, pybit, and against requests signed by hand."""

import hashlib
import hmac
import itertools
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
import requests
from pybit.exceptions import FailedRequestError, InvalidRequestError
from pybit.unified_trading import HTTP

from sandbox.bybit.service import API_KEY, API_SECRET
from sandbox.control.client import Sandbox

VECTOR_TIME_S = 1_700_000_000
WALLET = "/v5/account/wallet-balance"
FUNDS = "/v5/asset/transfer/query-account-coins-balance"
OVERVIEW = "/v5/asset/asset-overview"


def session(sandbox: Sandbox, *, key: str = API_KEY, secret: str = API_SECRET) -> HTTP:
    made = HTTP(api_key=key, api_secret=secret, retry_codes={-1}, max_retries=1)
    made.endpoint = sandbox.addresses["bybit"]
    return made


def ask(
    sandbox: Sandbox, path: str, query: str = "", *, signed_query: str | None = None, at_ms: int | None = None
) -> requests.Response:
    """Send a GET whose query goes out exactly as given, signed over `signed_query` or over itself."""
    timestamp = str(int(time.time() * 1000) if at_ms is None else at_ms)
    text = timestamp + API_KEY + "5000" + (query if signed_query is None else signed_query)
    headers = {
        "X-BAPI-API-KEY": API_KEY,
        "X-BAPI-TIMESTAMP": timestamp,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": hmac.new(API_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }
    address = sandbox.addresses["bybit"] + path + (f"?{query}" if query else "")
    return requests.get(address, headers=headers, timeout=5)


def refusal(call: Callable[..., object], **arguments: str) -> InvalidRequestError:
    with pytest.raises(InvalidRequestError) as caught:
        call(**arguments)
    return caught.value


def test_the_clock_is_told_to_anyone(sandbox: Sandbox) -> None:
    answer = HTTP(max_retries=1)
    answer.endpoint = sandbox.addresses["bybit"]
    told = answer.get_server_time()

    assert abs(int(told["result"]["timeSecond"]) - time.time()) < 5
    assert len(told["result"]["timeNano"]) == 19
    assert abs(told["time"] / 1000 - time.time()) < 5


def test_the_overview_adds_up_to_five_thousand_dollars(sandbox: Sandbox) -> None:
    result = session(sandbox).get_asset_overview()["result"]

    assert result["totalEquity"] == "5000.00"
    assert sum(Decimal(row["totalEquity"]) for row in result["list"]) == Decimal("5000.00")
    assert [row["accountType"] for row in result["list"]] == ["UnifiedTradingAccount", "FundingAccount", "Earn"]
    assert result["list"][0]["coinDetail"][0] == {"equity": "3060.61240000", "coin": "USDT"}
    assert "coinDetail" not in result["list"][2]
    assert result["list"][2]["categories"][0]["category"] == "Easy Earn"


def test_the_wallet_shows_the_trading_account_with_strings_for_numbers(sandbox: Sandbox) -> None:
    row = session(sandbox).get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]

    assert row["totalEquity"] == "3750.00"
    assert {coin["coin"] for coin in row["coin"]} == {"USDT", "BTC"}
    assert {type(value) for name, value in row.items() if name != "coin"} == {str}
    assert {name for name, value in row["coin"][0].items() if not isinstance(value, str)} == {
        "collateralSwitch",
        "marginCollateral",
    }


def test_a_wallet_may_be_partial_isolated_or_empty(sandbox: Sandbox) -> None:
    some = session(sandbox).get_wallet_balance(accountType="UNIFIED", coin="BTC,ETH")["result"]["list"][0]
    sandbox.set_state("bybit", isolated_margin=True)
    isolated = session(sandbox).get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]
    sandbox.set_state("bybit", wallet_listed=False)

    assert [coin["coin"] for coin in some["coin"]] == ["BTC"]
    assert (isolated["totalEquity"], isolated["totalAvailableBalance"], isolated["accountIMRate"]) == (
        "3750.00",
        "",
        "",
    )
    assert session(sandbox).get_wallet_balance(accountType="UNIFIED")["result"] == {"list": []}


def test_the_wallet_knows_only_the_unified_account(sandbox: Sandbox) -> None:
    error = refusal(session(sandbox).get_wallet_balance, accountType="CONTRACT")

    assert error.status_code == 10001
    assert "only support UNIFIED" in error.message


def test_funding_tells_coins_without_dollars_and_also_zeros(sandbox: Sandbox) -> None:
    result = session(sandbox).get_coins_balance(accountType="FUND")["result"]

    assert result["balance"] == [
        {"coin": "USDT", "transferBalance": "1000.40", "walletBalance": "1000.40", "bonus": ""},
        {"coin": "BTC", "transferBalance": "0", "walletBalance": "0", "bonus": ""},
    ]


def test_funding_needs_a_wallet_permission_even_of_a_reading_key(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", permissions={"Wallet": []})

    assert refusal(session(sandbox).get_coins_balance, accountType="FUND").status_code == 10005


@pytest.mark.parametrize("read_only", [1, 0])
def test_the_key_says_whether_it_can_only_read(sandbox: Sandbox, read_only: int) -> None:
    sandbox.set_state("bybit", read_only=read_only)
    result = session(sandbox).get_api_key_information()["result"]

    assert result["readOnly"] == read_only
    assert result["apiKey"] == API_KEY
    assert result["permissions"]["Spot"] == ["SpotTrade"]
    assert result["permissions"]["ByXPost"] == []
    assert (result["ips"], result["deadlineDay"], result["expiredAt"]) == (
        ["203.0.113.7"],
        -2,
        "1970-01-01T00:00:00Z",
    )


def test_an_unbound_key_names_the_day_of_its_end(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", ips=["*"], days_left=3)
    result = session(sandbox).get_api_key_information()["result"]

    assert (result["ips"], result["deadlineDay"]) == (["*"], 3)
    assert result["expiredAt"] > "2020"


@pytest.mark.parametrize(("read_only", "outcome"), [(1, 10005), (0, 0)])
def test_an_order_is_refused_to_a_reading_key_alone(sandbox: Sandbox, read_only: int, outcome: int) -> None:
    sandbox.set_state("bybit", read_only=read_only)
    order = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "1"}
    if outcome:
        code = refusal(session(sandbox).place_order, **order).status_code
    else:
        code = session(sandbox).place_order(**order)["retCode"]

    assert code == outcome
    assert [seen.path for seen in sandbox.requests("bybit")] == ["/v5/order/create"]


@pytest.mark.parametrize(("state", "code"), [({"client_ip": "198.51.100.4"}, 10010), ({"expired": True}, 33004)])
def test_a_key_that_is_bound_elsewhere_or_expired_is_refused(
    sandbox: Sandbox, state: dict[str, object], code: int
) -> None:
    sandbox.set_state("bybit", **state)

    assert refusal(session(sandbox).get_asset_overview).status_code == code


def test_an_unknown_key_is_named_before_its_signature(sandbox: Sandbox) -> None:
    error = refusal(session(sandbox, key="another", secret="wrong").get_asset_overview)

    assert error.status_code == 10003


def test_a_wrong_secret_echoes_the_key(sandbox: Sandbox) -> None:
    error = refusal(session(sandbox, secret="wrong").get_wallet_balance, accountType="UNIFIED")

    assert error.status_code == 10004
    assert f"{API_KEY}5000accountType=UNIFIED]" in error.message


def test_a_request_without_a_signature_gets_an_empty_401(sandbox: Sandbox) -> None:
    answer = requests.get(sandbox.addresses["bybit"] + WALLET, params={"accountType": "UNIFIED"}, timeout=5)

    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize(
    ("path", "query", "signature"),
    [
        (WALLET, "accountType=UNIFIED", "a9bcdaabd7be7d20d44086e201fb27ad7f9eb9de878daec08f91d428d3639d7b"),
        (OVERVIEW, "", "b1ef485a8f5524a873554762eabce023b2c365956aff0547f3058a1e3ccdb00b"),
        (FUNDS, "accountType=FUND&coin=BTC,USDT", "e563b9cb2fb770a09600652b326aa37d8c9ee08e57be9e760f92e006046a356c"),
    ],
)
def test_the_published_signatures_are_accepted(sandbox: Sandbox, path: str, query: str, signature: str) -> None:
    sandbox.settings("bybit", skew_s=VECTOR_TIME_S + 0.5 - time.time())
    headers = {
        "X-BAPI-API-KEY": API_KEY,
        "X-BAPI-TIMESTAMP": f"{VECTOR_TIME_S}000",
        "X-BAPI-RECV-WINDOW": "5000",
    }
    address = sandbox.addresses["bybit"] + path + (f"?{query}" if query else "")
    right = requests.get(address, headers=headers | {"X-BAPI-SIGN": signature}, timeout=5).json()
    wrong = requests.get(address, headers=headers | {"X-BAPI-SIGN": signature[::-1]}, timeout=5).json()

    assert right["retCode"] == 0
    assert wrong["retCode"] == 10004


def test_the_signature_covers_the_query_as_it_stands_on_the_wire(sandbox: Sandbox) -> None:
    plain, encoded = "accountType=FUND&coin=BTC,USDT", "accountType=FUND&coin=BTC%2CUSDT"

    assert ask(sandbox, FUNDS, plain).json()["retCode"] == 0
    assert ask(sandbox, FUNDS, encoded).json()["retCode"] == 0
    assert ask(sandbox, FUNDS, plain, signed_query=encoded).json()["retCode"] == 10004
    assert ask(sandbox, FUNDS, encoded, signed_query=plain).json()["retCode"] == 10004


@pytest.mark.parametrize(("shift_ms", "code"), [(-4000, 0), (-6000, 10002), (500, 0), (1500, 10002)])
def test_the_clock_may_lag_by_the_window_but_lead_by_less_than_a_second(
    sandbox: Sandbox, shift_ms: int, code: int
) -> None:
    answer = ask(sandbox, OVERVIEW, at_ms=int(time.time() * 1000) + shift_ms).json()

    assert answer["retCode"] == code


def test_a_skewed_server_names_both_clocks(sandbox: Sandbox) -> None:
    sandbox.settings("bybit", skew_s=-10)
    error = refusal(session(sandbox).get_asset_overview)
    text = error.message.lower()

    assert error.status_code == 10002
    sent, told = (int(text.split(name + "[")[1].split("]")[0]) for name in ("req_timestamp", "server_timestamp"))
    assert 9_000 < sent - told < 11_000


def test_a_regional_host_has_no_overview(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", asset_overview_served=False)

    assert refusal(session(sandbox).get_asset_overview).status_code == 10032
    assert session(sandbox).get_wallet_balance(accountType="UNIFIED")["retCode"] == 0

    sandbox.set_state("bybit", overview_refusal="404")

    with pytest.raises(FailedRequestError) as caught:
        session(sandbox).get_asset_overview()
    assert caught.value.status_code == 404


def test_an_unknown_path_is_an_empty_404_of_json(sandbox: Sandbox) -> None:
    answer = requests.get(sandbox.addresses["bybit"] + "/v5/account/walet-balance", timeout=5)

    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Server"] == "Openresty"


@pytest.mark.parametrize("total", ["", "-120.5", "0", "1e400", "123456789012345678901234567890.123456789012345678"])
def test_any_text_can_stand_where_the_total_is(sandbox: Sandbox, total: str) -> None:
    sandbox.set_state("bybit", total_equity=total)

    assert session(sandbox).get_asset_overview()["result"]["totalEquity"] == total


def test_amounts_can_be_missing_or_null(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", total_equity=None)
    without_headline = session(sandbox).get_asset_overview()["result"]
    sandbox.set_state("bybit", omitted=["totalEquity"], nulled=["equity"])
    without_totals = session(sandbox).get_asset_overview()["result"]

    assert set(without_headline) == {"list"}
    assert "totalEquity" in without_headline["list"][0]
    assert "totalEquity" not in without_totals["list"][0]
    assert without_totals["list"][0]["coinDetail"][0]["equity"] is None


def test_answers_carry_the_rate_headers(sandbox: Sandbox) -> None:
    headers = ask(sandbox, OVERVIEW).headers

    assert (headers["X-Bapi-Limit"], headers["X-Bapi-Limit-Status"]) == ("50", "49")
    assert abs(int(headers["X-Bapi-Limit-Reset-Timestamp"]) / 1000 - time.time()) < 5
    assert headers["Ret_code"] == "0"
    assert headers["Server"] == "Openresty"


def test_too_many_requests_name_a_moment_ahead(sandbox: Sandbox) -> None:
    sandbox.set_state("bybit", limits_per_s={OVERVIEW: 1})
    answers = (ask(sandbox, OVERVIEW) for _ in itertools.count())
    limited = next(answer for answer in answers if answer.json()["retCode"])

    assert limited.json()["retCode"] == 10006
    assert limited.headers["X-Bapi-Limit-Status"] == "0"
    assert 0 < int(limited.headers["X-Bapi-Limit-Reset-Timestamp"]) - limited.json()["time"] <= 1000
