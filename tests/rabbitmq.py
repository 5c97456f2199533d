"""A RabbitMQ of the tests' own, and who listens to it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pytest

from tests.running import WITHIN_S, wait_until
from tools.private_rabbitmq import PASSWORD, USER, NoServer, Server, serve

__all__ = ["PASSWORD", "USER", "Listener", "Server", "server"]
EXCHANGE = "signals"


@contextlib.contextmanager
def server(*, certificate: Path | None = None) -> Iterator[Server]:
    """Run a server; skips where there is none to run, and fails there in CI."""
    try:
        with serve(certificate=certificate) as running:
            yield running
    except NoServer as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


class Listener:
    """A durable queue, and what has come into it; connects anew for each look, whatever became of the server."""

    def __init__(self, broker: Server, *, queue: str = "all", keys: tuple[str, ...] = ("#",)) -> None:
        """Listen to nothing yet.

        Args:
            broker: The server.
            queue: The queue's name.
            keys: What it is bound for.
        """
        self._broker = broker
        self._queue = queue
        self._keys = keys
        self.messages: list[tuple[Any, bytes]] = []
        """What has come: its properties and its body, oldest first."""

    def bind(self, *, most: int = 0) -> None:
        """Make the queue and bind it, and the exchange where there is none.

        Args:
            most: So many messages fit into it, and what comes then is refused; 0 for any number.
        """
        arguments = {"x-max-length": most, "x-overflow": "reject-publish"} if most else {}
        with contextlib.closing(self._broker.open()) as connection:
            channel = connection.channel()
            channel.exchange_declare(EXCHANGE, "topic", durable=True)
            channel.queue_declare(self._queue, durable=True, arguments=arguments)
            for key in self._keys:
                channel.queue_bind(self._queue, EXCHANGE, key)

    def delete(self) -> None:
        """Delete the queue."""
        with contextlib.closing(self._broker.open()) as connection:
            connection.channel().queue_delete(self._queue)

    def delete_exchange(self) -> None:
        """Delete the exchange, which unbinds the queue."""
        with contextlib.closing(self._broker.open()) as connection:
            connection.channel().exchange_delete(EXCHANGE)

    def has_exchange(self) -> bool:
        """Tell whether there is an exchange."""
        with contextlib.closing(self._broker.open()) as connection:
            try:
                connection.channel().exchange_declare(EXCHANGE, passive=True)
            except pika.exceptions.ChannelClosedByBroker:
                return False
            return True

    def take(self) -> int:
        """Take what has come, and return how much there is now in all."""
        with contextlib.suppress(pika.exceptions.AMQPError, OSError), contextlib.closing(self._broker.open()) as opened:
            channel = opened.channel()
            while (got := channel.basic_get(self._queue, auto_ack=True))[0] is not None:
                self.messages.append((got[1], got[2]))
        return len(self.messages)

    def wait_for(self, count: int, *, within_s: float = WITHIN_S) -> None:
        """Wait until so many messages have come."""
        wait_until(lambda: self.take() >= count, what=f"{count} messages are here", within_s=within_s)

    @property
    def ids(self) -> list[str]:
        """The ids of what has come, oldest first."""
        return [str(properties.message_id) for properties, _ in self.messages]
