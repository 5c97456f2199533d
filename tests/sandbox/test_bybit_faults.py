"""Every refusal of Bybit can be switched on, and reaches the SDK as the real one would."""

import time

import pytest
import requests
from pybit.exceptions import InvalidRequestError
from pybit.unified_trading import HTTP

from sandbox.bybit.service import API_KEY, API_SECRET, TEXTS
from sandbox.control.client import Sandbox

OVERVIEW = "/v5/asset/asset-overview"
RESET = "X-Bapi-Limit-Reset-Timestamp"


def session(sandbox: Sandbox) -> HTTP:
    made = HTTP(api_key=API_KEY, api_secret=API_SECRET, retry_codes={-1}, max_retries=1)
    made.endpoint = sandbox.addresses["bybit"]
    return made


def ask(sandbox: Sandbox) -> requests.Response:
    """Ask without a signature: a switched-on refusal comes before all checks."""
    return requests.get(sandbox.addresses["bybit"] + OVERVIEW, timeout=5)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_code_of_the_table_can_be_switched_on(sandbox: Sandbox, code: str) -> None:
    sandbox.fault("bybit", "code", code=code)
    with pytest.raises(InvalidRequestError) as caught:
        session(sandbox).get_asset_overview()

    assert caught.value.status_code == int(code)
    assert caught.value.message.strip()
    assert "{" not in caught.value.message


def test_a_switched_on_clock_error_names_both_clocks_and_a_sign_error_the_key(sandbox: Sandbox) -> None:
    sandbox.fault("bybit", "code", code="10002", times=1)
    sandbox.fault("bybit", "code", code="10004")
    messages = []
    for _ in range(2):
        with pytest.raises(InvalidRequestError) as caught:
            session(sandbox).get_asset_overview()
        messages.append(caught.value.message.lower())

    assert messages[0].count(str(int(time.time()))[:6]) == 2
    assert API_KEY.lower() in messages[1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 502])
def test_bare_statuses_can_be_switched_on(sandbox: Sandbox, status: int) -> None:
    sandbox.fault("bybit", "code", code=str(status))
    answer = ask(sandbox)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html" if status in {403, 502} else "application/json")
    assert ("CloudFront" in answer.text) == (status == 403)


def test_a_rate_limit_can_come_with_any_hint_or_none(sandbox: Sandbox) -> None:
    sandbox.fault("bybit", "code", code="10006", seconds=30, times=1)
    far = ask(sandbox)
    sandbox.fault("bybit", "code", code="10006", times=1, headers={RESET: ""})
    silent = ask(sandbox)

    assert int(far.headers[RESET]) - far.json()["time"] == 30_000
    assert silent.json()["retCode"] == 10006
    assert RESET not in silent.headers
    assert ask(sandbox).status_code == 401


def test_a_fault_stays_with_its_path(sandbox: Sandbox) -> None:
    sandbox.fault("bybit", "code", code="10016", path="wallet-balance")

    assert session(sandbox).get_asset_overview()["retCode"] == 0
    with pytest.raises(InvalidRequestError, match="10016"):
        session(sandbox).get_wallet_balance(accountType="UNIFIED")
