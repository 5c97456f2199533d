"""Executions of the TWS API as the bus says them.

Follows the API's execDetails and commissionReport as ib_async 2.1 reads them (read 2026-11).

Quirks: numbers come as floats that were text on the wire, whose shortest writing is that text again. An execution's
id ends with its revision (`….01`, corrected `….02`); a busted one is corrected to nothing. Its commission comes later,
and ib_async writes it into the first fill of that id that it has seen, into no other.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from ib_async import CommissionReport, Fill

from brokers.ibkr_venue.contracts import traded
from bus.messages.venues import Execution

EXCHANGES_ZONE: Final = ZoneInfo("America/New_York")
LIQUIDATION: Final = "LIQUIDATION"
SHORTENED: Final = "~"
"""Ends the orderRef of an order that was made smaller than asked, so that every life of the broker knows it."""


def exact(number: float) -> Decimal:
    """Return a number as it was written on the wire.

    Args:
        number: What ib_async has made of it.
    """
    return Decimal(int(number)) if number == int(number) else Decimal(repr(number))


def client_id_of(ref: str) -> str:
    """Return our name for an order.

    Args:
        ref: Its orderRef; empty for an order made by hand.
    """
    return ref.removesuffix(SHORTENED)


def revision_of(exec_id: str) -> tuple[str, int]:
    """Return what an execution and its corrections share, and which of them it is.

    Args:
        exec_id: Such as `0000e0d5.6521a1b2.01.02`.
    """
    name, _, last = exec_id.rpartition(".")
    return (name, int(last)) if name and last.isdecimal() else (exec_id, 0)


def execution_of(fill: Fill, report: CommissionReport | None) -> Execution:
    """Return an execution as the bus says it.

    Args:
        fill: As ib_async has it.
        report: Its commission; None, or one without an id, where none has come yet.
    """
    made, has_fee = fill.execution, report is not None and bool(report.execId)
    name, revision = revision_of(made.execId)
    return Execution(
        broker_trade_id=made.execId,
        side="BUY" if made.side == "BOT" else "SELL",
        quantity=exact(made.shares),
        price=exact(made.price),
        exec_time=made.time,
        fee=exact(report.commission) if report is not None and has_fee else None,
        fee_currency=report.currency if report is not None and has_fee else None,
        execution=name,
        revision=revision,
        client_order_id=client_id_of(made.orderRef) or None,
        broker_order_id=str(made.permId) if made.permId else None,
        instrument=traded(fill.contract),
        note=LIQUIDATION if made.liquidation else "",
    )


def midnight(now: datetime) -> datetime:
    """Return from when on a gateway tells executions: New York's midnight.

    Args:
        now: The moment, aware UTC.
    """
    there = now.astimezone(EXCHANGES_ZONE)
    return there.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def unheard(known: Iterable[Execution], said: Iterable[Execution]) -> tuple[Execution, ...]:
    """Return what is new in a list of executions: those not known, and those that tell more, such as their fee.

    Args:
        known: What was known.
        said: The list.
    """
    there = {each.broker_trade_id: each for each in known}
    return tuple(each for each in said if there.get(each.broker_trade_id) != each)
