"""What venues say of orders, on its way into the books: many at once, and in memory until it is committed."""

from collections.abc import Collection, Iterator

from bus.log import logger
from bus.messages.venues import OrderEvent
from execution.orders_desk import telling
from execution.orders_desk.books import Books
from execution.orders_desk.pace import MOST_EVENTS
from execution.orders_desk.taking import Taken, take
from ledger.trading.errors import TradingError
from ledger.trading.orders.whole import find_named
from ledger.trading.principal import SYSTEM

Said = tuple[str, OrderEvent]
"""A broker's program, and what it says."""

log = logger(__name__)


class Incoming:
    """Events that are not committed yet."""

    def __init__(self, books: Books) -> None:
        """Have none.

        Args:
            books: Where they are written.
        """
        self._books = books
        self._events: list[Said] = []
        self._strangers: set[str] = set()

    def add(self, broker: str, event: OrderEvent) -> None:
        """Take an event in; it is written with the others.

        Args:
            broker: Who says so.
            event: What.
        """
        self._events.append((broker, event))

    def drop(self, accounts: Collection[str]) -> None:
        """Forget what was said of some accounts: whoever works on them asks again.

        Args:
            accounts: Their uids.
        """
        self._events = [each for each in self._events if each[1].account not in accounts]
        self._strangers -= frozenset(accounts)

    def take(self) -> Iterator[Taken]:
        """Write what has come, many at once; where one of them cannot be, each by itself.

        Yields:
            What each has done, once it is committed; nothing for those of nobody here, and those that cannot be.
        """
        while self._events:
            batch = self._events[:MOST_EVENTS]
            try:
                done = self._commit(batch)
            except TradingError:
                done = [taken for each in batch for taken in self._commit_alone(each)]
            del self._events[: len(batch)]
            yield from done

    def take_strangers(self) -> frozenset[str]:
        """Return the accounts of which fills of nobody here were told since this was last asked."""
        strangers, self._strangers = frozenset(self._strangers), set()
        return strangers

    def _commit(self, batch: list[Said]) -> list[Taken]:
        """Write events in one transaction; raises TradingError."""
        with self._books.writing() as work:
            done = [(event, take(work, event, said_by=broker)) for broker, event in batch]
        for event, taken in done:
            if taken is None:
                log.warning("nobody's order", account=event.account, status=event.status, code=event.code or "-")
                self._strangers |= {event.account} if event.executions else set()
        return [taken for _, taken in done if taken is not None]

    def _commit_alone(self, said: Said) -> list[Taken]:
        """Write one event, or tell that it cannot be."""
        _, event = said
        try:
            return self._commit([said])
        except TradingError as error:
            log.error("impossible event", order=event.client_order_id, status=event.status, because=error)
            self._tell_impossible(event, str(error))
            return []

    def _tell_impossible(self, event: OrderEvent, why: str) -> None:
        """Tell whose order it is that its venue says what cannot be."""
        with self._books.writing() as work:
            whole = find_named(
                SYSTEM,
                work.connection,
                event.account,
                client_order_id=event.client_order_id,
                broker_order_id=event.broker_order_id,
            )
            if whole is not None:
                telling.tell_impossible(work, whole, why)
