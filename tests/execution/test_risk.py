"""Each check of an order: what it lets pass, what it refuses, and the numbers that it names."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from execution.limit_checks import MANDATORY
from execution.order_asked import Rate
from execution.refusal import Refusal
from execution.risk import check
from ledger.trading.risk.facts import CashFact
from ledger.trading.risk.limits import Limits
from tests.execution.values import FACTS, LIMITS, MARKET, NOW, OPENING, D, pending, position

CLOSING = replace(OPENING, is_closing=True)
EURO = replace(OPENING, currency="EUR")


def found(asked: Any = OPENING, *, facts: Any = None, limits: Any = None, market: Any = None) -> Refusal | None:
    """Return what is refused of an order, with some facts, limits or prices changed."""
    return check(
        asked,
        replace(FACTS, **(facts or {})),
        replace(LIMITS, **(limits or {})),
        replace(MARKET, **(market or {})),
        now=NOW,
    )


def code(refusal: Refusal | None) -> str | None:
    """Return a refusal's code."""
    return None if refusal is None else refusal.code


def cash(available: int, **changed: Any) -> tuple[CashFact, ...]:
    """Return the venue's figure of dollars."""
    values = {"currency": "USD", "available": D(available), "equity": None, "as_of": NOW, **changed}
    return (CashFact(**values),)


def test_an_opening_within_all_limits_passes() -> None:
    assert found() is None


REFUSED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("KILLED", {"facts": {"killed": "asked for"}}, {"reason": "asked for"}),
    ("PAUSED", {"facts": {"paused": "asked for"}}, {"reason": "asked for"}),
    (
        "CASH",
        {"facts": {"cash": cash(1499)}},
        {"need": "1000", "free": "999", "available": "1499", "taken": "0", "reserve": "500", "currency": "USD"},
    ),
    (
        "MAX_INVESTED",
        {"facts": {"positions": (position(cost=D(-8000)),), "pending": (pending(value=D("1000.5")),)}},
        {"invested": "9000.5", "value": "1000", "limit": "10000", "currency": "USD"},
    ),
    (
        "MAX_POSITIONS",
        {"facts": {"positions": (position("a"), position("b")), "pending": (pending("c"),)}},
        {"positions": "3", "limit": "3"},
    ),
    ("MAX_PER_TICKER", {"facts": {"openings_of_ticker": 2}}, {"symbol": "AAPL", "openings": "2", "limit": "2"}),
    ("MAX_DAILY_BUYS", {"facts": {"openings_today": 5}}, {"openings": "5", "limit": "5"}),
    (
        "MAX_DAILY_LOSS",
        {"facts": {"realized_today": D(-200), "unrealized_at_day_start": D(50)}, "market": {"unrealized": D(-50)}},
        {"loss": "300", "limit": "300", "currency": "USD"},
    ),
    ("MAX_ORDER_VALUE", {"limits": {"max_order_value": D(999)}}, {"value": "1000", "limit": "999", "currency": "USD"}),
    (
        "MAX_POSITION_VALUE",
        {
            "limits": {"max_position_value": D(2000)},
            "facts": {"positions": (position("aapl", cost=D("1000.01"), strategy="other"),)},
        },
        {"symbol": "AAPL", "held": "1000.01", "value": "1000", "limit": "2000", "currency": "USD"},
    ),
    (
        "BUDGET",
        {"limits": {"budget": D(1500)}, "facts": {"positions": (position(),)}},
        {"used": "1000", "value": "1000", "limit": "1500", "currency": "USD"},
    ),
    (
        "LEVERAGE_CAP",
        {"asked": replace(OPENING, leverage=D(5)), "limits": {"leverage_cap": 3}},
        {"leverage": "5", "limit": "3"},
    ),
    (
        "RISK_PER_TRADE",
        {"asked": replace(OPENING, stop_loss=D(79)), "limits": {"risk_per_trade_percent": D(1)}},
        {"risk": "210", "limit": "200", "currency": "USD", "percent": "1"},
    ),
    ("NO_STOP", {"limits": {"risk_per_trade_percent": D(1)}}, {"symbol": "AAPL"}),
    (
        "MAX_DRAWDOWN",
        {"limits": {"max_drawdown_percent": D(20)}, "facts": {"equity_peak": D(25_000)}},
        {"percent": "20", "limit": "20", "equity": "20000", "peak": "25000", "currency": "USD"},
    ),
    (
        "MAX_SPREAD",
        {"limits": {"max_spread_percent": D("0.1")}},
        {"symbol": "AAPL", "percent": "0.2", "limit": "0.1", "bid": "99.9", "ask": "100.1"},
    ),
    (
        "MAX_ORDERS_PER_DAY",
        {"limits": {"max_orders_per_day": 9}, "facts": {"orders_today": 9}},
        {"orders": "9", "limit": "9"},
    ),
    (
        "COOLDOWN",
        {"limits": {"cooldown_minutes": 30}, "facts": {"last_stop_at": NOW - timedelta(minutes=19, seconds=30)}},
        {"symbol": "AAPL", "minutes": "30", "left": "11"},
    ),
    (
        "NOT_ALLOWED_SYMBOL",
        {"limits": {"allowed_symbols": ("IBM", "MSFT")}},
        {"symbol": "AAPL", "allowed": "IBM, MSFT"},
    ),
]


@pytest.mark.parametrize(("refused", "case", "values"), REFUSED, ids=[each[0] for each in REFUSED])
def test_an_opening_beyond_a_limit_is_refused_with_its_numbers(
    refused: str, case: dict[str, Any], values: dict[str, str]
) -> None:
    refusal = found(**case)

    assert code(refusal) == refused
    assert refusal is not None
    assert refusal.values == values
    assert not refusal.is_waitable


JUST_WITHIN: list[dict[str, Any]] = [
    {"facts": {"cash": cash(1500)}},
    {"facts": {"positions": (position(cost=D(-8000)),), "pending": (pending(),)}},
    {"facts": {"positions": (position("a"), position("aapl")), "pending": (pending("c"),)}},
    {"facts": {"realized_today": D("-299.99")}},
    {"limits": {"max_order_value": D(1000)}},
    {"limits": {"budget": D(1000)}, "facts": {"positions": (position(strategy="other"),)}},
    {"asked": replace(OPENING, stop_loss=D(80)), "limits": {"risk_per_trade_percent": D(1)}},
    {"limits": {"max_drawdown_percent": D("20.01")}, "facts": {"equity_peak": D(25_000)}},
    {"limits": {"max_spread_percent": D("0.2")}},
    {"limits": {"cooldown_minutes": 30}, "facts": {"last_stop_at": NOW - timedelta(minutes=30)}},
    {"limits": {"allowed_symbols": ("AAPL",)}},
]


@pytest.mark.parametrize("case", JUST_WITHIN)
def test_an_opening_that_just_fits_passes(case: dict[str, Any]) -> None:
    assert found(**case) is None


NOT_KNOWN: list[tuple[str, dict[str, Any]]] = [
    ("balance", {"facts": {"cash": ()}}),
    ("balance", {"facts": {"cash": cash(9999, as_of=NOW - timedelta(minutes=6))}}),
    ("quote", {"market": {"bid": None}}),
    ("fresh quote", {"market": {"quoted_at": NOW - timedelta(seconds=11)}}),
    ("quote that is not delayed", {"market": {"is_delayed": True}}),
    ("quote that is not crossed", {"market": {"bid": D(101)}}),
    ("quote that is not crossed", {"market": {"bid": D(0)}}),
    ("unrealized P&L", {"market": {"unrealized": None}}),
    ("unrealized P&L at the start of the day", {"facts": {"unrealized_at_day_start": None}}),
    ("peak of equity", {"limits": {"max_drawdown_percent": D(20)}}),
    (
        "equity",
        {
            "asked": replace(OPENING, stop_loss=D(99)),
            "limits": {"risk_per_trade_percent": D(1)},
            "market": {"equity": None},
        },
    ),
    ("leverage", {"asked": replace(OPENING, leverage=None), "limits": {"leverage_cap": 3}}),
    ("rate", {"asked": EURO, "facts": {"cash": cash(5000, currency="EUR")}}),
    ("rate", {"facts": {"positions": (position(currency="EUR"),)}}),
]


@pytest.mark.parametrize(("what", "case"), NOT_KNOWN)
def test_what_is_not_known_holds_an_opening(what: str, case: dict[str, Any]) -> None:
    """Fault T30."""
    refusal = found(**case)

    assert code(refusal) == "NOT_KNOWN"
    assert refusal is not None
    assert refusal.values["what"] == what
    assert refusal.is_waitable


@pytest.mark.parametrize("case", [case for _, case in NOT_KNOWN if "asked" not in case])
def test_what_is_not_known_never_holds_a_closing(case: dict[str, Any]) -> None:
    """Fault T30: closings."""
    assert found(CLOSING, **case) is None


@pytest.mark.parametrize("case", [case for name, case, _ in REFUSED if "asked" not in case and name != "KILLED"])
def test_no_limit_and_no_pause_stops_a_closing(case: dict[str, Any]) -> None:
    assert found(CLOSING, **case) is None


def test_killed_stops_a_signals_closing_and_not_a_persons() -> None:
    killed = {"killed": "asked for"}

    assert code(found(CLOSING, facts=killed)) == "KILLED"
    assert found(replace(CLOSING, by_person=True), facts=killed) is None


def test_killed_stops_a_persons_opening() -> None:
    assert code(found(replace(OPENING, by_person=True), facts={"killed": "asked for"})) == "KILLED"


def test_without_its_limits_nothing_is_opened_and_the_commands_are_named() -> None:
    refusal = check(OPENING, FACTS, Limits(), MARKET, now=NOW)

    assert code(refusal) == "NO_LIMITS"
    assert refusal is not None
    assert refusal.values["commands"].split() == list(MANDATORY.values())
    assert refusal.values["missing"].split(", ") == list(MANDATORY)


@pytest.mark.parametrize("name", MANDATORY)
def test_every_one_of_them_must_be_set(name: str) -> None:
    refusal = found(limits={name: None})

    assert code(refusal) == "NO_LIMITS"
    assert refusal is not None
    assert refusal.values == {"missing": name, "commands": MANDATORY[name]}


def test_nobody_waits_for_a_quote_of_what_may_not_be_opened() -> None:
    assert code(found(facts={"openings_today": 5}, market={"bid": None})) == "MAX_DAILY_BUYS"


def test_a_venue_that_fills_at_the_signals_price_needs_no_quote() -> None:
    assert found(market={"bid": None, "is_quote_needed": False}) is None


def test_openings_that_the_balance_cannot_know_of_count_once() -> None:
    """Fault T29a."""
    old = NOW - timedelta(minutes=3)
    facts = {"cash": cash(3000, as_of=old, spent_since=D(1500)), "pending": (pending(),)}

    assert found(facts=facts) is None
    assert code(found(facts={**facts, "cash": cash(2999, as_of=old, spent_since=D(1500))})) == "CASH"


def test_an_opening_in_another_currency_takes_no_cash_of_this_one() -> None:
    facts = {"cash": cash(1500), "pending": (pending(currency="EUR"),)}

    assert found(facts=facts, market={"rates": (Rate("EUR", D(1)),)}) is None


@pytest.mark.parametrize("minutes", [0, 1])
def test_an_opening_from_before_the_balance_counts_as_long_as_it_is_pending(minutes: int) -> None:
    """Fault T29a: one is unknown."""
    before = pending(placed_at=NOW - timedelta(minutes=minutes))

    assert found(facts={"cash": cash(2500), "pending": (before,)}) is None
    assert code(found(facts={"cash": cash(2499), "pending": (before,)})) == "CASH"


def test_money_in_another_wallet_buys_nothing() -> None:
    apart = (*cash(50_000, wallet="SPOT"), *cash(1499, wallet="FUTURES"))
    on_its_way = pending("b", wallet="SPOT", value=D(1400))
    refusal = found(facts={"cash": apart, "wallet": "FUTURES", "pending": (on_its_way,)})

    assert refusal is not None
    assert (refusal.code, refusal.values["free"], refusal.values["taken"]) == ("CASH", "999", "0")
    assert found(facts={"cash": apart, "wallet": "SPOT", "pending": (on_its_way,)}) is None
    assert code(found(facts={"cash": cash(50_000, wallet="FUTURES"), "wallet": "SPOT"})) == "CASH"


def test_leverage_lends_the_rest_of_the_cash() -> None:
    assert found(replace(OPENING, leverage=D(4)), facts={"cash": cash(750)}) is None
    assert code(found(replace(OPENING, leverage=D(4)), facts={"cash": cash(749)})) == "CASH"


def test_cash_counts_in_the_instruments_currency_and_limits_in_the_accounts() -> None:
    euros = {"cash": cash(1250, currency="EUR")}
    market = {"rates": (Rate("EUR", D(2)),)}

    assert found(EURO, facts=euros, market=market) is None
    assert code(found(EURO, facts=euros, market=market, limits={"max_order_value": D(1999)})) == "MAX_ORDER_VALUE"


def test_of_a_currency_that_the_venue_does_not_name_there_is_nothing_and_that_is_refused_with_numbers() -> None:
    refusal = found(EURO, facts={"cash": cash(9999)})

    assert refusal is not None
    assert (refusal.code, refusal.is_waitable) == ("CASH", False)
    assert refusal.values == {
        "need": "1000",
        "free": "0",
        "available": "0",
        "taken": "0",
        "reserve": "0",
        "currency": "EUR",
    }


def test_a_figure_of_before_the_newest_reading_counts_no_more() -> None:
    """The venue names a currency no more once there is nothing of it."""
    old = cash(9999, currency="EUR", as_of=NOW - timedelta(minutes=1))

    assert code(found(EURO, facts={"cash": (*old, *cash(9999))})) == "CASH"


def test_the_buffer_of_a_purchase_counts_against_cash_alone() -> None:
    asked = replace(OPENING, buffer_percent=D(1))

    assert found(asked, facts={"cash": cash(1510)}, limits={"max_order_value": D(1000)}) is None
    assert code(found(asked, facts={"cash": cash(1509)})) == "CASH"
