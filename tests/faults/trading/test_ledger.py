"""A ledger or a disk that cannot be used while alerts come: what was accepted is ordered later, once."""

import time

import pytest

from tests.faults.trading.system import Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
ANSWERED_S = 3.0


def test_what_is_accepted_while_the_ledger_is_locked_is_ordered_once_it_is_free(stage: Stage) -> None:
    """Fault T2: the ledger is locked for so long that execution gives up once."""
    before = stage.system.log("execution").count("trading waits")
    with stage.locked():
        begun = time.monotonic()
        sent = stage.buy("t2 locked")
        took_s = time.monotonic() - begun
        stage.wait_until(lambda: stage.system.log("execution").count("trading waits") > before, what="execution waits")
        unknown = stage.state("t2 locked")
    stage.wait_done("t2 locked")

    assert (sent.status, sent.answer["status"], unknown) == (200, "accepted", "")
    assert took_s < ANSWERED_S
    stage.must_be_right(["t2 locked"])


def test_a_locked_inbox_is_answered_with_503_and_the_alert_that_comes_again_is_ordered_once(stage: Stage) -> None:
    """Fault T2: the inbox is locked."""
    with stage.locked("inbox/inbox.db"):
        begun = time.monotonic()
        sent = stage.buy("t2 inbox")
        took_s = time.monotonic() - begun
    again = stage.bring("t2 inbox")
    stage.wait_done("t2 inbox")

    assert sent.status == 503
    assert took_s < ANSWERED_S
    assert again.answer["status"] in {"accepted", "duplicate"}
    stage.must_be_right(["t2 inbox"])


def test_a_full_disk_under_everything_loses_and_doubles_nothing(stage: Stage) -> None:
    """Fault T2: the disk is full, for the inbox, the ledger and the venue's memory at once."""
    if stage.disk is None:
        pytest.skip("only root may mount a small disk")
    stage.bring("t2 before")
    stage.wait_done("t2 before")
    stage.disk.fill()
    long = "x" * 12_000
    refused = stage.buy("t2 full", comment=long).status
    stage.disk.empty()
    stage.bring("t2 full", comment=long)
    stage.wait_done("t2 full")

    assert refused == 503
    stage.must_be_right(["t2 before", "t2 full"])


def test_the_same_alert_four_times_is_one_order(stage: Stage) -> None:
    """Fault T3: byte for byte, as TradingView sends what was not answered for."""
    body = stage.body("t3", "buy")
    answers = [stage.post(body) for _ in range(4)]
    stage.wait_done("t3")

    assert [each.answer["status"] for each in answers] == ["accepted", "duplicate", "duplicate", "duplicate"]
    assert len({each.answer["id"] for each in answers}) == 1
    stage.must_be_right(["t3"])
