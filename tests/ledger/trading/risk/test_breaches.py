"""Breaches: what was observed and what was done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.breaches import Breach, NewBreach, breaches, record
from ledger.trading.risk.policies import NewPolicy, set_policy
from tests.ledger.trading.world_risk import NOW, World, scans_of, uid

DAY = timedelta(days=1)


def breach(**changes: Any) -> NewBreach:
    """Return a breach in Ann's portfolio."""
    values: dict[str, Any] = {
        "portfolio": uid("ann-main"),
        "code": "MAX_ORDER_VALUE",
        "observed": {"value": Decimal("1200"), "limit": Decimal("1000")},
        "action": "BLOCKED",
    }
    return NewBreach(**{**values, **changes})


def test_breaches_are_listed_by_time_with_their_policy_and_instrument(world: World) -> None:
    with world.work() as work:
        config = {"max_order_value": "1000"}
        new = NewPolicy(scope_type="USER", scope=uid("ann"), name="mine", config=config)
        policy = set_policy(world.who(), work, new)
    for days in range(3):
        with world.work(NOW + days * DAY) as work:
            name = record(SYSTEM, work, breach(policy=policy.uid, instrument=uid("AAPL")))
    with world.ledger.reading() as connection:
        found = breaches(world.who(), connection, portfolio=uid("ann-main"), since=NOW + DAY, until=NOW + 3 * DAY)

    assert [each.created_at for each in found] == [NOW + 2 * DAY, NOW + DAY]
    assert found[0] == Breach(
        uid=name,
        code="MAX_ORDER_VALUE",
        observed={"value": "1200", "limit": "1000"},
        action="BLOCKED",
        created_at=NOW + 2 * DAY,
        policy=policy.uid,
        symbol="AAPL",
    )


@pytest.mark.parametrize(
    "changes", [{"code": ""}, {"code": "X" * 33}, {"action": "SHOUTED"}, {"observed": {"value": 1.5}}]
)
def test_what_cannot_be_kept_is_refused(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid), world.work() as work:
        record(SYSTEM, work, breach(**changes))


@pytest.mark.parametrize("changes", [{"portfolio": uid("bob-main")}, {"policy": "0" * 32}, {"instrument": "0" * 32}])
def test_what_there_is_not_or_another_user_has_is_not_found(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(NotFound), world.work() as work:
        record(world.who(), work, breach(**changes))


def test_nobody_reads_the_breaches_of_others_and_a_viewer_records_none(world: World) -> None:
    with world.ledger.reading() as connection, pytest.raises(NotFound):
        breaches(world.who("bob"), connection, portfolio=uid("ann-main"), since=NOW, until=NOW)
    with pytest.raises(NotAllowed), world.work() as work:
        record(world.who(role="viewer"), work, breach())


def test_breaches_are_found_by_an_index(world: World, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the plans of SQLite")
    with world.work() as work, scans_of(work.connection, "risk_breaches", "risk_policies") as scans:
        breaches(SYSTEM, work.connection, portfolio=uid("ann-main"), since=NOW, until=NOW)

    assert scans == []
