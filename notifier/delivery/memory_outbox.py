"""Messages that live in memory alone, while the ledger cannot take them; their ids are negative."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from bus.messages.rounds import Snapshot
from ledger.portfolio.outbox import Row

MOST_KEPT = 200


class MemoryOutbox:
    """Rows of the outbox, oldest first, and the snapshots that they tell."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.rows: dict[int, Row] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self._folded: dict[int, tuple[str, ...]] = {}
        self._next_id = -1

    def add_round(self, chat_id: str, snapshot: Snapshot) -> None:
        """Keep a round's message for a chat, once, while there is room."""
        here = any((row.round_id, row.chat_id) == (snapshot.round_id, chat_id) for row in self.rows.values())
        if not here and len(self.rows) < MOST_KEPT:
            self.snapshots[snapshot.round_id] = snapshot
            self._add(chat_id, round_id=snapshot.round_id)

    def add_alert(self, chat_id: str, alert_id: str, text: str) -> None:
        """Keep an alert for a chat.

        Args:
            text: What the chat is told.
        """
        self._add(chat_id, alert_id=alert_id, text=text)

    def begin_sending(self, row: Row, text: str, *, now: datetime, folded: Iterable[int]) -> list[Row]:
        """Note that a row is about to be sent, and return the older ones that it tells and that are therefore gone.

        Args:
            text: The message as it is sent.
        """
        told = [older for each in folded if (older := self.rows.pop(each, None))]
        self._folded[row.id] = (*self.rounds_folded_into(row), *(each.round_id or "" for each in told))
        self.rows[row.id] = msgspec.structs.replace(row, text=text, attempts=row.attempts + 1, first_attempt_at=now)
        return told

    def put_back(self, row: Row, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later."""
        self.rows[row.id] = msgspec.structs.replace(
            self.rows.get(row.id, row),
            unconfirmed=row.unconfirmed + int(unconfirmed),
            next_attempt_at=next_attempt_at,
        )

    def rounds_folded_into(self, row: Row) -> tuple[str, ...]:
        """Return the rounds that a row tells besides its own."""
        return self._folded.get(row.id, ())

    def forget(self, row: Row) -> None:
        """Drop a row, and the snapshots that no other one needs."""
        self.rows.pop(row.id, None)
        told = {row.round_id or "", *self._folded.pop(row.id, ())}
        needed = {other.round_id for other in self.rows.values()}.union(*self._folded.values())
        for round_id in told - needed:
            self.snapshots.pop(round_id, None)

    def move_chat(self, old: str, new: str) -> None:
        """Follow a chat to its new id.

        Args:
            old: Its id until now.
            new: Its id from now on.
        """
        for row in tuple(self.rows.values()):
            if row.chat_id == old:
                self.rows[row.id] = msgspec.structs.replace(row, chat_id=new)

    def _add(self, chat_id: str, *, round_id: str | None = None, alert_id: str | None = None, text: str = "") -> None:
        self.rows[self._next_id] = Row(
            id=self._next_id,
            chat_id=chat_id,
            state="pending",
            round_id=round_id,
            alert_id=alert_id,
            text=text or None,
            unconfirmed=0,
            attempts=0,
            created_at=datetime.now(UTC),
            first_attempt_at=None,
            next_attempt_at=None,
        )
        self._next_id -= 1
