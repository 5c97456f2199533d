"""Which protective legs a position needs, and what is to be done about those that work; pure.

A leg protects one opening. All stop losses together fit what is held, and so do all take profits: what is closed by
no leg is taken from the oldest opening first. A leg that no longer fits is canceled, and placed anew only once it has
ended, so that never more can be closed than is held: call `changes` again after every event. When a leg fills, its
sibling fits no more, and goes; when the position is flat, all go.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Final, Literal

import msgspec

from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.enumerations import Side

LegKind = Literal["STOP_LOSS", "TAKE_PROFIT"]
MOST_FAILURES: Final = 2
"""A leg that failed so often is placed no more: the position is told as UNPROTECTED, and a person decides."""


class Protection(msgspec.Struct, frozen=True, kw_only=True):
    """At which prices an opening's position is to be closed; None where it is not."""

    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """An opening of what is held.

    Attributes:
        uid: Of its order.
        side: Which way.
        quantity: What of it is filled, less what its own legs have closed.
        protection: What its signal wants.
    """

    uid: str
    side: Side
    quantity: Decimal
    protection: Protection


class PlaceLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg that should work: an order of its own, child of the opening."""

    opening: str
    leg: LegKind
    side: Side
    quantity: Decimal
    price: Decimal


class WorkingLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A leg's order that has not ended, UNKNOWN ones too.

    Attributes:
        order: Its uid.
        wanted: What it does; `quantity` is what is not filled yet.
        is_canceling: Whether its cancel is on the way.
    """

    order: str
    wanted: PlaceLeg
    is_canceling: bool = False


class CancelLeg(msgspec.Struct, frozen=True):
    """A leg's order that is to be canceled."""

    order: str


def wanted(held: Decimal, openings: Sequence[Opening], *, quantity_step: Decimal) -> tuple[PlaceLeg, ...]:
    """Return the legs that what is held needs.

    Args:
        held: The position, below zero for a short.
        openings: Those since it was flat, oldest first, those without protection too.
        quantity_step: The venue's; quantities are rounded down to it.

    Returns:
        Them, the newest opening's first; none where nothing is held.
    """
    side: Side = "BUY" if held > ZERO else "SELL"
    away: Side = "SELL" if held > ZERO else "BUY"
    with localcontext(ARITHMETIC):
        left, legs = abs(held), []
        for each in reversed([opening for opening in openings if opening.side == side]):
            part = min(each.quantity, left)
            left -= part
            quantity = (part / quantity_step).to_integral_value(rounding=ROUND_FLOOR) * quantity_step
            legs += _legs(each, away, quantity) if quantity else []
    return tuple(legs)


def changes(
    wanted: Sequence[PlaceLeg], working: Sequence[WorkingLeg], *, failed: Sequence[tuple[str, LegKind]] = ()
) -> tuple[CancelLeg | PlaceLeg, ...]:
    """Return what is to be done so that the legs that work become those that are wanted.

    Args:
        wanted: What should work.
        working: What does, as the books know it.
        failed: An opening and a leg for each order that was refused or has vanished at the venue.

    Returns:
        Cancels first. Nothing is placed while an order of the same opening and leg may still fill.
    """
    kept = _kept(wanted, working)
    cancels = [CancelLeg(each.order) for each in working if each.order not in kept and not each.is_canceling]
    taken = {(each.wanted.opening, each.wanted.leg) for each in working}
    missing = [each for each in wanted if (each.opening, each.leg) not in taken]
    places = [each for each in missing if failed.count((each.opening, each.leg)) < MOST_FAILURES]
    return (*cancels, *places)


def is_unprotected(wanted: Sequence[PlaceLeg], working: Sequence[WorkingLeg]) -> bool:
    """Tell whether a leg is missing, is another one than is wanted, or is being canceled.

    For a moment that is so whenever a leg is replaced; it is told once it stays so for seconds.

    Args:
        wanted: What should work.
        working: What does.
    """
    return len(_kept(wanted, working)) < len(wanted)


def _legs(opening: Opening, side: Side, quantity: Decimal) -> list[PlaceLeg]:
    """Return the legs of one opening."""
    prices: tuple[tuple[LegKind, Decimal | None], ...] = (
        ("STOP_LOSS", opening.protection.stop_loss),
        ("TAKE_PROFIT", opening.protection.take_profit),
    )
    return [
        PlaceLeg(opening=opening.uid, leg=leg, side=side, quantity=quantity, price=price)
        for leg, price in prices
        if price is not None
    ]


def _kept(wanted: Sequence[PlaceLeg], working: Sequence[WorkingLeg]) -> set[str]:
    """Return the orders that are what is wanted, one for each leg."""
    left, kept = list(wanted), set()
    for each in working:
        if not each.is_canceling and each.wanted in left:
            left.remove(each.wanted)
            kept.add(each.order)
    return kept
