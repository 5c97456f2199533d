"""A venue that is lost for long is told once, and told when it is back, whatever restarts."""

from execution.watching.venues import LOST_S
from tests.execution.watching.stage import WatchingStage


def venues(stage: WatchingStage) -> list[str]:
    """Return what was told of venues."""
    return [text for text in stage.told() if "connection" in text or "is back" in text]


def test_a_lost_venue_is_told_once_and_told_when_it_is_back(stage: WatchingStage) -> None:
    stage.looks()
    stage.venue.is_connected = False
    stage.passes(LOST_S - 20, step_s=5)
    before = venues(stage)
    stage.passes(600, step_s=5)
    stage.start()
    stage.passes(600, step_s=5)
    lost = venues(stage)
    stage.venue.is_connected = True
    stage.looks(rounds=3)

    assert before == []
    assert len(lost) == 1
    assert lost[0].startswith("⚠ Paper: no connection for 5 min. Nothing reaches it")
    assert "broker-paper" in lost[0]
    assert venues(stage)[1:] == ["✔ Paper is back after 24 min. The books are compared with it."]


def test_a_short_loss_is_not_told(stage: WatchingStage) -> None:
    for _ in range(3):
        stage.venue.is_connected = False
        stage.passes(200, step_s=5)
        stage.venue.is_connected = True
        stage.looks()

    assert venues(stage) == []


def test_whoever_has_an_account_there_is_told_and_nobody_else(stage: WatchingStage) -> None:
    stage.alice()
    stage.looks()
    stage.venue.is_connected = False
    stage.passes(LOST_S + 20, step_s=5)

    assert len(venues(stage)) == 2
