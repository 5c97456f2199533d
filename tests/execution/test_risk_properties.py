"""What holds of the checks whatever the order, the books, the limits and the market are.

Each case is one that passes, with a few things changed: of wholly random ones hardly any would pass anything.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from execution.order_asked import Market, OrderAsked, Rate
from execution.risk import check
from ledger.trading.risk.facts import CashFact, OpenPosition, PendingOpening, RiskFacts
from ledger.trading.risk.limits import LARGEST, Limits, strictest
from tests.execution.values import FACTS, LIMITS, MARKET, NOW, OPENING, D, pending, position

AMOUNTS = st.decimals(0, 9_000, places=2)
SIGNED = st.decimals(-500, 500, places=2)
COUNTS = st.integers(0, 6)
PRICES = st.decimals("0.01", 200, places=2)
SYMBOLS = st.sampled_from(["aapl", "msft", "ibm"])
STRATEGIES = st.sampled_from(["trend", "other", None])
MOMENTS = st.integers(-900, 5).map(lambda seconds: NOW + timedelta(seconds=seconds))
CURRENCIES = st.sampled_from(["USD", "EUR"])
PERCENT = st.none() | st.decimals(0, 100, places=1)
POSITIONS = st.builds(position, SYMBOLS, strategy=STRATEGIES, currency=CURRENCIES, cost=SIGNED)
PENDING = st.builds(pending, SYMBOLS, strategy=STRATEGIES, currency=CURRENCIES, value=AMOUNTS, placed_at=MOMENTS)
CASH = st.builds(CashFact, currency=CURRENCIES, available=AMOUNTS, equity=st.none(), as_of=MOMENTS, spent_since=AMOUNTS)

OF_ORDER: dict[str, st.SearchStrategy[Any]] = {
    "instrument": SYMBOLS,
    "strategy": STRATEGIES,
    "currency": CURRENCIES,
    "quantity": st.decimals("0.001", 90, places=3),
    "price": PRICES,
    "leverage": st.sampled_from([D(1), D(3), None]),
    "by_person": st.booleans(),
    "stop_loss": st.none() | PRICES,
}
OF_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "killed": st.sampled_from(["", "asked for"]),
    "paused": st.sampled_from(["", "asked for"]),
    "positions": st.lists(POSITIONS, max_size=4).map(tuple),
    "pending": st.lists(PENDING, max_size=3).map(tuple),
    "cash": st.lists(CASH, max_size=2).map(tuple),
    "openings_of_ticker": COUNTS,
    "openings_today": COUNTS,
    "orders_today": COUNTS,
    "realized_today": SIGNED,
    "unrealized_at_day_start": st.none() | SIGNED,
    "equity_peak": st.none() | st.decimals(0, 40_000, places=2),
    "last_stop_at": st.none() | MOMENTS,
}
OF_LIMITS: dict[str, st.SearchStrategy[Any]] = {
    "max_order_value": st.none() | AMOUNTS,
    "max_position_value": st.none() | AMOUNTS,
    "budget": st.none() | AMOUNTS,
    "max_orders_per_day": st.none() | COUNTS,
    "max_drawdown_percent": PERCENT,
    "risk_per_trade_percent": PERCENT,
    "max_spread_percent": PERCENT,
    "leverage_cap": st.none() | st.integers(1, 5),
    "cooldown_minutes": st.none() | COUNTS,
    "allowed_symbols": st.sampled_from([None, (), ("AAPL",)]),
    "max_invested": AMOUNTS,
    "reserve": AMOUNTS,
    "max_open_positions": COUNTS,
    "max_per_ticker": COUNTS,
    "max_daily_buys": COUNTS,
    "max_daily_loss": AMOUNTS,
}
OF_MARKET: dict[str, st.SearchStrategy[Any]] = {
    "is_quote_needed": st.booleans(),
    "bid": st.none() | PRICES,
    "ask": st.none() | PRICES,
    "quoted_at": st.none() | MOMENTS,
    "is_delayed": st.booleans(),
    "unrealized": st.none() | SIGNED,
    "equity": st.none() | st.decimals(-100, 40_000, places=2),
    "rates": st.just(()),
}
Changed = TypeVar("Changed", bound=msgspec.Struct)


@st.composite
def few_changes(draw: st.DrawFn, base: Changed, values: dict[str, st.SearchStrategy[Any]]) -> Changed:
    """Return a Struct with up to three of its fields drawn."""
    names = draw(st.lists(st.sampled_from(sorted(values)), max_size=3, unique=True))
    return replace(base, **{name: draw(values[name]) for name in names})


EUROS = CashFact(currency="EUR", available=D(5_000), equity=None, as_of=NOW)
ORDERS = few_changes(OPENING, OF_ORDER)
BOOKS = few_changes(replace(FACTS, cash=(*FACTS.cash, EUROS)), OF_FACTS)
ANY_LIMITS = few_changes(LIMITS, OF_LIMITS)
MARKETS = few_changes(replace(MARKET, rates=(Rate("EUR", D("1.1")),)), OF_MARKET)


@given(ORDERS, BOOKS, ANY_LIMITS, MARKETS)
def test_nothing_opens_while_killed_or_paused(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market
) -> None:
    killed, paused = replace(facts, killed="asked for"), replace(facts, paused="asked for")

    assert check(asked, killed, limits, market, now=NOW) is not None
    assert check(asked, paused, limits, market, now=NOW) is not None


@given(ORDERS, BOOKS, ANY_LIMITS, MARKETS, st.sampled_from(["cash", "unrealized", "start", "quote"]))
def test_nothing_opens_on_what_is_not_known(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market, missing: str
) -> None:
    if missing == "cash":
        facts = replace(facts, cash=())
    elif missing == "start":
        facts = replace(facts, unrealized_at_day_start=None)
    elif missing == "unrealized":
        market = replace(market, unrealized=None)
    else:
        market = replace(market, is_quote_needed=True, bid=None)

    assert check(asked, facts, limits, market, now=NOW) is not None


@given(ORDERS, BOOKS, ANY_LIMITS, MARKETS)
def test_a_closing_passes_all_but_the_kill_switch(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market
) -> None:
    closing = replace(asked, is_closing=True)

    assert check(closing, replace(facts, killed=""), limits, market, now=NOW) is None
    assert check(replace(closing, by_person=True), facts, limits, market, now=NOW) is None


@given(ORDERS, BOOKS, ANY_LIMITS, ANY_LIMITS, MARKETS)
def test_what_passes_the_strictest_of_two_limits_passes_each(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, others: Limits, market: Market
) -> None:
    both, _ = strictest([limits, others])
    if check(asked, facts, both, market, now=NOW) is None:
        assert check(asked, facts, limits, market, now=NOW) is None
        assert check(asked, facts, others, market, now=NOW) is None


@given(ORDERS, BOOKS, ANY_LIMITS, MARKETS, st.data())
def test_a_stricter_limit_never_admits_more(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(set(OF_LIMITS) - {"allowed_symbols"})))
    values = OF_LIMITS[name].filter(lambda value: value is not None)
    strict, loose = sorted((data.draw(values), data.draw(values)), reverse=name in LARGEST)

    admitted = check(asked, facts, replace(limits, **{name: strict}), market, now=NOW) is None
    assert not admitted or check(asked, facts, replace(limits, **{name: loose}), market, now=NOW) is None


@given(ORDERS, BOOKS, ANY_LIMITS, MARKETS, POSITIONS | PENDING)
def test_one_thing_more_in_the_books_never_admits_more(
    asked: OrderAsked, facts: RiskFacts, limits: Limits, market: Market, more: OpenPosition | PendingOpening
) -> None:
    if isinstance(more, OpenPosition):
        fuller = replace(facts, positions=(*facts.positions, more))
    else:
        fuller = replace(facts, pending=(*facts.pending, more))
    admitted = check(asked, fuller, limits, market, now=NOW) is None

    assert not admitted or check(asked, facts, limits, market, now=NOW) is None


@given(st.decimals("0.001", 60, places=3), st.decimals("0.001", 60, places=3), AMOUNTS)
def test_two_openings_never_take_more_cash_than_there_is(first: Decimal, second: Decimal, available: Decimal) -> None:
    limits = replace(LIMITS, max_invested=D(10**9))
    figure = CashFact(currency="USD", available=available, equity=None, as_of=NOW - timedelta(minutes=1))
    facts = replace(FACTS, cash=(figure,))
    one, two = replace(OPENING, quantity=first), replace(OPENING, instrument="msft", quantity=second)
    then = replace(facts, pending=(pending("aapl", value=one.value, quantity=first),))

    assert (check(one, facts, limits, MARKET, now=NOW) is None) == (one.value + D(500) <= available)
    assert (check(two, then, limits, MARKET, now=NOW) is None) == (one.value + two.value + D(500) <= available)


@given(st.integers(1, 4))
def test_the_last_free_slot_is_taken_once(limit: int) -> None:
    limits = replace(LIMITS, max_open_positions=limit)
    held = tuple(position(f"held{number}") for number in range(limit - 1))
    facts = replace(FACTS, positions=held)
    then = replace(facts, pending=(pending("aapl"),))
    refusal = check(replace(OPENING, instrument="msft"), then, limits, MARKET, now=NOW)

    assert check(OPENING, facts, limits, MARKET, now=NOW) is None
    assert refusal is not None
    assert refusal.code == "MAX_POSITIONS"
