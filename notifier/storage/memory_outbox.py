"""The rows of the outbox that live in memory alone, while the ledger cannot take them, and the snapshots they tell."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from bus.messages.rounds import Snapshot
from bus.time_source import TimeSource
from ledger.portfolio.outbox import Row
from notifier.storage.chats import Chats
from notifier.storage.recent import MOST_KEPT, Recent


def in_memory(row: Row) -> bool:
    """Tell whether a row lives in memory alone; the ids of those are negative, which the ledger's never are."""
    return row.id < 0


class MemoryOutbox:
    """Rows of the outbox, forgotten when the process ends; an `OutboxStore`."""

    def __init__(self, chats: Chats, told: Recent[tuple[str, str]], *, time: TimeSource) -> None:
        """Hold nothing.

        Args:
            chats: Know where a chat is now.
            told: Which round was told to which chat lately; it is not kept once more when it is said again.
            time: Says when a row comes, and when it is sent.
        """
        self._chats = chats
        self._told = told
        self._time = time
        self._rows: dict[int, Row] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._folded: dict[int, tuple[str, ...]] = {}
        self._next_id = -1

    def pending(self) -> list[Row]:
        """Return what still has to be sent, oldest first."""
        present = self._chats.present_id
        return [msgspec.structs.replace(row, chat_id=present(row.chat_id)) for row in self._rows.values()]

    def add_round(self, chat_id: str, snapshot: Snapshot) -> None:
        """Keep a round's message for a chat, once, while there is room, unless the chat has it."""
        name = (snapshot.round_id, chat_id)
        here = any((row.round_id, row.chat_id) == name for row in self.pending())
        if not here and name not in self._told and len(self._rows) < MOST_KEPT:
            self._snapshots[snapshot.round_id] = snapshot
            self._add(chat_id, round_id=snapshot.round_id)

    def add_alert(self, alert_id: str, text: str, *, chats: Iterable[str]) -> None:
        """Keep an alert for each chat.

        Args:
            alert_id: Its name.
            text: What the chats are told.
            chats: Their ids.
        """
        for chat_id in chats:
            self._add(chat_id, alert_id=alert_id, text=text)

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of those of these rounds that are kept here, by round."""
        return {each: self._snapshots[each] for each in round_ids if each in self._snapshots}

    def begin_sending(self, row: Row, text: str, /, *, folded: Iterable[int] = ()) -> bool:
        """Note that a row is about to be sent, with the older ones that it tells; return False: it is not recorded."""
        told = [older for each in folded if (older := self._rows.pop(each, None))]
        for each in told:
            self._told.note((each.round_id or "", row.chat_id))
        self._folded[row.id] = (*self.rounds_folded_into(row), *(each.round_id or "" for each in told))
        now, attempts = self._time.now(), row.attempts + 1
        self._rows[row.id] = msgspec.structs.replace(row, text=text, attempts=attempts, first_attempt_at=now)
        return False

    def mark_sent(self, row: Row, _message_id: int, /) -> None:
        """Drop a row that Telegram took."""
        self._forget(row)

    def mark_dead(self, row: Row, _reason: str, /) -> None:
        """Drop a row that can never be delivered."""
        self._forget(row)

    def put_back(self, row: Row, _reason: str, /, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later."""
        self._rows[row.id] = msgspec.structs.replace(
            self._rows.get(row.id, row),
            unconfirmed=row.unconfirmed + int(unconfirmed),
            next_attempt_at=next_attempt_at,
        )

    def put_back_refused(self, row: Row, reason: str, /, *, next_attempt_at: datetime) -> None:
        """Note that Telegram refuses a row for now."""
        self.put_back(row, reason, unconfirmed=False, next_attempt_at=next_attempt_at)

    def undelivered(self, _row: Row, /) -> list[Row]:
        """Return no slots: what a chat refused is told when the ledger can be used again."""
        return []

    def rounds_folded_into(self, row: Row) -> tuple[str, ...]:
        """Return the rounds that a row tells besides its own."""
        return self._folded.get(row.id, ())

    def _forget(self, row: Row) -> None:
        """Drop a row, and the snapshots that no other one needs."""
        self._rows.pop(row.id, None)
        told = {row.round_id or "", *self._folded.pop(row.id, ())}
        needed = {other.round_id for other in self._rows.values()}.union(*self._folded.values())
        for round_id in told - needed:
            self._snapshots.pop(round_id, None)

    def _add(self, chat_id: str, *, round_id: str | None = None, alert_id: str | None = None, text: str = "") -> None:
        """Keep a new row under the next free number."""
        self._rows[self._next_id] = Row(
            id=self._next_id,
            chat_id=chat_id,
            state="pending",
            round_id=round_id,
            alert_id=alert_id,
            text=text or None,
            unconfirmed=0,
            attempts=0,
            created_at=self._time.now(),
            first_attempt_at=None,
            next_attempt_at=None,
        )
        self._next_id -= 1
