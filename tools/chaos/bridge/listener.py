"""Who listens at RabbitMQ: a durable queue, and what came into it, in order."""

import contextlib
import threading
import time
from typing import Final

import msgspec
import pika
from pika.exceptions import AMQPError

from tools.private_rabbitmq import Server

EXCHANGE: Final = "signals"
QUEUE: Final = "all"
AGAIN_S: Final = 0.3
LOOK_S: Final = 0.3


class Body(msgspec.Struct):
    """What an event says: when it was written, on this machine's monotonic clock."""

    number: int
    at_s: str


class Came(msgspec.Struct, frozen=True):
    """A message.

    Attributes:
        uid: Its event's.
        account: The account's uid.
        number: The event's number within its account.
        waited_s: How long it was on its way.
        is_redelivered: RabbitMQ itself says that it may have handed it over before.
    """

    uid: str
    account: str
    number: int
    waited_s: float
    is_redelivered: bool


class Listener:
    """Listens for ever, from a thread of its own."""

    def __init__(self, broker: Server) -> None:
        """Make the exchange and the queue.

        Args:
            broker: Where it listens.
        """
        self._broker = broker
        self.came: list[Came] = []
        self._is_over = threading.Event()
        with contextlib.closing(broker.open()) as connection:
            channel = connection.channel()
            channel.exchange_declare(EXCHANGE, "topic", durable=True)
            channel.queue_declare(QUEUE, durable=True)
            channel.queue_bind(QUEUE, EXCHANGE, "#")
        self._thread = threading.Thread(target=self._listen)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._is_over.set()
        self._thread.join()

    def delete_exchange(self) -> None:
        """Delete the exchange."""
        with contextlib.closing(self._broker.open()) as connection:
            connection.channel().exchange_delete(EXCHANGE)

    def bind_again(self) -> bool:
        """Bind the queue to an exchange that somebody has made; tells whether somebody has."""
        with contextlib.suppress(AMQPError, OSError), contextlib.closing(self._broker.open()) as connection:
            connection.channel().queue_bind(QUEUE, EXCHANGE, "#")
            return True
        return False

    def _listen(self) -> None:
        """Take what comes; connect again whenever that ends."""
        while not self._is_over.is_set():
            try:
                with contextlib.closing(self._broker.open()) as connection:
                    self._take(connection.channel())
            except (AMQPError, OSError, ValueError):
                self._is_over.wait(AGAIN_S)

    def _take(self, channel: pika.adapters.blocking_connection.BlockingChannel) -> None:
        """Take what comes, until told to stop."""
        channel.basic_qos(prefetch_count=100)
        for method, properties, body in channel.consume(QUEUE, inactivity_timeout=LOOK_S):
            if method is not None:
                said = msgspec.json.decode(body, type=Body)
                waited_s = time.monotonic() - float(said.at_s)
                account = properties.headers["account"]
                self.came.append(Came(properties.message_id, account, said.number, waited_s, method.redelivered))
                channel.basic_ack(method.delivery_tag)
            if self._is_over.is_set():
                return
