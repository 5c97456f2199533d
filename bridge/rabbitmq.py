"""RabbitMQ's topic exchange, as far as the bridge needs it: events in, or a reason why none goes in now.

Follows rabbitmq.com, "Publisher Confirms", "Topic Exchanges", "Blocked Connections" and pika's BlockingConnection, and
what pika 1.4 and RabbitMQ 3.10 were seen to do (read and tried 2026-11). Quirks:

- Events are confirmed one by one: with several under way one may be refused and the next one taken, and the order is
  lost. A publish to an exchange that is missing closes the channel, with 404.
- Whether an exchange is there may be asked without any right to it; to make one needs the right to configure it.
- While its disk or memory is nearly full RabbitMQ reads nothing from who publishes, for as long as that lasts:
  `blocked_connection_timeout` ends the wait, and the connection with it. What was sent then may still come in.
- Heartbeats pass only within pika's calls, hence `look`. A server that stands still is noticed after up to twice
  heartbeat + 5 s, a wait in which this process beats for nobody: the sentinel kills after 30.
- A handshake that takes too long raises what is no AMQPError; a lost connection that is looked at again, ValueError.
"""

import contextlib
import os
import ssl
from typing import Final

import pika
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelClosedByBroker,
    ConnectionBlockedTimeout,
    ConnectionClosedByBroker,
    NackError,
    ProbableAccessDeniedError,
    ProbableAuthenticationError,
    UnroutableError,
)

from bridge.settings import VALIDATED, Settings
from bridge.trouble import (
    BAD_CERTIFICATE,
    BLOCKED,
    LOGIN,
    NO_RIGHT,
    QUEUE_FULL,
    REFUSED,
    UNREACHABLE,
    VHOST,
    ExchangeGone,
    Trouble,
)
from bus import certificates
from bus.log import logger
from ledger.trading.flow.outgoing import Outgoing

HEARTBEAT_S: Final = 5
BLOCKED_S: Final = 8.0
SOCKET_S: Final = 4.0
HANDSHAKE_S: Final = 8.0
NOT_FOUND: Final = 404
ACCESS_REFUSED: Final = 403

log = logger(__name__)


class Exchange:
    """The exchange, reached when it is needed; only one thread may use it."""

    def __init__(self, settings: Settings) -> None:
        """Take note of where it is.

        Args:
            settings: The bridge's.
        """
        self._settings = settings
        self._connection: pika.BlockingConnection | None = None
        self._channel: pika.adapters.blocking_connection.BlockingChannel | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is connected, as far as anybody knows."""
        return self._channel is not None

    def open(self) -> bool:
        """Connect, and make the exchange where there is none.

        Returns:
            Whether it had to be made, so that no queue is bound to it.

        Raises:
            Trouble: It cannot be; says why.
        """
        self.close()
        try:
            self._connection = pika.BlockingConnection(self._parameters())
            is_made = self._make_sure()
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()
        except (AMQPError, AMQPConnectorException, OSError, ValueError) as error:
            self.close()
            raise _trouble(error) from None
        return is_made

    def publish(self, event: Outgoing) -> bool:
        """Hand an event over, and wait until RabbitMQ has it for good.

        Args:
            event: The event.

        Returns:
            Whether a queue has taken it; False where none is bound for events of its kind, and it is gone.

        Raises:
            ExchangeGone: The exchange is; open it again.
            Trouble: It was not taken, or nobody knows; says why.
        """
        if self._channel is None:
            raise Trouble(UNREACHABLE)
        key = self._settings.broker_validated_routing_key if event.routing_key == VALIDATED else event.routing_key
        try:
            self._channel.basic_publish(
                self._settings.broker_exchange, key, event.body.encode(), properties=_properties(event), mandatory=True
            )
        except UnroutableError:
            return False
        except NackError:
            raise Trouble(QUEUE_FULL) from None
        except (AMQPError, OSError, ValueError) as error:
            self.close()
            raise _trouble(error) from None
        return True

    def look(self) -> None:
        """Let heartbeats pass, and see whether the connection lives; does nothing where there is none.

        Raises:
            Trouble: It has ended; says why.
        """
        if self._connection is None:
            return
        try:
            self._connection.process_data_events(0)
        except (AMQPError, OSError, ValueError) as error:
            self.close()
            raise _trouble(error) from None

    def close(self) -> None:
        """Leave; nothing that went wrong while leaving is of interest."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError, ValueError):
                connection.close()

    def _parameters(self) -> pika.ConnectionParameters:
        """Return where and how it connects."""
        settings = self._settings
        password = settings.broker_password.reveal() if settings.broker_password else ""
        return pika.ConnectionParameters(
            host=settings.broker_host,
            port=settings.port,
            virtual_host=settings.broker_vhost,
            credentials=pika.PlainCredentials(settings.broker_username, password),
            heartbeat=HEARTBEAT_S,
            blocked_connection_timeout=BLOCKED_S,
            socket_timeout=SOCKET_S,
            stack_timeout=HANDSHAKE_S,
            ssl_options=pika.SSLOptions(_tls(), settings.broker_host) if settings.has_tls else None,
            client_properties={"connection_name": "bridge"},
        )

    def _make_sure(self) -> bool:
        """Make the exchange where there is none; tells whether it was made."""
        if self._connection is None:
            raise Trouble(UNREACHABLE)
        asking = self._connection.channel()
        try:
            asking.exchange_declare(self._settings.broker_exchange, passive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code != NOT_FOUND:
                raise
        else:
            asking.close()
            return False
        making = self._connection.channel()
        making.exchange_declare(self._settings.broker_exchange, "topic", durable=True)
        making.close()
        return True


def _properties(event: Outgoing) -> pika.BasicProperties:
    """Return what stands on the envelope of an event."""
    return pika.BasicProperties(
        app_id="portfolio-bot",
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=pika.DeliveryMode.Persistent.value,
        message_id=event.uid,
        timestamp=int(event.created_at.timestamp()),
        type=event.routing_key,
        headers={"account": event.account, "created_at": event.created_at.isoformat(timespec="microseconds")},
    )


def _tls() -> ssl.SSLContext:
    """Return what checks certificates against this machine's authorities; raises Trouble where it has none."""
    found = certificates.find(os.environ)
    if found is None:
        raise Trouble(BAD_CERTIFICATE)
    return found.context()


def _trouble(error: Exception) -> Trouble:
    """Word what pika or the system raised."""
    log.debug("pika", error=type(error).__name__, said=error)
    match error:
        case ChannelClosedByBroker(reply_code=code) if code == NOT_FOUND:
            return ExchangeGone()
        case ChannelClosedByBroker(reply_code=code) | ConnectionClosedByBroker(reply_code=code):
            return Trouble(NO_RIGHT if code == ACCESS_REFUSED else REFUSED if _is_channel(error) else UNREACHABLE)
        case ProbableAuthenticationError():
            return Trouble(LOGIN)
        case ProbableAccessDeniedError():
            return Trouble(VHOST)
        case ConnectionBlockedTimeout():
            return Trouble(BLOCKED)
        case _ if certificates.is_tls_failure(error):
            return Trouble(BAD_CERTIFICATE)
    return Trouble(UNREACHABLE)


def _is_channel(error: Exception) -> bool:
    """Tell whether only a channel was closed, so that the server itself is well."""
    return not isinstance(error, AMQPConnectionError)
