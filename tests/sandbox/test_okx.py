"""The pretend OKX against the real SDK, python-okx, and against requests signed by hand."""

import base64
import hashlib
import hmac
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from okx.Account import AccountAPI
from okx.Funding import FundingAPI
from okx.PublicData import PublicAPI

from sandbox.control.client import Sandbox
from sandbox.okx.service import API_KEY, API_SECRET, PASSPHRASE, REFUSALS

BALANCE = "/api/v5/account/balance"
VALUATION = "/api/v5/asset/asset-valuation"
Row = dict[str, Any]
FREE = {"requests": 1000, "span_s": 1.0}


def account(sandbox: Sandbox, **changed: str) -> closing[AccountAPI]:
    """Build the SDK's account client with the right credentials, but for those that are given."""
    right = {"api_key": API_KEY, "api_secret_key": API_SECRET, "passphrase": PASSPHRASE, "flag": "0"}
    return closing(AccountAPI(**right | changed, domain=sandbox.addresses["okx"]))


def funding(sandbox: Sandbox) -> closing[FundingAPI]:
    return closing(FundingAPI(API_KEY, API_SECRET, PASSPHRASE, flag="0", domain=sandbox.addresses["okx"]))


def config(sandbox: Sandbox, **changed: str) -> Row:
    with account(sandbox, **changed) as okx:
        answer: Row = okx.get_account_config()
    return answer


def valuation(sandbox: Sandbox, ccy: str = "USD") -> Row:
    with funding(sandbox) as okx:
        answer: Row = okx.get_asset_valuation(ccy=ccy)
    return answer


def timestamp(shift_s: float = 0.0) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=shift_s)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def signed(path: str, *, at: str = "") -> dict[str, str]:
    sent_at = at or timestamp()
    digest = hmac.new(API_SECRET.encode(), f"{sent_at}GET{path}".encode(), hashlib.sha256).digest()
    return {
        "OK-ACCESS-KEY": API_KEY,
        "OK-ACCESS-SIGN": base64.b64encode(digest).decode(),
        "OK-ACCESS-TIMESTAMP": sent_at,
        "OK-ACCESS-PASSPHRASE": PASSPHRASE,
    }


def ask(sandbox: Sandbox, path: str, headers: dict[str, str] | None = None) -> requests.Response:
    sent = signed(path) if headers is None else headers
    return requests.get(sandbox.addresses["okx"] + path, headers=sent, timeout=5)


def test_the_clock_is_told_to_anyone(sandbox: Sandbox) -> None:
    with closing(PublicAPI(flag="0", domain=sandbox.addresses["okx"])) as okx:
        answer = okx.get_system_time()

    assert answer["code"] == "0"
    assert abs(int(answer["data"][0]["ts"]) / 1000 - time.time()) < 5


def test_the_valuation_in_dollars_adds_up(sandbox: Sandbox) -> None:
    answer = valuation(sandbox)
    row = answer["data"][0]

    assert (answer["code"], answer["msg"], row["totalBal"]) == ("0", "", "3901.23")
    assert sum(map(Decimal, row["details"].values())) == Decimal("3901.23")


def test_the_valuation_is_in_bitcoin_unless_asked_otherwise(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", limits={VALUATION: FREE})

    assert valuation(sandbox, ccy="")["data"][0]["totalBal"] == "0.05822731"
    assert valuation(sandbox, ccy="RUB")["data"][0]["totalBal"] == "360161.55"
    assert valuation(sandbox, ccy="DOGE")["code"] == "51000"


def test_the_valuation_may_be_asked_once_a_second(sandbox: Sandbox) -> None:
    first, second = ask(sandbox, VALUATION), ask(sandbox, VALUATION)

    assert first.json()["code"] == "0"
    assert (second.status_code, second.text) == (429, '{"msg":"Too Many Requests","code":"50011"}')
    assert not [name for name in second.headers if "limit" in name.lower() or "retry" in name.lower()]


def test_the_balance_is_the_trading_account_alone(sandbox: Sandbox) -> None:
    with account(sandbox) as okx:
        row = okx.get_account_balance()["data"][0]

    assert row["totalEq"] == "3549.54"
    assert sum(Decimal(coin["eqUsd"]) for coin in row["details"]) == Decimal("3549.54")
    assert (row["adjEq"], row["details"][0]["availBal"]) == ("", "2851.62")
    assert {name for name, value in row["details"][0].items() if not isinstance(value, str)} == {
        "collateralEnabled",
        "collateralRestrict",
    }


def test_the_balance_can_be_asked_for_some_coins(sandbox: Sandbox) -> None:
    with account(sandbox) as okx:
        answer = okx.get_account_balance(ccy="BTC,ETH")

    assert [coin["ccy"] for coin in answer["data"][0]["details"]] == ["BTC"]


def test_funding_lists_only_what_is_held(sandbox: Sandbox) -> None:
    sandbox.set_state(
        "okx",
        funding=[
            {"ccy": "USDT", "amount": "250.5", "usd_value": "250.44"},
            {"ccy": "BTC", "amount": "0", "usd_value": "0"},
        ],
    )
    with funding(sandbox) as okx:
        answer = okx.get_balances()

    assert answer["data"] == [{"availBal": "250.5", "bal": "250.5", "ccy": "USDT", "frozenBal": "0"}]


@pytest.mark.parametrize("perm", ["read_only", "read_only,trade", "read_only,withdraw,trade"])
def test_the_configuration_names_the_rights_and_the_addresses(sandbox: Sandbox, perm: str) -> None:
    sandbox.set_state("okx", perm=perm, ip="")
    row = config(sandbox)["data"][0]

    assert (row["perm"], row["ip"], row["uid"]) == (perm, "", "44705892343619584")


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # python-okx posts in httpx's old way
@pytest.mark.parametrize(("perm", "code"), [("read_only", "50120"), ("read_only,trade", "0")])
def test_a_transfer_is_refused_to_a_reading_key_alone(sandbox: Sandbox, perm: str, code: str) -> None:
    sandbox.set_state("okx", perm=perm)
    with funding(sandbox) as okx:
        answer = okx.funds_transfer(ccy="USDT", amt="1", from_="6", to="18")

    assert answer["code"] == code
    assert bool(answer["data"]) == (code == "0")
    assert [seen.path for seen in sandbox.requests("okx")] == ["/api/v5/asset/transfer"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"api_key": "99999999-0000-4000-8000-000000000000"}, "50119"),
        ({"api_secret_key": "wrong"}, "50113"),
        ({"passphrase": "wrong"}, "50105"),
        ({"flag": "1"}, "50101"),
    ],
)
def test_each_wrong_credential_has_its_own_code(sandbox: Sandbox, changed: dict[str, str], code: str) -> None:
    assert config(sandbox, **changed) == {"msg": REFUSALS[code][1], "code": code}


def test_a_demo_key_needs_the_demo_flag(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", key_kind="demo")

    assert config(sandbox)["code"] == "50101"
    assert config(sandbox, flag="1")["code"] == "0"


def test_the_host_of_another_region_knows_no_key_of_this_one(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", wrong_region=True)
    answer = ask(sandbox, BALANCE)

    assert (answer.status_code, answer.text) == (401, """{"msg":"API key doesn't exist","code":"50119"}""")


def test_a_key_bound_to_another_address_names_both(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", client_ip="198.51.100.4")
    refused = config(sandbox)
    sandbox.set_state("okx", ip="203.0.113.1,198.51.100.4")
    one_of_two = config(sandbox)

    assert one_of_two["code"] == "0"
    assert refused["msg"] == (f"Your IP 198.51.100.4 is not included in your API key's {API_KEY} IP whitelist.")


@pytest.mark.parametrize(
    ("missing", "code"),
    [("KEY", "50103"), ("SIGN", "50106"), ("TIMESTAMP", "50107"), ("PASSPHRASE", "50104")],
)
def test_each_missing_header_is_named(sandbox: Sandbox, missing: str, code: str) -> None:
    headers = signed(BALANCE)
    del headers[f"OK-ACCESS-{missing}"]
    answer = ask(sandbox, BALANCE, headers)

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert f"OK-ACCESS-{missing}" in answer.json()["msg"]


@pytest.mark.parametrize(("shift_s", "code"), [(-29, "0"), (-31, "50102"), (29, "0"), (31, "50102")])
def test_the_clock_may_differ_by_thirty_seconds(sandbox: Sandbox, shift_s: int, code: str) -> None:
    sandbox.settings("okx", skew_s=-shift_s)
    skewed = config(sandbox)
    sandbox.settings("okx", skew_s=0)

    assert skewed["code"] == code
    assert ask(sandbox, BALANCE, signed(BALANCE, at=timestamp(shift_s))).json()["code"] == code


def test_a_timestamp_in_another_format_is_refused_as_such(sandbox: Sandbox) -> None:
    assert ask(sandbox, BALANCE, signed(BALANCE, at=str(time.time()))).json()["code"] == "50112"


@pytest.mark.parametrize(
    ("path", "signature"),
    [
        (BALANCE, "JdfvTtm1Ya5CpZf+sgLbeCrEm/hyznZUhTVp0zmmzoU="),
        (f"{BALANCE}?ccy=BTC,ETH", "cwuXRBQ6wtRxLBj7xPlV570ac9kNEh24ArUkuIPKX8k="),
        (f"{VALUATION}?ccy=USD", "sJMYy27axYUNgbwlQRUX9FgBH075CmNvneG4kYu2LBQ="),
    ],
)
def test_the_published_signatures_are_accepted(sandbox: Sandbox, path: str, signature: str) -> None:
    sandbox.settings("okx", skew_s=1_700_000_000 - time.time())
    headers = signed(path, at="2023-11-14T22:13:20.000Z") | {"OK-ACCESS-SIGN": signature}
    right = ask(sandbox, path, headers)
    wrong = ask(sandbox, path, headers | {"OK-ACCESS-SIGN": "A" + signature[1:]})

    assert right.json()["code"] == "0"
    assert wrong.json()["code"] == "50113"


def test_the_signature_covers_the_query_as_it_stands_on_the_wire(sandbox: Sandbox) -> None:
    plain, encoded = f"{BALANCE}?ccy=BTC,ETH", f"{BALANCE}?ccy=BTC%2CETH"

    assert ask(sandbox, plain).json()["code"] == "0"
    assert ask(sandbox, encoded).json()["code"] == "0"
    assert ask(sandbox, plain, signed(encoded)).json()["code"] == "50113"
    assert ask(sandbox, encoded, signed(plain)).json()["code"] == "50113"


@pytest.mark.parametrize("total", ["", "-120.5", "0", "NaN", "1e400", "0.000000000000000001"])
def test_any_text_can_stand_where_the_total_is(sandbox: Sandbox, total: str) -> None:
    sandbox.set_state("okx", total_usd=total)

    assert valuation(sandbox)["data"][0]["totalBal"] == total


def test_amounts_can_be_missing_or_null(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", total_usd=None, omitted=["totalEq"], nulled=["eqUsd"])
    with account(sandbox) as okx:
        row = okx.get_account_balance()["data"][0]

    assert "totalBal" not in valuation(sandbox)["data"][0]
    assert "totalEq" not in row
    assert row["details"][0]["eqUsd"] is None


def test_an_answer_can_hold_no_rows(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", empty_paths=[VALUATION])

    assert valuation(sandbox) == {"code": "0", "data": [], "msg": ""}


def test_a_demo_account_has_no_valuation(sandbox: Sandbox) -> None:
    sandbox.set_state("okx", key_kind="demo")
    answer = ask(sandbox, VALUATION, signed(VALUATION) | {"x-simulated-trading": "1"})

    assert (answer.status_code, answer.json()["code"]) == (200, "50038")


def test_an_unknown_path_and_a_wrong_method_are_told_apart(sandbox: Sandbox) -> None:
    assert ask(sandbox, "/api/v5/account/balanse").status_code == 404
    assert ask(sandbox, "/api/v5/asset/transfer").json()["code"] == "50115"


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_code_of_the_table_can_be_switched_on(sandbox: Sandbox, code: str) -> None:
    sandbox.fault("okx", "code", code=code)
    answer = ask(sandbox, BALANCE)
    body = answer.json()

    assert answer.status_code == REFUSALS[code][0]
    assert body["code"] == code
    assert body["msg"]
    assert "{" not in body["msg"]
    assert body.get("data", []) == []


def test_a_rate_limit_is_sometimes_told_with_a_plain_200(sandbox: Sandbox) -> None:
    sandbox.fault("okx", "code", code="50011", status=200, times=1)
    limited, then = ask(sandbox, BALANCE), ask(sandbox, BALANCE)

    assert (limited.status_code, limited.json()["code"]) == (200, "50011")
    assert then.json()["code"] == "0"
