"""How orders that have not ended stand, told once that has lasted a moment.

Most orders are filled within that moment, and tell all of it in one message. Nothing is held up by news: a ledger that
cannot take them now is asked again later.
"""

from collections.abc import Iterable
from typing import Final

from bus.log import logger
from bus.time_source import TimeSource
from execution.orders_desk.books import Books
from execution.orders_desk.records import NEVER, Watched
from execution.orders_desk.telling import tell_life
from ledger.trading.enumerations import OrderStatus
from ledger.unavailable import LedgerUnavailable

TOLD_AFTER_S: Final = 2.0
AGAIN_AFTER_S: Final = 10.0
STANDS: Final[frozenset[OrderStatus]] = frozenset({"PENDING_NEW", "NEW", "PARTIALLY_FILLED"})
"""States that are told as they are; what is unsure, or ends, is told in other ways."""

log = logger(__name__)


class News:
    """Tells how orders stand; what it has told stands in the watched orders."""

    def __init__(self, books: Books, time: TimeSource) -> None:
        """Tell nothing yet.

        Args:
            books: Where messages are written.
            time: The clocks.
        """
        self._books = books
        self._time = time
        self._not_before_s = NEVER

    def turn(self, board: Iterable[Watched]) -> None:
        """Tell of the orders that stand as they have not been told.

        Args:
            board: All orders that have not ended.
        """
        now_s = self._time.monotonic()
        due = [each for each in board if _has_news(each, now_s)]
        if not due or now_s < self._not_before_s:
            return
        try:
            with self._books.telling() as work:
                for each in due:
                    tell_life(work, each.whole)
        except LedgerUnavailable as error:
            log.warning("news wait", orders=len(due), because=error)
            self._not_before_s = now_s + AGAIN_AFTER_S
            return
        for each in due:
            each.told = each.stands


def _has_news(watched: Watched, now_s: float) -> bool:
    """Tell whether an order has stood for a moment as it has not been told yet; one that is not sent has no news."""
    order = watched.whole.order
    stands = (order.status, order.filled_quantity)
    if stands != watched.stands:
        watched.stands, watched.stands_since_s = stands, now_s
    is_due = stands != watched.told and now_s - watched.stands_since_s >= TOLD_AFTER_S
    is_going = order.status != "PENDING_NEW" or now_s - watched.said_s < TOLD_AFTER_S
    return is_due and is_going and order.status in STANDS
