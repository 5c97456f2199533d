"""Delivery: takes rows from the outbox to Telegram, in order in each chat, until each is sent, folded or dead.

It looks at start and whenever it is woken, by a bus message or by the notifier's pulse every two seconds. How the
states follow each other is drawn in `ledger.portfolio.outbox`; what happens to each of Telegram's answers: `_send`.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta

from telegram import Bot

from bus.alert_texts import alert_text
from bus.alerts import raised
from bus.backoff import pause_s
from bus.chats import bare
from bus.connection import Bus
from bus.log import logger
from bus.messages.delivery import Delivered
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.portfolio.outbox import Row
from ledger.portfolio.requests import Answered
from notifier.commands.round_requests import is_slot
from notifier.delivery.message_sender import MessageSender, is_edit
from notifier.delivery.next_message import folded_text, newest_forms, next_run, of_several
from notifier.delivery.pace import CHAT_PAUSE_S, Pace
from notifier.delivery.refusals import Verdict, verdict_on
from notifier.delivery.telegram import (
    ChatMigrated,
    InvalidToken,
    RetryAfter,
    TelegramError,
    asked_pause_s,
    is_refusal,
    may_have_arrived,
    readable,
    wording,
)
from notifier.settings import Settings
from notifier.storage.stores import Stores
from notifier.texts.commands import words_of
from notifier.texts.message import REPEAT_LINE, View, render

SEND_WHOLE_S = 40.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
FIRST_REFUSED_PAUSE_S = 5.0
LONGEST_REFUSED_PAUSE_S = 600.0
"""How slowly a message is tried again that Telegram refuses for now: it may do so for hours."""
REFUSED_TOKEN_PAUSE_S = 60.0
NOT_RECORDED = "⚠ Not recorded"

log = logger(__name__)


class OutboxDispatcher:
    """The one way out to Telegram for snapshots and alerts."""

    def __init__(
        self, bot: Bot, settings: Settings, *, stores: Stores, bus: Bus, time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Prepare to send; the outbox is first read when `run` begins.

        Args:
            bot: The library's.
            settings: In which language and zone messages are worded, and with which breakdown.
            stores: The outbox, and what else is to be noted when a message arrives or is refused.
            bus: Where it is said that a message was delivered.
            time: Both clocks; pauses are measured by the monotonic one.
        """
        self._words = words_of(settings.language, trading=settings.trading != "off")
        self._timezone = settings.zone
        self._posting = MessageSender(bot, stores=stores, words=self._words, timezone=self._timezone, time=time)
        self._breakdown = settings.include_crypto_breakdown
        self._stores = stores
        self._outbox = stores.outbox
        self._requests = stores.requests
        self._bus = bus
        self._time = time
        self._wake = asyncio.Event()
        self._locks: dict[str, asyncio.Lock] = {}
        self._pace = Pace(time)
        self._again_at: dict[int, float] = {}
        self._doubtful: set[int] = set()
        self._token_refused_until = 0.0
        self._in_flight: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._busy: set[str] = set()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    def lock(self, chat_id: str) -> asyncio.Lock:
        """Return the lock that everything sent to a chat holds, so that a `Working…` and its answer do not cross."""
        return self._locks.setdefault(chat_id, asyncio.Lock())

    async def finish(self, within_s: float) -> None:
        """Begin nothing new and let what is being sent end, so that a clean stop leaves nothing unconfirmed.

        Args:
            within_s: How long to wait for that, in seconds.
        """
        self._stopping = True
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=within_s)

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                self._begin(group)
                await self._wake.wait()

    def _begin(self, group: asyncio.TaskGroup) -> None:
        """Send to every chat that waits and that nothing is being sent to; one that hangs holds no other back."""
        if self._time.monotonic() < self._token_refused_until:
            return
        for chat_id, rows in self._outbox.pending().items():
            if chat_id not in self._busy:
                self._busy.add(chat_id)
                group.create_task(self._deliver_one(chat_id, rows))

    async def _deliver_one(self, chat_id: str, rows: list[Row]) -> None:
        """Deliver to one chat, which is busy meanwhile."""
        try:
            await self._deliver(chat_id, rows)
        finally:
            self._busy.discard(chat_id)

    async def _deliver(self, chat_id: str, rows: list[Row]) -> None:
        """Send the first message of a chat, if it may be sent now."""
        if not self._pace.may_go(chat_id):
            return
        waiting = newest_forms(rows)
        run = next_run(waiting.rows)
        others = [each for each in waiting.rows if each not in run]
        if run[-1].id in self._doubtful and not self._may_try(run[-1]) and others:
            run = next_run(others)  # what may be refused for itself alone holds nobody up
        row = run[-1] if len(run) == 1 else of_several(run[-1])
        if not self._may_try(row):
            return
        async with self.lock(chat_id):
            if self._stopping:
                return
            undelivered = self._outbox.undelivered(row)
            older = [*undelivered, *run[:-1]]
            folded = [*(each.id for each in undelivered), *waiting.folded(run)]
            told = [*self._outbox.rounds_told_by(row), *(each.round_id for each in older if each.round_id is not None)]
            text = self._text(row, told) if len(run) == 1 or row.round_id is not None else folded_text(run)
            if text is None:
                self._outbox.mark_dead(row, "its snapshot is not in the ledger")
                return
            if not self._outbox.begin_sending(row, text, folded=folded) and NOT_RECORDED not in text:
                text = f"{text}\n\n{NOT_RECORDED}: {self._stores.ledger.trouble}"
            self._again_at.pop(row.id, None)
            self._pace.note(chat_id)
            tries = 1 + sum(each.attempts for each in run)
            sending = asyncio.create_task(self._send(row, text, told, tries=tries))
            self._in_flight.add(sending)
            sending.add_done_callback(self._in_flight.discard)
            await asyncio.shield(sending)
        self._pace.be_quiet(chat_id, CHAT_PAUSE_S)
        asyncio.get_running_loop().call_later(CHAT_PAUSE_S, self.wake)

    def _may_try(self, row: Row) -> bool:
        """Tell whether a row's pause is over; what is written of it counts after a restart only: wall clocks step."""
        again_at = self._again_at.get(row.id)
        if again_at is not None:
            return self._time.monotonic() >= again_at
        return row.next_attempt_at is None or row.next_attempt_at <= self._time.now()

    def _text(self, row: Row, told: list[str]) -> str | None:
        """Render a row, which tells these rounds; once rendered it stays as it is, but for the mark of a repeat."""
        if row.text is not None and (not row.unconfirmed or row.round_id is None):
            marked = not row.unconfirmed or row.place is not None or row.text.startswith(REPEAT_LINE)
            return row.text if marked else f"{REPEAT_LINE}\n\n{row.text}"
        snapshots = self._outbox.snapshots_of(told)
        snapshot = snapshots.get(row.round_id or "")
        if snapshot is None:
            return row.text
        text = render(
            snapshot,
            View(
                timezone=self._timezone,
                include_crypto_breakdown=self._breakdown,
                attempted_at=row.first_attempt_at or self._time.now(),
                repeat=row.unconfirmed > 0,
                folded=tuple(each for each in snapshots.values() if each is not snapshot),
            ),
        )
        paused = snapshot.scheduled_for is None and self._stores.pause.is_set()
        return f"{text}\n\n{self._words.paused_footer}" if paused else text

    async def _send(self, row: Row, text: str, told: list[str], *, tries: int) -> None:
        """Send a row and do what Telegram's answer asks for."""
        answers = self._requests.answered_by(row, told)
        slot = any(map(is_slot, told))
        try:
            with readable():
                async with asyncio.timeout(SEND_WHOLE_S):  # the client's own limit begins anew with each byte
                    message_id = await self._posting.put(row, text, answers, slot=slot)
        except RetryAfter as error:
            self._pace.be_quiet(row.chat_id, asked_pause_s(error) + 0.5)  # whatever comes next in this chat
            self._again(row, "flood control", wait_s=asked_pause_s(error) + 0.5, unconfirmed=False)
        except ChatMigrated as error:
            self._stores.move_chat(bare(row.chat_id), str(error.new_chat_id))
            self._again(row, "chat moved", wait_s=0, unconfirmed=False)
        except InvalidToken:
            self._hold_all()
            self._again(row, "token refused", wait_s=0, unconfirmed=False)
        except (TelegramError, TimeoutError) as error:
            if isinstance(error, TelegramError) and is_refusal(error):
                self._refused(row, error, tries=tries)
                return
            wait_s = pause_s(row.attempts, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S, jitter=0.5)
            edit = is_edit(self._requests.answered_by(row, told), slot=slot) or self._posting.edits(row)
            self._again(row, wording(error), wait_s=wait_s, unconfirmed=may_have_arrived(error) and not edit)
        else:
            await self._sent(row, text, told, message_id=message_id, answers=answers)

    async def _sent(self, row: Row, text: str, told: list[str], *, message_id: int, answers: list[Answered]) -> None:
        """Note that Telegram took a row, tell everybody who waits for that, and refresh the older messages."""
        self._outbox.mark_sent(row, message_id)
        self._doubtful.discard(row.id)
        log.info("delivered", row=row.id, round=row.round_id or "-", attempts=row.attempts + 1)
        for request_id in [answer.id for answer in answers] or [""]:
            self._bus.publish(Delivered(id=request_id, round_id=row.round_id or "", text=text))
        for round_id in told[1:]:
            self._bus.publish(Delivered(id="", round_id=round_id, text=text))
        self._requests.forget(row, answers)
        with contextlib.suppress(TimeoutError), readable():
            async with asyncio.timeout(SEND_WHOLE_S):
                await self._posting.refresh(row, text, answers, put=message_id)

    def _refused(self, row: Row, error: TelegramError, *, tries: int) -> None:
        """Give up what is refused for ever; try again, ever more slowly, what a person or Telegram can undo."""
        verdict, reason = verdict_on(error), wording(error)
        if verdict in {Verdict.MESSAGE, Verdict.CHAT}:
            log.error("message is dead", row=row.id, reason=reason)
            self._outbox.mark_dead(row, reason)
        else:
            wait_s = pause_s(tries, first_s=FIRST_REFUSED_PAUSE_S, longest_s=LONGEST_REFUSED_PAUSE_S)
            later = self._pause(row, wait_s)
            log.warning("refused for now", row=row.id, reason=reason, tries=tries, again_in_s=wait_s)
            self._outbox.put_back_refused(row, reason, next_attempt_at=later)
        if verdict is Verdict.UNKNOWN:
            self._doubtful.add(row.id)
        self._tell_refused(row, reason, verdict=verdict, first=tries == 1)

    def _tell_refused(self, row: Row, reason: str, *, verdict: Verdict, first: bool) -> None:
        """Tell the owner: in every chat of a message that none can have, in the others of a chat that takes none."""
        if verdict is Verdict.MESSAGE:
            if row.round_id is not None:
                self._stores.alerts.add(
                    raised(f"dead-{row.id}", alert_text("message_dead", error=reason), self._time.now())
                )
            return
        chat, now = row.chat_id, self._time.now()
        if verdict is Verdict.CHAT:
            told = raised(f"gone-{chat}-{now:%Y-%m-%d}", alert_text("chat_gone", chat=chat, error=reason), now)
            self._stores.alerts.add(told, but=chat)
        elif first:
            told = raised(f"refused-{chat}-{row.id}", alert_text("chat_refuses", chat=chat, error=reason), now)
            self._stores.alerts.add(told, but=chat)

    def _hold_all(self) -> None:
        """Send nothing for a while, since Telegram refuses the token."""
        if self._time.monotonic() >= self._token_refused_until:  # said once, however many chats are told so
            log.error("Telegram refuses the bot's token; everything is kept", cure="set TELEGRAM_BOT_TOKEN, restart")
        self._token_refused_until = self._time.monotonic() + REFUSED_TOKEN_PAUSE_S

    def _again(self, row: Row, reason: str, *, wait_s: float, unconfirmed: bool) -> None:
        """Put a row back, to be tried again after a pause."""
        log.warning("not delivered", row=row.id, reason=reason, unconfirmed=unconfirmed, again_in_s=wait_s)
        later = self._pause(row, wait_s)
        self._outbox.put_back(row, reason, unconfirmed=unconfirmed, next_attempt_at=later)

    def _pause(self, row: Row, wait_s: float) -> datetime:
        """Leave a row alone for a while; return the end of it."""
        self._again_at[row.id] = self._time.monotonic() + wait_s
        asyncio.get_running_loop().call_later(wait_s, self.wake)
        return self._time.now() + timedelta(seconds=wait_s)
