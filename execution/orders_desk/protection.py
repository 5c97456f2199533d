"""Protective legs: rows before they are sent, as `execution.legs` wants them for what is held now."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import msgspec
from msgspec.structs import replace

from execution.legs import (
    CancelLeg,
    LegKind,
    Opening,
    PlaceLeg,
    Protection,
    WorkingLeg,
    changes,
    is_unprotected,
    wanted,
)
from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.sides import of_side
from execution.orders_desk.steps import BY_VENUE
from execution.orders_desk.telling import tell_unprotected
from ledger.exact import ZERO, difference, total
from ledger.trading.enumerations import OrderStatus
from ledger.trading.flow import venue_positions
from ledger.trading.flow.records import VenuePosition
from ledger.trading.orders import orders
from ledger.trading.orders.lanes import holdings
from ledger.trading.orders.protected import Book, ProtectedBook, protected_book, was_ever_wanted
from ledger.trading.orders.records import NewOrder, Order
from ledger.trading.orders.states import OPEN
from ledger.trading.orders.whole import WholeOrder
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

NO_STEP: Final = Decimal("1e-18")
NO_LONGER_FITS: Final = "it no longer fits the position"
BootOf = Callable[[str], str]
"""Says which life of a broker's program was heard last; empty where none was."""
_FAILED: Final[frozenset[OrderStatus]] = frozenset({"REJECTED", "EXPIRED", "NOT_PLACED"})


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """What was written to protect a position.

    Attributes:
        placed: Legs to be sent now.
        canceled: Legs that are to be canceled now.
        is_bare: Whether a leg is missing or does not work yet.
    """

    placed: tuple[str, ...] = ()
    canceled: tuple[str, ...] = ()
    is_bare: bool = False


def protect(work: Work, book: Book, *, boot_of: BootOf, is_held_back: bool = False) -> Protected:
    """Write the legs that a position needs, and that those go which no longer fit.

    Args:
        work: What this is written with.
        book: Where the position is.
        boot_of: Says for which life of its broker a leg is written.
        is_held_back: Whether no leg may be placed, since the position is about to be closed.

    Returns:
        What is to be sent once this is committed.
    """
    if not was_ever_wanted(SYSTEM, work.connection, book):
        return Protected()
    found, is_sure = _at_venue(work, protected_book(SYSTEM, work.connection, book))
    if not found.legs and not any(_protection(each) != Protection() for each in found.openings):
        return Protected()
    legs, working, may_be_placed = (
        _wanted(found),
        _working(found.legs),
        is_sure and not (is_held_back or found.is_closing),
    )
    by_uid = {each.order.uid: each for each in found.openings}
    placed, canceled = [], []
    for change in changes(legs, working, failed=_failed(found)):
        if isinstance(change, CancelLeg):
            canceled.append(orders.move(SYSTEM, work, change.order, "PENDING_CANCEL", reason=NO_LONGER_FITS).uid)
        elif may_be_placed:
            opening = by_uid[change.opening]
            new = _leg_of(opening, change, found.legs)
            new = replace(new, boot=boot_of(opening.program))
            placed.append(orders.place(SYSTEM, work, new).order.uid)
    is_bare = is_unprotected(legs, _working(found.legs, only_seen=True)) and not found.is_closing
    return Protected(placed=tuple(placed), canceled=tuple(canceled), is_bare=is_bare)


def tell_if_bare(work: Work, book: Book) -> bool:
    """Tell that a position has no working legs, where that is so.

    Args:
        work: What this is written with.
        book: Where the position is.

    Returns:
        Whether it is so.
    """
    found, _ = _at_venue(work, protected_book(SYSTEM, work.connection, book))
    legs, seen = _wanted(found), _working(found.legs, only_seen=True)
    if found.is_closing or not is_unprotected(legs, seen):
        return False
    there = [each.wanted for each in seen if not each.is_canceling]
    missing = sorted({each.leg for each in legs if each not in there})
    newest = found.openings[-1]
    name = f"{newest.order.uid}-{len(found.legs)}-{'-'.join(missing).lower()}"
    tell_unprotected(work, newest, found.held, missing, name=name)
    return True


def _at_venue(work: Work, found: ProtectedBook) -> tuple[ProtectedBook, bool]:
    """Return a position as far as its venue has it, by a figure newer than the last fill, and whether that is sure.

    Legs of what is gone there would sell short what nobody holds. It is not sure where several books hold the
    instrument, and nobody knows of whose position it is gone: then all of them keep what they have.
    """
    if not found.openings:
        return found, True
    whole = found.openings[-1]
    key = (whole.instrument.symbol, whole.instrument.asset_type)
    every_row = venue_positions.list_for(SYSTEM, work.connection, whole.account)
    there = of_side([each for each in every_row if _key(each) == key], found.held)
    outside = total(each.external for each in there)
    if outside * found.held >= ZERO:
        return found, True
    every = holdings(SYSTEM, work.connection, whole.account)
    mine = [each for each in every if each.instrument == whole.instrument.uid]
    if any(one.as_of <= other.last_exec_time for one in there for other in mine):
        return found, True
    left = total((found.held, outside))
    held = left if left * found.held > ZERO else ZERO
    return (replace(found, held=held), True) if len(mine) == 1 else (found, False)


def _key(position: VenuePosition) -> tuple[str, str]:
    """Return what a position at a venue is of."""
    return position.symbol, position.asset_type


def _wanted(found: ProtectedBook) -> tuple[PlaceLeg, ...]:
    """Return the legs that what is held needs."""
    if not found.openings:
        return ()
    step = found.openings[-1].instrument.lot_size or NO_STEP
    openings = [
        Opening(
            uid=each.order.uid,
            side=each.order.side,
            quantity=max(ZERO, difference(each.order.filled_quantity, _closed_by_legs(each, found.legs))),
            protection=_protection(each),
        )
        for each in found.openings
    ]
    return wanted(found.held, openings, quantity_step=step)


def _protection(opening: WholeOrder) -> Protection:
    """Return what the signal of an opening wants."""
    return Protection(stop_loss=opening.stop_loss, take_profit=opening.take_profit)


def _closed_by_legs(opening: WholeOrder, legs: tuple[Order, ...]) -> Decimal:
    """Return how much of an opening its own legs have closed."""
    return total(leg.filled_quantity for leg in legs if leg.parent_id == opening.order.id)


def _working(legs: tuple[Order, ...], *, only_seen: bool = False) -> tuple[WorkingLeg, ...]:
    """Return the legs that may still fill, or only those that are known to be at the venue."""
    states = ("NEW", "PARTIALLY_FILLED") if only_seen else OPEN
    return tuple(_working_leg(each) for each in legs if each.status in states)


def _working_leg(leg: Order) -> WorkingLeg:
    """Return a leg's order as the core sees it; a leg without a known parent fits nothing."""
    doing = PlaceLeg(
        opening=str(leg.meta_json["opening"]) if "opening" in leg.meta_json else "",
        leg=_kind(leg),
        side=leg.side,
        quantity=difference(leg.quantity, leg.filled_quantity),
        price=(leg.stop_price if leg.leg == "STOP_LOSS" else leg.price) or ZERO,
    )
    return WorkingLeg(order=leg.uid, wanted=doing, is_canceling=leg.status == "PENDING_CANCEL")


def _kind(leg: Order) -> LegKind:
    """Return which of the two a leg is."""
    return "STOP_LOSS" if leg.leg == "STOP_LOSS" else "TAKE_PROFIT"


def _failed(found: ProtectedBook) -> list[tuple[str, LegKind]]:
    """Return an opening and a leg for each order that the venue has refused, ended or lost by itself."""
    uids = {each.order.id: each.order.uid for each in found.openings}
    return [
        (uids[leg.parent_id], _kind(leg))
        for leg in found.legs
        if leg.parent_id in uids and leg.leg in PROTECTIVE and _has_failed(leg)
    ]


def _has_failed(leg: Order) -> bool:
    """Tell whether a leg ended otherwise than filled or canceled by us."""
    by_venue = leg.status == "CANCELED" and (leg.reason or "").startswith(BY_VENUE)
    return leg.status in _FAILED or by_venue


def _leg_of(opening: WholeOrder, leg: PlaceLeg, legs: tuple[Order, ...]) -> NewOrder:
    """Return a leg's order; its key counts the legs of its kind that the opening had, so that each has its own name."""
    before = sum(each.parent_id == opening.order.id and each.leg == leg.leg for each in legs)
    is_stop = leg.leg == "STOP_LOSS"
    return NewOrder(
        portfolio=opening.portfolio,
        instrument=opening.instrument.uid,
        side=leg.side,
        type="STOP" if is_stop else "LIMIT",
        time_in_force="GTC",
        purpose="CLOSING",
        leg=leg.leg,
        quantity=leg.quantity,
        price=None if is_stop else leg.price,
        stop_price=leg.price if is_stop else None,
        strategy=opening.strategy,
        signal=opening.signal,
        parent=opening.order.uid,
        key=f"{opening.order.uid}:{before + 1}",
        meta={"opening": opening.order.uid, "expected_price": format(leg.price, "f")},
    )
