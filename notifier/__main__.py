"""The notifier: everything between the ledger and Telegram, in both directions.

    [program:notifier]
    command=%(here)s/.venv/bin/python -m bus.launch notifier

The only process with an event loop, because its Telegram library needs one. Four tasks: delivery, updates, wishes, and
the beat, which also empties the bus should its edge-triggered descriptor ever have been missed.
"""

import asyncio
import os
import signal

from bus.connection import Bus
from bus.log import logger
from bus.messages import Alert, AlertStored, NowAsked, Snapshot, topic
from bus.service import join, run
from bus.settings import take
from ledger import outbox
from ledger.store import Ledger, NotReady, open_ledger
from notifier.commands import Commands
from notifier.delivery import Delivery
from notifier.requests import Wishes
from notifier.settings import Settings
from notifier.telegram import open_bot
from notifier.updates import Updates

NAME = "notifier"
LEDGER_LOOK_S = 0.2
BEAT_LOOK_S = 2.5
FINISH_S = 1.5

log = logger(__name__)


def main() -> None:
    """Deliver and listen until told to leave."""
    settings = take(Settings, os.environ)
    topics = (topic(Snapshot), topic(NowAsked), topic(Alert))
    with open_ledger(settings.database_url) as ledger, join(NAME, *topics, signals=False) as bus:
        asyncio.run(Notifier(settings, ledger, bus).serve())


class Notifier:
    """Ties the tasks to the bus."""

    def __init__(self, settings: Settings, ledger: Ledger, bus: Bus) -> None:
        """Open the bot; nothing is sent yet."""
        self._ledger = ledger
        self._bus = bus
        self._chats = settings.telegram_chat_id.ids
        bot = open_bot(settings)
        self._delivery = Delivery(bot, settings, ledger=ledger, bus=bus)
        self._wishes = Wishes(ledger, bus, self._chats)
        commands = Commands(bot, self._chats, ledger=ledger, delivery=self._delivery)
        self._updates = Updates(bot, commands, self._wishes)
        self._ready = False

    async def serve(self) -> None:
        """Run all tasks until SIGTERM; an error in one of them ends the process, and supervisord starts it again."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        tasks = [asyncio.create_task(self._beat()), asyncio.create_task(stop.wait())]
        tasks.append(asyncio.create_task(self._work()))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await self._delivery.finish(FINISH_S)
        for task in tasks:
            task.cancel()
        for task in done:
            task.result()

    async def _work(self) -> None:
        await self._wait_for_ledger()
        self._ready = True
        asyncio.get_running_loop().add_reader(self._bus.fileno(), self._drain)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._delivery.run())
            group.create_task(self._wishes.run())
            group.create_task(self._updates.run())

    async def _wait_for_ledger(self) -> None:
        said = ""
        while True:
            try:
                self._ledger.check()
                return
            except NotReady as error:
                if str(error) != said:
                    said = str(error)
                    log.info("waiting for the ledger", because=said)
            await asyncio.sleep(LEDGER_LOOK_S)

    async def _beat(self) -> None:
        while True:
            self._bus.beat_if_due()
            if self._ready:
                self._drain()
            await asyncio.sleep(BEAT_LOOK_S)

    def _drain(self) -> None:
        while (message := self._bus.next_message()) is not None:
            if isinstance(message, Snapshot):
                self._bus.last_round = message.round_id
                self._delivery.wake()
                self._wishes.wake()
            elif isinstance(message, NowAsked):
                self._wishes.take(message)
            elif isinstance(message, Alert):
                self._keep(message)

    def _keep(self, alert: Alert) -> None:
        outbox.add_alert(self._ledger, alert.id, alert.text, chats=self._chats, now=alert.raised_at)
        self._bus.publish(AlertStored(id=alert.id))
        self._delivery.wake()


if __name__ == "__main__":
    run(main, name=NAME)
