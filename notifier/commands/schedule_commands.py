"""What the owner changes from the chat: how often messages come, and whether they come.

A change is a row of the ledger first; then everybody is told to look there. What cannot be written is not done, and the
answer says why.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from bus.log import logger
from ledger.portfolio.schedule_overrides import read_schedule, set_interval, set_paused
from ledger.store import Ledger
from ledger.unavailable import LedgerUnavailable
from notifier.commands.bus_queries import BusQueries
from notifier.commands.buttons import frequencies
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction
from notifier.settings import Settings

LONGEST_MINUTES = 720
DEFAULT = "default"

log = logger(__name__)


class ScheduleCommands:
    """The commands that have an effect, and the buttons that belong to them."""

    def __init__(
        self,
        replies: Replies,
        settings: Settings,
        *,
        ledger: Ledger,
        bus_queries: BusQueries,
        changed: Callable[[], None],
    ) -> None:
        """Change the schedule that a ledger holds.

        Args:
            changed: Is called after each change; tells the other processes that the ledger holds another schedule.
        """
        self._replies = replies
        self._words = replies.words
        self._settings = settings
        self._timezone: tzinfo = settings.zone
        self._ledger = ledger
        self._changed = changed
        self._bus_queries = bus_queries

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"frequency": self.frequency, "pause": self.pause, "resume": self.resume}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"frequency": self.frequency_pressed}

    async def frequency(self, asked: Interaction) -> None:
        """Say how often messages come, or change it."""
        if not asked.arguments:
            await self._replies.say(asked.chat_id, self._frequency_now(), frequencies(self._words))
            return
        async with self._replies.slowly(asked.chat_id, self._words.working) as line:
            await line.become(await self._change_frequency(" ".join(asked.arguments)))

    async def frequency_pressed(self, asked: Interaction) -> None:
        """Change how often messages come, unless the button was pressed long ago."""
        if await self._replies.is_in_time(asked):
            answer = await self._change_frequency("".join(asked.arguments))
            await self._replies.edit(asked.chat_id, asked.message_id, answer)

    async def pause(self, asked: Interaction) -> None:
        """Stop the scheduled messages."""
        await self._set_paused(asked, paused=True)

    async def resume(self, asked: Interaction) -> None:
        """Let the scheduled messages come again."""
        await self._set_paused(asked, paused=False)

    def _frequency_now(self) -> str:
        """Return how often messages come and by what, above the question how often they shall."""
        try:
            self._ledger.must_be_ready()
            minutes = read_schedule(self._ledger).interval_minutes
        except LedgerUnavailable:
            minutes = None
        if minutes is not None:
            told = self._words.frequency_now.format(minutes=minutes)
        elif self._settings.schedule_cron:
            told = self._words.frequency_cron
        else:
            told = self._words.frequency_from_env.format(minutes=self._settings.poll_interval_minutes)
        return f"{told}\n{self._words.frequency_choose}"

    async def _change_frequency(self, written: str) -> str:
        """Change it where that makes sense; return what to say."""
        least = int(self._settings.collect_deadline_seconds // 60) + 1
        minutes = int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else None
        if written.lower() != DEFAULT and (minutes is None or not 1 <= minutes <= LONGEST_MINUTES):
            return self._words.frequency_bad.format(least=least)
        if minutes is not None and minutes < least:
            deadline = f"{self._settings.collect_deadline_seconds:g}"
            return self._words.frequency_short.format(deadline=deadline, least=least)
        problem = self._change(lambda: set_interval(self._ledger, minutes, now=datetime.now(UTC)))
        if problem:
            return problem
        log.info("frequency changed", minutes=minutes or DEFAULT)
        done = self._words.frequency_default if minutes is None else self._words.frequency_set.format(minutes=minutes)
        answer = await self._bus_queries.next_slot(minutes)
        if answer is None:
            return done
        at = answer.next_slot.astimezone(self._timezone)
        return f"{done}\n{self._words.next_slot.format(at=f'{at:%Y-%m-%d %H:%M}')}"

    async def _set_paused(self, asked: Interaction, *, paused: bool) -> None:
        """Pause or resume, and say so; or say that it was so already, or why it is not done."""
        done = self._words.pause if paused else self._words.resume
        needless = self._words.paused_already if paused else self._words.not_paused
        try:
            self._ledger.must_be_ready()
            said = needless if read_schedule(self._ledger).paused == paused else ""
        except LedgerUnavailable as error:
            said = self._not_done(error)
        if not said:
            said = self._change(lambda: set_paused(self._ledger, paused=paused, now=datetime.now(UTC))) or done
            log.info("schedule changed", paused=paused)
        await self._replies.say(asked.chat_id, said)

    def _change(self, change: Callable[[], object]) -> str:
        """Write a change and tell everybody; return the sentence that says why it was not done, empty when it was."""
        try:
            self._ledger.must_be_ready()
            change()
        except LedgerUnavailable as error:
            return self._not_done(error)
        self._changed()
        return ""

    def _not_done(self, error: LedgerUnavailable) -> str:
        """Return the sentence that nothing was changed, and why."""
        return self._replies.ledger_unavailable(error, self._words.not_done)
