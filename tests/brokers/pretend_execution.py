"""Execution as a broker sees it: says signed orders, hears signed answers."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar, get_args

from bus.connection import Bus
from bus.messages.venue_talk import Answer
from bus.messages.venues import OrderEvent, PlaceOrder, Said, Side, Signed, Traded
from bus.signing import NotSigned, Opener, Signer
from tests.running import WITHIN_S

KEY = bytes(range(32))
EXECUTION = "execution"
AGAIN_S = 0.3

Heard = TypeVar("Heard", bound=Said)


class Execution:
    """What the tests say and hear."""

    def __init__(self, bus: Bus, broker: str) -> None:
        """Say nothing yet."""
        self._bus = bus
        self._signer = Signer(KEY, sender=EXECUTION, to=broker)
        self._opener: Opener[Said] = Opener(KEY, sender=broker, to=EXECUTION, kinds=get_args(Answer))
        self.heard: list[Said] = []

    def say(self, said: Said) -> Signed:
        """Sign something and say it; return the envelope."""
        envelope = self._signer.sign(said)
        self._bus.publish(envelope)
        return envelope

    def repeat(self, envelope: Signed) -> None:
        """Say an envelope as it is."""
        self._bus.publish(envelope)

    def hear(
        self, kind: type[Heard], *, where: Callable[[Heard], bool] = lambda _: True, within_s: float = WITHIN_S
    ) -> Heard:
        """Return the next answer of a kind that fits; TimeoutError names what came instead."""
        begun, ends_at = len(self.heard), time.monotonic() + within_s
        while (left_s := ends_at - time.monotonic()) > 0:
            answer = self._open(self._bus.receive(left_s))
            if isinstance(answer, kind) and where(answer):
                return answer
        raise TimeoutError(f"no such {kind.__name__} in {within_s} s, but {self.heard[begun:][-5:]}")

    def event(self, order: PlaceOrder, *statuses: str, within_s: float = WITHIN_S) -> OrderEvent:
        """Return the next event of an order in one of these states, whichever where none is named."""
        return self.hear(
            OrderEvent,
            where=lambda event: (
                event.client_order_id == order.client_order_id and (not statuses or event.status in statuses)
            ),
            within_s=within_s,
        )

    def placed(self, order: PlaceOrder, *statuses: str) -> OrderEvent:
        """Say an order once, and return its event in one of these states."""
        self.say(order)
        return self.event(order, *statuses)

    def insist(self, order: PlaceOrder, status: str) -> OrderEvent:
        """Say an order again and again, as execution does, until it is in a state."""
        ends_at = time.monotonic() + WITHIN_S
        while True:
            self.say(order)
            try:
                return self.event(order, status, within_s=AGAIN_S)
            except TimeoutError:
                if time.monotonic() > ends_at:
                    raise

    def _open(self, message: object) -> Said | None:
        """Return what a broker says to execution, None for all else."""
        if not isinstance(message, Signed) or message.to != EXECUTION:
            return None
        try:
            answer = self._opener.open(message)
        except NotSigned:
            return None
        self.heard.append(answer)
        return answer


def market(client_order_id: str, instrument: Traded, side: Side = "BUY", quantity: str = "0.5") -> PlaceOrder:
    """Return a market order of the paper account."""
    return PlaceOrder(
        account="acc-1",
        is_live=False,
        client_order_id=client_order_id,
        instrument=instrument,
        side=side,
        type="MARKET",
        time_in_force="GTC",
        quantity=Decimal(quantity),
    )
