"""The outbox as the notifier needs it, and a stand-in for it in memory while the ledger cannot be used.

Then wishes and messages are kept here: a round that the aggregator could not record, a wish or an alert that could not
be stored, a row whose `sending` could not be committed. What could not be written is written later, in order. Rows that
live in memory alone have negative ids.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from bus.alert_words import news
from bus.alerts import raised
from bus.log import logger
from bus.messages import Alert, Outcome, Snapshot
from ledger import outbox, outcomes, schedule, takeover, wishes
from ledger.outbox import Row
from ledger.store import Ledger, NotReady
from ledger.trouble import LedgerTrouble
from ledger.wishes import Answered, Request
from notifier.alerts_in_russian import text_of
from notifier.aside import MOST_KEPT, Aside
from notifier.language import Language
from notifier.phone import fitted_plain

Answer = TypeVar("Answer")

log = logger(__name__)


class Outbox:
    """Rows, requests and alerts, in the ledger or in memory; nothing here raises LedgerTrouble."""

    def __init__(self, ledger: Ledger, chats: tuple[str, ...], *, language: Language = "en") -> None:
        """Look at the ledger when first asked; alerts are worded in this language when they are stored."""
        self._ledger = ledger
        self._chats = chats
        self._language: Language = language
        self._ready = False
        self._recovered = False
        self._late: list[Callable[[], object]] = []
        self._handled: set[int] = set()
        self._aside = Aside()
        self._newest: Snapshot | None = None
        self._told: dict[tuple[str, str], None] = {}
        self._wishes: dict[str, tuple[Request, tuple[str, ...]]] = {}
        self._alerts: dict[str, None] = {}
        self._moved: frozenset[str] | None = None
        self._paused: bool | None = None
        self.trouble = ""

    def is_ready(self) -> bool:
        """Tell whether the ledger is open, at the right schema and, as far as known, usable."""
        if not self._ready:
            try:
                self._ledger.check()
                self._ready = True
            except NotReady as error:
                if self.trouble != str(error):
                    log.info("waiting for the ledger", because=error)
                self.trouble = str(error)
            except LedgerTrouble as error:
                self._note(error.reason)
        return self._ready

    def pending(self) -> dict[str, list[Row]]:
        """Return what still has to be sent, oldest first, by chat."""
        self._write_late()
        by_chat: dict[str, list[Row]] = {}
        if self._recover():
            by_chat = self._ask(lambda: outbox.pending(self._ledger)) or {}
        for rows in by_chat.values():
            for row in tuple(rows):
                if row.id in self._handled:
                    rows.remove(row)
                elif (row.round_id, row.chat_id) in self._told:  # told from memory, before its row was written
                    rows.remove(row)
                    self.mark_sent(row, 0)
        for row in self._aside.rows.values():
            by_chat.setdefault(row.chat_id, []).append(row)
        return {chat_id: rows for chat_id, rows in by_chat.items() if rows}

    def offer(self, snapshot: Snapshot) -> None:
        """Take in a snapshot from the bus: what the ledger does not know of it is kept here; the newest is, anyway."""
        self._newest = snapshot if snapshot.recorded else self._newest
        receivers = {chat_id: None for _, chats in self._wishes.values() for chat_id in chats}
        if not snapshot.recorded and snapshot.scheduled_for is not None:
            receivers |= dict.fromkeys(self._chats)
        if not snapshot.recorded:
            receivers |= dict.fromkeys(self._ask(lambda: wishes.askers_waiting(self._ledger)) or ())
        for chat_id in receivers:
            if (snapshot.round_id, chat_id) not in self._told:
                self._aside.add_round(chat_id, snapshot)

    def snapshots_of(self, round_ids: Iterable[str]) -> dict[str, Snapshot]:
        """Return the snapshots of several rounds, from wherever they are."""
        wanted = tuple(round_ids)
        if self._newest is not None and wanted == (self._newest.round_id,):
            return {self._newest.round_id: self._newest}  # as the ledger has it, and at hand
        found = self._ask(lambda: outbox.snapshots_of(self._ledger, wanted)) or {}
        here = self._aside.snapshots
        return found | {each: here[each] for each in wanted if each in here}

    def begin_sending(self, row: Row, text: str, *, now: datetime, folded: Iterable[int] = ()) -> bool:
        """Commit that a row is about to be sent; return False where that could not be recorded."""
        if row.id < 0:
            for told in self._aside.begin_sending(row, text, now=now, folded=folded):
                self._told[told.round_id or "", told.chat_id] = None  # the aggregator may say it again
            return False
        older = tuple(folded)
        return self._do(lambda: outbox.begin_sending(self._ledger, row, text, now=now, folded=older))

    def mark_sent(self, row: Row, message_id: int) -> None:
        """Note that Telegram took a row."""
        if row.round_id is not None:
            self._told[row.round_id, row.chat_id] = None
            while len(self._told) > MOST_KEPT:
                del self._told[next(iter(self._told))]
        if row.id < 0:
            self._aside.forget(row)
        else:
            now = datetime.now(UTC)
            self._write(row.id, lambda: outbox.mark_sent(self._ledger, row, message_id, now=now))

    def mark_dead(self, row: Row, reason: str) -> None:
        """Note that a row can never be delivered."""
        if row.id < 0:
            self._aside.forget(row)
        else:
            self._write(row.id, lambda: outbox.mark_dead(self._ledger, row, reason))

    def put_back(self, row: Row, reason: str, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
        """Note that a row is to be sent again later."""
        if row.id < 0:
            self._aside.put_back(row, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at)
            return
        done = self._do(
            lambda: outbox.put_back(self._ledger, row, reason, unconfirmed=unconfirmed, next_attempt_at=next_attempt_at)
        )
        if not done:
            self._recovered = False  # it stays in `sending`; recovering will put it back as unconfirmed

    def allows(self, chat_id: str) -> bool:
        """Tell whether a chat is one of the configured ones, under its old number or its new one."""
        return chat_id in self._chats or chat_id in self._moved_to()

    def is_paused(self) -> bool:
        """Tell whether the owner wants no scheduled messages; nobody else changes it, so it is read once."""
        if self._paused is None:
            found = self._ask(lambda: schedule.read_schedule(self._ledger))
            self._paused = None if found is None else found.paused
        return self._paused is True

    def schedule_changed(self) -> None:
        """Read anew what the owner wants when it is asked next."""
        self._paused = None

    def newest_told(self) -> str:
        """Return the round of the newest slot that every chat has."""
        return self._ask(lambda: takeover.newest_told(self._ledger)) or ""

    def take_over(self, told: str, gone_at: datetime) -> None:
        """Settle what came in while another copy spoke for the bot and told slots up to this round."""
        settled = self._ask(lambda: takeover.take_over(self._ledger, told, gone_at))
        log.warning("taken over", others_newest=told or "none", given_up_and_marked=settled)

    def move_chat(self, old: str, new: str) -> None:
        """Follow a group that became a supergroup, and tell the owner."""
        self._moved = None
        self.add_alert(raised(f"chat-{old}-{new}", news("chat_moved", old=old, new=new), datetime.now(UTC)))
        self._write(0, lambda: outbox.move_chat(self._ledger, old, new))
        self._aside.move_chat(old, new)

    def add_request(
        self, request: Request, *, update_id: int | None, chats: Iterable[str], refreshes: int | None = None
    ) -> bool:
        """Store a wish, in memory where the ledger cannot (then for a new message); False when it is known already."""
        askers = tuple(chats)
        if request.id in self._wishes:
            return False
        stored = self._ask(
            lambda: wishes.add_request(self._ledger, request, update_id=update_id, chats=askers, refreshes=refreshes)
        )
        if stored is None and len(self._wishes) < MOST_KEPT:
            self._wishes[request.id] = (request, askers)
        return stored is not False

    def outcome(self, request_id: str) -> Outcome:
        """Return what has become of a request, as far as the ledger can tell."""
        found = self._ask(lambda: outcomes.outcome_of(self._ledger, request_id))
        round_id, text, chats = found or ("", "", ())
        return Outcome(id=request_id, round_id=round_id, text=text, chats=chats, trouble=self.trouble)

    def open_requests(self) -> tuple[Request, ...]:
        """Return the wishes without an answer, oldest first."""
        stored = self._ask(lambda: wishes.open_requests(self._ledger)) or ()
        return (*stored, *(request for request, _ in self._wishes.values()))

    def answers(self, row: Row, told: Iterable[str]) -> list[Answered]:
        """Return the requests that a row answers by telling these rounds."""
        if row.round_id is None:
            return []
        here = [Answered(id=request.id) for request, chats in self._wishes.values() if row.chat_id in chats]
        rounds = tuple(told)
        stored = self._ask(lambda: wishes.requests_answered_by(self._ledger, rounds, row.chat_id))
        return [*here, *(stored or ())]

    def forget_wishes(self, row: Row) -> None:
        """Note that the wishes of a chat that live in memory alone have their answer."""
        for name, (_, chats) in tuple(self._wishes.items()):
            if row.round_id is not None and row.chat_id in chats:
                del self._wishes[name]

    def rounds_told_by(self, row: Row) -> list[str]:
        """Return the row's own round and those that were folded into it at its first attempt."""
        folded = self._aside.rounds_folded_into(row)
        if row.id > 0 and row.round_id is not None and row.attempts:
            folded = self._ask(lambda: outbox.rounds_folded_into(self._ledger, row.id)) or ()
        return [row.round_id, *folded] if row.round_id is not None else []

    def waits_without_working(self, request_id: str, chat_id: str) -> bool:
        """Tell whether a request is still open and its chat has no `Working…` yet."""
        return bool(self._ask(lambda: wishes.waits_without_working(self._ledger, request_id, chat_id)))

    def working_message(self, request_id: str, chat_id: str) -> int | None:
        """Return the `Working…` of a request that is still open."""
        return self._ask(lambda: wishes.working_message(self._ledger, request_id, chat_id))

    def forget_place(self, request_id: str, chat_id: str) -> None:
        """Note that the message which the answer was to replace is gone, or must not be touched again."""
        self._do(lambda: wishes.forget_place(self._ledger, request_id, chat_id))

    def set_working_message(self, request_id: str, chat_id: str, message_id: int) -> None:
        """Remember the `Working…` that the answer will replace."""
        self._do(lambda: wishes.set_working_message(self._ledger, request_id, chat_id, message_id))

    def add_alert(self, alert: Alert) -> None:
        """Put an alert into every chat's outbox, once, however often it is said."""
        if alert.id in self._alerts:
            return
        self._alerts[alert.id] = None
        text = fitted_plain(text_of(alert, self._language))
        stored = self._do(
            lambda: outbox.add_alert(self._ledger, alert.id, text, chats=self._chats, now=alert.raised_at)
        )
        if not stored:
            for chat_id in self._chats:
                self._aside.add_alert(chat_id, alert.id, text)
        while len(self._alerts) > MOST_KEPT:
            del self._alerts[next(iter(self._alerts))]

    def _moved_to(self) -> frozenset[str]:
        if self._moved is None:
            found = self._ask(lambda: outbox.read_moved_chats(self._ledger))
            self._moved = None if found is None else frozenset(found.values())
        return self._moved or frozenset()

    def _recover(self) -> bool:
        if not self._recovered:
            found = self._ask(lambda: outbox.recover(self._ledger))
            self._recovered = found is not None
            if found:
                log.warning("found in sending", rows=found)
        return self._recovered

    def _write(self, row_id: int, write: Callable[[], object]) -> None:
        if self._late or not self._do(write):
            self._late.append(write)
            self._handled.add(row_id)

    def _write_late(self) -> None:
        while self._late and self._do(self._late[0]):
            self._late.pop(0)
        if not self._late:
            self._handled.clear()

    def _do(self, write: Callable[[], object]) -> bool:
        return self._ask(lambda: (write(),)) is not None

    def _ask(self, ask: Callable[[], Answer]) -> Answer | None:
        """Ask the ledger; None where it cannot answer now."""
        if not self.is_ready():
            return None
        try:
            answer = ask()
        except LedgerTrouble as error:
            self._note(error.reason)
            self._ready = not error.damaged
            return None
        self._note("")
        return answer

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            if trouble:
                log.error("ledger trouble", reason=trouble)
            else:
                log.info("ledger is well")
            self.trouble = trouble
