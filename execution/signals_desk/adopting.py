"""`/adopt`: what was bought or sold at the venue past this system is booked, so that the books are the venue's again.

The venue is read anew first. What it holds more is booked to no strategy; what it holds less is taken from the one
position that can be meant. Where several can be, where orders are on their way, or where nobody says a price, nothing
is booked: that would be a guess.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

import msgspec

from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.sides import Parts
from execution.refusal import number
from execution.signals_desk.around import place_of, traded
from execution.signals_desk.symbols import new_instrument
from execution.signals_desk.wishes import Done, Wish
from execution.texts.manual import WORDS
from execution.texts.names import shown
from ledger.exact import ZERO, total
from ledger.trading import instruments
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.books.records import Book, Fill
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.flow import venue_positions
from ledger.trading.flow.records import VenuePosition
from ledger.trading.instruments import Instrument
from ledger.trading.meant import is_meant
from ledger.trading.orders.lanes import LaneOrder, working
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import SYSTEM

WITHIN: Final = timedelta(seconds=60)
"""So long the venue may take to be read twice, and to say a price."""


def adopt(wish: Wish) -> Done | None:
    """Book the difference between the books and the venue, once both are sure.

    Args:
        wish: Names the `symbol`.

    Returns:
        What was booked, or why nothing was; None while the venue is read anew or a price is waited for.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    meant = wish.argument("symbol").upper()
    if not meant:
        return wish.missing("symbol")
    if wish.request.state == "WAITING":
        wish.reconcile.append(wish.standing.account)
        return None
    rows = venue_positions.list_for(SYSTEM, wish.work.connection, wish.standing.account)
    found = [each for each in rows if is_meant(each, meant, rows)]
    if not any(each.as_of > wish.request.created_at for each in rows):
        return _later(wish, "not_read", meant)
    differing = [each for each in found if each.external]
    if not differing or len({(each.symbol, each.asset_type) for each in found}) > 1:
        return _refused(wish, "several" if differing else "nothing_differs", symbol=meant)
    if len(differing) > 1:
        sides = ", ".join(number(each.external) for each in differing)
        return _refused(wish, "both_sides", symbol=meant, sides=sides)
    return _book(wish, differing[0], differing[0].external)


def _book(wish: Wish, at_venue: VenuePosition, external: Decimal) -> Done | None:
    """Book what is known to differ, if it is clear where, and at which price."""
    symbol, lines = at_venue.symbol, _lines(wish, at_venue)
    going = working(SYSTEM, wish.work.connection, account=wish.standing.account)
    if any(each.symbol == symbol and not _rests(each) for each in going):
        return _refused(wish, "on_the_way", symbol=symbol)
    held = total(each.quantity for each in lines)
    takes_away = held * external < 0
    if takes_away and (refusal := _refused_taking(wish, lines, held, external)) is not None:
        return refusal
    instrument = _instrument(wish, at_venue, lines)
    now = None if instrument is None else wish.around.link.price(place_of(wish.standing), traded(instrument))
    price = (
        now if lines or at_venue.average_price is None else at_venue.average_price
    )  # the venue's, where all is meant
    if instrument is None or price is None:
        return _later(wish, "no_price", symbol)
    strategy = lines[0].strategy_uid if takes_away else None
    book = Book(portfolio=wish.request.portfolio, instrument=instrument.uid, strategy=strategy)
    fill = Fill(
        broker_trade_id=f"adopt-{wish.request.uid}",
        side="BUY" if external > 0 else "SELL",
        quantity=abs(external),
        price=price,
        exec_time=wish.work.now,
        fee=ZERO,
        fee_currency=instrument.currency,
        meta={"request": wish.request.uid},
    )
    booked = ingest_without_order(SYSTEM, wish.work, fill, book=book)
    _settle(wish, at_venue)
    wish.reconcile.append(wish.standing.account)
    shown = {"quantity": fill.quantity, "price": price, "held": booked.position.quantity}
    return _done(wish, "adopted", symbol=symbol, side=fill.side, **{name: number(each) for name, each in shown.items()})


def _rests(order: LaneOrder) -> bool:
    """Tell whether an order is a protective leg that rests at the venue unfilled: it is made to fit afterwards."""
    return order.leg in PROTECTIVE and order.status == "NEW"


def _settle(wish: Wish, at_venue: VenuePosition) -> None:
    """Write that a difference is no more, so that nothing books it twice before the venue is read again."""
    rows = venue_positions.list_for(SYSTEM, wish.work.connection, wish.standing.account)
    key = (at_venue.symbol, at_venue.asset_type)
    after = [
        msgspec.structs.replace(each, external=ZERO) if (each.symbol, each.asset_type) == key else each for each in rows
    ]
    venue_positions.replace(SYSTEM, wish.work, wish.standing.account, after)


def _refused_taking(wish: Wish, lines: Sequence[PositionLine], held: Decimal, external: Decimal) -> Done | None:
    """Refuse to take away what may be of several, of another portfolio, or more than is held."""
    symbol = lines[0].symbol
    if len(lines) > 1 or lines[0].portfolio_uid != wish.request.portfolio:
        holders = ", ".join(f"{each.portfolio}/{each.strategy or '-'}" for each in lines)
        return _refused(wish, "of_several", symbol=symbol, holders=holders, quantity=number(abs(external)))
    if abs(external) > abs(held):
        return _refused(wish, "other_side", symbol=symbol, held=number(held), external=number(external))
    return None


def _lines(wish: Wish, at_venue: VenuePosition) -> list[PositionLine]:
    """Return what the books of an account hold of what its venue says."""
    inside = list_portfolios(SYSTEM, wish.work.connection, archived=True)
    mine = [each.uid for each in inside if each.account == wish.standing.account]
    lines = [line for uid in mine for line in list_positions(SYSTEM, wish.work.connection, portfolio=uid)]
    of = Parts(venue_positions.list_for(SYSTEM, wish.work.connection, wish.standing.account)).of
    return [each for each in lines if of(each) == of(at_venue)]


def _instrument(wish: Wish, at_venue: VenuePosition, lines: Sequence[PositionLine]) -> Instrument | None:
    """Return the instrument that is meant, made where it is new; None while the venue has not said it."""
    if lines:
        return instruments.get_instrument(SYSTEM, wish.work.connection, lines[0].instrument_uid)
    said = wish.around.link.instrument(place_of(wish.standing), at_venue.symbol, kind=at_venue.asset_type)
    known = None if said is None else said.instrument
    if said is None or known is None or (known.symbol, known.asset_type) != (at_venue.symbol, at_venue.asset_type):
        return None
    return instruments.resolve(SYSTEM, wish.work, new_instrument(said, known))


def _later(wish: Wish, what: str, symbol: str) -> Done | None:
    """Wait for what is not known yet; refuse once that has taken too long."""
    if wish.work.now - wish.request.created_at < WITHIN:
        return None
    return _refused(wish, what, symbol=symbol, seconds=int(WITHIN.total_seconds()))


def _refused(wish: Wish, what: str, **values: object) -> Done:
    """Refuse, in words."""
    return Done(_done(wish, what, **values).text, is_refused=True)


def _done(wish: Wish, what: str, **values: object) -> Done:
    """Say what was done; `what` names the words."""
    template: str = getattr(WORDS[wish.language], what)
    return Done(template.format(**{name: shown(str(value)) for name, value in values.items()}))
