"""What the pretend BingX's market data say, read: exact, and refused in the venue's own few ways only."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.paper_venue.wire import read_contract, read_spot_symbol, read_ticker
from brokers.venue import Busy, Malformed, Refused, VenueError

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
SWAP = b'{"code":0,"msg":"","data":{"symbol":"BTC-USDT","lastPrice":"50000.1","bidPrice":"50000","askPrice":"50000.2"}}'


def test_a_quote_of_texts_and_one_of_numbers_are_read_exactly() -> None:
    spot = b'{"code":0,"data":[{"symbol":"BTC-USDT","lastPrice":50000.10,"bidPrice":50000,"askPrice":50000.2}]}'
    for body in (SWAP, spot):
        price = read_ticker(body, "BTC-USDT", NOW)

        assert (price.bid, price.ask, price.last) == (Decimal(50000), Decimal("50000.2"), Decimal("50000.1"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"code":109425,"msg":"no such symbol","data":{}}', Refused),
        (b'{"code":"100410","msg":"rate limited"}', Busy),
        (b'{"code":80012,"data":null}', Busy),
        (b'{"code":0,"data":null}', Malformed),
        (b'{"code":0}', Malformed),
        (b"<html>", Malformed),
        (b"", Malformed),
        (SWAP.replace(b'"50000"', b'"0"'), Malformed),
        (SWAP.replace(b'"50000"', b'"50001"'), Malformed),
        (SWAP.replace(b'"50000"', b'"NaN"'), Malformed),
        (SWAP.replace(b'"50000"', b'"1e9999"'), Malformed),
        (SWAP.replace(b'"50000"', b'"-1"'), Malformed),
        (SWAP.replace(b"BTC-USDT", b"ETH-USDT"), Malformed),
    ],
)
def test_what_is_no_quote_is_an_error_with_a_name(body: bytes, error: type[VenueError]) -> None:
    with pytest.raises(error):
        read_ticker(body, "BTC-USDT", NOW)


def test_steps_come_from_precisions_and_from_sizes() -> None:
    contract = b'{"code":0,"data":[{"symbol":"BTC-USDT","quantityPrecision":4,"pricePrecision":1,"tradeMinUSDT":2}]}'
    pair = b'{"code":0,"data":{"symbols":[{"symbol":"BTC-USDT","stepSize":1e-5,"tickSize":0.01}]}}'

    assert read_contract(contract, "BTC-USDT").quantity_step == Decimal("0.0001")
    assert read_spot_symbol(pair, "BTC-USDT").quantity_step == Decimal("0.00001")


@given(st.binary())
def test_bytes_from_anywhere_raise_nothing_but_the_venues_errors(body: bytes) -> None:
    for read in (read_contract, read_spot_symbol):
        with contextlib.suppress(VenueError):
            read(body, "BTC-USDT")
    with contextlib.suppress(VenueError):
        read_ticker(body, "BTC-USDT", NOW)
