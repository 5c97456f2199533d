"""The outbox as the notifier needs it, and a stand-in for it in memory while the ledger cannot be used.

Then messages are kept here: a round that the aggregator could not record, an alert that could not be stored, a row
whose `sending` could not be committed. What could not be written is written later, in order. Rows that live in memory
alone have negative ids. Requests are kept beside it (`request_store`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from bus.alert_texts import alert_text
from bus.alerts import raised
from bus.chats import bare, moved_to
from bus.log import logger
from bus.messages.delivery import Alert
from bus.messages.rounds import Snapshot
from ledger.portfolio import outbox, schedule_overrides, takeover
from ledger.portfolio.outbox import Row
from ledger.store import Ledger
from notifier.delivery.careful_ledger import CarefulLedger
from notifier.delivery.memory_outbox import MOST_KEPT, MemoryOutbox
from notifier.delivery.request_store import RequestStore
from notifier.texts.alerts_russian import text_of
from notifier.texts.language import Language
from notifier.texts.line_wrap import fitted_plain

log = logger(__name__)


class Outbox:
    """The messages that are to be sent, in the ledger or in memory; nothing here raises LedgerUnavailable.

    Attributes:
        requests: Who asked for a snapshot, and which message is to become the answer.
    """

    def __init__(self, ledger: Ledger, chats: tuple[str, ...], *, language: Language = "en") -> None:
        """Look at the ledger when first asked; alerts are worded in this language when they are stored.

        Args:
            chats: Those of TELEGRAM_CHAT_ID.
        """
        self._ledger = CarefulLedger(ledger)
        self._chats = chats
        self._language: Language = language
        self._recovered = False
        self._memory = MemoryOutbox()
        self._newest: Snapshot | None = None
        self._told: dict[tuple[str, str], None] = {}
        self.requests = RequestStore(self._ledger, lambda chat_id: moved_to(chat_id, self._moves()))
        self._alerts: dict[str, None] = {}
        self._moved: dict[str, str] | None = None
        self._moved_here: dict[str, str] = {}
        self._paused: bool | None = None

    def is_ready(self) -> bool:
        """Tell whether the ledger is open, at the right schema and, as far as known, usable."""
        return self._ledger.is_ready()

    @property
    def trouble(self) -> str:
        """Why the ledger cannot be used, empty while it can."""
        return self._ledger.trouble

    def pending(self) -> dict[str, list[Row]]:
        """Return what still has to be sent, oldest first, by chat."""
        self._ledger.write_late()
        by_chat: dict[str, list[Row]] = {}
        if self._recover():
            by_chat = self._ledger.ask(outbox.pending) or {}
        here = {(row.round_id, row.chat_id) for row in self._memory.rows.values() if row.round_id is not None}
        for rows in by_chat.values():
            for row in tuple(rows):
                if row.id in self._ledger.handled or (row.round_id, row.chat_id) in here:
                    rows.remove(row)
                elif (row.round_id, row.chat_id) in self._told:  # told from memory, before its row was written
                    rows.remove(row)
                    self.mark_sent(row, 0)
        for row in self._memory.rows.values():
            by_chat.setdefault(row.chat_id, []).append(row)
        return {chat_id: rows for chat_id, rows in by_chat.items() if rows}

    def offer(self, snapshot: Snapshot) -> None:
        """Take in a snapshot from the bus: what the ledger does not know of it is kept here; the newest is, anyway."""
        self._newest = snapshot if snapshot.recorded else self._newest
        receivers = self.requests.waiting_here()
        if not snapshot.recorded and snapshot.scheduled_for is not None:
            receivers |= {moved_to(each, self._moves()): None for each in self._chats}
        if not snapshot.recorded:
            receivers |= self.requests.waiting()
        for chat_id in receivers:
            if (snapshot.round_id, chat_id) not in self._told:
                self._memory.add_round(chat_id, snapshot)

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of several rounds, from wherever they are."""
        wanted = tuple(round_ids)
        if self._newest is not None and wanted == (self._newest.round_id,):
            return {self._newest.round_id: self._newest}  # as the ledger has it, and at hand
        found = self._ledger.ask(outbox.snapshots_of, wanted) or {}
        here = self._memory.snapshots
        return found | {each: here[each] for each in wanted if each in here}

    def begin_sending(self, row: Row, text: str, *, now: datetime, folded: Iterable[int] = ()) -> bool:
        """Commit that a row is about to be sent; return False where that could not be recorded.

        Args:
            text: The message as it is sent.
        """
        if row.id < 0:
            for told in self._memory.begin_sending(row, text, now=now, folded=folded):
                self._told[told.round_id or "", told.chat_id] = None  # the aggregator may say it again
            return False
        older = tuple(folded)
        return self._ledger.do(outbox.begin_sending, row, text, now=now, folded=older)

    def mark_sent(self, row: Row, message_id: int) -> None:
        """Note that Telegram took a row."""
        if row.round_id is not None:
            self._told[row.round_id, row.chat_id] = None
            while len(self._told) > MOST_KEPT:
                del self._told[next(iter(self._told))]
        if row.id < 0:
            self._memory.forget(row)
        else:
            now = datetime.now(UTC)
            self._ledger.keep(row.id, lambda ledger: outbox.mark_sent(ledger, row, message_id, now=now))

    def mark_dead(self, row: Row, reason: str) -> None:
        """Note that a row can never be delivered.

        Args:
            reason: Why, in Telegram's words where it refused.
        """
        if row.id < 0:
            self._memory.forget(row)
        else:
            self._ledger.keep(row.id, lambda ledger: outbox.mark_dead(ledger, row, reason))

    def put_back(self, row: Row, reason: str, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later.

        Args:
            reason: Why this attempt failed.
        """
        if row.id < 0:
            self._memory.put_back(row, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at)
            return
        done = self._ledger.do(outbox.put_back, row, reason, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at)
        if not done:
            self._recovered = False  # it stays in `sending`; recovering will put it back as unconfirmed

    def put_back_refused(self, row: Row, reason: str, *, next_attempt_at: datetime) -> None:
        """Note that Telegram refuses a row for now: it has surely nothing of it.

        Args:
            reason: Why Telegram refuses it.
        """
        if row.id < 0 or row.unconfirmed:
            self.put_back(row, reason, unconfirmed=False, next_attempt_at=next_attempt_at)
        elif not self._ledger.do(outbox.put_back_refused, row, reason, next_attempt_at=next_attempt_at):
            self._recovered = False

    def undelivered(self, row: Row) -> list[Row]:
        """Return the slots before a row that its chat refused and that nobody has told it since."""
        fresh = row.first_attempt_at is None and not row.unconfirmed
        if row.id < 0 or row.round_id is None or not fresh:
            return []
        return list(self._ledger.ask(outbox.undelivered, row.chat_id) or ())

    def allows(self, chat_id: str) -> bool:
        """Tell whether a chat is a configured one, whatever the topic, under its old number or its new one."""
        configured = {bare(each) for each in self._chats}
        return bare(chat_id) in configured | {moved_to(each, self._moves()) for each in configured}

    def is_paused(self) -> bool:
        """Tell whether the owner wants no scheduled messages; nobody else changes it, so it is read once."""
        if self._paused is None:
            found = self._ledger.ask(schedule_overrides.read_schedule)
            self._paused = None if found is None else found.paused
        return self._paused is True

    def schedule_changed(self) -> None:
        """Read anew what the owner wants when it is asked next."""
        self._paused = None

    def newest_told(self) -> str:
        """Return the round of the newest slot that every chat has."""
        return self._ledger.ask(takeover.newest_told) or ""

    def take_over(self, told: str, gone_at: datetime) -> None:
        """Settle what came in while another copy spoke for the bot and told slots up to this round.

        Args:
            told: The newest slot's round that the other copy has told.
            gone_at: When the other copy left, aware UTC.
        """
        settled = self._ledger.ask(takeover.take_over, told, gone_at)
        log.warning("taken over", others_newest=told or "none", given_up_and_marked=settled)

    def move_chat(self, old: str, new: str) -> None:
        """Follow a group that became a supergroup, with all that waits for it, and tell the owner.

        Args:
            old: The group's number until now.
            new: Its number from now on.
        """
        if self._moves().get(old) != new:
            log.warning("chat moved", old=old, new=new)
            self._moved_here[old] = new
            self.add_alert(raised(f"chat-{old}-{new}", alert_text("chat_moved", old=old, new=new), datetime.now(UTC)))
            self.requests.move_chat(old, new)
        self._ledger.keep(0, lambda ledger: outbox.move_chat(ledger, old, new))
        self._memory.move_chat(old, new)

    def rounds_told_by(self, row: Row) -> list[str]:
        """Return the row's own round and those that were folded into it at its first attempt."""
        folded = self._memory.rounds_folded_into(row)
        if row.id > 0 and row.round_id is not None and row.attempts:
            folded = self._ledger.ask(outbox.rounds_folded_into, row.id) or ()
        return [row.round_id, *folded] if row.round_id is not None else []

    def add_alert(self, alert: Alert, *, but: str = "") -> None:
        """Put an alert into every chat's outbox but one's, once, however often it is said.

        Args:
            alert: What the owner must know.
            but: The chat that is left out; empty for none.
        """
        if alert.id in self._alerts:
            return
        self._alerts[alert.id] = None
        text = fitted_plain(text_of(alert, self._language))
        chats = tuple(chat_id for chat_id in self._chats if moved_to(chat_id, self._moves()) != but)
        if not self._ledger.do(outbox.add_alert, alert.id, text, chats=chats, now=alert.raised_at):
            for chat_id in chats:
                self._memory.add_alert(chat_id, alert.id, text)
        while len(self._alerts) > MOST_KEPT:
            del self._alerts[next(iter(self._alerts))]

    def _moves(self) -> dict[str, str]:
        """Return the groups that have another number now than `.env` says."""
        if self._moved is None:
            self._moved = self._ledger.ask(outbox.read_moved_chats)
        return (self._moved or {}) | self._moved_here

    def _recover(self) -> bool:
        if not self._recovered:
            found = self._ledger.ask(outbox.recover)
            self._recovered = found is not None
            if found:
                log.warning("found in sending", rows=found)
        return self._recovered
