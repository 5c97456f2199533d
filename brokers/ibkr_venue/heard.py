"""What the gateway says by itself, handed on as it comes.

Quirk of ib_async: an exception in a handler of its events vanishes, unlogged; here it gives the connection up.
"""

from collections.abc import Callable
from typing import Literal

import msgspec
from ib_async import Contract
from ib_async.objects import CommissionReport, Fill
from ib_async.order import Trade

from brokers.ibkr_venue import states
from brokers.ibkr_venue.connection import Connection
from bus.log import logger

Kind = Literal["OPEN", "STATUS", "FILL", "COMMISSION", "ERROR", "LOST", "WELL"]

log = logger(__name__)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the gateway has said by itself, or that has happened to the link.

    `OPEN`, `STATUS`, `FILL`, `COMMISSION`: of `trade`, and its `fill` (whose report is `fill.commissionReport`). While
    open orders are asked for, `OPEN` is not told. `ERROR`: `request` is an order's or a question's number, -1 for
    neither; `number` is the API's code. `LOST`: what was sent last may not have arrived. `WELL`: `connect` has returned
    after an illness.
    """

    kind: Kind
    trade: Trade | None = None
    fill: Fill | None = None
    request: int = -1
    number: int = 0
    text: str = ""


def hear(connection: Connection, tell: Callable[[Heard], None]) -> None:
    """Have everything told that a connection says by itself.

    Args:
        connection: A new one.
        tell: Is called in the midst of reading.
    """
    ib = connection.ib

    def erred(request: int, number: int, text: str, _contract: Contract | None) -> None:
        """Tell of a message of the gateway."""
        tell(Heard(kind="ERROR", request=request, number=number, text=text))

    def charged(trade: Trade, fill: Fill, _report: CommissionReport) -> None:
        """Tell of a commission."""
        tell(Heard(kind="COMMISSION", trade=trade, fill=fill))

    def failed(_source: object, error: BaseException) -> None:
        """Give up: something was not taken in."""
        log.error("an event of the gateway could not be taken in", error=type(error).__name__)
        connection.give_up(states.DROPPED)

    ib.errorEvent += erred
    ib.openOrderEvent += lambda trade: tell(Heard(kind="OPEN", trade=trade))
    ib.orderStatusEvent += lambda trade: tell(Heard(kind="STATUS", trade=trade))
    ib.execDetailsEvent += lambda trade, fill: tell(Heard(kind="FILL", trade=trade, fill=fill))
    ib.commissionReportEvent += charged
    orders = (ib.openOrderEvent, ib.orderStatusEvent, ib.execDetailsEvent, ib.commissionReportEvent)
    for event in (*orders, ib.errorEvent, ib.client.conn.hasData):
        if event.error_event is not None:
            event.error_event += failed
