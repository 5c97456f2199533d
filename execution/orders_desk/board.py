"""All orders that may still be filled, as memory has them: a cache of rows, made anew from them at any time."""

from collections.abc import Iterable, Iterator

from execution.orders_desk.records import Watched
from ledger.trading.orders.states import OPEN
from ledger.trading.orders.whole import WholeOrder


class Board:
    """The watched orders, by uid."""

    def __init__(self) -> None:
        """Watch nothing."""
        self._watched: dict[str, Watched] = {}

    def __iter__(self) -> Iterator[Watched]:
        """Yield them, oldest first; some may go meanwhile."""
        return iter(tuple(self._watched.values()))

    def find(self, uid: str) -> Watched | None:
        """Return an order, None where it is not watched."""
        return self._watched.get(uid)

    def put(self, whole: WholeOrder, *, may_be_known: bool) -> Watched | None:
        """Watch an order, or note what its row says now; what has ended is watched no more.

        Args:
            whole: The order.
            may_be_known: Of one that was not watched: whether its broker may have heard of it.

        Returns:
            The order; None where it has ended.
        """
        uid = whole.order.uid
        known = self._watched.get(uid)
        if whole.order.status not in OPEN:
            self._watched.pop(uid, None)
            return None
        if known is None:
            known = self._watched[uid] = Watched(whole=whole, may_be_known=may_be_known)
        elif known.whole.order.status != whole.order.status:
            known.asks = 0
        known.whole = whole
        return known

    def replace(self, wholes: Iterable[WholeOrder]) -> tuple[str, ...]:
        """Watch exactly these, which were just read from the rows; what was said of those known is kept.

        Args:
            wholes: All orders that may still be filled.

        Returns:
            Those that are watched no more.
        """
        found = {each.order.uid: each for each in wholes}
        gone = tuple(uid for uid in self._watched if uid not in found)
        for uid in gone:
            del self._watched[uid]
        for each in found.values():
            self.put(each, may_be_known=True)
        return gone
