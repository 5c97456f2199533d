"""What is known of an order, from pieces that come twice, late and in any order."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import msgspec

from bus.messages.venues import AtVenue, Execution, OrderEvent

_RANK: Final[dict[AtVenue, int]] = {
    "NOWHERE": 0,
    "UNKNOWN": 0,
    "NEW": 1,
    "PARTIALLY_FILLED": 2,
    "CANCELED": 3,
    "EXPIRED": 3,
    "REJECTED": 3,
    "FILLED": 4,
}
"""A later word of a lower rank is older than what is known: an acknowledgement that comes after the fill."""
ENDED: Final[frozenset[AtVenue]] = frozenset({"FILLED", "CANCELED", "EXPIRED", "REJECTED"})


def merged(known: OrderEvent | None, said: OrderEvent) -> OrderEvent:
    """Return what is known of an order after the venue has said one thing more by itself.

    Args:
        known: What was known; None for nothing.
        said: The venue's word: a state, and executions of which some may be known already.

    Returns:
        An event with all executions so far; said twice it is the same.
    """
    if known is None:
        return with_filled(said)
    executions = _all(known.executions, said.executions)
    newest = said if _RANK[said.status] >= _RANK[known.status] else known
    return with_filled(
        msgspec.structs.replace(
            newest,
            broker_order_id=said.broker_order_id or known.broker_order_id,
            executions=executions,
            filled_quantity=max(known.filled_quantity, said.filled_quantity),
        )
    )


def looked_up(known: OrderEvent | None, found: OrderEvent) -> OrderEvent:
    """Return what is known of an order after the venue was asked: its answer, and no execution forgotten.

    Args:
        known: What was known; None for nothing.
        found: The answer.
    """
    if known is None or not known.executions:
        return with_filled(found)
    return with_filled(msgspec.structs.replace(found, executions=_all(known.executions, found.executions)))


def with_filled(event: OrderEvent) -> OrderEvent:
    """Return an event whose filled quantity is what its executions add up to, where it has any.

    Args:
        event: The event; without executions it stays as it is.
    """
    if not event.executions:
        return event
    return msgspec.structs.replace(event, filled_quantity=filled(event.executions))


def filled(executions: Iterable[Execution]) -> Decimal:
    """Return what executions add up to; of one and its corrections the last counts.

    Args:
        executions: In any order.
    """
    counting: dict[str, Execution] = {}
    for each in executions:
        name = each.execution or each.broker_trade_id
        if name not in counting or counting[name].revision < each.revision:
            counting[name] = each
    return sum((each.quantity for each in counting.values()), Decimal(0))


def _all(known: Iterable[Execution], more: Iterable[Execution]) -> tuple[Execution, ...]:
    """Return two lists of executions as one, each once, by moment; what came later tells more, such as a fee."""
    by_id = {each.broker_trade_id: each for each in known} | {each.broker_trade_id: each for each in more}
    return tuple(sorted(by_id.values(), key=lambda each: (each.exec_time, each.broker_trade_id)))
