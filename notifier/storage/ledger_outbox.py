"""The rows of the outbox that are in the ledger; what cannot be written now is written later, in order."""

from collections.abc import Iterable
from datetime import datetime

from bus.log import logger
from bus.messages.rounds import Snapshot
from bus.time_source import TimeSource
from ledger.portfolio import outbox, recovery, subjects
from ledger.portfolio.outbox import Row
from notifier.storage.careful_ledger import CarefulLedger

log = logger(__name__)


class LedgerOutbox:
    """`ledger.portfolio.outbox`, which may be out of use; an `OutboxStore`."""

    def __init__(self, ledger: CarefulLedger, *, time: TimeSource) -> None:
        """Look at the ledger when first asked.

        Args:
            ledger: The ledger, which may be out of use.
            time: Says when a row is sent.
        """
        self._ledger = ledger
        self._time = time
        self._recovered = False

    def pending(self) -> list[Row]:
        """Return what still has to be sent, oldest first in each chat, after what an earlier run left is put back."""
        self._ledger.write_late()
        by_chat = (self._ledger.ask(outbox.pending) or {}) if self._recover() else {}
        rows = [row for rows in by_chat.values() for row in rows if row.id not in self._ledger.handled]
        for row in rows:
            if row.told_in is not None:
                self._ledger.do(subjects.settle, row, row.told_in)
        return [row for row in rows if row.told_in is None]

    def add_alert(self, alert_id: str, text: str, *, chats: Iterable[str], now: datetime) -> bool:
        """Put an alert into the outbox of each chat, once.

        Args:
            alert_id: What makes it the same alert when it is said again.
            text: What the chats are told.
            chats: Their ids.
            now: When it was raised, aware UTC.

        Returns:
            Whether it is in the ledger.
        """
        return self._ledger.do(outbox.add_alert, alert_id, text, chats=tuple(chats), now=now)

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of these rounds, by round; those that the ledger cannot give are left out."""
        return self._ledger.ask(outbox.snapshots_of, round_ids) or {}

    def begin_sending(self, row: Row, text: str, /, *, folded: Iterable[int] = ()) -> bool:
        """Commit that a row is about to be sent; return False where that could not be recorded."""
        return self._ledger.do(outbox.begin_sending, row, text, now=self._time.now(), folded=tuple(folded))

    def mark_sent(self, row: Row, message_id: int, /) -> None:
        """Note that Telegram took a row."""
        now = self._time.now()
        self._ledger.keep(lambda ledger: outbox.mark_sent(ledger, row, message_id, now=now), row_id=row.id)

    def forget_place(self, row: Row) -> None:
        """Note that the message is gone that a row was to edit: what is sent in its place can be doubled."""
        self._ledger.do(subjects.forget_place, row)

    def mark_dead(self, row: Row, reason: str, /) -> None:
        """Note that a row can never be delivered."""
        self._ledger.keep(lambda ledger: outbox.mark_dead(ledger, row, reason), row_id=row.id)

    def put_back(self, row: Row, reason: str, /, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later; one that stays in `sending` is recovered as unconfirmed."""
        if not self._ledger.do(outbox.put_back, row, reason, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at):
            self._recovered = False

    def put_back_refused(self, row: Row, reason: str, /, *, next_attempt_at: datetime) -> None:
        """Note that Telegram refuses a row for now, as if it had never been tried, unless it may have a copy of it."""
        if row.unconfirmed:
            self.put_back(row, reason, unconfirmed=False, next_attempt_at=next_attempt_at)
        elif not self._ledger.do(outbox.put_back_refused, row, reason, next_attempt_at=next_attempt_at):
            self._recovered = False

    def undelivered(self, row: Row) -> list[Row]:
        """Return the slots before a row that its chat refused; only a round's row that was never tried tells them."""
        if row.round_id is None or row.first_attempt_at is not None or row.unconfirmed:
            return []
        return list(self._ledger.ask(outbox.undelivered, row.chat_id) or ())

    def rounds_folded_into(self, row: Row) -> tuple[str, ...]:
        """Return the rounds that a row tells besides its own."""
        if row.round_id is None or not row.attempts:
            return ()
        return self._ledger.ask(outbox.rounds_folded_into, row.id) or ()

    def _recover(self) -> bool:
        """Put back what a death left in `sending`, once; return whether that is done."""
        if not self._recovered:
            found = self._ledger.ask(recovery.recover)
            self._recovered = found is not None
            if found:
                log.warning("found in sending", rows=found)
        return self._recovered
