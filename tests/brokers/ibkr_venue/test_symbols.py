"""What is meant by a symbol at Interactive Brokers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brokers.ibkr_venue.symbols import Wanted, wanted


def found(symbol: str, exchange: str | None = None) -> Wanted:
    """Return what is asked for."""
    asked = wanted(symbol, exchange)

    assert isinstance(asked, Wanted), asked
    return asked


def test_a_class_of_shares_is_written_with_a_space_there() -> None:
    asked = found("BRK.B", "NYSE")

    assert (asked.name, asked.contract.symbol, asked.contract.exchange) == ("BRK.B", "BRK B", "SMART")


@pytest.mark.parametrize("written", ["BRK.B", "BRK B", "BRK/B", " brk.b "])
def test_all_ways_to_write_it_are_one_name(written: str) -> None:
    assert found(written).name == "BRK.B"


def test_what_tradingview_calls_amex_may_be_listed_at_arca() -> None:
    assert "ARCA" in found("SPY", "AMEX").listed
    assert found("SPY", "NYSE").listed == {"NYSE"}


@pytest.mark.parametrize("written", ["EURUSD", "EUR.USD", "EUR/USD"])
def test_a_pair_of_currencies_is_one_whatever_the_exchange(written: str) -> None:
    asked = found(written, "FX")

    assert (asked.name, asked.contract.secType, asked.contract.exchange) == ("EUR.USD", "CASH", "IDEALPRO")


def test_a_future_of_a_named_month_is_asked_for_by_it() -> None:
    asked = found("ESZ2026", "CME_MINI")

    assert (asked.contract.symbol, asked.contract.lastTradeDateOrContractMonth) == ("ES", "202612")
    assert asked.contract.exchange == "CME"


@pytest.mark.parametrize(
    ("symbol", "exchange", "says"),
    [
        ("ES1!", "CME", "month"),
        ("ESZ6", "CME", "month"),
        ("ESZ2026", None, "exchange"),
        ("BTCUSDT", "BYBIT", "no crypto"),
        ("BTCUSD", None, "no crypto"),
        ("SAP", "XETR", "shares are those of"),
        ("APPLEINC", None, "not known"),
        ("AAPL2", "NASDAQ", "not known"),
        ("USDUSD", None, "no pair"),
        ("", None, "not known"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_to_write(symbol: str, exchange: str | None, says: str) -> None:
    asked = wanted(symbol, exchange)

    assert isinstance(asked, str)
    assert says in asked


@given(st.text(), st.none() | st.text())
def test_every_text_is_asked_for_or_refused(symbol: str, exchange: str | None) -> None:
    assert isinstance(wanted(symbol, exchange), (Wanted, str))


@given(st.from_regex(r"[A-Z]{1,5}(\.[A-Z])?", fullmatch=True), st.sampled_from(["NASDAQ", "NYSE", "ARCA", "BATS"]))
def test_a_name_of_ours_means_itself(symbol: str, exchange: str) -> None:
    assert found(symbol, exchange).name == symbol
