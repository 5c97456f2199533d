"""A report by a user's own schedule: the page, once at its instant, with the buttons that give it as a file."""

from typing import Any

import pytest

from execution.reporting import report_by_schedule
from execution.watching.desk import Watching
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from tests.execution.watching.stage import WatchingStage
from tests.ledger.trading.world import rows

SOON = "40 14 * * *"


@pytest.fixture
def stage(books: Ledger, inbox: Inbox) -> WatchingStage:
    """Give who watches, with ten coins that were bought a moment ago."""
    made = WatchingStage(books, inbox)
    made.arrives("buy")
    made.turn()
    made.watching = Watching(made.watching._around, does={"report": report_by_schedule})
    return made


def told(stage: WatchingStage) -> list[Any]:
    """Return the reports that wait to be sent."""
    return [row for row in rows(stage.ledger, outbox) if (row["alert_id"] or "").startswith("schedule-")]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("of_one", [False, True])
def test_it_is_told_once_with_the_buttons_for_files(stage: WatchingStage, of_one: bool) -> None:
    stage.wants_at(
        SOON, "report", params={"period": "week", "form": "pdf"}, portfolio=stage.portfolio if of_one else None
    )
    stage.passes(700, step_s=5)
    (report,) = told(stage)

    assert report["text"].startswith("Report: 7 days · paper\n")
    assert "Executions: 1" in report["text"]
    assert [button["text"] for row in report["buttons_json"] for button in row] == ["CSV", "PDF"]


def test_another_user_gets_only_their_own(stage: WatchingStage) -> None:
    alice, _ = stage.alice()
    stage.wants_at(SOON, "report", who=alice, params={"period": "day"})
    stage.passes(700, step_s=5)
    (report,) = told(stage)

    assert report["chat_id"] == "102"
    assert "Nothing was traded." in report["text"]
