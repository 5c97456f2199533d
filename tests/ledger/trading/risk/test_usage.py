"""How much of each limit is used, whatever is held: as the checks of the next order count it."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, Use
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.usage import Used, budget_used, free_cash, usage
from tests.ledger.trading.world import NOW


def position(symbol: str, cost: str, *, strategy: str | None = "trend", currency: str = "USD") -> OpenPosition:
    """Return a position of one."""
    numbers = {"multiplier": Decimal(1), "quantity": Decimal(1), "avg_price": Decimal(cost), "cost": Decimal(cost)}
    return OpenPosition(instrument=symbol, symbol=symbol, strategy=strategy, currency=currency, **numbers)


def pending(symbol: str, value: str) -> PendingOpening:
    """Return an opening of one that may still be filled, by no strategy."""
    return PendingOpening(
        instrument=symbol,
        strategy=None,
        currency="USD",
        quantity=Decimal(1),
        value=Decimal(value),
        placed_at=NOW,
    )


def use(**changes: Any) -> Use:
    """Return a portfolio with a position and an opening on its way."""
    usual: dict[str, Any] = {
        "positions": (position("AAPL", "100"),),
        "pending": (pending("MSFT", "40"),),
        "symbols": {"AAPL": "AAPL", "MSFT": "MSFT", "SAP": "SAP"},
        "cash": (),
        "openings_by_symbol": {"AAPL": 2, "MSFT": 1},
        "openings_today": 3,
        "orders_today": 5,
        "realized_today": Decimal(-10),
        "unrealized_at_day_start": Decimal(4),
        "equity_peak": Decimal(1000),
    }
    return Use(**{**usual, **changes})


def used(name: str, most: Any, **changes: Any) -> Used:
    """Return how much of one limit is used."""
    limits = Limits(**{name: most})
    [found] = usage(use(**changes), limits, currency="USD")
    return found


@pytest.mark.parametrize(
    ("name", "most", "is_used", "percent", "of"),
    [
        ("max_invested", Decimal(200), 140, 70, ""),
        ("max_position_value", Decimal(300), 100, 33, "AAPL"),
        ("max_open_positions", 4, 2, 50, ""),
        ("max_per_ticker", 2, 2, 100, "AAPL"),
        ("max_daily_buys", 2, 3, 150, ""),
        ("max_orders_per_day", 0, 5, None, ""),
    ],
)
def test_what_is_held_asked_for_and_done_today_is_used(
    name: str, most: Any, is_used: int, percent: int | None, of: str
) -> None:
    found = used(name, most)

    assert found.used == is_used
    assert found.percent == percent
    assert found.of == of


def test_the_loss_of_a_day_is_part_of_it_while_anything_is_held() -> None:
    held, flat = used("max_daily_loss", Decimal(100)), used("max_daily_loss", Decimal(100), positions=())

    assert [held.used, flat.used] == [10, 14]
    assert [held.is_part, flat.is_part] == [True, False]


def test_a_gain_uses_nothing_of_the_loss() -> None:
    assert used("max_daily_loss", Decimal(100), realized_today=Decimal(5)).percent == 0


def test_a_currency_without_a_rate_makes_amounts_unknown_and_dollars_count_as_one() -> None:
    euros, tether = position("SAP", "10", currency="EUR"), position("SAP", "10", currency="USDT")

    assert used("max_invested", Decimal(200), positions=(euros,)).used is None
    assert used("max_invested", Decimal(200), positions=(tether,)).used == 50
    assert used("max_position_value", Decimal(200), positions=(euros,)).percent is None


@pytest.mark.parametrize(
    ("equity", "currency", "peak", "below"),
    [
        (Decimal(900), "USD", Decimal(1000), 10),
        (Decimal(1100), "USD", Decimal(1000), 0),
        (Decimal(900), "EUR", Decimal(1000), None),
        (None, "USD", Decimal(1000), None),
        (Decimal(900), "USD", None, None),
        (Decimal(-5), "USD", Decimal(0), 100),
    ],
)
def test_a_drawdown_is_from_the_peak(
    equity: Decimal | None, currency: str, peak: Decimal | None, below: int | None
) -> None:
    cash = (CashFact(currency=currency, available=Decimal(0), equity=equity, as_of=NOW),)

    assert used("max_drawdown_percent", Decimal(20), cash=cash, equity_peak=peak).used == below


def test_a_budget_is_used_by_its_own_strategy_alone() -> None:
    both = use(positions=(position("AAPL", "100"), position("SAP", "7", strategy="other")))
    limits = Limits(budget=Decimal(150))

    assert budget_used(both, limits, strategy="other", currency="USD") == Used(
        limit="budget", used=Decimal(7), most=Decimal(150)
    )
    assert budget_used(both, Limits(), strategy="other", currency="USD") is None


def test_cash_is_free_beyond_what_is_on_its_way_and_the_reserve() -> None:
    figure = CashFact(currency="USD", available=Decimal(500), equity=None, as_of=NOW, spent_since=Decimal(25))
    euros = CashFact(currency="EUR", available=Decimal(500), equity=None, as_of=NOW)

    assert free_cash(use(cash=(figure, euros)), Limits(reserve=Decimal(100)), currency="USD") == (
        (figure, Decimal(335)),
    )


def test_each_wallet_is_free_of_what_the_other_pays() -> None:
    spot, futures = (
        CashFact(currency="USD", available=Decimal(500), equity=None, as_of=NOW, wallet=wallet)
        for wallet in ("SPOT", "FUTURES")
    )
    coin = msgspec.structs.replace(pending("BTC-USDT", "100"), wallet="SPOT")
    found = free_cash(use(cash=(futures, spot), pending=(coin,)), Limits(reserve=Decimal(0)), currency="USD")

    assert found == ((futures, Decimal(500)), (spot, Decimal(400)))


def test_without_limits_nothing_is_used() -> None:
    assert usage(use(), Limits(), currency="USD") == ()


@given(
    most=st.decimals(0, 10**9, places=2),
    costs=st.lists(st.decimals(-(10**6), 10**6, places=8).map(str), max_size=4),
)
def test_any_amounts_give_a_percentage_or_none(most: Decimal, costs: list[str]) -> None:
    held = tuple(position("AAPL", cost) for cost in costs)
    found = used("max_invested", most, positions=held)

    assert found.used is not None
    assert (found.percent is None) == (most == 0)
