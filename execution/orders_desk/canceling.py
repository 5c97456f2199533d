"""What a cancel writes: at once over where nobody was told of the order, else to be said until its end is known."""

from execution.orders_desk import telling
from ledger.trading.orders import orders
from ledger.trading.orders.states import OPEN
from ledger.trading.orders.whole import WholeOrder, find_whole
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


def canceled(work: Work, order_uid: str, *, reason: str, is_unsaid: bool) -> tuple[WholeOrder, bool]:
    """Write that an order is to be canceled, unless it has ended or is being canceled.

    Args:
        work: What this is written with.
        order_uid: The order.
        reason: Why, as it is told.
        is_unsaid: Whether its broker has surely not heard of it.

    Returns:
        The order as it is now, and whether anything was written.

    Raises:
        NotFound: There is no such order.
    """
    before = find_whole(SYSTEM, work.connection, order_uid)
    if before.order.status not in OPEN or before.order.status == "PENDING_CANCEL":
        return before, False
    is_over = is_unsaid and before.order.status == "PENDING_NEW"
    orders.move(SYSTEM, work, order_uid, "CANCELED" if is_over else "PENDING_CANCEL", reason=reason)
    whole = find_whole(SYSTEM, work.connection, order_uid)
    if is_over:
        telling.tell_end(work, whole)
    return whole, True
