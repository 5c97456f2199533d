"""Breaches: what was observed and what was done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.breaches import Breach, NewBreach, breaches, record
from ledger.trading.risk.policies import NewPolicy, set_policy
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import ANN, ANNS, BOB, BOBS, LOOKING, NOW, SHARE, ask, work

DAY = timedelta(days=1)


def breach(**changes: Any) -> NewBreach:
    """Return a breach in Ann's portfolio."""
    values: dict[str, Any] = {
        "portfolio": ANNS,
        "code": "MAX_ORDER_VALUE",
        "observed": {"value": Decimal("1200"), "limit": Decimal("1000")},
        "action": "BLOCKED",
    }
    return NewBreach(**{**values, **changes})


def test_breaches_are_listed_by_time_with_their_policy_and_instrument(books: Ledger) -> None:
    with work(books) as unit:
        config = {"max_order_value": "1000"}
        new = NewPolicy(scope_type="USER", scope="ann", name="mine", config=config)
        policy = set_policy(ANN, unit, new)
    for days in range(3):
        with work(books, NOW + days * DAY) as unit:
            name = record(SYSTEM, unit, breach(policy=policy.uid, instrument=SHARE))
    with books.reading() as connection:
        found = breaches(ANN, connection, portfolio=ANNS, since=NOW + DAY, until=NOW + 3 * DAY)

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
def test_what_cannot_be_kept_is_refused(books: Ledger, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid), work(books) as unit:
        record(SYSTEM, unit, breach(**changes))


@pytest.mark.parametrize("changes", [{"portfolio": BOBS}, {"policy": "0" * 32}, {"instrument": "0" * 32}])
def test_what_there_is_not_or_another_user_has_is_not_found(books: Ledger, changes: dict[str, Any]) -> None:
    with pytest.raises(NotFound), work(books) as unit:
        record(ANN, unit, breach(**changes))


def test_nobody_reads_the_breaches_of_others_and_a_viewer_records_none(books: Ledger) -> None:
    with books.reading() as connection, pytest.raises(NotFound):
        breaches(BOB, connection, portfolio=ANNS, since=NOW, until=NOW)
    with pytest.raises(NotAllowed), work(books) as unit:
        record(LOOKING, unit, breach())


def test_breaches_are_found_by_an_index(books: Ledger) -> None:
    with scans(books, "risk_policies") as found:
        ask(books, breaches, SYSTEM, portfolio=ANNS, since=NOW, until=NOW)

    assert found == []
