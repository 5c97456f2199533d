"""What people type: our own loop around getUpdates, because the library's confirms first and stores never.

Store, then let Telegram forget (the next call's offset), then handle. The loop never ends by itself: a refused token, a
second poller and a dead network each have a pause and a line in the log, and sending goes on without it.
"""

import asyncio
import random

from telegram import Bot, Update
from telegram.error import Conflict

from bus.log import logger
from notifier.commands import Commands
from notifier.requests import Wishes
from notifier.telegram import POLL_S, InvalidToken, RetryAfter, TelegramError, readable, wording

LONGEST_PAUSE_S = 30.0
REFUSED_TOKEN_PAUSE_S = 60.0
OVER_S = 20.0
KINDS = ["message"]

log = logger(__name__)


class Updates:
    """The long poll and what it remembers: the offset, and how often it failed in a row."""

    def __init__(self, bot: Bot, commands: Commands, wishes: Wishes) -> None:
        """Start at the oldest update that Telegram still keeps."""
        self._bot = bot
        self._commands = commands
        self._wishes = wishes
        self._offset: int | None = None
        self._failures = 0
        self._ready = False

    async def run(self) -> None:
        """Poll until cancelled."""
        while True:
            try:
                await self._turn()
                self._failures = 0
            except (TelegramError, TimeoutError) as error:
                self._failures += 1
                pause_s = self._pause_s(error)
                log.warning("cannot hear Telegram", reason=wording(error), again_in_s=pause_s)
                await asyncio.sleep(pause_s)

    async def _turn(self) -> None:
        with readable():
            updates = await self._poll()
        allowed = [update for update in updates if self._commands.allows(update)]
        new = [self._commands.store(update) for update in allowed]
        if any(new):
            self._wishes.wake()
        if updates:
            self._offset = updates[-1].update_id + 1
        for update in allowed:
            await self._commands.process(update)

    async def _poll(self) -> tuple[Update, ...]:
        if not self._ready:
            await self._commands.start()
            self._ready = True
            log.info("listening", bot=self._bot.username)
        async with asyncio.timeout(POLL_S + OVER_S):
            return await self._bot.get_updates(offset=self._offset, timeout=POLL_S, allowed_updates=KINDS)

    def _pause_s(self, error: Exception) -> float:
        if isinstance(error, InvalidToken):
            return REFUSED_TOKEN_PAUSE_S
        if isinstance(error, RetryAfter):
            pause = error.retry_after
            return 0.5 + (float(pause) if isinstance(pause, int) else pause.total_seconds())
        if isinstance(error, Conflict):
            return random.uniform(5, LONGEST_PAUSE_S)  # noqa: S311 - two pollers must not step together
        return min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(self._failures, 6))
