"""Alerts, schedules and screeners: written, listed, switched, deleted, and each its user's own."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables.records import audit_log
from ledger.trading.watching import alerts, rows, schedules, screeners
from ledger.trading.watching.alerts import NewAlert, Price, new_alert
from ledger.trading.watching.schedules import NewSchedule, new_schedule
from ledger.trading.watching.screeners import new_screener
from ledger.trading.work import Work
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import ANN, ANNS, BOB, COIN, LOOKING, NOW, values_of, work

CONDITION = {"figure": "change_percent", "compare": "above", "value": "5"}


def alert(**changes: Any) -> NewAlert:
    """Return an alert on a price."""
    values: dict[str, Any] = {
        "name": "moon",
        "type": "PRICE",
        "config": {"above": "100000"},
        "instrument": COIN,
    }
    return NewAlert(**{**values, **changes})


def schedule(**changes: Any) -> NewSchedule:
    """Return a schedule of a daily report."""
    values: dict[str, Any] = {"name": "daily", "cron": "0 21 * * mon-fri", "action": "report"}
    return NewSchedule(**{**values, **changes})


def of_alerts(who: Principal, unit: Work) -> str:
    """Write an alert."""
    return new_alert(who, unit, alert()).uid


def of_schedules(who: Principal, unit: Work) -> str:
    """Write a schedule."""
    return new_schedule(who, unit, schedule()).uid


def of_screeners(who: Principal, unit: Work) -> str:
    """Write a screener."""
    return new_screener(who, unit, "movers", {"conditions": [CONDITION]}).uid


EACH: list[Any] = [
    (of_alerts, alerts.list_alerts, alerts.active_alerts, alerts.switch_alert, alerts.delete_alert, alerts.alert_fired),
    (
        of_schedules,
        schedules.list_schedules,
        schedules.active_schedules,
        schedules.switch_schedule,
        schedules.delete_schedule,
        schedules.schedule_ran,
    ),
    (
        of_screeners,
        screeners.list_screeners,
        screeners.active_screeners,
        screeners.switch_screener,
        screeners.delete_screener,
        screeners.screener_ran,
    ),
]
each_kind = pytest.mark.parametrize(("new", "listed", "active", "switch", "delete", "note"), EACH)
Call = Callable[..., Any]


@each_kind
def test_a_row_is_written_switched_and_deleted_with_a_trace(
    books: Ledger, new: Call, listed: Call, active: Call, switch: Call, delete: Call, note: Call
) -> None:
    with work(books) as unit:
        name = new(ANN, unit)
        note(SYSTEM, unit, name)
        after = listed(ANN, unit.connection)
        for on in (False, False, True):
            switch(ANN, unit, name, on=on)
            assert [each.uid for each in active(SYSTEM, unit.connection)] == ([name] if on else [])
        delete(ANN, unit, name)

        assert [(each.uid, each.is_active) for each in after] == [(name, True)]
        assert listed(SYSTEM, unit.connection) == ()
    assert values_of(books, audit_log.c.action) == ["created", "switched off", "switched on", "deleted"]


@each_kind
def test_a_row_is_its_users_own(
    books: Ledger, new: Call, listed: Call, active: Call, switch: Call, delete: Call, note: Call
) -> None:
    with work(books) as unit:
        name = new(ANN, unit)
        same_name = new(BOB, unit)

        assert [each.uid for each in listed(BOB, unit.connection)] == [same_name]
        assert len(listed(SYSTEM, unit.connection)) == 2
        steps: list[Call] = [lambda who: switch(who, unit, name, on=False), lambda who: delete(who, unit, name)]
        for step in steps:
            with pytest.raises(NotFound):
                step(BOB)
            with pytest.raises(NotAllowed):
                step(LOOKING)
        with pytest.raises(NotAllowed):
            note(ANN, unit, name)
        with pytest.raises(NotAllowed):
            active(ANN, unit.connection)


@each_kind
def test_a_name_is_taken_once_by_a_user_and_the_system_wants_nothing(
    books: Ledger, new: Call, listed: Call, active: Call, switch: Call, delete: Call, note: Call
) -> None:
    with work(books) as unit:
        new(ANN, unit)
        with pytest.raises(Taken, match="already"):
            new(ANN, unit)
        for who in (SYSTEM, LOOKING):
            with pytest.raises(NotAllowed):
                new(who, unit)


def test_a_user_has_so_many_of_a_kind_at_most(books: Ledger) -> None:
    with work(books) as unit:
        for number in range(rows.MOST):
            new_alert(ANN, unit, alert(name=str(number)))
        with pytest.raises(Invalid, match="delete one first"):
            new_alert(ANN, unit, alert())


def test_an_alert_keeps_its_configuration_exactly(books: Ledger) -> None:
    with work(books) as unit:
        written = new_alert(ANN, unit, alert(config={"above": "100000.10", "below": "0.00000001"}))

    assert written.config == Price(above=Decimal("100000.1"), below=Decimal("0.00000001"))
    assert (written.type, written.last_fired_at) == ("PRICE", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "INDICATOR", "config": {"indicator": "RSI over 70"}},
        {"type": "POSITION", "config": {"loss_percent": "5"}, "portfolio": ANNS},
        {"type": "RISK", "config": {"limit": "max_daily_loss", "used_percent": "80"}},
        {"type": "SCHEDULE", "config": {"cron": "0 9 * * *", "text": "good morning"}},
    ],
)
def test_each_type_has_a_configuration_of_its_own(books: Ledger, changes: dict[str, Any]) -> None:
    with work(books) as unit:
        written = new_alert(ANN, unit, alert(**changes))
        (listed,) = alerts.list_alerts(ANN, unit.connection)

    assert listed == written


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "WISH"}, "an alert.s type is PRICE"),
        ({"config": {}}, "write above or below"),
        ({"config": {"above": "0"}}, "above zero"),
        ({"config": {"above": "NaN"}}, "above zero"),
        ({"config": {"above": 1.5}}, "as text"),
        ({"config": {"abov": "1"}}, "write above"),
        ({"config": {"above": "1", "below": "2"}}, "lower bound"),
        ({"instrument": None}, "watches an instrument"),
        ({"type": "POSITION", "config": {"gain_percent": "5"}}, "watches a portfolio"),
        ({"type": "INDICATOR", "config": {}}, "indicator"),
        ({"type": "INDICATOR", "config": {"indicator": ""}}, "1 to 64 signs"),
        ({"type": "RISK", "config": {"limit": "max_daily_los"}}, "write max_daily_loss"),
        ({"type": "RISK", "config": {"limit": "budget", "used_percent": "0"}}, "at most 100"),
        ({"type": "SCHEDULE", "config": {"cron": "@daily", "text": "x"}}, "five fields"),
        ({"type": "SCHEDULE", "config": {"cron": "0 9 * * *", "text": " "}}, "1 to 500 signs"),
        ({"name": ""}, "1 to 64 signs"),
    ],
)
def test_an_alert_that_cannot_be_is_refused_with_what_to_write(
    books: Ledger, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason), work(books) as unit:
        new_alert(ANN, unit, alert(**changes))


def test_nobody_watches_what_others_have(books: Ledger) -> None:
    steps: list[Callable[[Work], object]] = [
        lambda unit: new_alert(BOB, unit, alert(portfolio=ANNS)),
        lambda unit: new_alert(BOB, unit, alert(instrument="0" * 32)),
        lambda unit: new_schedule(BOB, unit, schedule(portfolio=ANNS)),
    ]
    with work(books) as unit:
        screener = of_screeners(ANN, unit)
    steps.append(lambda unit: new_schedule(BOB, unit, schedule(action="screen", params={"screener": screener})))
    for step in steps:
        with pytest.raises(NotFound), work(books) as unit:
            step(unit)


def test_a_schedule_knows_its_next_run(books: Ledger) -> None:
    with work(books) as unit:
        written = new_schedule(ANN, unit, schedule(params={"period": "week", "form": "pdf"}))

    assert written.next_run(now=NOW).isoformat() == "2026-11-27T21:00:00+00:00"
    assert written.params == schedules.Report(period="week", form="pdf")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"action": "buy"}, "a schedule.s action is report"),
        ({"cron": "0 0 30 2 *"}, "never comes"),
        ({"params": {"period": "year"}}, "year"),
        ({"action": "pause", "params": {"for": "ever"}}, "there is no for"),
        ({"action": "alert", "params": {"text": ""}}, "1 to 500 signs"),
        ({"action": "screen"}, "screener"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(books: Ledger, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason), work(books) as unit:
        new_schedule(ANN, unit, schedule(**changes))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "conditions"),
        ({"conditions": []}, "1 to 10 conditions"),
        ({"conditions": [{**CONDITION, "figure": "luck"}]}, "luck"),
        ({"conditions": [{**CONDITION, "value": "NaN"}]}, "no number"),
        ({"conditions": [{**CONDITION, "value": "1e-30"}]}, "18 places"),
        ({"conditions": [{**CONDITION, "more": 1}]}, "unknown field"),
        ({"conditions": [CONDITION], "most": 51}, "1 to 50"),
        ({"conditions": [CONDITION], "symbols": [""]}, "1 to 64 signs"),
    ],
)
def test_a_screener_that_cannot_be_is_refused(books: Ledger, config: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason), work(books) as unit:
        new_screener(ANN, unit, "movers", config)


def test_alerts_and_schedules_are_found_by_an_index(books: Ledger) -> None:
    with scans(books, "alerts", "schedules") as found, work(books) as unit:
        of_alerts(ANN, unit)
        of_schedules(ANN, unit)
        alerts.active_alerts(SYSTEM, unit.connection)
        schedules.active_schedules(SYSTEM, unit.connection)
        alerts.list_alerts(ANN, unit.connection)

    assert found == []


def test_a_screener_is_not_deleted_while_schedules_run_it_on_or_off(books: Ledger) -> None:
    with work(books) as unit:
        movers = of_screeners(ANN, unit)
        other = new_screener(ANN, unit, "others", {"conditions": [CONDITION]}).uid
        runs = [
            new_schedule(ANN, unit, schedule(name=name, action="screen", params={"screener": movers})).uid
            for name in ("noon", "dawn")
        ]
        of_schedules(ANN, unit)
        schedules.switch_schedule(ANN, unit, runs[0], on=False)
    for who in (ANN, SYSTEM):
        with (
            pytest.raises(Invalid, match="movers is run by schedules: dawn, noon; delete those first"),
            work(books) as unit,
        ):
            screeners.delete_screener(who, unit, movers)
    with work(books) as unit:
        screeners.delete_screener(ANN, unit, other)
        for uid in runs:
            schedules.delete_schedule(ANN, unit, uid)
        screeners.delete_screener(ANN, unit, movers)

        assert screeners.list_screeners(ANN, unit.connection) == ()
        assert [each.name for each in schedules.list_schedules(ANN, unit.connection)] == ["daily"]


def test_not_even_an_admin_schedules_a_screener_of_somebody_else(books: Ledger) -> None:
    with work(books) as unit:
        screener = of_screeners(ANN, unit)
    admin = Principal(user_id=BOB.user_id, role="admin")
    with pytest.raises(NotFound), work(books) as unit:
        new_schedule(admin, unit, schedule(action="screen", params={"screener": screener}))
