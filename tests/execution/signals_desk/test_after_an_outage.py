"""After its venue was away, an account is read whole before anything is opened in it; closings do not wait."""

from bus.messages.venues import AskQuote
from tests.execution.signals_desk.stage import Stage


def comes_back(stage: Stage, *, unreadable: bool) -> None:
    """Let the venue go and come back, with an account that can be read, or cannot."""
    stage.venue.is_connected = False
    stage.passes(3)
    stage.venue.is_unreadable = unreadable
    stage.venue.is_connected, stage.venue.since = True, stage.time.now()
    stage.turn()


def test_an_opening_waits_until_the_account_was_read_whole(stage: Stage) -> None:
    """Fault T21: reconciled before the first order."""
    stage.turn()
    comes_back(stage, unreadable=True)
    uid = stage.arrives()
    stage.passes(10)
    waiting, before = stage.end(uid)[0], stage.made()
    stage.venue.is_unreadable = False
    stage.passes(3)

    assert (waiting, before) == ("QUEUED", [])
    assert stage.end(uid)[0] == "DONE"


def test_an_opening_is_refused_as_not_known_where_the_account_stays_unreadable(stage: Stage) -> None:
    """Fault T24."""
    stage.turn()
    comes_back(stage, unreadable=True)
    uid = stage.arrives()
    stage.passes(70)

    assert stage.end(uid)[1] == "NOT_KNOWN"
    assert stage.made() == []


def test_a_closing_does_not_wait_for_it(stage: Stage) -> None:
    uid = stage.arrives()
    stage.turn()
    bought = stage.end(uid)[0]
    comes_back(stage, unreadable=True)
    sold = stage.arrives("sell")
    stage.passes(5)

    assert (bought, stage.end(sold)[0]) == ("DONE", "DONE")
    assert stage.held() == []


def test_an_opening_that_waits_for_a_venue_that_is_away_asks_its_broker_so_that_it_is_tried_again_soon(
    stage: Stage,
) -> None:
    """Fault T20: ordering again soon after it answers."""
    stage.arrives()
    stage.turn()
    stage.venue.is_connected = False
    stage.venue.prices.clear()
    stage.passes(10)
    stage.wire.ever.clear()
    stage.arrives()
    stage.passes(5)
    asked = [each for each in stage.wire.ever if isinstance(each, AskQuote)]

    assert len(asked) >= 4
