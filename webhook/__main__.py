"""The webhook: alerts from the internet into the inbox, each safe on the disk before it is answered.

    [program:webhook]
    command="%(here)s/.venv/bin/python" -m launch webhook

It opens the inbox and nothing else. Its tasks on one loop: the server, the inbox's writer, and the pulse, which beats,
hears the bus, and tells what was refused. Trading learns of a new signal over the bus, or within two seconds by itself.
Several on one server are each other's substitutes: the inbox takes one writer after the other, and an alert once.
"""

import asyncio
import os
import signal

from bus.alerts import Alerts
from bus.connection import Bus
from bus.machine import own_name
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.operations import Heartbeat
from bus.messages.trading import SignalArrived, TradingState
from bus.process import join, run
from bus.settings import take
from ledger.inbox.opening import Inbox
from webhook.app import Pages
from webhook.health import Heard
from webhook.receiving import Receiving
from webhook.server import listening, server_of
from webhook.settings import Settings
from webhook.told import NAME, Kind, Told
from webhook.writer import BUSY_MS, Writer

PULSE_S = 2.0


def main() -> None:
    """Take alerts in until told to leave."""
    settings = take(Settings, os.environ)
    name = own_name(NAME)
    topics = (topic(TradingState), topic(AlertStored), topic(Heartbeat, name))
    with join(name, *topics, signals=False) as bus:
        asyncio.run(serve(settings, bus))


async def serve(settings: Settings, bus: Bus) -> None:
    """Run all tasks until SIGTERM; an error in one of them ends the process, and supervisord starts it again.

    Args:
        settings: What the environment says.
        bus: This process's place on the bus.
    """
    loop = asyncio.get_running_loop()
    alerts, heard = Alerts(bus), Heard()
    told = Told(alerts)
    writer = Writer(
        Inbox(settings.inbox_database_url.reveal(), busy_ms=BUSY_MS),
        arrived=lambda uid: bus.publish(SignalArrived(uid=uid)),
        unkept=lambda reason: told.note(Kind("not kept"), reason),
    )
    pages = Pages(settings, Receiving(settings, writer, told), writer, heard)
    server = server_of(pages.app)
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, server.stop)
    with listening(settings.webhook_host, settings.webhook_port) as opened:
        serving = asyncio.create_task(server.serve([opened]))
        tasks = [serving, *(asyncio.create_task(each) for each in (writer.run(), pulse(bus, heard, alerts, told)))]
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.wait(tasks)
    for task in done:
        task.result()


async def pulse(bus: Bus, heard: Heard, alerts: Alerts, told: Told) -> None:
    """Say that the process lives, hear what the bus says, and tell what is due, every two seconds.

    Args:
        bus: This process's place on the bus.
        heard: Learns what is heard.
        alerts: Says again what nobody has stored yet.
        told: Knows what was refused.
    """
    while True:
        bus.heartbeat_if_due()
        while (message := bus.next_message()) is not None:
            heard.handle(message)
            alerts.handle(message)
        told.tell_due()
        alerts.repeat()
        await asyncio.sleep(PULSE_S)


if __name__ == "__main__":
    run(main, name=own_name(NAME))
