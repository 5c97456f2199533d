"""A person's closings, whatever is killed: of a symbol, of all, of a closing's rest; of every strategy there.

Where the market is closed the order is written all the same; it waits for the opening, and that is told.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from execution.refusal import Refusal, number, refuse
from execution.signals_desk.around import place_of, traded
from execution.signals_desk.closing import Closing, closing_orders
from execution.signals_desk.ending import refuse_signal
from execution.signals_desk.lane import Book, read_lane
from execution.signals_desk.reading import read_case
from execution.signals_desk.shelf import Shelf
from execution.signals_desk.wishes import Done, Wish, named_order, place_opening_again
from execution.sizing import Sizing
from execution.sizing import Wish as Size
from execution.texts.names import shown
from execution.texts.refusals import render
from ledger.exact import ZERO
from ledger.trading.flow import signals as flow
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.meant import is_meant
from ledger.trading.orders.finding import history
from ledger.trading.orders.lanes import LaneOrder, holdings, lane_order, working
from ledger.trading.orders.orders import place
from ledger.trading.principal import SYSTEM

LATEST: Final = 200


def close(wish: Wish) -> Done | None:
    """Close what the portfolio holds of a symbol, or all that it holds: what is in the way first.

    Args:
        wish: Names the symbol as `symbol`, or an order of it as `order`; without either all is meant.

    Returns:
        What became of it, a line for each order; None until what is in the way and then its orders have ended.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    meant = wish.argument("symbol")
    if wish.request.kind == "close" and not meant:
        order = named_order(wish)
        if isinstance(order, Done):
            return wish.missing("symbol") if not wish.argument("order") else order
        return _close_books(wish, [_book_of(order)])
    _supersede(wish, meant)
    return _close_books(wish, _books(wish, meant), of=meant)


def retry(wish: Wish) -> Done | None:
    """Close again what a closing has left.

    Args:
        wish: Names the closing as `order`.

    Returns:
        What became of it, or why it cannot be; None until its order has ended.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    order = named_order(wish)
    if isinstance(order, Done):
        return order
    rest = order.quantity - order.filled_quantity
    if order.leg != "EXIT" or not order.is_over or not rest:
        return Done(wish.words.not_again, is_refused=True)
    return _close_books(wish, [_book_of(order)], of=order.symbol, again=order)


def place_again(wish: Wish) -> Done | None:
    """Place an order again that is nowhere at its venue.

    Args:
        wish: Names it as `order`.

    Returns:
        What became of it, or why it cannot be; None until the order of a closing has ended.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    order = named_order(wish)
    if isinstance(order, Done):
        return order
    return place_opening_again(wish, order) if order.leg == "ENTRY" else retry(wish)


def _close_books(wish: Wish, books: Sequence[Book], *, of: str = "", again: LaneOrder | None = None) -> Done | None:
    """Close books one after the other's way is free; done once every order of this request has ended."""
    mine = _orders_of(wish)
    ordered = {_book_of(each) for each in mine}
    refused = []
    is_waiting = False
    for book in (each for each in books if each not in ordered):
        found = _close_one(wish, book, again)
        if isinstance(found, Done):
            refused.append(found)
        else:
            is_waiting = is_waiting or found
    if is_waiting or any(not each.is_over for each in mine):
        return None
    lines = [_told(wish, each) for each in mine] + [each.text for each in refused]
    if not lines:
        return Done(wish.words.nothing_held.format(of=f": {shown(of)}" if of else ""), is_refused=True)
    return Done("\n".join(lines), is_refused=not mine)


def _close_one(wish: Wish, book: Book, again: LaneOrder | None) -> Done | bool:
    """Close one book, as far as that goes now; tells whether it has to be waited for, or why it is not closed."""
    account = wish.standing.account
    lane, instrument = read_lane(Shelf(wish.work.connection), account, book), _instrument(wish, book)
    if not lane.held and not lane.orders:
        return False
    if lane.orders:
        wish.cancels.extend(each.uid for each in lane.in_the_way if each.status != "PENDING_CANCEL")
        return True
    closing = Closing(
        account=account,
        book=book,
        instrument=instrument,
        step=instrument.lot_size or Decimal(1),
        wish=Size() if again is None else Size(quantity=abs(again.rest)),
        sizing=Sizing() if again is None else Sizing(by="signal"),
        leaves_flat=again is None,
        attempt=1 if again is None else again.attempt + 1,
        key=f"request-{wish.request.uid}-{book.instrument}-" if again is None else f"again-{again.uid}-",
        expected_price=wish.around.link.price(place_of(wish.standing), traded(instrument)),
        request=wish.request.uid,
        boot=wish.around.link.boot_of(place_of(wish.standing).broker),
    )
    found = closing_orders(wish.work, closing, lane)
    if isinstance(found, Refusal):
        return Done(render(found, wish.language))
    placed = [place(SYSTEM, wish.work, each) for each in found]
    if not all(each.is_new for each in placed):  # a rest is closed again once, however often that is wanted
        return Done(wish.words.not_again)
    wish.sends.extend(each.order.uid for each in placed)
    return bool(found)


def _books(wish: Wish, meant: str) -> list[Book]:
    """Return what the portfolio holds or is about to hold of a symbol; of everything where none is meant."""
    connection, portfolio = wish.work.connection, wish.request.portfolio
    held = [each for each in holdings(SYSTEM, connection, wish.standing.account) if each.portfolio == portfolio]
    going = [each for each in working(SYSTEM, connection) if each.portfolio == portfolio]
    books = dict.fromkeys(Book(portfolio, each.instrument, each.strategy_name) for each in held)
    books |= dict.fromkeys(map(_book_of, going))
    ordered = dict.fromkeys(_book_of(each) for each in _orders_of(wish))
    found = {book: _instrument(wish, book) for book in (*books, *ordered)}
    return [book for book, each in found.items() if not meant or is_meant(each, meant, list(found.values()))]


def _supersede(wish: Wish, meant: str) -> None:
    """Refuse the openings of the portfolio that are not sent and that this closing is about."""
    for signal in flow.open_signals(SYSTEM, wish.work.connection, portfolio=wish.request.portfolio):
        case = read_case(wish.around, wish.work, signal)
        is_it = not meant or (case.instrument is not None and is_meant(case.instrument, meant, [case.instrument]))
        if is_it and (case.plan is None or case.plan.has_opening) and signal.received_at <= wish.request.created_at:
            by = f"/{wish.request.kind}"
            refuse_signal(case, refuse("SUPERSEDED", symbol=signal.symbol, by=by), state="SUPERSEDED")


def _orders_of(wish: Wish) -> list[LaneOrder]:
    """Return the orders that this request has made, whatever their states."""
    latest = history(SYSTEM, wish.work.connection, wish.request.portfolio, limit=LATEST)
    mine = [each.uid for each in latest if each.meta_json.get("request") == wish.request.uid]
    found = [lane_order(SYSTEM, wish.work.connection, uid) for uid in mine]
    return [each for each in found if each is not None]


def _book_of(order: LaneOrder) -> Book:
    """Return the book of an order."""
    return Book(order.portfolio, order.instrument, order.strategy_name)


def _instrument(wish: Wish, book: Book) -> Instrument:
    """Return what a book is of."""
    return get_instrument(SYSTEM, wish.work.connection, book.instrument)


def _told(wish: Wish, order: LaneOrder) -> str:
    """Return the line of an order that has ended."""
    said = {"symbol": shown(order.symbol), "filled": number(order.filled_quantity)}
    if order.filled_quantity == order.quantity:
        return " ".join((wish.words.closed.format(**said), *_dust(wish, order)))
    return wish.words.not_closed.format(**said, quantity=number(order.quantity), status=order.status)


def _dust(wish: Wish, order: LaneOrder) -> Iterator[str]:
    """Yield what is said of what is left of a book and can be sold by no order."""
    held = read_lane(Shelf(wish.work.connection), wish.standing.account, _book_of(order)).held
    if ZERO < abs(held) < (_instrument(wish, _book_of(order)).lot_size or ZERO):
        yield wish.words.dust.format(held=number(abs(held)))
