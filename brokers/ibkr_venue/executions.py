"""Executions of the TWS API as the bus says them.

Follows the API's execDetails and commissionReport as ib_async 2.1 reads them (read 2026-11).

Quirks: an execution's id ends with its revision (`….01`, corrected `….02`); a busted one is corrected to nothing. Its
commission comes later, and ib_async writes it into the first fill of that id that it has seen, into no other.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from ib_async import CommissionReport, Fill

from brokers.ibkr_venue.exact import exact
from bus.messages.venues import Execution, Traded

EXCHANGES_ZONE: Final = ZoneInfo("America/New_York")
LIQUIDATION: Final = "LIQUIDATION"
SHORTENED: Final = "~"
"""Ends the orderRef of an order that was made smaller than asked, so that every life of the broker knows it."""


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


def execution_of(fill: Fill, report: CommissionReport | None, traded: Traded) -> Execution:
    """Return an execution as the bus says it.

    Args:
        fill: As ib_async has it.
        report: Its commission; None, or one without an id, where none has come yet.
        traded: What it is an execution of.
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
        instrument=traded,
        note=LIQUIDATION if made.liquidation else "",
    )


def midnight(now: datetime) -> datetime:
    """Return from when on a gateway tells executions: New York's midnight.

    Args:
        now: The moment, aware UTC.
    """
    there = now.astimezone(EXCHANGES_ZONE)
    return there.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
