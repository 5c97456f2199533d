"""Symbols as TradingView writes them, and what the paper venue takes them for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.paper_venue.symbols import resolve
from bus.messages.venues import Traded


@pytest.mark.parametrize(
    ("symbol", "exchange", "name", "kind", "currency"),
    [
        ("BTCUSDT", None, "BTC-USDT", "CRYPTO", "USDT"),
        ("btcusdt", "BINANCE", "BTC-USDT", "CRYPTO", "USDT"),
        ("BTCUSDT.P", "BYBIT", "BTC-USDT", "FUTURE", "USDT"),
        ("1000PEPEUSDT.P", None, "1000PEPE-USDT", "FUTURE", "USDT"),
        ("ETHUSDC", None, "ETH-USDC", "CRYPTO", "USDC"),
        ("AAPL", "NASDAQ", "AAPL", "EQUITY", "USD"),
        ("AAPL", None, "AAPL", "EQUITY", "USD"),
        ("BRK.B", "NYSE", "BRK.B", "EQUITY", "USD"),
        ("BTC", "ARCA", "BTC", "EQUITY", "USD"),
    ],
)
def test_a_symbol_is_taken_for_what_it_is(
    symbol: str, exchange: str | None, name: str, kind: str, currency: str
) -> None:
    found = resolve(symbol, exchange)

    assert isinstance(found, Traded)
    assert (found.symbol, found.asset_type, found.currency) == (name, kind, currency)


@pytest.mark.parametrize(
    ("symbol", "exchange", "cure"),
    [
        ("BTC", None, "BTCUSDT"),
        ("BTCUSD", None, "BTCUSDT"),
        ("AAPL", "MOEX", "NASDAQ"),
        ("AAPL.P", None, "BTCUSDT.P"),
        ("", None, "AAPL"),
        ("TOOLONG", None, "AAPL"),
        ("BTCUSDT", "NASDAQ", "AAPL"),
    ],
)
def test_what_is_not_clear_is_answered_with_what_to_write(symbol: str, exchange: str | None, cure: str) -> None:
    found = resolve(symbol, exchange)

    assert isinstance(found, str)
    assert cure in found


@given(st.text(max_size=30), st.none() | st.text(max_size=10))
def test_any_text_is_answered(symbol: str, exchange: str | None) -> None:
    assert resolve(symbol, exchange)
