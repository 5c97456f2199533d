"""The frames of BingX's stream: what they say, and what becomes of those that are broken."""

import contextlib
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.bingx_venue import frames
from brokers.bingx_venue.frames import AccountChanged, ConfigChanged, KeyExpired, OrderChanged, Other, Ping
from brokers.venue import Malformed

FILLED = {
    "e": "ORDER_TRADE_UPDATE",
    "E": 1767225600000,
    "T": 1767225600000,
    "o": {
        "s": "BTC-USDT",
        "c": "00ff00ff00ff00ff00ff00ff00ff00ff",
        "i": 1893000000000000001,
        "S": "BUY",
        "o": "MARKET",
        "q": "0.0010",
        "x": "TRADE",
        "X": "FILLED",
        "z": "0.0010",
    },
}


def packed(message: object) -> bytes:
    """Return a message as the stream sends it."""
    return gzip.compress(json.dumps(message).encode())


def test_an_order_that_has_changed_is_named_by_both_its_names() -> None:
    said = frames.read(packed(FILLED))

    assert said == OrderChanged(
        asset_type="FUTURE",
        symbol="BTC-USDT",
        order_id="1893000000000000001",
        client_order_id="00ff00ff00ff00ff00ff00ff00ff00ff",
        is_liquidation=False,
    )


def test_a_number_that_comes_as_text_and_a_liquidation_without_a_name_are_understood() -> None:
    order = {"s": "BTC-USDT", "i": "1893000000000000002", "o": "LIQUIDATION", "X": "FILLED"}

    said = frames.read(packed(FILLED | {"o": order}))

    assert isinstance(said, OrderChanged)
    assert (said.order_id, said.client_order_id, said.is_liquidation) == ("1893000000000000002", "", True)


def test_an_order_of_spot_that_has_changed_is_told_apart_from_one_of_perpetuals() -> None:
    report = {"e": "executionReport", "s": "ETH-USDT", "S": "BUY", "o": "LIMIT", "X": "PENDING", "i": 1812, "C": "ab"}

    said = frames.read(packed({"code": 0, "dataType": "spot.executionReport", "data": report}))

    assert said == OrderChanged(
        asset_type="CRYPTO", symbol="ETH-USDT", order_id="1812", client_order_id="ab", is_liquidation=False
    )


def test_the_heartbeat_of_perpetuals_is_answered_in_plain() -> None:
    assert frames.read(gzip.compress(b"Ping")) == Ping("Pong")


def test_the_heartbeat_of_spot_is_answered_with_its_own_number_and_time() -> None:
    said = frames.read(packed({"ping": "2177c68e", "time": "2026-11-28T10:00:00.000+0800"}))

    assert isinstance(said, Ping)
    assert json.loads(said.pong) == {"pong": "2177c68e", "time": "2026-11-28T10:00:00.000+0800"}


def test_config_money_and_an_expired_key_are_told_apart() -> None:
    config = {"e": "ACCOUNT_CONFIG_UPDATE", "E": 1, "ac": {"s": "BTC-USDT", "l": 10, "S": 10, "mt": "cross"}}
    funding = {"e": "ACCOUNT_UPDATE", "E": 1, "a": {"m": "FUNDING_FEE", "B": [{"a": "USDT", "bc": "-0.1"}]}}
    expired = {"e": "listenKeyExpired", "E": 1, "listenKey": "ab"}

    said = [frames.read(packed(each)) for each in (config, funding, expired, {"id": "1", "code": 0, "msg": ""})]

    assert said == [ConfigChanged("BTC-USDT", "cross 10 10"), AccountChanged("FUNDING_FEE"), KeyExpired(), Other()]


def test_a_frame_that_is_no_gzip_is_refused() -> None:
    with pytest.raises(Malformed, match="no gzip"):
        frames.read(b"\x1f\x8bgarbage that only begins like gzip")


def test_a_frame_that_was_cut_off_is_refused() -> None:
    with pytest.raises(Malformed, match="not whole"):
        frames.read(packed(FILLED)[:-12])


def test_a_frame_that_would_burst_is_refused_before_it_does() -> None:
    with pytest.raises(Malformed, match="too large"):
        frames.read(gzip.compress(b"0" * (50 * frames.MOST_BYTES)))


@given(st.binary() | st.binary().map(gzip.compress) | st.text())
def test_no_frame_raises_anything_but_its_own_error(frame: bytes | str) -> None:
    with contextlib.suppress(Malformed):
        frames.read(frame)
