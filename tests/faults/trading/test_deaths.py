"""Programs of trading that are killed at chosen moments: each alert becomes one order, each execution one row."""

import http.client

import pytest

from tests.faults.trading.system import Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


def test_a_webhook_that_dies_before_it_answers_has_one_signal_that_is_taken_in_without_a_wake_up(stage: Stage) -> None:
    """Fault T1: after its transaction; the alert comes again."""
    stage.die("webhook", "arrived")
    with pytest.raises((OSError, http.client.HTTPException)):
        stage.buy("t1")
    stage.wait_done("t1", within_s=20)
    again = stage.bring("t1")

    assert again.answer["status"] == "duplicate"
    stage.must_be_right(["t1"])


@pytest.mark.parametrize(
    "moment",
    [
        f"{state} {when}"
        for state in ("RECEIVED", "VALIDATED", "QUEUED", "ORDERED", "DONE")
        for when in ("before", "after")
    ],
)
def test_an_execution_that_dies_at_any_step_goes_on_with_it_and_orders_once(stage: Stage, moment: str) -> None:
    """Faults T10 and T11: killed around the commit of each step; `ORDERED after` is an intent that nobody has heard."""
    number = f"t10 {moment}"
    stage.die("execution", moment)
    stage.bring(number)
    stage.wait_until(lambda: stage.has_died("execution"), what=f"execution dies: {moment}")
    stage.wait_done(number)

    stage.must_be_right([number])


@pytest.mark.parametrize("moment", ["place before", "place after", "said"])
def test_a_broker_that_dies_around_the_placing_of_an_order_places_it_once(stage: Stage, moment: str) -> None:
    """Fault T12: before sending, after it and before the answer, after the answer."""
    number = f"t12 {moment}"
    stage.die("broker-paper", moment)
    stage.bring(number)
    stage.wait_until(lambda: stage.has_died("broker-paper"), what=f"the broker dies: {moment}")
    stage.wait_done(number)

    stage.must_be_right([number])


def test_an_answer_that_is_no_row_yet_when_both_die_is_said_again_and_is_one_row(stage: Stage) -> None:
    """Fault T12: after the answer, before it is a row."""
    stage.die("broker-paper", "said")
    stage.die("execution", "DONE before")
    stage.bring("t12 both")
    stage.wait_until(lambda: stage.has_died("broker-paper") and stage.has_died("execution"), what="both die")
    stage.wait_done("t12 both")

    stage.must_be_right(["t12 both"])


def test_what_was_bought_is_sold_once_when_execution_dies_while_it_closes(stage: Stage) -> None:
    """Fault T10: of a closing."""
    stage.bring("t10 held")
    stage.wait_done("t10 held")
    stage.die("execution", "ORDERED after")
    stage.bring("t10 sold", "sell")
    stage.wait_done("t10 sold")

    assert stage.held() == {}
    stage.must_be_right(["t10 sold"])
