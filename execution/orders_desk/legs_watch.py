"""Which positions have to be looked at for their protective legs, and which were bare for too long."""

from sqlalchemy import Connection

from bus.log import logger
from bus.time_source import TimeSource
from execution.held import Held
from execution.orders_desk.board import Board
from execution.orders_desk.books import Books
from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.pace import BARE_TOLD_AFTER_S, LEGS_HELD_S, SIBLING_S
from execution.orders_desk.protection import Protected, protect, tell_if_bare
from execution.orders_desk.records import book_of
from execution.orders_desk.steps import BY_VENUE
from execution.venue_link import VenueLink
from ledger.trading.errors import TradingError
from ledger.trading.orders.protected import Book, open_books
from ledger.trading.orders.whole import WholeOrder, find_whole
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

log = logger(__name__)


class LegsWatch:
    """Looks at positions whose orders have changed; moments are of the monotonic clock."""

    def __init__(self, time: TimeSource, link: VenueLink, board: Board, *, held: Held | None = None) -> None:
        """Look at nothing.

        Args:
            time: The clocks.
            link: Knows which venues cancel a leg by themselves as its sibling fills, and the lives of their brokers.
            board: The orders that may still be filled.
            held: Of which accounts positions are looked at; None for all.
        """
        self._held = Held() if held is None else held
        self._time = time
        self._link = link
        self._board = board
        self._unsettled: dict[Book, None] = {}
        self._bare_since: dict[Book, float] = {}
        self._held_until: dict[Book, float] = {}
        self._is_new = False

    def load(self, connection: Connection) -> None:
        """Look at every position that is held, as the program starts.

        Args:
            connection: Any connection to the ledger.
        """
        self._bare_since.clear()
        self._find(connection)

    def drop_others(self) -> None:
        """Forget the positions of accounts that are held no more."""
        for known in (self._unsettled, self._bare_since, self._held_until):
            for book in [each for each in known if not self._held.has_portfolio(each[0])]:
                del known[book]

    def look_again(self) -> None:
        """Have all positions looked at: one may have changed without an order, or its venue may hold another one."""
        self._is_new = True

    def unsettle(self, whole: WholeOrder) -> None:
        """Have a position looked at: an order of it has changed. A closing that is over holds no legs back any more.

        Args:
            whole: The order, as it is now.
        """
        self._unsettled[book_of(whole)] = None
        if whole.order.leg == "EXIT" and whole.order.status == "FILLED":
            self._held_until.pop(book_of(whole), None)
        self._await_sibling(whole)

    def hold(self, book: Book, *, for_s: float = LEGS_HELD_S) -> None:
        """Place no legs for a while: the position is about to be closed.

        Args:
            book: Where it is.
            for_s: How long, in seconds; never less than was said before.
        """
        until_s = self._time.monotonic() + for_s
        self._held_until[book] = max(until_s, self._held_until.get(book, until_s))

    def is_due(self) -> bool:
        """Tell whether a position has to be looked at now."""
        return self._is_new or bool(self._unsettled) or bool(self._late()) or bool(self._released())

    def write(self, books: Books) -> tuple[list[WholeOrder], list[str]]:
        """Write the legs that positions need now, where any has to be looked at.

        Args:
            books: What this is written with.

        Returns:
            The legs that are to be canceled, and the uids of those that are to be sent.

        Raises:
            LedgerUnavailable: The ledger cannot be used now; call again.
        """
        if not self.is_due():
            return [], []
        with books.writing() as work:
            changed = self.turn(work)
        self.committed()
        with books.reading() as connection:
            going = [find_whole(SYSTEM, connection, uid) for each in changed for uid in each.canceled]
        return going, [uid for each in changed for uid in each.placed]

    def turn(self, work: Work) -> tuple[Protected, ...]:
        """Write what positions need now, and tell of those that are bare for too long.

        Args:
            work: What this is written with.

        Returns:
            What is to be sent once it is committed.
        """
        if self._is_new:
            self._find(work.connection)
        for book in self._released():
            del self._held_until[book]
            self._unsettled[book] = None
        for book in self._late():
            tell_if_bare(work, book)
            self._bare_since[book] = float("inf")  # told; seen as protected it begins anew
        return tuple(self._look(work, book) for book in tuple(self._unsettled))

    def committed(self) -> None:
        """Note that what `turn` wrote is committed."""
        self._unsettled.clear()
        self._is_new = False

    def _look(self, work: Work, book: Book) -> Protected:
        """Write what one position needs; one that cannot be protected is bare."""
        try:
            done = protect(work, book, boot_of=self._link.boot_of, is_held_back=book in self._held_until)
        except TradingError as error:
            log.error("legs cannot be written", because=error)
            done = Protected(is_bare=True)
        if not done.is_bare or book in self._held_until:
            self._bare_since.pop(book, None)
        else:
            self._bare_since.setdefault(book, self._time.monotonic())
        return done

    def _find(self, connection: Connection) -> None:
        """Have every position looked at that is held, or has legs which may still fill."""
        self._unsettled |= dict.fromkeys(
            each for each in open_books(SYSTEM, connection) if self._held.has_portfolio(each[0])
        )
        self._unsettled |= {book_of(each.whole): None for each in self._board if each.whole.order.leg in PROTECTIVE}

    def _await_sibling(self, whole: WholeOrder) -> None:
        """Wait a moment before a leg is replaced that its venue has canceled: its sibling's fill may be on the way."""
        state, order = self._link.state_of(whole.program), whole.order
        is_by_venue = order.status == "CANCELED" and (order.reason or "").startswith(BY_VENUE)
        if state is None or not state.has_brackets or not is_by_venue or order.parent_id is None:
            return
        siblings = [each for each in self._board if each.whole.order.parent_id == order.parent_id]
        for each in siblings:
            each.needs_look, each.asks = True, 0
        if siblings:
            self.hold(book_of(whole), for_s=SIBLING_S)

    def _late(self) -> tuple[Book, ...]:
        """Return what is bare for too long and not told."""
        now_s = self._time.monotonic()
        return tuple(book for book, since_s in self._bare_since.items() if now_s - since_s >= BARE_TOLD_AFTER_S)

    def _released(self) -> tuple[Book, ...]:
        """Return what is not held back any more."""
        now_s = self._time.monotonic()
        return tuple(book for book, until_s in self._held_until.items() if now_s >= until_s)
