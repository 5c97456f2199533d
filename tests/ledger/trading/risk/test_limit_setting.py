"""One limit at a time: what is changed and what is not, and who may."""

from decimal import Decimal
from typing import Any

import pytest

from execution.limit_checks import MANDATORY
from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limit_setting import LimitChange, NewLimit, limits_at_first, set_limit
from ledger.trading.risk.limits import LIMITS, NEEDED, Limits, loosens
from ledger.trading.risk.policies import NewPolicy, limits_for, set_policy
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import ANN, ANNS, BOB, LOOKING, TREND, ask, count, do, values_of


def of_settings(books: Ledger, **config: object) -> None:
    """Give Ann's portfolio the limits of the settings, as a start does."""
    do(books, set_policy, SYSTEM, NewPolicy(scope_type="PORTFOLIO", scope=ANNS, name=LIMITS, config=config))


def set_one(books: Ledger, name: str, value: Any, *, strategy: str | None = None, who: Any = ANN) -> LimitChange:
    """Set one limit of Ann's portfolio."""
    new = NewLimit(portfolio=ANNS, strategy=strategy, name=name, value=value)
    done: LimitChange = do(books, set_limit, who, new)
    return done


def limits(books: Ledger, strategy: str | None = None) -> Limits:
    """Return what holds."""
    return ask(books, limits_for, ANN, portfolio=ANNS, strategy=strategy).limits


def test_one_limit_is_changed_and_the_others_stay_with_an_audit_row_for_the_change(books: Ledger) -> None:
    of_settings(books, max_daily_loss="500", max_daily_buys=5)
    done = set_one(books, "max_daily_loss", Decimal("400.50"))

    assert (done.before, done.after) == (Decimal(500), Decimal("400.5"))
    assert limits(books) == Limits(max_daily_loss=Decimal("400.5"), max_daily_buys=5)
    assert values_of(books, audit_log.c.details_json)[-1]["limits"] == {"max_daily_loss": "400.5", "max_daily_buys": 5}


def test_the_same_again_changes_nothing(books: Ledger) -> None:
    set_one(books, "reserve", Decimal(0))
    before = count(books, "audit_log")
    done = set_one(books, "reserve", Decimal("0.00"))

    assert (done.before, done.after) == (0, 0)
    assert count(books, "audit_log") == before


def test_a_limit_that_is_taken_away_is_not_set_any_more(books: Ledger) -> None:
    set_one(books, "reserve", Decimal(10))
    set_one(books, "leverage_cap", 3)
    set_one(books, "reserve", None)
    assert limits(books) == Limits(leverage_cap=3)

    set_one(books, "leverage_cap", None)
    done = set_one(books, "leverage_cap", None)

    assert limits(books) == Limits()
    assert (done.before, done.after) == (None, None)


def test_the_budget_of_a_strategy_is_its_own(books: Ledger) -> None:
    done = set_one(books, "budget", Decimal(300), strategy=TREND)

    assert done.after == Decimal(300)
    assert limits(books, TREND).budget == Decimal(300)
    assert limits(books).budget is None


def test_the_settings_limits_are_told_also_after_a_change(books: Ledger) -> None:
    assert ask(books, limits_at_first, ANN, ANNS) == Limits()

    of_settings(books, reserve="50")
    set_one(books, "reserve", Decimal(70))

    assert ask(books, limits_at_first, ANN, ANNS) == Limits(reserve=Decimal(50))


def test_viewers_others_and_a_limit_that_there_is_not_change_nothing(books: Ledger) -> None:
    of_settings(books, reserve="50")
    before = count(books, "audit_log")
    with pytest.raises(NotAllowed):
        set_one(books, "reserve", Decimal(1), who=LOOKING)
    with pytest.raises(NotFound):
        set_one(books, "reserve", Decimal(1), who=BOB)
    with pytest.raises(Invalid, match="write reserve"):
        set_one(books, "reserves", None)

    assert limits(books).reserve == 50
    assert count(books, "audit_log") == before


def test_what_an_admin_has_set_is_not_for_its_trader_to_change_here_either(books: Ledger) -> None:
    new = NewPolicy(scope_type="STRATEGY", scope=TREND, name=LIMITS, config={"budget": "5"})
    do(books, set_policy, SYSTEM, new)

    with pytest.raises(NotAllowed, match="set by an admin"):
        set_one(books, "budget", Decimal(500), strategy=TREND)


@pytest.mark.parametrize(
    ("name", "before", "after", "is_looser"),
    [
        ("max_daily_loss", 5, 6, True),
        ("max_daily_loss", 6, 5, False),
        ("max_daily_loss", None, 5, True),
        ("max_daily_loss", 5, None, False),
        ("reserve", 5, 6, False),
        ("reserve", 6, 5, True),
        ("budget", None, 5, False),
        ("budget", 5, None, True),
        ("budget", None, None, False),
        ("buy_amount", 5, 6, True),
        ("buy_amount", None, 5, True),
        ("buy_amount", 5, None, False),
        ("leverage_cap", 2, 2, False),
    ],
)
def test_a_change_loosens_where_more_may_be_opened_after_it(
    name: str, before: int | None, after: int | None, is_looser: bool
) -> None:
    assert loosens(name, before, after) is is_looser


def test_the_limits_that_are_needed_are_those_that_the_checks_need() -> None:
    assert tuple(MANDATORY) == NEEDED


def test_the_settings_limits_are_found_by_an_index(books: Ledger) -> None:
    with scans(books, "risk_policies", "portfolios") as found:
        ask(books, limits_at_first, ANN, ANNS)

    assert found == []
