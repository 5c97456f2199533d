"""What the owner is told of what was refused: each kind at once when it first comes, and then once an hour, counted.

Whoever refuses only counts, so that a flood costs nothing; the process's pulse tells.
"""

from typing import Literal

import msgspec

from bus.alerts import Alerts
from bus.time_source import SYSTEM_TIME, TimeSource

EVERY_S = 3600.0
MOST_KINDS = 500
"""Kinds are a few for each strategy; more would be somebody's doing, and are not told apart from then on."""
NAME = "webhook"

What = Literal["strangers", "wrong secret", "unreadable", "refused", "repeated id", "not kept", "secret not known yet"]


class Kind(msgspec.Struct, frozen=True):
    """What is counted together.

    Attributes:
        what: What happened.
        strategy: Whose alert it was; empty where nobody knows.
        field: Which field it was about; empty where it was none that is known.
    """

    what: What
    strategy: str = ""
    field: str = ""


class _Count(msgspec.Struct):
    """How often it happened since it was told, and what was last said of it."""

    count: int = 0
    detail: str = ""
    told_at_s: float | None = None


class Told:
    """Counts what is refused."""

    def __init__(self, alerts: Alerts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin with nothing.

        Args:
            alerts: Gets it across.
            time: Says when an hour is over.
        """
        self._alerts = alerts
        self._time = time
        self._counts: dict[Kind, _Count] = {}

    def note(self, kind: Kind, detail: str) -> None:
        """Count one more.

        Args:
            kind: What happened.
            detail: The last one is told: a sender's address, a cure, a reason; never what a sender wrote.
        """
        if kind not in self._counts and len(self._counts) >= MOST_KINDS:
            kind = Kind(kind.what)
        found = self._counts.setdefault(kind, _Count())
        found.count += 1
        found.detail = detail

    def tell_due(self) -> None:
        """Tell what is to be told; cheap to call at every turn of a loop."""
        now_s = self._time.monotonic()
        for kind, found in self._counts.items():
            if found.count and (found.told_at_s is None or now_s - found.told_at_s >= EVERY_S):
                self._tell(kind, str(found.count), found.detail)
                found.count, found.told_at_s = 0, now_s

    def _tell(self, kind: Kind, count: str, detail: str) -> None:
        """Raise the alert of a kind."""
        match kind.what:
            case "strangers":
                self._alerts.tell(NAME, "webhook_strangers", count=count, sender=detail)
            case "wrong secret":
                self._alerts.tell(NAME, "webhook_wrong_secret", count=count, sender=detail)
            case "unreadable":
                self._alerts.tell(NAME, "webhook_unreadable", count=count, cure=detail)
            case "refused":
                field = kind.field or "the alert"
                self._alerts.tell(
                    NAME, "webhook_refused", strategy=kind.strategy, count=count, field=field, cure=detail
                )
            case "repeated id":
                self._alerts.tell(NAME, "webhook_repeated_id", strategy=kind.strategy, count=count)
            case "not kept":
                self._alerts.tell(NAME, "webhook_not_kept", count=count, reason=detail)
            case "secret not known yet":
                self._alerts.tell(NAME, "webhook_secret_not_known", count=count)
