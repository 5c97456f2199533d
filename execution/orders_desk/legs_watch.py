"""Which positions have to be looked at for their protective legs, and which were bare for too long."""

from sqlalchemy import Connection

from bus.log import logger
from bus.time_source import TimeSource
from execution.orders_desk.pace import BARE_TOLD_AFTER_S, LEGS_HELD_S
from execution.orders_desk.protection import BootOf, Protected, protect, tell_if_bare
from ledger.trading.errors import TradingError
from ledger.trading.orders.protected import Book, open_books
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

log = logger(__name__)


class LegsWatch:
    """Looks at positions whose orders have changed; moments are of the monotonic clock."""

    def __init__(self, time: TimeSource, *, boot_of: BootOf) -> None:
        """Look at nothing.

        Args:
            time: The clocks.
            boot_of: Says for which life of its broker a leg is written.
        """
        self._time = time
        self._boot_of = boot_of
        self._unsettled: dict[Book, None] = {}
        self._bare_since: dict[Book, float] = {}
        self._held_until: dict[Book, float] = {}

    def load(self, connection: Connection) -> None:
        """Look at every position that is held, as the program starts.

        Args:
            connection: Any connection to the ledger.
        """
        self._bare_since.clear()
        self._unsettled |= dict.fromkeys(open_books(SYSTEM, connection))

    def unsettle(self, book: Book) -> None:
        """Have a position looked at: its orders have changed.

        Args:
            book: Where it is.
        """
        self._unsettled[book] = None

    def hold(self, book: Book) -> None:
        """Place no legs for a while: the position is about to be closed.

        Args:
            book: Where it is.
        """
        self._held_until[book] = self._time.monotonic() + LEGS_HELD_S

    def is_due(self) -> bool:
        """Tell whether a position has to be looked at now."""
        return bool(self._unsettled) or bool(self._late()) or bool(self._released())

    def turn(self, work: Work) -> tuple[Protected, ...]:
        """Write what positions need now, and tell of those that are bare for too long.

        Args:
            work: What this is written with.

        Returns:
            What is to be sent once it is committed.
        """
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

    def _look(self, work: Work, book: Book) -> Protected:
        """Write what one position needs; one that cannot be protected is bare."""
        try:
            done = protect(work, book, boot_of=self._boot_of, is_held_back=book in self._held_until)
        except TradingError as error:
            log.error("legs cannot be written", because=error)
            done = Protected(is_bare=True)
        if not done.is_bare or book in self._held_until:
            self._bare_since.pop(book, None)
        else:
            self._bare_since.setdefault(book, self._time.monotonic())
        return done

    def _late(self) -> tuple[Book, ...]:
        """Return what is bare for too long and not told."""
        now_s = self._time.monotonic()
        return tuple(book for book, since_s in self._bare_since.items() if now_s - since_s >= BARE_TOLD_AFTER_S)

    def _released(self) -> tuple[Book, ...]:
        """Return what is not held back any more."""
        now_s = self._time.monotonic()
        return tuple(book for book, until_s in self._held_until.items() if now_s >= until_s)
