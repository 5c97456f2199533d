"""An account's money, out of what the gateway says of it."""

from decimal import Decimal

import pytest

from brokers.ibkr_venue.account import cash_of
from brokers.venue import Malformed

ZERO, TEN_THOUSAND = Decimal(0), Decimal(10000)
VALUES = {
    ("NetLiquidation", "USD"): "120000.50",
    ("AvailableFunds", "USD"): "200000.00",
    ("TotalCashBalance", "BASE"): "41600.00",
    ("TotalCashBalance", "USD"): "30000.00",
    ("TotalCashBalance", "EUR"): "10000.00",
    ("ExchangeRate", "EUR"): "1.16",
    ("ExchangeRate", "USD"): "1.00",
}


def test_each_currency_has_its_cash_and_the_base_the_whole_equity() -> None:
    euro, dollar = cash_of(VALUES)

    assert (euro.currency, euro.cash, euro.available, euro.equity) == ("EUR", TEN_THOUSAND, TEN_THOUSAND, ZERO)
    assert (dollar.currency, dollar.cash, dollar.available, dollar.equity) == (
        "USD",
        Decimal(30000),
        Decimal(30000),
        Decimal("120000.50"),
    )


def test_what_could_be_borrowed_is_not_available() -> None:
    _, dollar = cash_of({**VALUES, ("TotalCashBalance", "USD"): "-500.00"})

    assert (dollar.cash, dollar.available) == (Decimal(-500), ZERO)


def test_cash_that_positions_need_is_not_available() -> None:
    euro, dollar = cash_of({**VALUES, ("AvailableFunds", "USD"): "5800.00"})

    assert (euro.available, dollar.available) == (Decimal(5000), Decimal(5800))


def test_a_currency_without_a_rate_has_no_known_figure() -> None:
    euro, _ = cash_of({key: value for key, value in VALUES.items() if key != ("ExchangeRate", "EUR")})

    assert euro.available is None


def test_a_base_currency_of_which_nothing_is_held_bears_the_equity() -> None:
    balances = cash_of({key: value for key, value in VALUES.items() if key != ("TotalCashBalance", "USD")})

    assert [(each.currency, each.cash, each.equity) for each in balances] == [
        ("EUR", TEN_THOUSAND, ZERO),
        ("USD", ZERO, Decimal("120000.50")),
    ]


@pytest.mark.parametrize("missing", ["NetLiquidation", "AvailableFunds", "TotalCashBalance"])
def test_a_figure_that_is_missing_is_an_error_and_not_nothing(missing: str) -> None:
    with pytest.raises(Malformed):
        cash_of({key: value for key, value in VALUES.items() if key[0] != missing})


@pytest.mark.parametrize("text", ["", "N/A", "nan", "1e400"])
def test_a_figure_that_is_no_number_is_an_error(text: str) -> None:
    with pytest.raises(Malformed):
        cash_of({**VALUES, ("TotalCashBalance", "USD"): text})
