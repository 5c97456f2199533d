"""The pretend BingX's stream, as a bare websocket client hears it."""

import json
from typing import cast

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from sandbox.bingx.listen_keys import PATH
from sandbox.bingx.state import API_KEY
from sandbox.control.client import Sandbox
from tests.sandbox.bingx.asking import SPOT_ORDER, ask, buy
from tests.sandbox.bingx.driving import ORDER
from tests.sandbox.bingx.listening import SPOT, Frame, ear, inner, listen_key

FAST = {"ping_every_s": 0.3, "config_every_s": 0.3}
BUY_SPOT = {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


def within(frame: Frame, name: str) -> Frame:
    """Return an object inside a frame."""
    return cast("Frame", frame[name])  # what it holds is what the tests look at


def about_keys(sandbox: Sandbox, verb: str, **query: str) -> int:
    """Renew or end a listen key, and return the status."""
    address = sandbox.addresses["bingx"] + PATH
    return httpx.request(verb, address, params=query, headers={"X-BX-APIKEY": API_KEY}, trust_env=False).status_code


# --- listen keys


def test_a_listen_key_comes_without_an_envelope_and_is_renewed_and_ended(sandbox: Sandbox) -> None:
    key = listen_key(sandbox)

    assert (len(key), set(key) <= set("0123456789abcdef")) == (64, True)
    assert about_keys(sandbox, "PUT") == 204
    assert about_keys(sandbox, "PUT", listenKey="0" * 64) == 404
    assert about_keys(sandbox, "PUT", listenKey=key) == 200
    assert about_keys(sandbox, "DELETE", listenKey=key) == 200
    assert about_keys(sandbox, "PUT", listenKey=key) == 404


def test_a_wrong_key_gets_no_listen_key(sandbox: Sandbox) -> None:
    answer = httpx.post(sandbox.addresses["bingx"] + PATH, headers={"X-BX-APIKEY": "other"}, trust_env=False)

    assert answer.json()["code"] == 100413


def test_an_expired_key_is_told_and_nothing_of_the_account_after_it(sandbox: Sandbox) -> None:
    key = listen_key(sandbox)
    with ear(sandbox, key=key) as listener:
        listener.event("ACCOUNT_CONFIG_UPDATE")
        sandbox.ask("POST", "/bingx/stream/expire", kind=object)
        expired = listener.event("listenKeyExpired")
        buy(sandbox)

        assert expired["listenKey"] == key
        with pytest.raises(TimeoutError):
            listener.event("ORDER_TRADE_UPDATE", wait_s=0.5)


def test_a_key_ends_by_itself(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", listen_key_s=0.3)
    with ear(sandbox) as listener:
        assert listener.event("listenKeyExpired")["e"] == "listenKeyExpired"


def test_a_key_that_is_not_alive_opens_a_stream_without_an_account(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", **FAST)
    with ear(sandbox, key="0" * 64) as listener, pytest.raises(TimeoutError):
        listener.event("ACCOUNT_CONFIG_UPDATE", wait_s=0.7)


# --- perpetuals


def test_leverage_and_margin_mode_are_told_at_once_and_again_and_again(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", **FAST)
    with ear(sandbox) as listener:
        told = [within(listener.event("ACCOUNT_CONFIG_UPDATE"), "ac") for _time in range(4)]

    assert [each["s"] for each in told] == ["BTC-USDT", "ETH-USDT", "SOL-USDT", "BTC-USDT"]
    assert told[0]["mt"] == "cross"
    assert isinstance(told[0]["l"], int)


def test_an_order_is_told_with_its_fills_and_what_they_did_to_the_account(sandbox: Sandbox) -> None:
    with ear(sandbox) as listener:
        buy(sandbox, clientOrderId="Mine1")
        first = within(listener.event("ORDER_TRADE_UPDATE"), "o")
        second = within(listener.event("ORDER_TRADE_UPDATE"), "o")
        (account,) = [within(each, "a") for each in listener.heard if each["e"] == "ACCOUNT_UPDATE"]

    assert (first["x"], first["X"], first["c"], first["ps"]) == ("NEW", "NEW", "mine1", "LONG")
    assert (second["x"], second["X"], second["z"], second["l"]) == ("TRADE", "FILLED", "0.001", "0.001")
    assert str(second["n"]).startswith("-")
    assert account["m"] == "ORDER"
    (position,) = cast("list[Frame]", account["P"])
    assert (position["s"], position["pa"], position["mt"]) == ("BTC-USDT", "0.001", "cross")


def test_funding_is_told_as_such(sandbox: Sandbox) -> None:
    with ear(sandbox) as listener:
        sandbox.ask("POST", "/bingx/funding", kind=object, body={"symbol": "BTC-USDT", "amount": "-0.5"})
        account = within(listener.event("ACCOUNT_UPDATE"), "a")

    assert (account["m"], cast("list[Frame]", account["B"])[0]["bc"]) == ("FUNDING_FEE", "-0.5")


def test_prices_come_to_who_subscribes_until_it_ends_that(sandbox: Sandbox) -> None:
    with ear(sandbox, key="") as listener:
        answer = listener.say(id="1", reqType="sub", dataType="BTC-USDT@lastPrice")
        price = listener.event("lastPriceUpdate")
        unknown = listener.say(id="2", reqType="sub", dataType="BTC-USDT@other")
        listener.say(id="3", reqType="unsub", dataType="BTC-USDT@lastPrice")

        assert answer == {"id": "1", "code": 0, "msg": ""}
        assert (price["dataType"], inner(price)["c"]) == ("BTC-USDT@lastPrice", "82310.5")
        assert unknown["code"] == 80015
        with pytest.raises(TimeoutError):
            listener.event("lastPriceUpdate", wait_s=1.5)


# --- spot


def test_spot_tells_orders_and_coins_to_who_has_subscribed_as_numbers(sandbox: Sandbox) -> None:
    with ear(sandbox, SPOT) as listener:
        for name in ("spot.executionReport", "ACCOUNT_UPDATE"):
            assert listener.say(id=name, reqType="sub", dataType=name)["msg"] == "SUCCESS"
        ask(sandbox, "POST", SPOT_ORDER, **BUY_SPOT, newClientOrderId="s1")
        reports = [inner(listener.event("executionReport")) for _time in range(2)]
        account = inner(listener.event("ACCOUNT_UPDATE"))

    assert [(each["x"], each["X"], each["C"]) for each in reports] == [
        ("NEW", "PENDING", "s1"),
        ("TRADE", "FILLED", "s1"),
    ]
    assert (reports[1]["z"], reports[1]["N"]) == (0.01, "BTC")
    assert {each["a"] for each in cast("list[Frame]", within(account, "a")["B"])} == {"BTC", "USDT"}


def test_spot_tells_nothing_to_who_has_not_subscribed(sandbox: Sandbox) -> None:
    with ear(sandbox, SPOT) as listener:
        ask(sandbox, "POST", SPOT_ORDER, **BUY_SPOT)
        with pytest.raises(TimeoutError):
            listener.event("executionReport", wait_s=0.5)


# --- who answers, and what goes wrong


@pytest.mark.parametrize("path", ["/swap-market", SPOT])
def test_who_answers_pings_stays_and_who_does_not_is_cut_off(sandbox: Sandbox, path: str) -> None:
    sandbox.set_state("bingx", ping_every_s=0.2)
    with ear(sandbox, path) as listener:
        while listener.pings < 3:
            listener.next(2)
        listener.answers = False
        with pytest.raises(ConnectionClosed):
            listener.event("never", wait_s=5)


def test_a_silent_stream_stays_open(sandbox: Sandbox) -> None:
    sandbox.set_state("bingx", **FAST)
    sandbox.fault("bingx", "stream_silent")
    with ear(sandbox) as listener:
        buy(sandbox)
        with pytest.raises(TimeoutError):
            listener.next(1)
        sandbox.clear("bingx")

        assert listener.event("ACCOUNT_CONFIG_UPDATE")


def test_events_can_be_left_out_told_twice_or_be_garbage(sandbox: Sandbox) -> None:
    with ear(sandbox) as listener:
        sandbox.fault("bingx", "stream_no_events", times=3)
        buy(sandbox)
        sandbox.fault("bingx", "stream_twice", times=1)
        buy(sandbox, clientOrderId="second")
        seen = [within(listener.event("ORDER_TRADE_UPDATE"), "o") for _time in range(3)]
        sandbox.fault("bingx", "stream_garbage", times=1)
        buy(sandbox)

        assert [(each["c"], each["x"]) for each in seen] == [("second", "NEW"), ("second", "NEW"), ("second", "TRADE")]
        with pytest.raises(OSError, match="gzip"):
            listener.event("ORDER_TRADE_UPDATE")


@pytest.mark.parametrize("kind", ["drop", "stream_cut"])
def test_a_connection_can_be_cut(sandbox: Sandbox, kind: str) -> None:
    with ear(sandbox) as listener:
        listener.event("ACCOUNT_CONFIG_UPDATE")
        if kind == "drop":
            sandbox.ask("POST", "/bingx/stream/drop", kind=object)
        else:
            sandbox.fault("bingx", "stream_cut", times=1)
            buy(sandbox)
        with pytest.raises(ConnectionClosed):
            listener.event("never")


def test_a_connection_can_be_refused(sandbox: Sandbox) -> None:
    sandbox.fault("bingx", "status", status=503, path="/swap-market", times=1)
    with pytest.raises(Exception, match="503"), ear(sandbox):
        pass


def test_an_event_can_come_before_the_answer_to_its_request(sandbox: Sandbox) -> None:
    sandbox.fault("bingx", "stream_first", path=ORDER)
    with ear(sandbox) as listener:
        buy(sandbox)
        event = listener.event("ORDER_TRADE_UPDATE", wait_s=0.01)

    assert within(event, "o")["x"] == "NEW"


def test_anything_can_be_said(sandbox: Sandbox) -> None:
    with ear(sandbox) as listener:
        listener.event("ACCOUNT_CONFIG_UPDATE")
        sandbox.ask("POST", "/bingx/stream/say", kind=object, body={"e": "SOMETHING_NEW"})

        assert json.dumps(listener.event("SOMETHING_NEW")) == '{"e": "SOMETHING_NEW"}'
