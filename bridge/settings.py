"""The bridge's settings; light, because the launcher imports it.

RabbitMQ's port is 5672, with TLS 5671; names that begin with `amq.` are its own; its user `guest` may log in from its
own machine only (rabbitmq.com, "Networking", "Exchanges" and "Access Control", read 2026-11).
"""

import ipaddress
from typing import Annotated, Final, Literal

from msgspec import Meta

from bus.settings import NotConfigured, Secret
from ledger.settings import TradingOnLedger

PLAIN_PORT: Final = 5672
TLS_PORT: Final = 5671
VALIDATED: Final = "signals.validated"
"""The routing key of a signal that is a valid one, as the ledger has it."""

RoutingKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,120}\Z")]


class Settings(TradingOnLedger, frozen=True, kw_only=True):
    """Where RabbitMQ is, and how it is published to."""

    broker_host: Annotated[
        Annotated[str, Meta(pattern=r"^([A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45})?\Z")],
        Meta(description="the host of the RabbitMQ that events of trading are published to; empty for none"),
    ] = ""
    broker_port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)] | None,
        Meta(description="the port of RabbitMQ; 5672 where none is named, 5671 with TLS"),
    ] = None
    broker_username: Annotated[str, Meta(description="who logs in at RabbitMQ")] = ""
    broker_password: Annotated[
        Secret | None, Meta(description="RabbitMQ's password of that user, as it is: nothing in it is to be escaped")
    ] = None
    broker_vhost: Annotated[str, Meta(description="the virtual host at RabbitMQ", min_length=1, max_length=255)] = "/"
    broker_exchange: Annotated[
        RoutingKey,
        Meta(description="the topic exchange that events are published to, made where it is missing"),
    ] = "signals"
    broker_validated_routing_key: Annotated[
        RoutingKey, Meta(description="the routing key of signals that are valid")
    ] = VALIDATED
    broker_tls: Annotated[
        Literal["on", "off"] | None,
        Meta(description="on or off: whether RabbitMQ is spoken to by TLS; must be said where it is another machine"),
    ] = None

    def __post_init__(self) -> None:
        """Refuse to run without a host, and with what contradicts.

        Raises:
            NotConfigured: Trading is off, or no host is named.
            ValueError: Names the variables and says what to write.
        """
        faults = []
        try:
            super().__post_init__()
        except ValueError as error:
            faults.append(str(error))
        if not self.broker_host:
            raise NotConfigured(())
        faults += self._faults()
        if faults:
            raise ValueError("\n".join(faults))

    @property
    def has_tls(self) -> bool:
        """Whether RabbitMQ is spoken to by TLS."""
        return self.broker_tls == "on"

    @property
    def port(self) -> int:
        """Where RabbitMQ listens."""
        return self.broker_port or (TLS_PORT if self.has_tls else PLAIN_PORT)

    @property
    def address(self) -> str:
        """Which exchange it is, without who logs in there."""
        return f"{self.broker_host}:{self.port}/{self.broker_vhost.lstrip('/')}/{self.broker_exchange}"

    def _faults(self) -> list[str]:
        """Return what is missing or contradicts, a line for each."""
        faults = []
        if not self.broker_username:
            faults.append("BROKER_USERNAME is missing beside BROKER_HOST; write who logs in there")
        if self.broker_password is None:
            faults.append("BROKER_PASSWORD is missing beside BROKER_HOST; write the password of that user")
        if self.broker_tls is None and not is_this_machine(self.broker_host):
            faults.append(
                "BROKER_TLS is missing: BROKER_HOST is another machine, and password and trades would go there in "
                "plain; write on, or off where nobody else can listen on the way"
            )
        if self.broker_exchange.startswith("amq."):
            faults.append("BROKER_EXCHANGE begins with amq., which RabbitMQ keeps for itself; write another name")
        return faults


def is_this_machine(host: str) -> bool:
    """Tell whether a host is the machine that this runs on.

    Args:
        host: A name or an address.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
