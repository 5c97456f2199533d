"""What is due by cron: each instant once, whatever restarts; what came too late is told and not made up for."""

from datetime import timedelta
from typing import Any

import pytest

from execution.watching.desk import Watching
from execution.watching.due import GRACE
from ledger.trading.flow.halts import halt, in_force
from ledger.trading.people.preferences import set_language
from ledger.trading.people.users import set_role
from ledger.trading.principal import SYSTEM
from ledger.trading.watching.schedules import switch_schedule
from ledger.trading.work import Work
from tests.execution.watching.stage import ALICE, WatchingStage
from tests.ledger.trading.world import ask, do, uid_of

SOON = "40 14 * * *"
"""Ten minutes after NOW."""
TEXT: dict[str, Any] = {"params": {"text": "look at <the> charts"}}


def pauses(stage: WatchingStage) -> list[tuple[str, str | None]]:
    """Return the halts in force: their scopes, and why."""
    return [(each.scope, each.reason) for each in ask(stage.ledger, in_force, SYSTEM)]


def clocks(stage: WatchingStage) -> list[str]:
    """Return the texts that came by the clock."""
    return [text for text in stage.told() if text[0] in "⏰⚠⏸▶📄"]


def test_a_text_is_told_at_its_time_once_also_after_a_restart(stage: WatchingStage) -> None:
    stage.watches("SCHEDULE", config={"cron": SOON, "text": "good morning"}, portfolio=None)
    uid = stage.wants_at(SOON, "alert", **TEXT)
    stage.passes(590, step_s=5)
    before = clocks(stage)
    stage.passes(20)
    for _ in range(3):
        stage.start()
        stage.looks()

    assert before == []
    assert clocks(stage) == ["⏰ good morning", "⏰ look at <the> charts"]
    assert stage.runs(uid) is not None


def test_each_instant_is_told(stage: WatchingStage) -> None:
    stage.wants_at("* * * * *", "alert", **TEXT)
    stage.passes(300, step_s=5)

    assert len(clocks(stage)) == 5


@pytest.mark.parametrize(("late", "is_missed"), [(GRACE, False), (GRACE + timedelta(seconds=1), True)])
def test_what_is_late_by_more_than_the_grace_is_told_as_missed_and_not_done(
    stage: WatchingStage, late: timedelta, is_missed: bool
) -> None:
    uid = stage.wants_at(SOON, "pause")
    stage.time.move_on((timedelta(minutes=10) + late).total_seconds())
    for _ in range(2):
        stage.start()
        stage.turn(2)

    assert (stage.runs(uid) is None) is is_missed
    assert bool(pauses(stage)) is not is_missed
    [told] = clocks(stage)
    assert told.startswith("⚠ schedule 1 was due at 2026-11-27 14:40 UTC and was not done") is is_missed
    if is_missed:
        assert told.endswith("Next: 2026-11-28 14:40 UTC.")


def test_what_was_due_while_it_was_off_is_not_made_up_for(stage: WatchingStage) -> None:
    uid = stage.wants_at(SOON, "alert", **TEXT)
    do(stage.ledger, switch_schedule, SYSTEM, uid, on=False)
    stage.passes(620, step_s=5)
    with stage.ledger.writing() as connection:
        switch_schedule(SYSTEM, Work(connection, stage.time.now()), uid, on=True)
    stage.looks()

    assert clocks(stage) == []


def test_buying_is_paused_and_goes_on_for_a_portfolio_and_for_all_as_its_user(stage: WatchingStage) -> None:
    stage.wants_at("40 14 * * *", "pause", portfolio=stage.portfolio)
    stage.wants_at("41 14 * * *", "pause")
    stage.wants_at("42 14 * * *", "resume", portfolio=stage.portfolio)
    stage.wants_at("43 14 * * *", "resume")
    stage.wants_at("44 14 * * *", "resume")
    stage.passes(620, step_s=5)
    one = pauses(stage)
    stage.passes(60, step_s=5)
    both = pauses(stage)
    stage.passes(200, step_s=5)

    assert one == [("PORTFOLIO", "/schedule schedule 1")]
    assert [scope for scope, _ in both] == ["PORTFOLIO", "USER"]
    assert pauses(stage) == []
    assert clocks(stage) == [
        "⏸ schedule 1: no openings in paper, until /resume.",
        "⏸ schedule 2: no openings in all of your portfolios, until /resume.",
        "▶ schedule 3: buying goes on in paper.",
        "▶ schedule 4: buying goes on in all of your portfolios.",
    ]


def test_what_an_admin_has_paused_a_schedule_of_a_trader_does_not_lift_and_says_so(stage: WatchingStage) -> None:
    alice, hers = stage.alice()
    do(stage.ledger, halt, stage.boss, kind="PAUSE", scope="PORTFOLIO", scope_uid=hers, reason="wait")
    uid = stage.wants_at(SOON, "resume", who=alice, portfolio=hers)
    stage.passes(620, step_s=5)

    assert pauses(stage) == [("PORTFOLIO", "wait")]
    assert clocks(stage) == ["⚠ schedule 1 was due and is refused: an admin has set this; only an admin may lift it"]
    assert stage.runs(uid) is not None


def test_who_has_become_a_viewer_pauses_nothing_any_more(stage: WatchingStage) -> None:
    alice, _ = stage.alice()
    stage.wants_at(SOON, "pause", who=alice)
    do(stage.ledger, set_role, SYSTEM, uid_of(stage.ledger, ALICE), "viewer")
    stage.passes(620, step_s=5)

    assert pauses(stage) == []
    assert clocks(stage)[0].startswith("⚠ schedule 1 was due and is refused: a viewer changes nothing")


def test_a_report_is_named_as_it_is_typed_until_somebody_draws_it(stage: WatchingStage) -> None:
    stage.wants_at(SOON, "report", params={"period": "week", "form": "pdf"})
    stage.passes(620, step_s=5)
    stage.watching = Watching(stage.watching._around, does={"report": lambda work, _due: f"drawn at {work.now:%H:%M}"})
    stage.wants_at("50 14 * * *", "report")
    stage.passes(620, step_s=5)

    assert clocks(stage) == ["📄 schedule 1 is due: /report week pdf"]
    assert stage.told()[-1] == "drawn at 14:50"


def test_a_screener_is_run_by_a_schedule_once(stage: WatchingStage) -> None:
    stage.instrument()
    screener = stage.screener(conditions=[{"figure": "price", "compare": "above", "value": "50"}])
    stage.wants_at(SOON, "screen", params={"screener": screener})
    stage.passes(605, step_s=5)
    for _ in range(3):
        stage.start()
        stage.passes(10)

    assert [text for text in stage.told() if "screener" in text] == ["✔ screener 1: 1 of 1\nBTC-USDT  100"]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("language", "begins"), [("ru", "⏸ schedule 1: без покупок"), ("de", "⏸ schedule 1: keine")])
def test_each_is_told_in_its_users_language(stage: WatchingStage, language: Any, begins: str) -> None:
    do(stage.ledger, set_language, stage.boss, language)
    stage.wants_at(SOON, "pause")
    stage.passes(620, step_s=5)

    assert clocks(stage)[0].startswith(begins)


def test_a_schedule_that_was_never_looked_at_is_not_due_at_once(stage: WatchingStage) -> None:
    uid = stage.wants_at(SOON, "alert", **TEXT)
    with stage.ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE schedules SET next_at = NULL")
    stage.looks()
    before = clocks(stage)
    stage.passes(620, step_s=5)

    assert before == []
    assert stage.runs(uid) is not None
    assert len(clocks(stage)) == 1
