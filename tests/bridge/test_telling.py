"""What the owner is told: what passes by itself after minutes, what does not at once, and each once."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bridge.telling import (
    FIRST_PAUSE_S,
    LONGEST_FOR_A_PERSON_S,
    LONGEST_PAUSE_S,
    PATIENCE_FOR_A_PERSON_S,
    PATIENCE_S,
    Telling,
)
from bridge.trouble import BLOCKED, LOGIN, NOBODY_BOUND, REASONS, UNREACHABLE, Trouble
from bus.alerts import Alerts
from bus.connection import Bus
from bus.language import Language
from bus.messages.base import topic
from bus.messages.delivery import Alert
from notifier.texts.alerts import REASONS as WORDED
from tests.faults.false_time import FalseTime
from tests.running import Child, on_the_bus

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)


class Owner:
    """Hears what is told."""

    def __init__(self, bus: Bus) -> None:
        """Hear nothing yet."""
        self._bus = bus
        self.time = FalseTime(NOW)
        self._alerts = Alerts(bus, time=self.time)
        self.telling = Telling(self._alerts, "bridge", time=self.time)

    def lasts(self, reason: str, seconds: float) -> list[float]:
        """Let trouble last, looked at each second; returns the pauses."""
        pauses = []
        for _ in range(int(seconds)):
            pauses.append(self.telling.note(Trouble(reason)))
            self.time.move_on(1)
        return pauses

    def heard(self) -> list[str]:
        """Return the keys of what was said, each once."""
        self._alerts.repeat()
        told = dict[str, str]()
        while isinstance(message := self._bus.receive(0.3), Alert):
            told[message.id] = f"{message.key} {message.values.get('reason', '')}".strip()
        return list(told.values())


@pytest.fixture
def owner(hub: Child) -> Iterator[Owner]:
    """Give who is told."""
    with on_the_bus("bridge", topic(Alert), says=(Alert,)) as bus:
        yield Owner(bus)


def test_what_passes_soon_is_not_told(owner: Owner) -> None:
    owner.lasts(UNREACHABLE, PATIENCE_S - 1)
    owner.telling.note_well()

    assert owner.heard() == []


def test_what_lasts_is_told_once_and_when_it_is_well_again(owner: Owner) -> None:
    owner.lasts(BLOCKED, PATIENCE_S + 100)
    before = owner.heard()
    owner.telling.note_well()

    assert before == [f"bridge_waits {BLOCKED}"]
    assert "bridge_goes_on" in owner.heard()


def test_reasons_that_come_by_turns_are_told_once_each(owner: Owner) -> None:
    owner.lasts(UNREACHABLE, PATIENCE_S)
    for _ in range(5):
        owner.lasts(BLOCKED, 3)
        owner.lasts(UNREACHABLE, 3)

    assert sorted(owner.heard()) == sorted([f"bridge_waits {UNREACHABLE}", f"bridge_waits {BLOCKED}"])


def test_what_a_person_must_mend_is_told_soon(owner: Owner) -> None:
    owner.lasts(LOGIN, PATIENCE_FOR_A_PERSON_S + 1)

    assert owner.heard() == [f"bridge_waits {LOGIN}"]


def test_that_queues_are_lost_is_told_at_once_and_not_again_while_they_are_waited_for(owner: Owner) -> None:
    owner.telling.queues_lost("signals")
    owner.lasts(NOBODY_BOUND, 2 * PATIENCE_S)

    assert owner.heard() == ["bridge_queues_lost"]


@pytest.mark.parametrize(("reason", "longest"), [(UNREACHABLE, LONGEST_PAUSE_S), (LOGIN, LONGEST_FOR_A_PERSON_S)])
def test_pauses_grow_up_to_a_limit_and_begin_anew_when_it_is_well(owner: Owner, reason: str, longest: float) -> None:
    pauses = owner.lasts(reason, 20)
    owner.telling.note_well()

    assert pauses[0] <= FIRST_PAUSE_S
    assert 0.5 * longest < pauses[-1] <= longest
    assert owner.lasts(reason, 1)[0] <= FIRST_PAUSE_S


@pytest.mark.parametrize("language", ["ru", "de"])
def test_each_reason_is_worded_in_each_language(language: Language) -> None:
    assert WORDED[language].keys() >= REASONS
