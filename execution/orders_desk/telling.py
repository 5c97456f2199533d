"""Messages of orders: in the transaction of what they tell.

One message tells an order's life and is edited as that goes on; what nobody may miss is said aloud besides, where that
message is in the chat already (`ledger.trading.events.tell`). A protective leg's life is told in its opening's message;
what it does is a message of its own, too.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from execution.orders_desk.lives import (
    PROTECTIVE,
    filled_order,
    life_text,
    named,
    reason_of,
    subject_of,
)
from execution.orders_desk.records import ENDED
from execution.orders_desk.steps import BY_VENUE
from execution.texts import orders as texts
from execution.texts.moments import moment, reader_of
from execution.texts.order_words import Words, words_of
from ledger.portfolio.outbox import Button, Buttons
from ledger.trading.books.records import Booked
from ledger.trading.enumerations import Leg, NoticeKind, OrderStatus
from ledger.trading.events import Notice, tell
from ledger.trading.hours import Closed
from ledger.trading.orders.lives import OrderLife, order_life
from ledger.trading.orders.whole import WholeOrder, filled_so_far
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

_KINDS: Final[dict[OrderStatus, tuple[NoticeKind, str]]] = {
    "CANCELED": ("canceled", "canceled"),
    "EXPIRED": ("canceled", "expired"),
    "REJECTED": ("rejected", "rejected"),
    "NOT_PLACED": ("rejected", "not_placed"),
    "UNKNOWN": ("rejected", "unknown"),
    "PENDING_CANCEL": ("canceled", "cancel_pending"),
}
"""Under which kind an end is told, and with which of the words."""


def tell_life(work: Work, whole: WholeOrder) -> None:
    """Tell how an order is, without a sound: in its message; of a leg in its opening's.

    Args:
        work: The caller's.
        whole: The order.
    """
    life = order_life(SYSTEM, work.connection, whole)
    uid, text = life.whole.order.uid, life_text(life)
    notice = Notice(id=f"order-{uid}", kind="filled", text=text, subject=subject_of(life), is_quiet=True)
    tell(work, whole.user, notice, buttons=_buttons(life.whole))


def tell_fill(work: Work, whole: WholeOrder, *booked: Booked) -> None:
    """Tell what an order has done: at once where that is all, or corrects what was told, else with how it stands later.

    Args:
        work: The caller's.
        whole: The order after its executions, with its end where it has one.
        *booked: What each of them has done; at least one.
    """
    if whole.order.status not in ENDED and not any(each.trade.is_correction for each in booked):
        return
    name, words = f"trade-{booked[-1].trade.uid}", _words(whole)
    if whole.order.leg in PROTECTIVE:
        fill = filled_order(whole, filled_so_far(SYSTEM, work.connection, whole.order.uid))
        tell_life(work, whole)
        tell(work, whole.user, Notice(id=name, kind="filled", text=texts.filled(fill, words)))
        return
    life = order_life(SYSTEM, work.connection, whole)
    fill = filled_order(whole, life.so_far)
    _tell_aloud(work, life, Notice(id=name, kind="filled", text=texts.brief(fill, words)))


def tell_end(work: Work, whole: WholeOrder, *, attempt: int = 1) -> None:
    """Tell that an order has ended, or that nobody knows what it is.

    A leg that we have canceled, as its position changed, or the venue as the sibling was filled, is told in its
    opening's message alone.

    Args:
        work: The caller's.
        whole: The order, in CANCELED, EXPIRED, REJECTED or NOT_PLACED; UNKNOWN or PENDING_CANCEL for too long.
        attempt: Tells several such messages of one order apart.
    """
    order, words = whole.order, _words(whole)
    kind, word = _KINDS[order.status]
    reason = reason_of(order, reader_of(whole.user))
    text = texts.ended(named(order), getattr(words, word), reason, words)
    if order.filled_quantity and order.status in ENDED:
        text = texts.rest_ended(named(order), order.filled_quantity, reason, words)
    notice = Notice(id=f"order-{order.uid}-{order.status.lower()}-{attempt}", kind=kind, text=text)
    if order.leg not in PROTECTIVE:
        _tell_aloud(work, order_life(SYSTEM, work.connection, whole), notice)
        return
    tell_life(work, whole)
    if order.status != "CANCELED" or _is_canceled_alone(work, whole):
        tell(work, whole.user, notice)


def tell_held_up(work: Work, whole: WholeOrder, closed: Closed | None) -> None:
    """Tell that an order waits for its market, or that for too long nobody knows what it is.

    Args:
        work: The caller's.
        whole: The order.
        closed: Its market; None where that is not what holds it up.
    """
    if closed is None:
        tell_end(work, whole)
    else:
        tell_waits(work, whole, closed)


def tell_waits(work: Work, whole: WholeOrder, closed: Closed) -> None:
    """Tell that an order waits for its market; once for each opening of that.

    Args:
        work: The caller's.
        whole: The order, in PENDING_NEW, or at its venue, which holds it.
        closed: Its market.
    """
    opens = moment(closed.opens_at, reader_of(whole.user))
    waits = texts.waits(named(whole.order), opens, whole.order.uid, _words(whole))
    life = order_life(SYSTEM, work.connection, whole)
    name = f"order-{whole.order.uid}-waits-{'long' if closed.opens_at is None else f'{closed.opens_at:%Y%m%d%H%M}'}"
    text = life_text(life, waits=waits)
    tell(work, whole.user, Notice(id=name, kind="canceled", text=text, subject=subject_of(life)))


def tell_unprotected(work: Work, opening: WholeOrder, held: Decimal, legs: Sequence[Leg], *, name: str) -> None:
    """Tell that the legs of a position do not work.

    Args:
        work: The caller's.
        opening: The newest opening of the position.
        held: The position's quantity.
        legs: Those that do not work.
        name: Tells this time from other times.
    """
    words = _words(opening)
    text = texts.unprotected(named(opening.order, abs(held)), legs, words)
    close = ((Button(words.close, f"close:{opening.order.uid}"),),)
    notice = Notice(id=f"unprotected-{name}", kind="unprotected", text=text)
    tell_life(work, opening)
    tell(work, opening.user, notice, buttons=close)


def tell_impossible(work: Work, whole: WholeOrder, why: str) -> None:
    """Tell that what a venue says of an order cannot be taken in; once for each order.

    Args:
        work: The caller's.
        whole: The order.
        why: What is wrong.
    """
    words = _words(whole)
    text = texts.ended(named(whole.order), words.impossible, why[:200], words)
    tell(work, whole.user, Notice(id=f"order-{whole.order.uid}-impossible", kind="reconciliation", text=text))


def fees_missing(work: Work, whole: WholeOrder) -> int:
    """Return how many executions of an order have no fee yet, which its message says.

    Args:
        work: The caller's.
        whole: The order.
    """
    return filled_so_far(SYSTEM, work.connection, whole.order.uid).fees_missing


def _is_canceled_alone(work: Work, leg: WholeOrder) -> bool:
    """Tell whether a venue has canceled a leg by itself, and not since its sibling was filled."""
    legs = order_life(SYSTEM, work.connection, leg).legs
    is_filled = any(each.so_far is not None for each in legs if each.order.leg != leg.order.leg)
    return (leg.order.reason or "").startswith(BY_VENUE) and not is_filled


def _tell_aloud(work: Work, life: OrderLife, notice: Notice) -> None:
    """Tell an order's life in its message, and what this notice says aloud, where nobody would hear the edit."""
    told = Notice(id=notice.id, kind=notice.kind, text=life_text(life), subject=subject_of(life), aloud=notice.text)
    tell(work, life.whole.user, told, buttons=_buttons(life.whole))


def _buttons(whole: WholeOrder) -> Buttons:
    """Return what stands under the message of an order that has ended."""
    order, words = whole.order, _words(whole)
    if order.status == "NOT_PLACED" and order.leg not in PROTECTIVE:
        return ((Button(words.place_again, f"place_again:{order.uid}"),),)
    has_rest = order.leg == "EXIT" and order.filled_quantity < order.quantity
    return ((Button(words.retry, f"retry:{order.uid}"),),) if has_rest and order.status in ENDED else ()


def _words(whole: WholeOrder) -> Words:
    """Return the words of whose order it is."""
    return words_of(str(whole.user.language))
