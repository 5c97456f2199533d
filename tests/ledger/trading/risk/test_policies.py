"""Limits of users, portfolios and strategies: what may be set, and which holds."""

from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.people.strategies import new_version
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import NewPolicy, Policy, drop_policy, limits_for, policies, set_policy
from ledger.trading.tables.records import audit_log
from ledger.trading.tables.risk import risk_policies
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    BOBS_TREND,
    LOOKING,
    TREND,
    ask,
    count,
    do,
    values_of,
    work,
)

SCOPES = {"USER": "ann", "PORTFOLIO": ANNS, "STRATEGY": TREND}


def set_one(books: Ledger, scope_type: Any = "PORTFOLIO", *, name: str = "mine", **config: object) -> Policy:
    """Set a policy of Ann's."""
    new = NewPolicy(scope_type=scope_type, scope=SCOPES[scope_type], name=name, config=config)
    with work(books) as unit:
        return set_policy(ANN, unit, new)


def test_a_policy_is_a_row_with_its_amounts_as_text(books: Ledger) -> None:
    policy = set_one(books, max_order_value="1000.50", max_daily_buys=3, allowed_symbols=["AAPL"])

    assert (policy.limits.max_order_value, policy.limits.max_daily_buys) == (Decimal("1000.5"), 3)
    assert values_of(books, risk_policies.c.config_json) == [
        {"max_order_value": "1000.5", "max_daily_buys": 3, "allowed_symbols": ["AAPL"]}
    ]
    assert values_of(books, audit_log.c.chain) == ["account:1"]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"max_order_valeu": "1"}, "there is no max_order_valeu; write max_order_value"),
        ({"Max_Daily_Buy": 1}, "write max_daily_buys"),
        ({"qqq": 1}, "write one of max_order_value"),
        ({"budget": 1.5}, "write amounts as text"),
        ({"budget": "NaN"}, "budget is NaN"),
        ({"budget": "-1"}, "write zero or more"),
        ({"budget": "1e30"}, "20 digits"),
        ({"budget": "much"}, "Invalid decimal string in `budget"),
        ({"budget": True}, "in `budget"),
        ({"max_open_positions": "3"}, "Expected `int"),
        ({"max_open_positions": -1}, "write zero or more"),
        ({"risk_per_trade_percent": "101"}, "up to 100"),
        ({"leverage_cap": 0}, "write 1"),
        ({"allowed_symbols": [" AAPL"]}, "without spaces"),
        ({}, "name at least one"),
        ({"allowed_symbols": ["A" * 60] * 80}, "too many"),
    ],
)
def test_what_is_no_limit_is_refused_with_what_to_write(books: Ledger, config: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        set_one(books, **config)

    assert count(books, "risk_policies") == 0


@pytest.mark.parametrize("name", ["", "  ", "n" * 65, "a\0b"])
def test_a_policy_has_a_name_that_can_be_kept(books: Ledger, name: str) -> None:
    with pytest.raises(Invalid, match="1 to 64 signs"):
        set_one(books, name=name, budget="1")


def test_a_change_is_a_new_row_and_the_one_before_is_switched_off(books: Ledger) -> None:
    first = set_one(books, budget="100")
    second = set_one(books, budget="200")
    other = set_one(books, name="other", budget="300")
    with books.reading() as connection:
        now = policies(ANN, connection)
        ever = policies(ANN, connection, with_former=True)

    assert now == (second, other)
    assert [(each.uid, each.is_active) for each in ever][:1] == [(first.uid, False)]
    assert values_of(books, audit_log.c.details_json)[1]["replaces"] == [first.uid]


def test_of_all_policies_that_apply_the_strictest_of_each_limit_wins(books: Ledger) -> None:
    of_user = set_one(books, "USER", max_order_value="1000", reserve="50", allowed_symbols=["AAPL", "BTC-USDT"])
    of_portfolio = set_one(books, max_order_value="9", max_daily_buys=5, cooldown_minutes=10)
    of_strategy = set_one(books, "STRATEGY", max_order_value="10", reserve="200", allowed_symbols=["AAPL", "MSFT", "X"])
    with books.reading() as connection:
        found = limits_for(ANN, connection, portfolio=ANNS, strategy=TREND)
        without = limits_for(SYSTEM, connection, portfolio=ANNS)
        of_bob = limits_for(BOB, connection, portfolio=BOBS)

    assert found.currency == "USD"
    assert found.limits.set_ones == {
        "max_order_value": Decimal(9),
        "reserve": Decimal(200),
        "max_daily_buys": 5,
        "cooldown_minutes": 10,
        "allowed_symbols": ("AAPL",),
    }
    assert found.sources == {
        "max_order_value": of_portfolio,
        "reserve": of_strategy,
        "max_daily_buys": of_portfolio,
        "cooldown_minutes": of_portfolio,
        "allowed_symbols": of_user,
    }
    assert (without.limits.reserve, without.sources["reserve"]) == (Decimal(50), of_user)
    assert of_bob.limits.set_ones == {}


def test_a_strategys_policy_holds_for_its_next_version_and_is_replaced_through_it(books: Ledger) -> None:
    set_one(books, "STRATEGY", budget="100")
    second = do(books, new_version, ANN, TREND, {"amount": "2"})
    with books.reading() as connection:
        found = limits_for(ANN, connection, portfolio=ANNS, strategy=second.uid)
    new = NewPolicy(scope_type="STRATEGY", scope=second.uid, name="mine", config={"budget": "70"})
    with work(books) as unit:
        set_policy(ANN, unit, new)

    assert found.limits.budget == Decimal(100)
    with books.reading() as connection:
        assert [each.limits.budget for each in policies(SYSTEM, connection)] == [Decimal(70)]


def test_a_policy_that_is_dropped_holds_no_more(books: Ledger) -> None:
    policy = set_one(books, budget="100")
    for _ in range(2):
        with work(books) as unit:
            drop_policy(ANN, unit, policy.uid)
    with books.reading() as connection:
        found = limits_for(ANN, connection, portfolio=ANNS)

    assert found.limits.budget is None
    assert values_of(books, audit_log.c.action) == ["set", "dropped"]


def test_what_another_user_has_is_not_found(books: Ledger) -> None:
    policy = set_one(books, budget="100")
    for scope_type, scope in SCOPES.items():
        new = NewPolicy(scope_type=scope_type, scope=scope, name="his", config={"budget": "1"})  # type: ignore[arg-type]
        with pytest.raises(NotFound), work(books) as unit:
            set_policy(BOB, unit, new)
    with pytest.raises(NotFound), work(books) as unit:
        drop_policy(BOB, unit, policy.uid)
    with books.reading() as connection:
        with pytest.raises(NotFound):
            limits_for(BOB, connection, portfolio=ANNS)
        with pytest.raises(NotFound):
            limits_for(SYSTEM, connection, portfolio=ANNS, strategy=BOBS_TREND)

        assert policies(BOB, connection) == ()


def test_a_viewer_sets_and_drops_nothing(books: Ledger) -> None:
    policy = set_one(books, budget="100")
    new = NewPolicy(scope_type="USER", scope="ann", name="mine", config={"budget": "1"})
    with pytest.raises(NotAllowed), work(books) as unit:
        set_policy(LOOKING, unit, new)
    with pytest.raises(NotAllowed), work(books) as unit:
        drop_policy(LOOKING, unit, policy.uid)


def test_a_policy_that_cannot_be_read_is_not_passed_over(books: Ledger) -> None:
    set_one(books, budget="100")
    with work(books) as unit:
        unit.connection.execute(risk_policies.update().values(config_json={"limit_of_tomorrow": "1"}))

    with books.reading() as connection, pytest.raises(Invalid, match="there is no limit_of_tomorrow"):
        limits_for(ANN, connection, portfolio=ANNS)


def test_the_limits_of_an_order_are_found_by_an_index(books: Ledger) -> None:
    with scans(books, "risk_policies", "strategies") as found:
        ask(books, limits_for, ANN, portfolio=ANNS, strategy=TREND)

    assert found == []


def test_a_limit_that_an_admin_set_is_not_for_its_trader_to_loosen(books: Ledger) -> None:
    limits = {"max_daily_buys": 3}
    with work(books) as unit:
        new = NewPolicy(scope_type="USER", scope="ann", name="mine", config=limits)
        policy = set_policy(SYSTEM, unit, new)

    with pytest.raises(NotAllowed, match="set by an admin"):
        set_one(books, "USER", max_daily_buys=300)
    with work(books) as unit, pytest.raises(NotAllowed, match="set by an admin"):
        drop_policy(ANN, unit, policy.uid)
    with work(books) as unit:
        drop_policy(SYSTEM, unit, policy.uid)
