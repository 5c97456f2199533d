"""What the orders desk keeps of its orders, and what it tells the signals desk."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from execution.venues import Place
from ledger.trading.enumerations import Leg, OrderStatus, Purpose
from ledger.trading.hours import Closed
from ledger.trading.orders.protected import Book
from ledger.trading.orders.whole import WholeOrder

if TYPE_CHECKING:
    from execution.orders_desk.steps import Step

WhyHeld = Literal["", "breaker", "unread"]
"""Why nothing is opened in an account: the breaker is open, or it was not read whole since its venue was there anew."""
EndState = Literal["FILLED", "CANCELED", "REJECTED", "EXPIRED", "NOT_PLACED"]
ENDED: Final[frozenset[OrderStatus]] = frozenset({"FILLED", "CANCELED", "REJECTED", "EXPIRED", "NOT_PLACED"})
"""States in which nothing more is done about an order by itself."""
UNHEARD: Final[frozenset[OrderStatus]] = frozenset({"PENDING_NEW", "PENDING_CANCEL", "UNKNOWN"})
"""States of an order that may still be on its way to its venue."""
NEVER: Final = float("-inf")


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an order may go: `never` is why it may not any more, `closed` the market that it waits for."""

    never: str = ""
    closed: Closed | None = None


MayGo = Callable[[WholeOrder], Going]
"""Says whether an order may go to its venue. Asked before each time that it is sent."""
GOES: Final = Going()


def always(_: WholeOrder) -> Going:
    """Let every order go.

    Args:
        _: The order, which is not looked at.

    Returns:
        `GOES`.
    """
    return GOES


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """An order that has ended; lost with the process, so whoever needs it reads the rows when it starts.

    `reason` is what the row says; `filled` may be a part of `quantity`, whatever the state.
    """

    order: str
    signal: str | None
    leg: Leg
    purpose: Purpose
    status: OrderStatus
    quantity: Decimal
    filled: Decimal
    reason: str


Standing = tuple[OrderStatus, Decimal]
"""The state of an order, and what of it is filled."""


class Watched(msgspec.Struct, kw_only=True):
    """An order that may still be filled, as it was last read, and what was said of it in this life.

    Moments are of the monotonic clock. `may_be_known`: a broker may have heard of it. `said_s`: when it was last asked
    to be placed. `waits_until_s`: its market is closed, and is looked at again then; `told_closed` is what was told of
    that. `flying_until_s`: until when such a question, of an earlier life too, may still be obeyed. `asked_s`: when it
    was last asked to be canceled or looked up, `asks` times in a row. `not_before_s`: the venue wants a pause until
    then. `working_since_s`: since when it rests at the venue. `stands`: its state and what is filled, as they were last
    looked at, since `stands_since_s`; `told`: the same as it was last told. `lacks_since_s`: since when it has ended at
    the venue, with fills that the books do not have; `is_listing_asked`: its account is to be compared for that.
    `held`: why its venue does not work on it yet, empty where it does.
    """

    whole: WholeOrder
    may_be_known: bool
    needs_look: bool = False
    said_s: float = NEVER
    waits_until_s: float = NEVER
    flying_until_s: float = NEVER
    asked_s: float = NEVER
    asks: int = 0
    not_before_s: float = NEVER
    working_since_s: float | None = None
    unsure_since_s: float | None = None
    is_told_unsure: bool = False
    told_closed: Closed | None = None
    stands: Standing | None = None
    stands_since_s: float = NEVER
    told: Standing | None = None
    lacks_since_s: float | None = None
    is_listing_asked: bool = False
    held: str = ""

    @property
    def place(self) -> Place:
        """Where it goes."""
        return Place(broker=self.whole.program, account=self.whole.account)

    def note(self, now_s: float) -> None:
        """Note since when it rests, or nobody knows what it is.

        Args:
            now_s: The present moment.
        """
        status = self.whole.order.status
        is_working = status in {"NEW", "PARTIALLY_FILLED"}
        self.working_since_s = (self.working_since_s or now_s) if is_working else None
        self.unsure_since_s = (self.unsure_since_s or now_s) if status in {"UNKNOWN", "PENDING_CANCEL"} else None

    def follow(self, step: "Step", now_s: float) -> None:
        """Note what a venue's word has made of it.

        Args:
            step: What follows.
            now_s: The present moment.
        """
        since_s = now_s if self.lacks_since_s is None else self.lacks_since_s
        self.held = step.held
        self.needs_look, self.lacks_since_s = step.look, since_s if step.lacks_fills else None
        if step.pause_s is not None:
            self.not_before_s = now_s + step.pause_s
        if step.goes_again:
            self.may_be_known, self.said_s = False, NEVER
        self.note(now_s)

    @property
    def is_opening(self) -> bool:
        """Whether it adds exposure."""
        return self.whole.order.purpose == "OPENING"


def book_of(whole: WholeOrder) -> Book:
    """Return the book of an order's position.

    Args:
        whole: The order.
    """
    return whole.order.portfolio_id, whole.order.instrument_id, whole.order.strategy_id


def ended_of(whole: WholeOrder) -> Ended:
    """Return what is told of an order that has ended.

    Args:
        whole: The order.
    """
    order = whole.order
    return Ended(
        order=order.uid,
        signal=whole.signal,
        leg=order.leg,
        purpose=order.purpose,
        status=order.status,
        quantity=order.quantity,
        filled=order.filled_quantity,
        reason=order.reason or "",
    )
