"""The queue of updates that a bot fetches by long polling.

Follows https://core.telegram.org/bots/api#getupdates (read 2026-11).

Quirks: an update is forgotten only when a later poll names a higher offset. A second poll ends the first one with 409.
`allowed_updates` sticks, and touches only updates that arrive after it. The 24 hours after which the real server
forgets are not played.
"""

import asyncio
import contextlib
from collections.abc import Sequence

from sandbox.telegram.chat import RefusalError

LONGEST_POLL_S = 50
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Updates:
    """Updates that the bot has not confirmed, oldest first."""

    def __init__(self) -> None:
        """Start with an empty queue that takes updates of every kind."""
        self._last_id = 900_000
        self._waiting: list[dict[str, object]] = []
        self._ids: list[int] = []
        self._allowed: frozenset[str] = frozenset()
        self._poll: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """Count the updates that wait."""
        return len(self._waiting)

    def forget(self) -> None:
        """Drop every update and the choice of kinds; ids go on growing."""
        self._allowed = frozenset()
        self.drop()

    def drop(self) -> None:
        """Drop every update that waits."""
        self._waiting.clear()
        self._ids.clear()

    @property
    def allowed(self) -> list[str]:
        """The kinds that are taken; none means all."""
        return sorted(self._allowed)

    def allow(self, kinds: Sequence[str]) -> None:
        """Take only these kinds from now on; none means all."""
        self._allowed = frozenset(kinds)

    def add(self, kind: str, content: dict[str, object]) -> int:
        """Queue an update and wake the poll that waits for it.

        Args:
            kind: The update's field, for example "message" or "callback_query".
            content: The object in that field.

        Returns:
            The update id; also where the bot did not ask for that kind and will never see it.
        """
        self._last_id += 1
        if not self._allowed or kind in self._allowed:
            self._queue({"update_id": self._last_id, kind: content})
        return self._last_id

    def inject(self, update: dict[str, object]) -> int:
        """Queue an update as it is, of whatever kind and shape; only its id is given here."""
        self._last_id += 1
        self._queue(update | {"update_id": self._last_id})
        return self._last_id

    def end_poll(self, why: str) -> None:
        """End the poll that waits, if there is one, with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(RefusalError(409, why))

    async def poll(self, *, offset: int, limit: int, timeout_s: float) -> list[dict[str, object]]:
        """Answer getUpdates: at once when something waits, else as soon as it comes or the time is up.

        Args:
            offset: The first update wanted, all earlier ones are confirmed; negative counts from the end.
            limit: At most this many, 1 to 100.
            timeout_s: How long to hold the request.

        Raises:
            RefusalError: 409, another poll began meanwhile.
        """
        self.end_poll(_CONFLICT)
        self._confirm(offset)
        if self._waiting or timeout_s <= 0:
            return self._waiting[:limit]
        self._poll = poll = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(timeout_s, LONGEST_POLL_S)):
                await poll
        return self._waiting[:limit]

    def _queue(self, update: dict[str, object]) -> None:
        self._waiting.append(update)
        self._ids.append(self._last_id)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            confirmed = max(0, len(self._ids) + offset)
        else:
            confirmed = sum(update_id < offset for update_id in self._ids)
        del self._waiting[:confirmed]
        del self._ids[:confirmed]
