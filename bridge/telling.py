"""What the owner is told of the bridge, how often it is tried again, and what stands in its log."""

from typing import Final

from bridge.trouble import NOBODY_BOUND, Trouble
from bus import backoff
from bus.alerts import Alerts
from bus.log import logger
from bus.time_source import TimeSource

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
LONGEST_FOR_A_PERSON_S: Final = 60.0
JITTER: Final = 0.2
PATIENCE_S: Final = 180.0
"""For so long nothing is said of what passes by itself."""
PATIENCE_FOR_A_PERSON_S: Final = 10.0

log = logger(__name__)


class Telling:
    """What is wrong, since when, and whether the owner knows."""

    def __init__(self, alerts: Alerts, name: str, *, time: TimeSource) -> None:
        """Begin well.

        Args:
            alerts: Carries what the owner is told.
            name: The program.
            time: The clocks.
        """
        self._alerts = alerts
        self._name = name
        self._time = time
        self._since_s: float | None = None
        self._reason = self._ledger_reason = ""
        self._told: set[str] = set()
        self._failures = 0

    def note(self, trouble: Trouble) -> float:
        """Note that no event goes out, and tell the owner where it lasts, once of each reason.

        Args:
            trouble: Why.

        Returns:
            How long to wait before it is tried again, in seconds.
        """
        now_s = self._time.monotonic()
        if self._since_s is None:
            self._since_s = now_s
        if trouble.reason != self._reason:
            log.warning("events wait", because=trouble.reason)
        self._reason = trouble.reason
        is_urgent = trouble.is_for_a_person
        patience_s = PATIENCE_FOR_A_PERSON_S if is_urgent else PATIENCE_S
        if now_s - self._since_s >= patience_s and trouble.reason not in self._told | {NOBODY_BOUND}:
            self._told.add(trouble.reason)
            self._alerts.tell(self._name, "bridge_waits", reason=trouble.reason)
        longest_s = LONGEST_FOR_A_PERSON_S if is_urgent else LONGEST_PAUSE_S
        pause_s = backoff.pause_s(self._failures, first_s=FIRST_PAUSE_S, longest_s=longest_s, jitter=JITTER)
        self._failures += 1
        return pause_s

    def note_well(self) -> None:
        """Note that events go out, and tell the owner who was told that they do not."""
        if self._ledger_reason or self._since_s is not None:
            log.info("events go out again")
        if self._told:
            self._alerts.tell(self._name, "bridge_goes_on")
        self._since_s, self._failures = None, 0
        self._reason = self._ledger_reason = ""
        self._told.clear()

    def note_ledger(self, reason: str) -> None:
        """Note that the ledger cannot be used; who trades tells the owner of that.

        Args:
            reason: Why.
        """
        if reason != self._ledger_reason:
            log.warning("waiting for the ledger", because=reason)
        self._ledger_reason = reason

    def queues_lost(self, exchange: str) -> None:
        """Tell the owner that the exchange was made anew, without the queues that were bound to it.

        Args:
            exchange: Which one it is.
        """
        log.warning("the exchange was made anew: its queues are no longer bound")
        self._alerts.tell(self._name, "bridge_queues_lost", exchange=exchange)
