"""Alerts of one process: repeated on the bus until the notifier says that they are in the outbox."""

import time
from datetime import UTC, datetime

from bus.connection import Bus
from bus.log import logger
from bus.messages import Alert, AlertStored

REPEAT_S = 2.0
MOST = 200

log = logger(__name__)


class Alerts:
    """What this process still has to get across; subscribe to AlertStored and pass every message to `hear`."""

    def __init__(self, bus: Bus) -> None:
        """Have nothing to say."""
        self._bus = bus
        self._waiting: dict[str, Alert] = {}
        self._once: set[str] = set()
        self._repeat_at = 0.0

    def tell(self, about: str, text: str, *, once: str = "") -> None:
        """Raise an alert.

        Args:
            about: Whom it concerns: a process or a part; with the moment it makes the alert's id.
            text: A sentence for the owner.
            once: The alert's id, for what is to be told only once however often it is noticed: the outbox takes each
                id once.
        """
        if once in self._once:
            return
        at = datetime.now(UTC)
        log.warning("alert", about=about, text=text)
        if len(self._waiting) < MOST:
            self._once.update([once] if once else [])
            alert = Alert(id=once or f"{about}-{at:%Y%m%dT%H%M%S.%fZ}", text=f"⚠ {text}", raised_at=at)
            self._waiting[alert.id] = alert
            self._repeat_at = 0.0

    def hear(self, message: object) -> None:
        """Take in an acknowledgement."""
        if isinstance(message, AlertStored):
            self._waiting.pop(message.id, None)

    def due_in_s(self) -> float:
        """Return in how many seconds `repeat` has something to say; infinity when nothing waits."""
        return max(0.0, self._repeat_at - time.monotonic()) if self._waiting else float("inf")

    def repeat(self) -> None:
        """Say again what nobody has stored yet; cheap to call at every turn of a loop."""
        now_s = time.monotonic()
        if self._waiting and now_s >= self._repeat_at:
            self._repeat_at = now_s + REPEAT_S
            for alert in self._waiting.values():
                self._bus.publish(alert)
