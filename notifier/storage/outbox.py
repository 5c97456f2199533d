"""The messages that are to be sent, wherever they are: in the ledger, or in memory while it cannot take them.

In memory are a round that the aggregator could not record and an alert that could not be stored. Everything that is
done with a row goes to the store that has it. Requests are kept beside it (`request_store`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bus.messages.rounds import Snapshot
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.portfolio.outbox import Row
from notifier.storage.careful_ledger import CarefulLedger
from notifier.storage.chats import Chats
from notifier.storage.ledger_outbox import LedgerOutbox
from notifier.storage.memory_outbox import MemoryOutbox, in_memory
from notifier.storage.outbox_store import OutboxStore
from notifier.storage.recent import Recent
from notifier.storage.request_store import RequestStore


class Outbox:
    """What waits to be sent, and what becomes of it; nothing here raises LedgerUnavailable."""

    def __init__(
        self, ledger: CarefulLedger, chats: Chats, requests: RequestStore, *, time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Look at the ledger when first asked.

        Args:
            ledger: The ledger, which may be out of use.
            chats: Who gets the scheduled rounds.
            requests: Who asked for the other ones.
            time: Says when rows come and when they are sent.
        """
        self._chats = chats
        self._requests = requests
        self._told: Recent[tuple[str, str]] = Recent()
        self._in_ledger = LedgerOutbox(ledger, time=time)
        self._in_memory = MemoryOutbox(chats, self._told, time=time)
        self._newest: Snapshot | None = None

    def pending(self) -> dict[str, list[Row]]:
        """Return what still has to be sent, oldest first, by chat."""
        recorded, kept = self._in_ledger.pending(), self._in_memory.pending()
        here = {(row.round_id, row.chat_id) for row in kept if row.round_id is not None}
        by_chat: dict[str, list[Row]] = {}
        for row in (*recorded, *kept):
            name = (row.round_id, row.chat_id)
            if in_memory(row) or not (name in here or name in self._told):
                by_chat.setdefault(row.chat_id, []).append(row)
            elif name not in here:
                self.mark_sent(row, 0)  # told from memory, before its row was written
        return by_chat

    def offer(self, snapshot: Snapshot) -> None:
        """Take in a snapshot from the bus: what the ledger does not know of it is kept here; the newest is, anyway."""
        receivers = self._requests.waiting_here()
        if snapshot.recorded:
            self._newest = snapshot
        else:
            of_the_slot = self._chats.present_ids() if snapshot.scheduled_for is not None else ()
            receivers |= dict.fromkeys(of_the_slot) | self._requests.waiting()
        for chat_id in receivers:
            self._in_memory.add_round(chat_id, snapshot)

    def add_alert(self, alert_id: str, text: str, *, chats: Sequence[str], now: datetime) -> None:
        """Put an alert into the outbox of these chats.

        Args:
            alert_id: What makes it the same alert when it is said again.
            text: What the chats are told.
            chats: Their ids of today.
            now: When it was raised, aware UTC.
        """
        if not self._in_ledger.add_alert(alert_id, text, chats=chats, now=now):
            self._in_memory.add_alert(alert_id, text, chats=chats)

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of several rounds, from wherever they are."""
        wanted = tuple(round_ids)
        if self._newest is not None and wanted == (self._newest.round_id,):
            return {self._newest.round_id: self._newest}  # as the ledger has it, and at hand
        return self._in_ledger.snapshots_of(wanted) | self._in_memory.snapshots_of(wanted)

    def begin_sending(self, row: Row, text: str, *, folded: Iterable[int] = ()) -> bool:
        """Note that a row is about to be sent with this text; return False where that could not be recorded.

        Args:
            row: The row.
            text: The message as it is sent.
            folded: The ids of the older rows that it tells.
        """
        return self._store_of(row).begin_sending(row, text, folded=folded)

    def mark_sent(self, row: Row, message_id: int) -> None:
        """Note that Telegram took a row.

        Args:
            row: The row.
            message_id: Telegram's number of the message.
        """
        if row.round_id is not None:
            self._told.note((row.round_id, row.chat_id))
        self._store_of(row).mark_sent(row, message_id)

    def forget_place(self, row: Row) -> None:
        """Note that the message is gone that a row was to edit."""
        self._in_ledger.forget_place(row)

    def mark_dead(self, row: Row, reason: str) -> None:
        """Note that a row can never be delivered.

        Args:
            row: The row.
            reason: Why, in Telegram's words where it refused.
        """
        self._store_of(row).mark_dead(row, reason)

    def put_back(self, row: Row, reason: str, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later.

        Args:
            row: The row.
            reason: Why this attempt failed.
            unconfirmed: Whether Telegram may have taken it all the same.
            next_attempt_at: When it may be tried again, aware UTC.
        """
        self._store_of(row).put_back(row, reason, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at)

    def put_back_refused(self, row: Row, reason: str, *, next_attempt_at: datetime) -> None:
        """Note that Telegram refuses a row for now: it has surely nothing of it.

        Args:
            row: The row.
            reason: Why Telegram refuses it.
            next_attempt_at: When it may be tried again, aware UTC.
        """
        self._store_of(row).put_back_refused(row, reason, next_attempt_at=next_attempt_at)

    def undelivered(self, row: Row) -> list[Row]:
        """Return the slots before a row that its chat refused and that nobody has told it since."""
        return self._store_of(row).undelivered(row)

    def rounds_told_by(self, row: Row) -> list[str]:
        """Return the row's own round and those that were folded into it at its first attempt."""
        return [row.round_id, *self._store_of(row).rounds_folded_into(row)] if row.round_id is not None else []

    def _store_of(self, row: Row) -> OutboxStore:
        """Return the store that a row is in."""
        return self._in_memory if in_memory(row) else self._in_ledger
