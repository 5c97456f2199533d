"""Alerts of one process: repeated on the bus until the notifier says that they are in the outbox."""

from datetime import datetime

from bus.alert_texts import AlertText, alert_text
from bus.connection import Bus
from bus.log import logger
from bus.messages.delivery import Alert, AlertStored
from bus.time_source import SYSTEM_TIME, TimeSource

SIGN = "⚠ "
REPEAT_S = 2.0
MOST = 200

log = logger(__name__)


def raised(alert_id: str, told: AlertText, at: datetime) -> Alert:
    """Make an alert of a sentence: worded in English, with key and values for other languages.

    Args:
        told: The sentence.
        at: When it is raised, aware UTC.

    Returns:
        The alert, ready for the bus.
    """
    return Alert(id=alert_id, text=f"{SIGN}{told.text}", raised_at=at, key=told.key, values=told.values)


class Alerts:
    """What this process still has to get across; subscribe to AlertStored and pass every message to `handle`."""

    def __init__(self, bus: Bus, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin without an alert.

        Args:
            bus: This process's place on the bus.
            time: Says when an alert is raised and when it is repeated.
        """
        self._bus = bus
        self._time = time
        self._waiting: dict[str, Alert] = {}
        self._told_once: set[str] = set()
        self._repeat_at = 0.0

    def tell(self, about: str, key: str, /, *, once: str = "", **values: str) -> None:
        """Raise an alert.

        Args:
            about: Whom it concerns: a process or a part; with the moment it makes the alert's id.
            key: The sentence, one of `bus.alert_texts.ENGLISH`.
            once: The alert's id instead, at most 120 characters: the outbox keeps one of each id, so the owner is told
                once for ever, whatever restarts.
            values: What the sentence's template names.
        """
        if once and once in self._told_once:
            return
        at = self._time.now()
        alert = raised(once or f"{about}-{at:%Y%m%dT%H%M%S.%fZ}", alert_text(key, **values), at)
        log.warning("alert", about=about, text=alert.text.removeprefix(SIGN))
        if len(self._waiting) < MOST:
            self._waiting[alert.id] = alert
            self._repeat_at = 0.0
            if once:
                self._told_once.add(once)

    def handle(self, message: object) -> None:
        """Take in an acknowledgement."""
        if isinstance(message, AlertStored):
            self._waiting.pop(message.id, None)

    def due_in_s(self) -> float:
        """Return in how many seconds `repeat` has something to say; infinity when nothing waits."""
        return max(0.0, self._repeat_at - self._time.monotonic()) if self._waiting else float("inf")

    def repeat(self) -> None:
        """Say again what nobody has stored yet; cheap to call at every turn of a loop."""
        now_s = self._time.monotonic()
        if self._waiting and now_s >= self._repeat_at:
            self._repeat_at = now_s + REPEAT_S
            for alert in self._waiting.values():
                self._bus.publish(alert)
