"""What was refused is told at once when it first comes, and then once an hour, counted."""

from datetime import UTC, datetime

from bus.alerts import Alerts
from bus.messages.base import topic
from bus.messages.delivery import Alert
from tests.running import Child, on_the_bus
from webhook.told import EVERY_S, MOST_KINDS, Kind, Told


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin at noon."""
        self.passed_s = 0.0

    def now(self) -> datetime:
        """Return noon."""
        return datetime(2026, 11, 27, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        """Return how much has passed."""
        return self.passed_s


def test_a_flood_is_told_at_once_and_then_once_an_hour_with_its_count(hub: Child) -> None:
    with on_the_bus("test", topic(Alert), says=[]) as bus:
        clock, alerts = Clock(), Alerts(bus)
        told = Told(alerts, time=clock)
        counts = []
        for passed_s, number in ((0, 1), (10, 700), (EVERY_S - 1, 300), (EVERY_S, 0), (EVERY_S * 2, 0)):
            clock.passed_s = passed_s
            for _ in range(number):
                told.note(Kind("strangers"), "192.0.2.7")
            told.tell_due()
            counts.append([each.values["count"] for each in alerts._waiting.values()])

    assert counts == [["1"], ["1"], ["1"], ["1", "1000"], ["1", "1000"]]


def test_kinds_without_end_are_counted_together(hub: Child) -> None:
    with on_the_bus("test", topic(Alert), says=[]) as bus:
        told = Told(Alerts(bus), time=Clock())
        for number in range(MOST_KINDS * 2):
            told.note(Kind("refused", f"strategy {number}"), "write less")

    assert len(told._counts) == MOST_KINDS + 1
