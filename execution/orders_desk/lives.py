"""The message that tells an order's whole life, made from rows: a restart says the same."""

from decimal import Decimal
from typing import Final

from execution.orders_desk.records import ENDED
from execution.orders_desk.saying import meta_of
from execution.orders_desk.steps import BY_VENUE
from execution.texts import lives as texts
from execution.texts.life_words import WORDS
from execution.texts.lives import ToldLeg, ToldOrder
from execution.texts.moments import Reader, reader_of
from execution.texts.names import shown
from execution.texts.order_words import UNLISTED, in_words
from execution.texts.orders import FilledOrder, Named, short
from ledger.exact import ZERO
from ledger.trading.enumerations import Leg
from ledger.trading.events import of_order, of_signal
from ledger.trading.orders.lives import LegLife, OrderLife
from ledger.trading.orders.orders import LONGEST_REASON
from ledger.trading.orders.records import Order
from ledger.trading.orders.whole import FilledSoFar, WholeOrder

PROTECTIVE: Final[tuple[Leg, ...]] = ("STOP_LOSS", "TAKE_PROFIT")


def subject_of(life: OrderLife) -> str:
    """Return the subject of an order's message: its signal's, where it is the first that this has led to.

    Args:
        life: The order.
    """
    signal = life.whole.signal
    return of_signal(signal) if signal is not None and life.is_first else of_order(life.whole.order.uid)


def life_text(life: OrderLife, *, waits: str = "") -> str:
    """Return an order's message.

    Args:
        life: The order.
        waits: The line of one that waits for its market; empty for others.
    """
    whole = life.whole
    order, reader = whole.order, reader_of(whole.user)
    told = ToldOrder(
        named=named(order),
        status=order.status,
        ordered_at=order.placed_at,
        since=order.updated_at,
        reason=reason_of(order, reader),
        asked=texts.asked_before(life.signal.asked) if life.is_first else None,
        fill=filled_order(whole, life.so_far) if order.filled_quantity or life.so_far.is_corrected else None,
        last_fill_at=life.so_far.last_at,
        legs=tuple(_told_leg(each, whole, reader) for each in life.legs if _is_shown(each)),
        waits=waits,
        kept=_kept(whole, reader),
    )
    return texts.life(told, reader)


def filled_order(whole: WholeOrder, so_far: FilledSoFar) -> FilledOrder:
    """Return what an order has done, as it is told.

    Args:
        whole: The order, of which a part was filled.
        so_far: What its executions add up to.
    """
    order = whole.order
    return FilledOrder(
        named=named(order),
        currency=whole.instrument.currency,
        filled=order.filled_quantity,
        average_price=order.average_price or ZERO,
        expected_price=meta_of(whole).expected_price,
        fees=so_far.fees,
        fees_missing=so_far.fees_missing,
        held=so_far.held,
        held_price=so_far.held_price,
        realized=so_far.realized,
        is_dust=ZERO < abs(so_far.held) < (whole.instrument.lot_size or ZERO),
        reason=reason_of(order, reader_of(whole.user)) if order.status in ENDED else None,
        is_correction=so_far.is_corrected,
    )


def _kept(whole: WholeOrder, reader: Reader) -> str:
    """Return the line of an order that was to spend so much money and no more; empty for others."""
    meta = meta_of(whole)
    if meta.kept_percent is None:
        return ""
    left = f"{short(meta.left_over)} {whole.instrument.currency}"
    return WORDS[reader.language].kept.format(percent=short(meta.kept_percent), left=left)


def named(order: Order, quantity: Decimal | None = None) -> Named:
    """Return an order as a message names it.

    Args:
        order: The order.
        quantity: Another quantity than the order's.
    """
    size = order.quantity if quantity is None else quantity
    return Named(symbol=order.symbol, side=order.side, leg=order.leg, quantity=size, is_live=order.is_live)


def reason_of(order: Order, reader: Reader) -> str:
    """Return why an order has ended, without the mark of who has ended it.

    Args:
        order: The order.
        reader: Who reads it.
    """
    reason = (order.reason or "").removeprefix(BY_VENUE) or order.status.lower()
    words = in_words(reason, reader.language)
    return words if reason == UNLISTED else shown(words, longest=LONGEST_REASON)  # ours, with a command to press


def _is_shown(leg: LegLife) -> bool:
    """Tell whether a leg is worth its line: one that we took back unfilled was replaced, or is needed no more."""
    is_ours = leg.order.status == "CANCELED" and not (leg.order.reason or "").startswith(BY_VENUE)
    return leg.so_far is not None or not is_ours


def _told_leg(leg: LegLife, opening: WholeOrder, reader: Reader) -> ToldLeg:
    """Return a protective leg as it is told."""
    order = leg.order
    price = order.stop_price if order.leg == "STOP_LOSS" else order.price
    return ToldLeg(
        named=named(order),
        price=price or ZERO,
        status=order.status,
        since=order.updated_at,
        filled=order.filled_quantity,
        average_price=order.average_price,
        realized=ZERO if leg.so_far is None else leg.so_far.realized,
        currency=opening.instrument.currency,
        reason=reason_of(order, reader) if order.status in ENDED and order.reason else "",
    )
