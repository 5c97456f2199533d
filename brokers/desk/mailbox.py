"""What a broker is told by execution, and tells it: signed both ways; what is not is counted, told once an hour.

Executions on several machines share the key and hear every answer: `execution`, `execution@b`. Which of them has an
account at a moment is their own matter: an order is known by its account and its name, whoever says it.
"""

from typing import get_args

import msgspec

from bus.alerts import Alerts
from bus.codec import TooLarge
from bus.connection import Bus
from bus.log import logger
from bus.messages.venue_accounts import AccountState
from bus.messages.venue_talk import Answer, Order
from bus.messages.venues import Said, Signed
from bus.signing import NotSigned, Openers, Signer
from bus.time_source import TimeSource

EXECUTION = "execution"
TOLD_EVERY_S = 3600.0

log = logger(__name__)


class Mailbox:
    """Opens what comes, signs what goes."""

    def __init__(self, bus: Bus, alerts: Alerts, *, key: bytes, time: TimeSource) -> None:
        """Begin a life, with nothing opened yet.

        Args:
            bus: This process's place on the bus.
            alerts: Where forged envelopes are told.
            key: What this broker and execution share.
            time: The clocks.
        """
        self._bus = bus
        self._alerts = alerts
        self._time = time
        self._openers: Openers[Said] = Openers(key, program=EXECUTION, to=bus.program, kinds=get_args(Order), time=time)
        self._signer = Signer(key, sender=bus.program, to=EXECUTION, time=time)
        self._ignored = 0
        self._told_at_s = -TOLD_EVERY_S

    def open(self, envelope: Signed) -> Said | None:
        """Return what an envelope says; None where it is another program's, or is not to be obeyed.

        Args:
            envelope: As it came from the bus.
        """
        if envelope.to != self._bus.program:
            return None  # the bus hears by the beginning of a name
        try:
            return self._openers.open(envelope)
        except NotSigned as error:
            self._count(str(error))
            return None

    def say(self, answer: Answer) -> None:
        """Tell execution something; an account's state without its fills where it is too large for the bus.

        Args:
            answer: What is said; nobody may be listening.
        """
        try:
            self._bus.publish(self._signer.sign(answer))
        except TooLarge:
            log.error("answer too large", kind=type(answer).__name__)
            if isinstance(answer, AccountState) and answer.executions:
                self.say(msgspec.structs.replace(answer, executions=(), is_complete=False, reason="too many fills"))

    def _count(self, why: str) -> None:
        """Note one more envelope that was ignored, and tell the owner, at most once an hour."""
        self._ignored += 1
        now_s = self._time.monotonic()
        if self._ignored.bit_count() == 1:  # a flood must not become a flood of lines
            log.warning("not signed, ignored", why=why, so_far=self._ignored)
        if now_s - self._told_at_s >= TOLD_EVERY_S:
            self._told_at_s = now_s
            self._alerts.tell(
                self._bus.program, "not_signed", program=self._bus.program, count=str(self._ignored), reason=why
            )
