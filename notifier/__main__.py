"""The notifier: everything between the ledger and Telegram, in both directions.

    [program:notifier]
    command="%(here)s/.venv/bin/python" -m launch notifier

The only process with an event loop, because its Telegram library needs one. Its tasks: delivery, updates, requests, and
the pulse, which makes everybody look who would otherwise be woken only by chance: at the bus, should its edge-triggered
descriptor ever have been missed, at the outbox, at how long ago Telegram was heard. One pulse wakes a sleeping process
less often than three would.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from bus.alert_texts import AlertText
from bus.alerts import raised
from bus.connection import Bus
from bus.log import logger
from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored, NowRequested, Outcome
from bus.messages.operations import Health, KeyHealth, Restarted
from bus.messages.rounds import NextSlot, ScheduleChanged, Snapshot
from bus.messages.trading import OutboxFilled, TradingState
from bus.process import join, run
from bus.settings import take, take_platforms
from bus.sources import FX
from ledger.portfolio import takeover
from ledger.store import Ledger, open_ledger
from notifier.commands.bus_queries import BusQueries
from notifier.commands.chart_commands import ChartCommand
from notifier.commands.dispatcher import Dispatcher
from notifier.commands.progress import Progress, Snapshots
from notifier.commands.read_commands import ReadCommands
from notifier.commands.replies import Replies
from notifier.commands.restart_commands import RestartCommand
from notifier.commands.round_requests import RoundRequests
from notifier.commands.schedule_commands import ScheduleCommands
from notifier.delivery.egress_allowlist import stopped
from notifier.delivery.outbox_dispatcher import OutboxDispatcher
from notifier.delivery.telegram import open_bot
from notifier.incoming.interaction import Handler
from notifier.incoming.long_polling import LongPolling
from notifier.instance_lock import Holder, Other, alone, name_of
from notifier.settings import Settings
from notifier.storage.stores import Stores

NAME = "notifier"
LEDGER_LOOK_S = 0.2
LEDGER_WITHIN_S = 20.0
PULSE_S = 2.0
FINISH_S = 1.5
HEARD = (Snapshot, NowRequested, Alert, Health, NextSlot, KeyHealth, Restarted)

log = logger(__name__)


class Answering(Protocol):
    """What answers some commands and buttons."""

    def typed(self) -> Mapping[str, Handler]:
        """Return who answers each command."""
        ...

    def pressed(self) -> Mapping[str, Handler]:
        """Return who answers each button."""
        ...


def ignored(_state: TradingState) -> None:
    """Take no note of how trading is: there is none.

    Args:
        _state: Not looked at.
    """


def main() -> None:
    """Deliver and listen until told to leave."""
    settings = take(Settings, os.environ)
    labels = {each.name: each.label for each in take_platforms(os.environ)}
    topics = [topic(kind) for kind in HEARD]
    if settings.trading != "off":
        from notifier.trading.chat import HEARD as HEARD_OF_TRADING  # what is off costs nothing

        topics += [topic(kind) for kind in HEARD_OF_TRADING]
    with open_ledger(settings.database_url.reveal()) as ledger, join(NAME, *topics, signals=False) as bus:
        asyncio.run(Notifier(settings, ledger, bus, labels).serve())


class Notifier:
    """Ties the tasks to the bus."""

    def __init__(self, settings: Settings, ledger: Ledger, bus: Bus, labels: dict[str, str]) -> None:
        """Open the bot; nothing is sent yet.

        Args:
            labels: The platforms' names for people, by their names here.
        """
        chats = settings.telegram_chat_id.ids
        bot, listener = open_bot(settings, self._tell_of_attempt)
        self._listening = False
        self._name = name_of(settings.telegram_bot_token.reveal(), settings.telegram_base_url)
        self._bus = bus
        self._stores = Stores(ledger, chats, language=settings.language)
        self._dispatcher = OutboxDispatcher(bot, settings, stores=self._stores, bus=bus)
        self._round_requests = RoundRequests(self._stores.requests, bus, chats)
        replies = Replies(bot, settings.language, trading=settings.trading != "off")
        sources = labels | {FX: replies.words.rate}
        self._progress = Progress(sources, bus)
        self._bus_queries = BusQueries(bus)
        snapshots = Snapshots(
            replies, requests=self._stores.requests, delivery=self._dispatcher, progress=self._progress
        )
        read_commands = ReadCommands(
            replies, ledger=ledger, bus_queries=self._bus_queries, labels=sources, timezone=settings.zone
        )
        chart_command = ChartCommand(replies, ledger=ledger, timezone=settings.zone)
        schedule_commands = ScheduleCommands(
            replies, settings, ledger=ledger, bus_queries=self._bus_queries, changed=self._schedule_changed
        )
        restart_command = RestartCommand(replies, bus_queries=self._bus_queries, labels=sources)
        answering = (snapshots, read_commands, chart_command, schedule_commands, restart_command)
        self._trading_state: Callable[[TradingState], None] = ignored
        dispatcher = self._dispatcher_of(replies, settings, ledger, answering)
        self._long_polling = LongPolling(
            bot, listener, commands=dispatcher, round_requests=self._round_requests, alert=self._tell
        )

    def _dispatcher_of(
        self, replies: Replies, settings: Settings, ledger: Ledger, answering: Iterable[Answering]
    ) -> Dispatcher:
        """Return the one door, with all handlers behind it; those of trading are loaded where there is trading."""
        typed = {name: handler for each in answering for name, handler in each.typed().items()}
        pressed = {name: handler for each in answering for name, handler in each.pressed().items()}
        if settings.trading == "off":
            return Dispatcher(replies, stores=self._stores, typed=typed, pressed=pressed)
        from notifier.trading.chat import Base, TradingChat  # what is off costs nothing

        base = Base(typed=typed, pressed=pressed, allows=self._stores.chats.allows)
        chat = TradingChat(replies, settings, ledger=ledger, bus=self._bus, base=base)
        self._trading_state = chat.take_state
        return Dispatcher(replies, stores=self._stores, typed=chat.typed, pressed=chat.pressed, door=chat.door)

    async def serve(self) -> None:
        """Run all tasks until SIGTERM; an error in one of them ends the process, and supervisord starts it again."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        tasks = [asyncio.create_task(each) for each in (self._pulse(), stop.wait(), self._work())]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await self._dispatcher.finish(FINISH_S)
        for task in tasks:
            task.cancel()
        for task in done:
            task.result()

    async def _work(self) -> None:
        """Wait for the ledger and for the place of the bot's one speaker, then serve until cancelled."""
        await self._wait_for_ledger()
        place = alone(self._name, told=self._newest_told, standing_down=self._stand_down)
        async with place as other, asyncio.TaskGroup() as group:
            if other is not None:
                self._take_over(other)
            self._listening = True
            asyncio.get_running_loop().add_reader(self._bus.fileno(), self._drain)
            group.create_task(self._dispatcher.run())
            group.create_task(self._round_requests.run())
            group.create_task(self._long_polling.run())

    def _newest_told(self) -> str:
        """Return the round of the newest slot that every chat has, empty where the ledger cannot tell."""
        return self._stores.ledger.ask(takeover.newest_told) or ""

    def _take_over(self, other: Other) -> None:
        """Settle what came in while another copy spoke for the bot."""
        settled = self._stores.ledger.ask(takeover.take_over, other.told, other.gone_at)
        log.warning("taken over", others_newest=other.told or "none", given_up_and_marked=settled)

    def _stand_down(self, holder: Holder) -> None:
        """Tell whoever asks from a terminal who speaks for the bot; what else is said is repeated when we do."""
        elsewhere = f"pid {holder.pid}, in {holder.folder or 'a folder that it does not tell'}"
        while (message := self._bus.next_message()) is not None:
            if isinstance(message, NowRequested):
                self._bus.publish(Outcome(id=message.id, elsewhere=elsewhere))

    async def _wait_for_ledger(self) -> None:
        """Give the aggregator time to make the ledger ready; without it, go on in memory."""
        until = time.monotonic() + LEDGER_WITHIN_S
        while not self._stores.ledger.is_ready() and time.monotonic() < until:
            await asyncio.sleep(LEDGER_LOOK_S)

    async def _pulse(self) -> None:
        """Say that the process lives, and look at what may have come unheard, every two seconds."""
        while True:
            self._bus.heartbeat_if_due()
            if self._listening:
                self._drain()
                self._dispatcher.wake()
                self._long_polling.watch()
            await asyncio.sleep(PULSE_S)

    def _drain(self) -> None:
        """Take in everything that has come from the bus."""
        while (message := self._bus.next_message()) is not None:
            if isinstance(message, Snapshot):
                self._bus.last_round = message.round_id
                self._stores.outbox.offer(message)
                self._dispatcher.wake()
                self._round_requests.wake()
            elif isinstance(message, NowRequested):
                self._round_requests.take(message)
            elif isinstance(message, Alert):
                self._keep(message)
            elif isinstance(message, OutboxFilled):
                self._dispatcher.wake()
            elif isinstance(message, TradingState):
                self._trading_state(message)
            else:
                self._bus_queries.handle(message)
            self._progress.handle(message)

    def _keep(self, alert: Alert) -> None:
        """Put an alert into the outbox, and tell its sender so."""
        self._stores.alerts.add(alert)
        self._bus.publish(AlertStored(id=alert.id))
        self._dispatcher.wake()

    def _schedule_changed(self) -> None:
        """Ask anew whether the schedule is paused, and tell the aggregator to do so."""
        self._stores.pause.forget()
        self._bus.publish(ScheduleChanged())

    def _tell(self, told: AlertText, *, once: str = "") -> None:
        """Log something that the owner must know and put it into the outbox."""
        at = datetime.now(UTC)
        log.warning("alert", about=NAME, text=told.text)
        self._keep(raised(once or f"{NAME}-{at:%Y%m%dT%H%M%S.%fZ}", told, at))

    def _tell_of_attempt(self, attempt: str) -> None:
        """Tell the owner that the egress list stopped something, once a day for each place."""
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        self._tell(stopped(attempt), once=f"{NAME}-stopped-{attempt.replace(' ', '-')}-{today}")


if __name__ == "__main__":
    run(main, name=NAME)
