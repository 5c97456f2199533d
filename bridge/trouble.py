"""Why events do not go out now, in words fit for the chat; each says what to do where somebody must."""

from typing import Final

UNREACHABLE: Final = "it cannot be reached"
BLOCKED: Final = "its disk or memory is nearly full"
QUEUE_FULL: Final = "a queue is full and refuses more"
NOBODY_BOUND: Final = "its exchange was made anew, and the queues are not bound again"
LOGIN: Final = "it refuses BROKER_USERNAME or BROKER_PASSWORD"
VHOST: Final = "BROKER_VHOST does not exist there, or the user may not use it"
NO_RIGHT: Final = "the user may not write to BROKER_EXCHANGE, or not make it (docs/rabbitmq.md)"
BAD_CERTIFICATE: Final = "no TLS: its certificate is not trusted here, or BROKER_PORT speaks none"
REFUSED: Final = "it refuses what the bridge asks; see its log"

FOR_A_PERSON: Final = frozenset({LOGIN, VHOST, NO_RIGHT, BAD_CERTIFICATE, REFUSED})
"""What does not pass by itself."""
REASONS: Final = FOR_A_PERSON | {UNREACHABLE, BLOCKED, QUEUE_FULL, NOBODY_BOUND}


class Trouble(Exception):
    """No event goes out now.

    Attributes:
        reason: Why, one of `REASONS`.
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason.

        Args:
            reason: One of `REASONS`.
        """
        super().__init__(reason)
        self.reason = reason

    @property
    def is_for_a_person(self) -> bool:
        """Whether somebody must do something."""
        return self.reason in FOR_A_PERSON


class ExchangeGone(Trouble):
    """The exchange was deleted while it was in use; it can be made again at once."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(UNREACHABLE)
