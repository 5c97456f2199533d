"""All orders that may still be filled, as memory has them: a cache of rows, made anew from them at any time."""

from collections.abc import Collection, Iterable, Iterator

from bus.messages.venue_accounts import AccountState
from execution.orders_desk.pace import DEAF_S
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

    def lacking(self, *, since_s: float) -> list[Watched]:
        """Return the orders that have ended at their venues, with fills that the books do not have.

        Args:
            since_s: For so long at least, of the monotonic clock.
        """
        return [each for each in self if each.lacks_since_s is not None and each.lacks_since_s <= since_s]

    def look_for_missing(self, state: AccountState) -> None:
        """Have those orders looked up that rest at the venue by the books, and not by the venue.

        Args:
            state: What the venue says of its account, read whole.
        """
        there = {each.client_order_id for each in state.working} | {each.broker_order_id for each in state.working}
        for watched in self:
            order = watched.whole.order
            is_resting = watched.whole.account == state.account and order.status in {"NEW", "PARTIALLY_FILLED"}
            names = {order.client_order_id, order.broker_order_id}
            watched.needs_look |= is_resting and order.placed_at < state.as_of and not there & names

    def begin(self, *, now_s: float, gained: Collection[str]) -> None:
        """Note of all orders, which were just read, that an earlier life may have said them a moment ago.

        Args:
            now_s: The present moment, of the monotonic clock.
            gained: The uids of accounts on which another execution has worked: their orders are looked up.
        """
        for watched in self:
            watched.flying_until_s = max(watched.flying_until_s, now_s + DEAF_S)
            watched.note(now_s)
            if watched.whole.account in gained:
                watched.needs_look, watched.asks, watched.may_be_known = True, 0, True

    def drop(self, accounts: Collection[str]) -> None:
        """Watch the orders of some accounts no more; they have not ended, and others watch them.

        Args:
            accounts: Their uids.
        """
        self._watched = {uid: each for uid, each in self._watched.items() if each.whole.account not in accounts}

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
