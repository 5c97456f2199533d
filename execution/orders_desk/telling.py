"""Messages of orders: in the transaction of what they tell, each under a name that a chat gets once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from execution.hours import Closed
from execution.orders_desk.records import ENDED
from execution.orders_desk.saying import meta_of
from execution.orders_desk.steps import BY_VENUE
from execution.texts import orders as texts
from execution.texts.moments import moment, reader_of
from execution.texts.order_words import in_words, words_of
from execution.texts.orders import FilledOrder, Named
from ledger.portfolio.outbox import Button
from ledger.trading.books.records import Booked
from ledger.trading.enumerations import Leg, NoticeKind, OrderStatus
from ledger.trading.events import Notice, tell
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
PROTECTIVE: Final[tuple[Leg, ...]] = ("STOP_LOSS", "TAKE_PROFIT")


def named(whole: WholeOrder, quantity: Decimal | None = None) -> Named:
    """Return an order as a message names it.

    Args:
        whole: The order.
        quantity: Another quantity than the order's.
    """
    order = whole.order
    size = order.quantity if quantity is None else quantity
    return Named(symbol=order.symbol, side=order.side, leg=order.leg, quantity=size, is_live=order.is_live)


def tell_fill(work: Work, whole: WholeOrder, *booked: Booked) -> None:
    """Tell what an order has done.

    Args:
        work: The caller's.
        whole: The order after its executions, with its end where it has one.
        *booked: What each of them has done; at least one.
    """
    last = booked[-1]
    order, so_far, words = (
        whole.order,
        filled_so_far(SYSTEM, work.connection, whole.order.uid),
        words_of(_language(whole)),
    )
    is_over = order.status in ENDED
    told = FilledOrder(
        named=named(whole),
        currency=last.currency,
        filled=order.filled_quantity,
        average_price=order.average_price or last.trade.price,
        expected_price=meta_of(whole).expected_price,
        fees=so_far.fees,
        fees_missing=so_far.fees_missing,
        held=last.position.quantity,
        held_price=last.position.avg_price,
        realized=so_far.realized,
        reason=reason_of(whole) if is_over else None,
        is_correction=any(each.trade.is_correction for each in booked),
    )
    buttons = retry_buttons(whole) if is_over else ()
    notice = Notice(id=f"trade-{last.trade.uid}", kind="filled", text=texts.filled(told, words))
    tell(work, whole.user, notice, buttons=buttons)


def tell_end(work: Work, whole: WholeOrder, *, attempt: int = 1) -> None:
    """Tell that an order has ended, or that nobody knows what it is.

    Args:
        work: The caller's.
        whole: The order, in CANCELED, EXPIRED, REJECTED or NOT_PLACED; UNKNOWN or PENDING_CANCEL for too long.
        attempt: Tells several such messages of one order apart.
    """
    words, status = words_of(_language(whole)), whole.order.status
    kind, word = _KINDS[status]
    text = texts.ended(named(whole), getattr(words, word), reason_of(whole), words)
    if whole.order.filled_quantity and status in ENDED:
        text = texts.rest_ended(named(whole), whole.order.filled_quantity, reason_of(whole), words)
    buttons = again_buttons(whole) if status == "NOT_PLACED" else retry_buttons(whole)
    notice = Notice(id=f"order-{whole.order.uid}-{status.lower()}-{attempt}", kind=kind, text=text)
    tell(work, whole.user, notice, buttons=buttons if status in ENDED else ())


def tell_waits(work: Work, whole: WholeOrder, closed: Closed) -> None:
    """Tell that an order waits for its market; once for each opening of that.

    Args:
        work: The caller's.
        whole: The order, in PENDING_NEW.
        closed: Its market.
    """
    words, reader = words_of(_language(whole)), reader_of(whole.user)
    text = texts.waits(named(whole), moment(closed.opens_at, reader), whole.order.uid, words)
    name = f"order-{whole.order.uid}-waits-{'long' if closed.opens_at is None else f'{closed.opens_at:%Y%m%d%H%M}'}"
    tell(work, whole.user, Notice(id=name, kind="canceled", text=text))


def tell_unprotected(work: Work, opening: WholeOrder, held: Decimal, legs: Sequence[Leg], *, name: str) -> None:
    """Tell that the legs of a position do not work.

    Args:
        work: The caller's.
        opening: The newest opening of the position.
        held: The position's quantity.
        legs: Those that do not work.
        name: Tells this time from other times.
    """
    words = words_of(_language(opening))
    text = texts.unprotected(named(opening, abs(held)), legs, words)
    close = ((Button(words.close, f"close:{opening.order.uid}"),),)
    notice = Notice(id=f"unprotected-{name}", kind="unprotected", text=text)
    tell(work, opening.user, notice, buttons=close)


def tell_impossible(work: Work, whole: WholeOrder, why: str) -> None:
    """Tell that what a venue says of an order cannot be taken in; once for each order.

    Args:
        work: The caller's.
        whole: The order.
        why: What is wrong.
    """
    words = words_of(_language(whole))
    text = texts.ended(named(whole), words.impossible, why[:200], words)
    tell(work, whole.user, Notice(id=f"order-{whole.order.uid}-impossible", kind="reconciliation", text=text))


def reason_of(whole: WholeOrder) -> str:
    """Return why an order has ended, without the mark of who has ended it."""
    reason = (whole.order.reason or "").removeprefix(BY_VENUE) or whole.order.status.lower()
    return in_words(reason, _language(whole))


def retry_buttons(whole: WholeOrder) -> tuple[tuple[Button, ...], ...]:
    """Return the button that sends the rest of a closing again; none for others, and where nothing is left."""
    order = whole.order
    if order.leg != "EXIT" or order.filled_quantity >= order.quantity:
        return ()
    return ((Button(words_of(_language(whole)).retry, f"retry:{order.uid}"),),)


def again_buttons(whole: WholeOrder) -> tuple[tuple[Button, ...], ...]:
    """Return the button that places an order again that is nowhere; none for a protective leg."""
    if whole.order.leg in PROTECTIVE:
        return ()
    return ((Button(words_of(_language(whole)).place_again, f"place_again:{whole.order.uid}"),),)


def _language(whole: WholeOrder) -> str:
    """Return the language of whose order it is."""
    return str(whole.user.language)
