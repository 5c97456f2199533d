"""Who listens, as far as it can be known: which kinds of events a queue takes, and which have lost theirs.

A topic exchange drops what no queue is bound for, and that is right: most listeners want some kinds only, and where
nobody listens nothing shall pile up. But an exchange that was deleted, or a server that was made anew, has lost the
bindings of those who still want theirs. So the kinds that were taken before wait then until a queue takes them, for an
hour: listeners bind their queues again when they connect, or the owner, who is told, sees to it.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Final

from ledger.trading.flow.outgoing import Bridged

AWAITED_FOR: Final = timedelta(hours=1)
SEEN_EVERY: Final = timedelta(hours=1)


class Listeners:
    """What is known of one exchange's listeners.

    Attributes:
        is_changed: Whether there is something new to be kept since `kept` was last called.
    """

    def __init__(self, before: Bridged | None, address: str) -> None:
        """Go on where the bridge before stopped; what it knew of another exchange is not true of this one.

        Args:
            before: What was kept; None where there was no bridge yet.
            address: Which exchange this is.
        """
        self._address = address
        same = before if before is not None and before.exchange == address else None
        self._was_there = same is not None
        self._taken = set(same.taken) if same else set()
        self._awaited = set(same.awaited) if same else set()
        self._awaited_until = same.awaited_until if same else None
        self._seen_at = before.seen_at if before else None
        self.is_changed = True

    def opened(self, *, is_made: bool, now: datetime) -> bool:
        """Note that the exchange is there.

        Args:
            is_made: Whether it had to be made.
            now: The moment.

        Returns:
            Whether queues that were bound to it are lost, which the owner should know.
        """
        is_lost = is_made and self._was_there and bool(self._taken)
        if is_lost:
            self._awaited, self._awaited_until = set(self._taken), now + AWAITED_FOR
        self.is_changed = self.is_changed or is_lost or not self._was_there
        self._was_there = True
        return is_lost

    def note_taken(self, key: str) -> None:
        """Note that a queue has taken an event.

        Args:
            key: Its routing key.
        """
        if key not in self._taken or key in self._awaited:
            self._taken.add(key)
            self._awaited.discard(key)
            self.is_changed = True

    def may_drop(self, key: str, now: datetime) -> bool:
        """Tell whether an event that no queue takes is done with.

        Args:
            key: Its routing key.
            now: The moment.

        Returns:
            False where it must wait for a queue.
        """
        if key not in self._awaited:
            if key in self._taken:  # who took it has left, of their own accord
                self._taken.discard(key)
                self.is_changed = True
            return True
        if self._awaited_until is not None and now < self._awaited_until:
            return False
        self._awaited.clear()
        self._taken.discard(key)
        self.is_changed = True
        return True

    def is_due(self, now: datetime) -> bool:
        """Tell whether something is to be kept: it has changed, or this bridge was not seen for an hour.

        Args:
            now: The moment.
        """
        return self.is_changed or self._seen_at is None or not timedelta(0) <= now - self._seen_at < SEEN_EVERY

    def kept(self, now: datetime) -> Bridged:
        """Return what is to be kept.

        Args:
            now: The moment.
        """
        return Bridged(
            seen_at=now,
            exchange=self._address if self._was_there else "",
            taken=_sorted(self._taken),
            awaited=_sorted(self._awaited),
            awaited_until=self._awaited_until if self._awaited else None,
        )

    def note_kept(self, now: datetime) -> None:
        """Note that this is kept by now.

        Args:
            now: The moment that was kept.
        """
        self._seen_at = now
        self.is_changed = False


def _sorted(keys: AbstractSet[str]) -> tuple[str, ...]:
    """Return keys in an order that does not change."""
    return tuple(sorted(keys))
