"""The pretend BingX: who may ask."""

import httpx
import pytest

from sandbox.bingx.signature import sign
from tests.sandbox.bingx.driving import BTC, KEY, ORDER, POSITIONS, Client, now_ms, signature

TIME = 1767225600000
PERMISSIONS, KEYS = "/openApi/v1/account/apiPermissions", "/openApi/account/v1/apiKey/query"
PLAIN = (
    f"positionSide=LONG&quantity=0.001&recvWindow=5000&side=BUY&symbol=BTC-USDT&timestamp={TIME}&type=MARKET",
    "ee0daf42c6c9c394b79b433614cac18876bcc67c6077e452cb6472933db0b6f2",
)
WITH_LEG = (
    'positionSide=LONG&quantity=0.001&side=BUY&symbol=BTC-USDT&takeProfit={"type":"TAKE_PROFIT_MARKET",'
    f'"stopPrice":120000,"price":120000,"workingType":"MARK_PRICE"}}&timestamp={TIME}&type=MARKET',
    "80fa01ad8ce7402622fcc33f1c2863afc1fdbaace2d98d7fd38116e22c552adc",
)


@pytest.mark.parametrize(("text", "wanted"), [PLAIN, WITH_LEG])
def test_the_signature_is_that_of_the_documented_vectors(text: str, wanted: str) -> None:
    parameters = dict(pair.split("=", 1) for pair in reversed(text.split("&")))

    assert sign(parameters, "testsecret") == signature(parameters, "testsecret") == wanted


def test_a_wrong_signature_is_refused_with_http_200(bingx: Client) -> None:
    answer = bingx.ask("GET", POSITIONS, signature="0" * 64)

    assert (answer.status_code, answer.json()["code"]) == (200, 100001)


def test_a_value_in_braces_is_signed_raw_however_it_is_encoded_on_the_wire(bingx: Client) -> None:
    leg = '{"type":"STOP_MARKET","stopPrice":70000,"workingType":"MARK_PRICE"}'

    assert bingx.order("BUY", stopLoss=leg)["status"] == "FILLED"


@pytest.mark.parametrize("away_ms", [-7_000, 7_000])
def test_a_clock_that_is_wrong_is_refused(bingx: Client, away_ms: int) -> None:
    assert bingx.code("GET", POSITIONS, timestamp=now_ms() + away_ms) == 100421


def test_a_narrower_window_is_kept_and_a_wider_one_is_not(bingx: Client) -> None:
    assert bingx.code("GET", POSITIONS, timestamp=now_ms() - 2_000, recvWindow=1000) == 100421
    assert bingx.code("GET", POSITIONS, timestamp=now_ms() - 7_000, recvWindow=60_000) == 100421
    assert bingx.code("GET", POSITIONS, timestamp="") == 100421


def test_without_its_key_or_signature_nothing_is_told(bingx: Client) -> None:
    bare = bingx.http.get(POSITIONS, params={"timestamp": now_ms()}).json()["code"]
    unsigned = bingx.http.get(POSITIONS, params={"timestamp": now_ms()}, headers={"X-BX-APIKEY": KEY}).json()["code"]

    assert (bare, unsigned) == (100413, 100412)


def test_a_json_body_does_as_well(bingx: Client) -> None:
    told = {"symbol": BTC, "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.01"}
    told["timestamp"] = str(now_ms())
    body = {**told, "timestamp": int(told["timestamp"]), "signature": signature(told)}
    answer: httpx.Response = bingx.http.post(ORDER, json=body, headers={"X-BX-APIKEY": KEY})

    assert answer.json()["code"] == 0


def test_an_address_that_the_key_is_not_bound_to_is_refused(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", ips=["198.51.100.1"])

    assert bingx.code("GET", POSITIONS) == 100419


def test_a_key_that_only_reads_cannot_trade_and_says_what_it_can(bingx: Client) -> None:
    bingx.sandbox.set_state("bingx", rights=["enableReading", "enableWithdrawals"])
    told = bingx.data("GET", PERMISSIONS)
    keys = bingx.data("GET", KEYS)

    assert bingx.refused("BUY") == 100004
    assert isinstance(told, dict)
    assert isinstance(keys, dict)
    assert [told[name] for name in ("enableReading", "enableFutures", "enableWithdrawals")] == [True, False, True]
    assert keys["apiInfos"][0]["permissions"] == [2, 5]


def test_the_account_behind_the_key_has_a_number(bingx: Client) -> None:
    assert bingx.data("GET", "/openApi/account/v1/uid") == {"uid": int(bingx.balance()["userId"])}
