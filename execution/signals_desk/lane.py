"""What a signal meets in its lane: what its own strategy holds and has on the way, and what others hold there."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from execution.signals_desk.around import Case
from execution.signals_desk.shelf import Shelf
from ledger.exact import ZERO, total
from ledger.trading.flow.records import Signal
from ledger.trading.orders.lanes import Holding, LaneOrder


class Book(msgspec.Struct, frozen=True):
    """Whose: a portfolio, an instrument, and the name that all versions of a strategy share."""

    portfolio: str
    instrument: str
    strategy_name: str | None


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """What is there.

    Attributes:
        mine: Of the signal's own book, one for each version of its strategy that holds something.
        others: Of the same account and instrument, of other books.
        orders: Of the signal's own book that may still be filled, its protective legs too.
    """

    mine: tuple[Holding, ...]
    others: tuple[Holding, ...]
    orders: tuple[LaneOrder, ...]

    @property
    def held(self) -> Decimal:
        """What the own strategy holds, below zero for a short."""
        return total(each.quantity for each in self.mine)

    @property
    def entries(self) -> tuple[LaneOrder, ...]:
        """The orders that a signal or a person has caused."""
        return tuple(each for each in self.orders if each.leg in {"ENTRY", "EXIT"})

    @property
    def in_the_way(self) -> tuple[LaneOrder, ...]:
        """What must have ended before anything is closed: openings and protective legs."""
        return tuple(each for each in self.orders if each.leg != "EXIT")


def book_of(signal: Signal) -> Book | None:
    """Return whose positions a signal is about; None before its symbol was resolved.

    Args:
        signal: The signal.
    """
    if signal.instrument is None:
        return None
    return Book(signal.portfolio, signal.instrument, signal.strategy_name)


def read_lane(shelf: Shelf, account: str, book: Book) -> Lane:
    """Read what is there.

    Args:
        shelf: Of the transaction of the step.
        account: The account's uid.
        book: Whose.

    Returns:
        What is held of the book's instrument, by the book and by others, and the book's orders that may still be
        filled.

    Raises:
        NotFound: There is no such account.
    """
    held = [each for each in shelf.holdings(account) if each.instrument == book.instrument]
    orders = shelf.working(account)
    return Lane(
        mine=tuple(each for each in held if _is_of(each, book)),
        others=tuple(each for each in held if not _is_of(each, book)),
        orders=tuple(each for each in orders if _is_of(each, book)),
    )


def earlier(case: Case) -> tuple[Signal, ...]:
    """Return the open signals of a signal's own strategy and symbol that came before it, oldest first.

    Args:
        case: The signal.
    """
    found = case.shelf.open_signals(case.signal.portfolio)
    return tuple(each for each in found if _precedes(each, case.signal))


def on_the_way(orders: Sequence[LaneOrder]) -> tuple[Decimal, ...]:
    """Return what orders may still add, below zero where they sell.

    Args:
        orders: The orders.
    """
    return tuple(each.rest for each in orders) or (ZERO,)


def _is_of(each: Holding | LaneOrder, book: Book) -> bool:
    """Tell whether something belongs to a book."""
    return (each.portfolio, each.instrument, each.strategy_name) == (
        book.portfolio,
        book.instrument,
        book.strategy_name,
    )


def _precedes(each: Signal, signal: Signal) -> bool:
    """Tell whether a signal came before another one of the same strategy and symbol."""
    is_same = each.instrument == signal.instrument if each.instrument else each.symbol == signal.symbol
    is_before = (each.received_at, each.id) < (signal.received_at, signal.id)
    return is_same and is_before and each.strategy_name == signal.strategy_name
