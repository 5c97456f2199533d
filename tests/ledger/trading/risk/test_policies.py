"""Limits of users, portfolios and strategies: what may be set, and which holds."""

from decimal import Decimal
from typing import Any

import pytest

from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import NewPolicy, Policy, drop_policy, limits_for, policies, set_policy
from ledger.trading.tables.records import audit_log
from ledger.trading.tables.risk import risk_policies
from tests.ledger.trading.world_risk import World, scans_of, uid

SCOPES = {"USER": "ann", "PORTFOLIO": "ann-main", "STRATEGY": "ann-trend1"}


def set_one(world: World, scope_type: Any = "PORTFOLIO", *, name: str = "mine", **config: object) -> Policy:
    """Set a policy of Ann's."""
    new = NewPolicy(scope_type=scope_type, scope=uid(SCOPES[scope_type]), name=name, config=config)
    with world.work() as work:
        return set_policy(world.who(), work, new)


def test_a_policy_is_a_row_with_its_amounts_as_text(world: World) -> None:
    policy = set_one(world, max_order_value="1000.50", max_daily_buys=3, allowed_symbols=["AAPL"])

    assert (policy.limits.max_order_value, policy.limits.max_daily_buys) == (Decimal("1000.5"), 3)
    assert world.values(risk_policies.c.config_json) == [
        {"max_order_value": "1000.5", "max_daily_buys": 3, "allowed_symbols": ["AAPL"]}
    ]
    assert world.values(audit_log.c.chain) == [f"account:{world.ids['ann']['account']}"]


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
def test_what_is_no_limit_is_refused_with_what_to_write(world: World, config: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        set_one(world, **config)

    assert world.count("risk_policies") == 0


@pytest.mark.parametrize("name", ["", "  ", "n" * 65, "a\0b"])
def test_a_policy_has_a_name_that_can_be_kept(world: World, name: str) -> None:
    with pytest.raises(Invalid, match="1 to 64 signs"):
        set_one(world, name=name, budget="1")


def test_a_change_is_a_new_row_and_the_one_before_is_switched_off(world: World) -> None:
    first = set_one(world, budget="100")
    second = set_one(world, budget="200")
    other = set_one(world, name="other", budget="300")
    with world.ledger.reading() as connection:
        now = policies(world.who(), connection)
        ever = policies(world.who(), connection, with_former=True)

    assert now == (second, other)
    assert [(each.uid, each.is_active) for each in ever][:1] == [(first.uid, False)]
    assert world.values(audit_log.c.details_json)[1]["replaces"] == [first.uid]


def test_of_all_policies_that_apply_the_strictest_of_each_limit_wins(world: World) -> None:
    of_user = set_one(world, "USER", max_order_value="1000", reserve="50", allowed_symbols=["AAPL", "BTC-USDT"])
    of_portfolio = set_one(world, max_order_value="9", max_daily_buys=5, cooldown_minutes=10)
    of_strategy = set_one(world, "STRATEGY", max_order_value="10", reserve="200", allowed_symbols=["AAPL", "MSFT", "X"])
    with world.ledger.reading() as connection:
        found = limits_for(world.who(), connection, portfolio=uid("ann-main"), strategy=uid("ann-trend1"))
        without = limits_for(SYSTEM, connection, portfolio=uid("ann-main"))
        of_bob = limits_for(world.who("bob"), connection, portfolio=uid("bob-main"))

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


def test_a_strategys_policy_holds_for_its_next_version_and_is_replaced_through_it(world: World) -> None:
    set_one(world, "STRATEGY", budget="100")
    with world.work() as work:
        world.strategy(work.connection, "ann-trend", world.ids["ann"]["user"], version=2)
    with world.ledger.reading() as connection:
        found = limits_for(world.who(), connection, portfolio=uid("ann-main"), strategy=uid("ann-trend2"))
    new = NewPolicy(scope_type="STRATEGY", scope=uid("ann-trend2"), name="mine", config={"budget": "70"})
    with world.work() as work:
        set_policy(world.who(), work, new)

    assert found.limits.budget == Decimal(100)
    with world.ledger.reading() as connection:
        assert [each.limits.budget for each in policies(SYSTEM, connection)] == [Decimal(70)]


def test_a_policy_that_is_dropped_holds_no_more(world: World) -> None:
    policy = set_one(world, budget="100")
    for _ in range(2):
        with world.work() as work:
            drop_policy(world.who(), work, policy.uid)
    with world.ledger.reading() as connection:
        found = limits_for(world.who(), connection, portfolio=uid("ann-main"))

    assert found.limits.budget is None
    assert world.values(audit_log.c.action) == ["set", "dropped"]


def test_what_another_user_has_is_not_found(world: World) -> None:
    policy = set_one(world, budget="100")
    for scope_type, scope in SCOPES.items():
        new = NewPolicy(scope_type=scope_type, scope=uid(scope), name="his", config={"budget": "1"})  # type: ignore[arg-type]
        with pytest.raises(NotFound), world.work() as work:
            set_policy(world.who("bob"), work, new)
    with pytest.raises(NotFound), world.work() as work:
        drop_policy(world.who("bob"), work, policy.uid)
    with world.ledger.reading() as connection:
        with pytest.raises(NotFound):
            limits_for(world.who("bob"), connection, portfolio=uid("ann-main"))
        with pytest.raises(NotFound):
            limits_for(SYSTEM, connection, portfolio=uid("ann-main"), strategy=uid("bob-trend1"))

        assert policies(world.who("bob"), connection) == ()


def test_a_viewer_sets_and_drops_nothing(world: World) -> None:
    policy = set_one(world, budget="100")
    new = NewPolicy(scope_type="USER", scope=uid("ann"), name="mine", config={"budget": "1"})
    with pytest.raises(NotAllowed), world.work() as work:
        set_policy(world.who(role="viewer"), work, new)
    with pytest.raises(NotAllowed), world.work() as work:
        drop_policy(world.who(role="viewer"), work, policy.uid)


def test_a_policy_that_cannot_be_read_is_not_passed_over(world: World) -> None:
    set_one(world, budget="100")
    with world.work() as work:
        work.connection.execute(risk_policies.update().values(config_json={"limit_of_tomorrow": "1"}))

    with world.ledger.reading() as connection, pytest.raises(Invalid, match="there is no limit_of_tomorrow"):
        limits_for(world.who(), connection, portfolio=uid("ann-main"))


def test_the_limits_of_an_order_are_found_by_an_index(world: World, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the plans of SQLite")
    with world.work() as work, scans_of(work.connection, "risk_policies", "strategies", "audit_log") as scans:
        limits_for(world.who(), work.connection, portfolio=uid("ann-main"), strategy=uid("ann-trend1"))

    assert scans == []
