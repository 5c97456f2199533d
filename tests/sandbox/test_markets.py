"""What the pretend Bybit and OKX tell of markets and coins, to the real SDKs."""

from contextlib import closing
from typing import Any

import pytest
from okx.Funding import FundingAPI
from okx.PublicData import PublicAPI
from pybit.exceptions import InvalidRequestError
from pybit.unified_trading import HTTP

from sandbox.bybit import service as bybit
from sandbox.control.client import Sandbox
from sandbox.okx import service as okx

KINDS = {"spot": "BTCUSDT", "linear": "BTCUSDT", "inverse": "BTCUSD", "option": "BTC-25JUN27-70000-P-USDT"}
INSTRUMENTS = {
    ("SPOT", ""): "BTC-USDT",
    ("MARGIN", ""): "BTC-USDT",
    ("SWAP", ""): "BTC-USDT-SWAP",
    ("FUTURES", ""): "BTC-USD-270625",
    ("OPTION", "BTC-USD"): "BTC-USD-270625-70000-P",
}


def bybit_session(sandbox: Sandbox, **keys: str) -> HTTP:
    session = HTTP(**keys)
    session.endpoint = sandbox.addresses["bybit"]
    return session


def okx_instruments(sandbox: Sandbox, kind: str, family: str = "") -> Any:
    with closing(PublicAPI(flag="0", domain=sandbox.addresses["okx"])) as public:
        return public.get_instruments(kind, instFamily=family)


@pytest.mark.parametrize("category", KINDS)
def test_bybit_lists_each_kind_of_market_without_a_key(sandbox: Sandbox, category: str) -> None:
    result = bybit_session(sandbox).get_instruments_info(category=category)["result"]

    assert result["category"] == category
    assert [row["symbol"] for row in result["list"]] == [KINDS[category]]
    assert ("nextPageCursor" in result) == (category != "spot")


@pytest.mark.parametrize(
    "asked",
    [
        {"category": "linear", "status": "PreLaunch"},
        {"category": "linear", "baseCoin": "ETH"},
        {"category": "option", "baseCoin": "SOL"},
        {"category": "spot", "symbol": "ETHUSDT"},
    ],
)
def test_bybit_lists_nothing_where_nothing_fits(sandbox: Sandbox, asked: dict[str, str]) -> None:
    assert bybit_session(sandbox).get_instruments_info(**asked)["result"]["list"] == []


def test_bybit_wants_to_know_which_kind(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidRequestError, match="10001"):
        bybit_session(sandbox).get_instruments_info(category="bonds")


def test_bybit_tells_of_the_account_and_its_coins_to_its_owner(sandbox: Sandbox) -> None:
    session = bybit_session(sandbox, api_key=bybit.API_KEY, api_secret=bybit.API_SECRET)
    crossed = session.get_account_info()["result"]
    sandbox.set_state("bybit", isolated_margin=True)
    isolated = session.get_account_info()["result"]

    assert crossed["unifiedMarginStatus"] == 5
    assert (crossed["marginMode"], isolated["marginMode"]) == ("REGULAR_MARGIN", "ISOLATED_MARGIN")
    assert [row["coin"] for row in session.get_coin_info(coin="BTC")["result"]["rows"]] == ["BTC"]


@pytest.mark.parametrize(("kind", "family"), INSTRUMENTS)
def test_okx_lists_each_kind_of_market_without_a_key(sandbox: Sandbox, kind: str, family: str) -> None:
    rows = okx_instruments(sandbox, kind, family)["data"]

    assert [(row["instType"], row["instId"]) for row in rows] == [(kind, INSTRUMENTS[kind, family])]


@pytest.mark.parametrize(("kind", "code"), [("", "50014"), ("BONDS", "51000"), ("OPTION", "50015")])
def test_okx_wants_to_know_which_kind_and_of_options_which_family(sandbox: Sandbox, kind: str, code: str) -> None:
    assert okx_instruments(sandbox, kind)["code"] == code


def test_okx_lists_nothing_where_nothing_fits(sandbox: Sandbox) -> None:
    assert okx_instruments(sandbox, "OPTION", "ETH-USD")["data"] == []


def test_okx_has_a_row_for_each_chain_of_a_coin(sandbox: Sandbox) -> None:
    keys = (okx.API_KEY, okx.API_SECRET, okx.PASSPHRASE)
    with closing(FundingAPI(*keys, flag="0", domain=sandbox.addresses["okx"])) as funding:
        rows = funding.get_currencies(ccy="USDT")["data"]

    assert [row["chain"] for row in rows] == ["USDT-TRC20", "USDT-ERC20"]
