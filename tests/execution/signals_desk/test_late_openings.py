"""An opening that nobody ordered in time is not ordered at all, whatever kept execution from it; closings are."""

import pytest

from bus.messages.venues import AskQuote
from tests.execution.signals_desk.stage import BTC, Stage


def test_an_opening_is_not_ordered_when_execution_slept_through_the_opening_of_its_market(stage: Stage) -> None:
    """Fault T32."""
    stage.time.move_on(4 * 3600)
    uid = stage.arrives(symbol="AAPL")
    stage.turn()
    waits = stage.end(uid)
    stage.time.move_on(68 * 3600 + 600)  # Monday, ten minutes after the opening
    stage.turn()
    stage.passes(10)

    assert waits == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert stage.end(uid) == ("EXPIRED", "OPENING_EXPIRED")
    assert "it was not taken up in time" in stage.told()[-1]
    assert stage.made() == []


def test_an_opening_that_came_before_its_market_opened_and_is_taken_in_long_after_is_not_ordered(stage: Stage) -> None:
    """Fault T10."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(4 * 3600)
    uid = stage.arrives(symbol="AAPL")
    stage.time.move_on(68 * 3600 + 600)
    stage.turn()
    stage.passes(10)

    assert stage.end(uid)[0] in {"EXPIRED", "REJECTED"}
    assert len(stage.made("ENTRY")) == 1


def test_an_opening_that_came_while_its_market_was_open_does_not_wait_for_the_next_day(stage: Stage) -> None:
    """Fault T10."""
    stage.arrives(symbol="AAPL")
    stage.turn()
    stage.time.move_on(3 * 3600 + 1740)  # a minute before the half day ends
    uid = stage.arrives(symbol="AAPL")
    stage.time.move_on(300)
    stage.turn()

    assert stage.end(uid) == ("EXPIRED", "OPENING_EXPIRED")


def test_one_that_came_just_before_its_market_closed_and_was_taken_in_at_once_waits(stage: Stage) -> None:
    """Fault T32."""
    stage.turn()
    stage.time.move_on(3 * 3600 + 1790)
    uid = stage.arrives(symbol="AAPL")
    stage.time.move_on(15)
    stage.turn()
    waits = stage.end(uid)
    stage.passes(68 * 3600 + 1800, step_s=3600 * 4)  # Monday, five seconds after the opening
    stage.passes(10)

    assert waits == ("WAITING_FOR_MARKET", "MARKET_CLOSED")
    assert stage.end(uid) == ("DONE", None)


@pytest.mark.parametrize(("slept_s", "legs"), [(5, ["ENTRY", "EXIT", "ENTRY"]), (300, ["ENTRY", "EXIT"])])
def test_a_reversal_that_is_taken_in_late_closes_and_opens_nothing(stage: Stage, slept_s: int, legs: list[str]) -> None:
    """Fault T10."""
    stage.set_params(reverse="yes")
    stage.arrives("long", "BTCUSDT.P")
    stage.turn()
    uid = stage.arrives("short", "BTCUSDT.P")
    stage.time.move_on(slept_s)
    stage.turn()
    stage.passes(5)

    assert [each.leg for each in stage.made()] == legs
    assert stage.end(uid) == (("DONE", None) if slept_s == 5 else ("EXPIRED", "OPENING_EXPIRED"))
    assert bool(stage.held()) == (slept_s == 5)


@pytest.mark.parametrize(("slept_s", "end"), [(5, ("DONE", None)), (300, ("EXPIRED", "OPENING_EXPIRED"))])
def test_a_yes_that_is_heard_too_late_orders_nothing(stage: Stage, slept_s: int, end: tuple[str, str | None]) -> None:
    """Fault T10."""
    stage.set_mode("manual")
    uid = stage.arrives()
    stage.turn()
    stage.answers(stage.question())
    stage.time.move_on(slept_s)
    stage.turn()
    stage.passes(5)

    assert stage.end(uid) == end
    assert len(stage.made()) == (end[0] == "DONE")


def test_an_opening_that_nothing_holds_any_more_is_not_ordered_too_late(stage: Stage) -> None:
    """Fault T10: the books were locked for a minute, and all that is known of the venue is fresh."""
    stage.arrives()
    stage.turn()
    uid = stage.arrives()
    stage.time.move_on(61)
    stage.says(stage.venue.state(), *stage.venue.answers(AskQuote(account=stage.account, instrument=BTC)))
    stage.turn()

    assert stage.end(uid) == ("EXPIRED", "OPENING_EXPIRED")
    assert len(stage.made()) == 1
