"""What contracts are called here."""

from decimal import Decimal

import pytest
from ib_async import Contract

from brokers.ibkr_venue.contracts import traded
from brokers.ibkr_venue.symbols import Wanted, wanted


def share(symbol: str, *, currency: str = "USD", primary: str = "NYSE") -> Contract:
    """Return a share."""
    return Contract(secType="STK", symbol=symbol, currency=currency, primaryExchange=primary, exchange="SMART")


def future(local: str, until: str) -> Contract:
    """Return a future."""
    return Contract(
        secType="FUT",
        symbol=local[:-2],
        localSymbol=local,
        lastTradeDateOrContractMonth=until,
        exchange="CME",
        currency="USD",
        multiplier="50",
    )


def test_a_class_of_shares_has_a_dot() -> None:
    named = traded(share("BRK B"), stock_type="COMMON")

    assert (named.symbol, named.asset_type, named.exchange, named.currency) == ("BRK.B", "EQUITY", "NYSE", "USD")


def test_a_fund_is_one_by_its_details() -> None:
    assert traded(share("SPY", primary="ARCA"), stock_type="ETF").asset_type == "ETF"


def test_a_share_of_another_country_is_not_taken_for_the_one_in_dollars() -> None:
    assert traded(share("SAP", currency="EUR", primary="IBIS")).symbol == "SAP.EUR"


def test_a_pair_of_currencies_says_what_is_bought() -> None:
    named = traded(Contract(secType="CASH", symbol="EUR", currency="USD", localSymbol="EUR.USD", exchange="IDEALPRO"))

    assert (named.symbol, named.base_currency, named.currency) == ("EUR.USD", "EUR", "USD")


@pytest.mark.parametrize(
    ("local", "until", "name"),
    [
        ("ESZ6", "20261218", "ESZ2026"),
        ("CLF7", "20261221", "CLF2027"),
        ("ESH0", "20300315", "ESH2030"),
        ("CLF0", "20291219", "CLF2030"),
    ],
)
def test_a_future_is_named_by_its_month_and_not_by_its_last_day(local: str, until: str, name: str) -> None:
    named = traded(future(local, until))

    assert (named.symbol, named.multiplier) == (name, Decimal(50))


def test_a_future_is_asked_for_again_by_its_name() -> None:
    named = traded(future("ESZ6", "20261218"))

    assert isinstance(wanted(named.symbol, named.exchange), Wanted)


def test_what_is_not_offered_has_a_name_that_no_share_has() -> None:
    bought = Contract(
        secType="OPT", symbol="AAPL", localSymbol="AAPL  261218C00250000", currency="USD", multiplier="100"
    )
    bond = Contract(secType="BOND", symbol="AAPL", currency="USD")

    assert traded(bought).symbol == "AAPL 261218C00250000 OPT"
    assert traded(bond).symbol == "AAPL BOND"
