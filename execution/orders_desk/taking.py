"""Taking a venue's word of an order into the books: executions, number, state, messages; all of it, or nothing."""

from collections.abc import Mapping
from typing import Final

import msgspec

from bus.messages.venues import Execution, OrderEvent
from execution.orders_desk.records import ENDED
from execution.orders_desk.steps import Step, next_step
from execution.orders_desk.telling import fees_missing, tell_end, tell_fill, tell_life
from execution.venues import NO_RULE, RULES, VenueRule
from ledger.trading.books.records import Booked, Fill
from ledger.trading.books.trades import ingest
from ledger.trading.enumerations import OrderStatus
from ledger.trading.orders import orders
from ledger.trading.orders.whole import WholeOrder, find_named, find_whole
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

_NUMBERED: Final = frozenset({"NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED", "REJECTED"})
_TOLD: Final[frozenset[OrderStatus]] = frozenset({"CANCELED", "EXPIRED", "REJECTED", "NOT_PLACED"})


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue's word has done.

    Attributes:
        before: The order before it.
        whole: The order after it.
        step: What is to be done besides.
        has_fills: Whether executions came that the books did not have.
    """

    before: WholeOrder
    whole: WholeOrder
    step: Step
    has_fills: bool


def take(work: Work, event: OrderEvent, *, said_by: str, rules: Mapping[str, VenueRule] = RULES) -> Taken | None:
    """Take in what a venue says of an order; said again it changes nothing.

    Args:
        work: What this is written with.
        event: The venue's word.
        said_by: The program that says so; it speaks of its own accounts alone.
        rules: What is done at which venue by itself.

    Returns:
        What it has done; None where the order is nobody's here, or another broker's.

    Raises:
        TradingError: It cannot be so; nothing of the work may be kept.
    """
    before = find_named(
        SYSTEM,
        work.connection,
        event.account,
        client_order_id=event.client_order_id,
        broker_order_id=event.broker_order_id,
    )
    if before is None or before.program != said_by:
        return None
    uid = before.order.uid
    if event.broker_order_id and before.order.broker_order_id is None and event.status in _NUMBERED:
        orders.acknowledge(SYSTEM, work, before.order, broker_order_id=event.broker_order_id)
    missing = fees_missing(work, before) if before.order.status in ENDED else 0
    booked = [ingest(SYSTEM, work, fill_of(each), order=uid) for each in event.executions]
    now = find_whole(SYSTEM, work.connection, uid)
    step = next_step(now.order, event, rules.get(now.broker, NO_RULE).of(now.instrument.asset_type))
    for state in step.moves:
        reason = now.order.reason if step.reason is None else step.reason
        orders.move(SYSTEM, work, uid, state, reason=reason)
    after = find_whole(SYSTEM, work.connection, uid) if step.moves else now
    fresh = [each for each in booked if each.is_new]
    _tell(work, before, after, fresh)
    if missing and fees_missing(work, after) < missing:
        tell_life(work, after)
    return Taken(before=before, whole=after, step=step, has_fills=bool(fresh))


def fill_of(execution: Execution) -> Fill:
    """Return an execution as the books take it.

    Args:
        execution: As the venue says it.
    """
    return Fill(
        broker_trade_id=execution.broker_trade_id,
        side=execution.side,
        quantity=execution.quantity,
        price=execution.price,
        exec_time=execution.exec_time,
        fee=execution.fee,
        fee_currency=execution.fee_currency if execution.fee is not None else None,
        execution=execution.execution,
        revision=execution.revision,
        meta={"note": execution.note} if execution.note else {},
    )


def _tell(work: Work, before: WholeOrder, after: WholeOrder, fresh: list[Booked]) -> None:
    """Tell of fills, or of an end without any."""
    if fresh:
        tell_fill(work, after, *fresh)
    elif after.order.status != before.order.status and after.order.status in _TOLD:
        tell_end(work, after, attempt=after.order.attempt)
