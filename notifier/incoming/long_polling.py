"""What people type: our own loop around getUpdates, because the library's confirms first and stores never.

Store, then let Telegram forget (the next call's offset), then handle. The loop never ends by itself: a refused token, a
second poller and a dead network each have a pause and a line in the log, and sending goes on without it.
"""

import asyncio
import math
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Bot
from telegram.request import BaseRequest

from bus.alert_texts import AlertText, alert_text
from bus.backoff import pause_s
from bus.log import logger
from notifier.commands.dispatcher import Dispatcher
from notifier.commands.round_requests import RoundRequests
from notifier.delivery.telegram import (
    POLL_S,
    Conflict,
    InvalidToken,
    RetryAfter,
    TelegramError,
    asked_pause_s,
    is_webhook,
    readable,
    wording,
)
from notifier.incoming.update_reader import MOST_AT_ONCE, Fetched, UpdateReader

LONGEST_PAUSE_S = 30.0
REFUSED_TOKEN_PAUSE_S = 60.0
OVER_S = 15.0
DEAF_S = 75.0
"""Longer than a poll that hears nothing new, with its leeway, and short enough to be told within 90 s."""

log = logger(__name__)


class LongPolling:
    """The long poll and what it remembers: the offset, how often it failed in a row, and when it last succeeded.

    `_emptied_at` is when Telegram last had nothing more for us: what comes later cannot have waited longer than since.
    """

    def __init__(
        self,
        bot: Bot,
        listener: BaseRequest,
        *,
        commands: Dispatcher,
        round_requests: RoundRequests,
        alert: Callable[[AlertText], None],
    ) -> None:
        """Listen from the oldest update on that Telegram still keeps.

        Args:
            listener: The HTTP client that waits for updates; the bot's own one sends.
            commands: Answers what people type and press.
            round_requests: Is woken when a request was stored.
            alert: Sends an alert to the configured chats.
        """
        self._bot = bot
        self._incoming = UpdateReader(bot, listener)
        self._commands = commands
        self._round_requests = round_requests
        self._alert = alert
        self._offset: int | None = None
        self._failures = 0
        self._ready = False
        self._heard_at = time.monotonic()
        self._emptied_at: float | None = None
        self._deaf_because = alert_text("deaf")
        self._told = False
        self._replies: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                await self._turn()
                self._failures = 0
                self._heard_at = time.monotonic()
            except (TelegramError, TimeoutError) as error:
                self._failures += 1
                self._deaf_because = _deafness(error)
                pause_s = self._pause_s(error)
                log.warning("cannot hear Telegram", reason=wording(error), again_in_s=pause_s)
                await asyncio.sleep(pause_s)

    def watch(self) -> None:
        """Tell once when nothing has been heard for more than a minute, and once when it is over."""
        deaf = time.monotonic() - self._heard_at > DEAF_S
        if deaf and not self._told:
            self._told = True
            self._alert(self._deaf_because)
        elif self._told and not deaf:
            self._told = False
            self._alert(alert_text("hears"))

    async def _turn(self) -> None:
        """Fetch what people typed, let it be stored, then move the offset, and begin the replies."""
        began = time.monotonic()
        with readable():
            fetched = await self._poll()
        deaf_s = math.inf if self._emptied_at is None else began - self._emptied_at
        admitted = self._commands.admit(self._incoming.read(fetched), deaf_s=deaf_s)
        if admitted:
            self._round_requests.wake()
        if fetched:
            self._offset = fetched[-1].update_id + 1
        if len(fetched) < MOST_AT_ONCE:
            self._emptied_at = time.monotonic()
        for asked in admitted:  # a reply that hangs must not make the next command wait
            self._begin(self._commands.answer(asked))

    def _begin(self, reply: Coroutine[Any, Any, None]) -> None:
        """Begin a reply as a task of its own."""
        task = asyncio.create_task(reply)
        self._replies.add(task)
        task.add_done_callback(self._over)

    def _over(self, reply: asyncio.Task[None]) -> None:
        """Forget a reply; what nobody expected in it is logged, and the poll goes on."""
        self._replies.discard(reply)
        error = None if reply.cancelled() else reply.exception()
        if isinstance(error, Exception):
            log.crash("reply failed", error)

    async def _poll(self) -> tuple[Fetched, ...]:
        """Return the updates since the offset; the first time the bot starts before."""
        if not self._ready:
            async with asyncio.timeout(OVER_S):
                await self._commands.start()
            self._ready = True
            log.info("listening", bot=self._bot.username)
            self._begin(self._commands.tell_menu())
        async with asyncio.timeout(POLL_S + OVER_S):
            return await self._incoming.fetch(self._offset)

    def _pause_s(self, error: Exception) -> float:
        """Return the pause after an error, in seconds."""
        if isinstance(error, InvalidToken):
            return REFUSED_TOKEN_PAUSE_S
        if isinstance(error, RetryAfter):
            return 0.5 + asked_pause_s(error)
        if isinstance(error, Conflict):
            return random.uniform(5, LONGEST_PAUSE_S)  # noqa: S311 - two pollers must not step together
        return pause_s(self._failures, first_s=0.5, longest_s=LONGEST_PAUSE_S)


def _deafness(error: Exception) -> AlertText:
    """Return the alert's sentence for why Telegram cannot be heard."""
    if isinstance(error, Conflict):
        return alert_text("deaf_webhook") if is_webhook(error) else alert_text("deaf_conflict")
    if isinstance(error, InvalidToken):
        return alert_text("deaf_token")
    return alert_text("deaf_unanswered", error=wording(error))
