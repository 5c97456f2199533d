"""The loop of every collector, as real processes on a real bus: one answer for each round, the right one, in time."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.operations import Heartbeat
from bus.messages.rounds import Balance, Failure, Rate, Tick
from tests.running import Child, hear, on_the_bus, running

Collecting = Callable[[str], AbstractContextManager[Child]]


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Give the place of whoever opens rounds and hears the answers."""
    with on_the_bus(
        "test", topic(Balance), topic(Rate), topic(Failure), topic(Heartbeat, "okx"), says=(Tick,)
    ) as joined:
        yield joined


@pytest.fixture
def collecting(home: Path, bus: Bus) -> Collecting:
    """Give what runs a collector with one of the sources; it is ready to hear ticks."""

    @contextlib.contextmanager
    def run(source: str) -> Iterator[Child]:
        with running(home, "-m", "tests.collectors.sources", source, environment={"LOG_LEVEL": "DEBUG"}) as child:
            child.wait_for("preparing")
            yield child

    return run


def tick(round_id: str, *, closes_in_s: float = 20.0) -> Tick:
    """Return the announcement of a round."""
    return Tick(round_id=round_id, scheduled_for=None, closes_in_s=closes_in_s)


def answer_to(bus: Bus, round_id: str, *, closes_in_s: float = 20.0) -> Balance | Rate | Failure:
    """Say a tick once and return the first answer to it."""
    bus.publish(tick(round_id, closes_in_s=closes_in_s))
    return next_answer(bus, round_id)


def next_answer(bus: Bus, round_id: str, *, within_s: float = 45.0) -> Balance | Rate | Failure:
    """Return the next answer to a round."""
    ends_at = time.monotonic() + within_s
    while time.monotonic() < ends_at:
        message = bus.receive(0.5)
        if isinstance(message, Balance | Rate | Failure) and message.round_id == round_id:
            return message
    raise TimeoutError(f"no answer to {round_id} in {within_s} s")


def reading_of(bus: Bus, round_id: str) -> tuple[str, Decimal]:
    """Say a tick and return platform and amount of the reading that comes."""
    answer = answer_to(bus, round_id)
    assert isinstance(answer, Balance), answer
    return answer.platform, answer.amount


def failure_of(bus: Bus, round_id: str, *, closes_in_s: float = 20.0) -> tuple[str, str, str]:
    """Say a tick and return platform, reason and code of the failure that comes."""
    answer = answer_to(bus, round_id, closes_in_s=closes_in_s)
    assert isinstance(answer, Failure), answer
    return answer.platform, answer.reason, answer.code


def test_each_round_gets_one_answer_from_a_fetch_of_its_own(bus: Bus, collecting: Collecting) -> None:
    """Fault I3."""
    with collecting("Plain"):
        readings = [reading_of(bus, name) for name in ("one", "two", "three")]
        silence = [
            message for message in (bus.receive(0.1) for _ in range(3)) if not isinstance(message, Heartbeat | None)
        ]

    assert readings == [("okx", Decimal(number)) for number in (1, 2, 3)]
    assert not silence


def test_a_repeated_tick_is_answered_with_the_same_answer_and_no_new_fetch(bus: Bus, collecting: Collecting) -> None:
    """Faults 5, 16 and I3: what a repetition brings."""
    with collecting("Plain"):
        first = answer_to(bus, "one")
        again = [answer_to(bus, "one", closes_in_s=closes_in_s) for closes_in_s in (19.5, 0.5)]
        other = reading_of(bus, "two")

    assert again == [first, first]
    assert other == ("okx", Decimal(2))


def test_a_repeated_failure_is_the_same_failure(bus: Bus, collecting: Collecting) -> None:
    with collecting("Unreadable"):
        failures = [failure_of(bus, "one") for _ in range(3)]

    assert failures == [("okx", "bad answer", "fetch 1")] * 3


def test_the_answers_of_the_last_eight_rounds_are_kept(bus: Bus, collecting: Collecting) -> None:
    with collecting("Plain"):
        for number in range(1, 10):
            reading_of(bus, str(number))
        kept = [reading_of(bus, str(number))[1] for number in (2, 9)]
        forgotten = reading_of(bus, "1")[1]

    assert kept == [2, 9]
    assert forgotten == 10


def test_a_reading_answers_every_round_whose_tick_came_while_it_was_fetched(
    home: Path, bus: Bus, collecting: Collecting
) -> None:
    """Faults 63 and I3."""
    with collecting("AtTheGate") as child:
        bus.publish(tick("one"))
        bus.publish(tick("two"))
        bus.publish(tick("two"))
        child.wait_for("round=two")
        (home / "go").touch()
        answers = [next_answer(bus, name) for name in ("one", "two")]
        last = reading_of(bus, "three")

    assert [answer.amount for answer in answers if isinstance(answer, Balance)] == [1, 1]
    assert last == ("okx", Decimal(2))


def test_what_is_busy_is_asked_again_with_growing_pauses_until_it_answers(bus: Bus, collecting: Collecting) -> None:
    """Faults 33 and 36: tried again within the round."""
    with collecting("BusyTwice") as child:
        answer = answer_to(bus, "one")
        pauses = [line.partition("pause_s=")[2] for line in child.text().splitlines() if "again later" in line]

    assert isinstance(answer, Balance)
    assert answer.amount == 3
    assert answer.took_ms >= 750
    assert answer.tried == ("unreachable", "unreachable")
    assert 0.25 <= float(pauses[0]) <= 0.5 <= float(pauses[1]) <= 1


def test_what_stays_busy_fails_with_its_own_reason_before_the_round_closes(bus: Bus, collecting: Collecting) -> None:
    """Fault 33: then its reason."""
    with collecting("BusyForEver"):
        started = time.monotonic()
        platform, reason, code = failure_of(bus, "one", closes_in_s=5)
        took_s = time.monotonic() - started

    assert (platform, reason) == ("okx", "unreachable")
    assert int(code.removeprefix("fetch ")) >= 2
    assert took_s < 5


def test_a_pause_that_the_platform_asks_for_is_kept(bus: Bus, collecting: Collecting) -> None:
    """Fault 38: within the round."""
    with collecting("BusyForHalfASecond"):
        answer = answer_to(bus, "one")

    assert isinstance(answer, Balance)
    assert answer.amount == 2
    assert 500 <= answer.took_ms < 5000


def test_a_pause_beyond_the_deadline_fails_at_once_and_is_kept_for_the_next_rounds_too(
    bus: Bus, collecting: Collecting
) -> None:
    """Fault 38: beyond the round."""
    with collecting("BusyForAMinute"):
        started = time.monotonic()
        failures = [failure_of(bus, name) for name in ("one", "two")]
        took_s = time.monotonic() - started

    assert failures == [("okx", "rate limited", "fetch 1")] * 2
    assert took_s < 15


def test_a_refusal_is_not_asked_again_within_the_round(home: Path, bus: Bus, collecting: Collecting) -> None:
    """Fault 40."""
    (home / "go").touch()
    with collecting("Refusing"):
        first = failure_of(bus, "one")
        silence = [
            message for message in (bus.receive(0.3) for _ in range(4)) if not isinstance(message, Heartbeat | None)
        ]
        again = failure_of(bus, "one")
        next_round = failure_of(bus, "two")

    assert first == again == ("okx", "bad key", "fetch 1")
    assert not silence
    assert next_round == ("okx", "bad key", "fetch 2")


def test_an_unexpected_error_is_a_bad_answer_and_the_process_goes_on(bus: Bus, collecting: Collecting) -> None:
    with collecting("BrokenOnce") as child:
        failed = failure_of(bus, "one")
        went_on = reading_of(bus, "two")
        text = child.text()

    assert failed == ("okx", "bad answer", "ZeroDivisionError")
    assert went_on == ("okx", Decimal(2))
    assert "event=unexpected error=ZeroDivisionError traceback=" in text
    assert 'event="prefetch failed" reason="bad answer" code=KeyError' in text


def test_a_slow_fetch_is_a_timeout_before_the_round_closes_and_its_late_answer_is_nobodys(
    home: Path, bus: Bus, collecting: Collecting
) -> None:
    """Faults 14, 35 and I3."""
    with collecting("AtTheGate"):
        started = time.monotonic()
        failed = failure_of(bus, "one", closes_in_s=5)
        took_s = time.monotonic() - started
        (home / "go").touch()
        next_round = reading_of(bus, "two")
        again = failure_of(bus, "one")

    assert failed == again == ("okx", "timeout", "no answer in time")
    assert 4 <= took_s < 5
    assert next_round in {("okx", Decimal(1)), ("okx", Decimal(2))}  # which of them: the late one may still have run


def test_a_fetch_that_is_stuck_makes_the_process_leave_with_1_after_its_failure_was_told(
    bus: Bus, collecting: Collecting
) -> None:
    """Fault 35: one that nothing can cut."""
    with collecting("AtTheGate") as child:
        failed = failure_of(bus, "one", closes_in_s=0.5)
        code = child.code()
        text = child.text()

    assert failed == ("okx", "timeout", "no answer in time")
    assert code == 1
    assert 'event="fetch is stuck, leaving" platform=okx' in text


def test_a_process_that_is_fetching_leaves_at_once_when_told_to(bus: Bus, collecting: Collecting) -> None:
    with collecting("AtTheGate") as child:
        bus.publish(tick("one"))
        child.wait_for("round=one")
        child.signal(signal.SIGTERM)

        assert child.code() == 0


def test_it_beats_while_a_fetch_is_running(bus: Bus, collecting: Collecting) -> None:
    with collecting("AtTheGate") as child:
        bus.publish(tick("one"))
        child.wait_for("round=one")
        while bus.receive(0) is not None:  # what was said before
            pass

        assert hear(bus, Heartbeat).pid == child.pid


def test_a_source_is_prepared_at_the_start_and_whenever_it_asked_to_be(bus: Bus, collecting: Collecting) -> None:
    seen: list[str] = []
    with collecting("Preparing"):
        ends_at = time.monotonic() + 45
        while len(seen) < 3 and time.monotonic() < ends_at:
            answer = answer_to(bus, f"round {time.monotonic()}")
            if isinstance(answer, Balance) and answer.covers not in seen[-1:]:
                seen.append(answer.covers)

    assert len(seen) == 3
    assert int(seen[-1].removeprefix("prepared ")) >= 3


def test_a_source_is_prepared_once_when_that_is_enough(bus: Bus, collecting: Collecting) -> None:
    with collecting("Plain"):
        answers = [answer_to(bus, name) for name in ("one", "two", "three")]

    assert [answer.covers for answer in answers if isinstance(answer, Balance)] == ["prepared 1"] * 3


def test_a_round_waits_for_a_preparation_that_is_running(home: Path, bus: Bus, collecting: Collecting) -> None:
    with collecting("SlowToPrepare") as child:
        bus.publish(tick("one"))
        child.wait_for("round=one")
        (home / "go").touch()
        answer = next_answer(bus, "one")

    assert isinstance(answer, Balance)
    assert (answer.amount, answer.covers) == (Decimal(1), "prepared 1")


@pytest.mark.parametrize(("closes_in_s", "budget_s"), [(45, 43), (5, 4)])
def test_a_fetch_is_given_the_time_until_shortly_before_the_close(
    bus: Bus, collecting: Collecting, closes_in_s: float, budget_s: float
) -> None:
    with collecting("TellingItsBudget"):
        answer = answer_to(bus, "one", closes_in_s=closes_in_s)

    assert isinstance(answer, Rate)
    assert budget_s - 1 < float(answer.rate) <= budget_s


def test_the_rates_source_answers_with_a_rate(bus: Bus, collecting: Collecting) -> None:
    with collecting("TellingItsBudget"):
        answer = answer_to(bus, "one")

    assert isinstance(answer, Rate)
    assert (answer.round_id, answer.source) == ("one", "CBR")


def test_its_beat_tells_the_last_round_that_it_answered(bus: Bus, collecting: Collecting) -> None:
    with collecting("Plain"):
        reading_of(bus, "one")

        assert hear(bus, Heartbeat, where=lambda beat: beat.last_round != "").last_round == "one"
