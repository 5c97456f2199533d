"""The circuit breaker: openings wait while the venue fails, closings pass, a read closes it."""

from bus.messages.venue_accounts import AskAccount
from ledger.trading.orders.records import Order
from tests.execution.orders_desk.stage import PlaceOrder, Stage, event, state
from tests.ledger.trading.world import ANNS_ACCOUNT


def busy(stage: Stage, row: Order, times: int) -> None:
    """Let the venue be busy several times in a row."""
    for _ in range(times):
        stage.says(event(row, "NOWHERE", retry_after_s=0.5, reason="too many requests"))


def test_five_failures_in_a_row_open_it_and_are_told_once(stage: Stage) -> None:
    """Fault T20."""
    row = stage.sent()
    busy(stage, row, 4)
    before = stage.desk.why_held(ANNS_ACCOUNT) == "breaker"
    busy(stage, row, 20)

    assert not before
    assert stage.desk.why_held(ANNS_ACCOUNT) == "breaker"
    assert stage.told() == [
        "PAPER (paper): 5 calls in a row failed (too many requests). No openings for 30 s, closings go on."
    ]


def test_a_success_between_counts_anew(stage: Stage) -> None:
    """Fault T20."""
    row = stage.sent()
    for _ in range(3):
        busy(stage, row, 4)
        stage.says(event(row, "NEW"))

    assert stage.desk.why_held(ANNS_ACCOUNT) != "breaker"


def test_while_it_is_open_closings_are_sent_and_openings_wait(stage: Stage) -> None:
    """Fault T20."""
    opening = stage.sent()
    closing = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    busy(stage, opening, 5)
    stage.hears()
    stage.passes(5)

    assert {each.client_order_id for each in stage.hears_only(PlaceOrder)} == {closing.client_order_id}


def test_a_read_that_succeeds_closes_it_within_ten_seconds_of_its_time(stage: Stage) -> None:
    """Fault T20."""
    row = stage.sent()
    busy(stage, row, 5)
    stage.passes(29)
    stage.hears()
    stage.connects()
    stage.passes(2)
    (asked, *_) = stage.hears_only(AskAccount)
    still = stage.desk.why_held(ANNS_ACCOUNT) == "breaker"
    stage.says(state(asked))

    assert still
    assert stage.desk.why_held(ANNS_ACCOUNT) != "breaker"
    assert any("answers again" in each for each in stage.told())


def test_the_time_grows_while_it_fails_again_at_once(stage: Stage) -> None:
    """Fault T20."""
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    busy(stage, row, 5)
    stage.passes(31)
    stage.connects()
    asked = [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]
    stage.says(state(asked[-1]))
    busy(stage, row, 5)

    assert stage.desk.why_held(ANNS_ACCOUNT) == "breaker"
    assert "No openings for 60 s" in stage.told()[-1]


def test_a_venue_that_comes_back_is_tried_at_once_however_long_it_was_away(stage: Stage) -> None:
    """Fault T20."""
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    busy(stage, row, 5)
    stage.connects(is_connected=False)
    stage.passes(5)
    stage.connects()
    stage.passes(1)
    asked = [each for each in stage.hears_only(AskAccount) if each.account == ANNS_ACCOUNT]
    stage.says(state(asked[-1]))

    assert stage.desk.why_held(ANNS_ACCOUNT) != "breaker"
