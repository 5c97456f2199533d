"""What is said of each order that has not ended, and when again: placed, canceled or looked up until it is answered."""

from datetime import timedelta
from typing import Final

import msgspec

from bus.time_source import TimeSource
from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.pace import (
    CANCEL_FIRST_S,
    DEAF_S,
    LOOK_FIRST_S,
    PLACE_EVERY_S,
    RESTING_EVERY_S,
    UNKNOWN_TOLD_AFTER_S,
    ask_pause_s,
)
from execution.orders_desk.records import GOES, NEVER, UNHEARD, MayGo, Watched
from execution.orders_desk.saying import to_cancel, to_look_up, to_place
from execution.venue_link import VenueLink
from ledger.trading.hours import Closed

NOT_FILLED: Final = "it was not filled in time"
HELD: Final = "the venue held it until its market opens; the price of then is not known"
NOT_TAKEN: Final = "the venue has not taken it in time"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be written about an order, since saying something is not enough.

    `cancel` is why it is to be canceled, empty for not at all; `tell_unsure`: for too long nobody knows
    what it is, or its cancel is not answered; `tell_closed`: the market that it waits for.
    """

    cancel: str = ""
    tell_closed: Closed | None = None
    tell_unsure: bool = False

    @property
    def is_told(self) -> bool:
        """Whether a message has to be written."""
        return self.tell_unsure or self.tell_closed is not None


NOTHING: Final = Due()


class Sender:
    """Says what is due; what it has said stands in the watched orders."""

    def __init__(self, link: VenueLink, time: TimeSource, *, timeout_s: float) -> None:
        """Say nothing yet.

        Args:
            link: The way to the brokers.
            time: The clocks.
            timeout_s: What a market order may take to be filled, and an opening to be taken.
        """
        self._link = link
        self._time = time
        self._timeout_s = timeout_s

    def turn(self, watched: Watched, may_still_go: MayGo, *, is_held: bool) -> Due:
        """Say what is due of one order.

        Args:
            watched: The order.
            may_still_go: Asked before it is sent.
            is_held: Whether openings of its account are held back.

        Returns:
            What has to be written about it.
        """
        match watched.whole.order.status:
            case "PENDING_NEW":
                return self._place(watched, may_still_go, is_held=is_held and watched.is_opening)
            case "PENDING_CANCEL":
                self._ask(watched, is_cancel=True)
            case "UNKNOWN":
                self._ask(watched)
            case _:
                return self._resting(watched, may_still_go)
        since_s = watched.unsure_since_s
        is_late = since_s is not None and self._time.monotonic() - since_s >= UNKNOWN_TOLD_AFTER_S
        return Due(tell_unsure=is_late and not watched.is_told_unsure)

    def is_in_the_air(self, watched: Watched) -> bool:
        """Tell whether an order that was said lately, and is not answered, may still reach its venue.

        Args:
            watched: The order.
        """
        is_unheard = watched.whole.order.status in UNHEARD
        return is_unheard and self._time.monotonic() < watched.flying_until_s

    def _place(self, watched: Watched, may_still_go: MayGo, *, is_held: bool) -> Due:
        """Ask for an order to be placed, once a second, unless it may not go, now or any more."""
        now_s = self._time.monotonic()
        if now_s < watched.waits_until_s:
            return NOTHING
        is_leg = watched.whole.order.leg in PROTECTIVE  # what protects survives every halt
        going = GOES if is_leg else may_still_go(watched.whole)
        if going.never:
            return Due(cancel=going.never)
        if going.closed is not None:
            watched.waits_until_s = now_s + PLACE_EVERY_S
            return NOTHING if going.closed == watched.told_closed else Due(tell_closed=going.closed)
        age = self._time.now() - watched.whole.order.placed_at
        if watched.is_opening and age >= timedelta(seconds=self._timeout_s):
            return Due(cancel=NOT_TAKEN)
        if is_held or now_s < max(watched.not_before_s, watched.said_s + PLACE_EVERY_S):
            return NOTHING
        if self._link.say(watched.place.broker, to_place(watched.whole, may_be_known=watched.may_be_known)):
            watched.said_s, watched.flying_until_s, watched.may_be_known = now_s, now_s + DEAF_S, True
        return NOTHING

    def _resting(self, watched: Watched, may_still_go: MayGo) -> Due:
        """Look up an order whose fills are missing, others now and then; end a market order that takes too long."""
        if watched.needs_look or self._was_not_seen_lately(watched):
            self._ask(watched)
        order, since_s, now_s = watched.whole.order, watched.working_since_s, self._time.monotonic()
        may_wait = order.type != "MARKET" or order.leg in PROTECTIVE or watched.lacks_since_s is not None
        if may_wait or since_s is None:
            return NOTHING
        if now_s - since_s >= self._timeout_s:
            return self._too_late(watched, may_still_go)
        if watched.told_closed is not None and now_s >= watched.waits_until_s:
            self._waits_for(watched, may_still_go)
        return NOTHING

    def _too_late(self, watched: Watched, may_still_go: MayGo) -> Due:
        """End a market order that takes too long; a closing waits where its market is closed or its venue holds it."""
        if watched.is_opening:
            return Due(cancel=HELD if watched.held else NOT_FILLED)
        closed = self._waits_for(watched, may_still_go)
        if closed is None:
            return Due(cancel=NOT_FILLED)
        return NOTHING if closed == watched.told_closed else Due(tell_closed=closed)

    def _waits_for(self, watched: Watched, may_still_go: MayGo) -> Closed | None:
        """Return the market that an order at its venue waits for; its time begins anew once that is open."""
        closed = may_still_go(watched.whole).closed or (Closed(None, None) if watched.held else None)
        now_s = self._time.monotonic()
        watched.waits_until_s = now_s + PLACE_EVERY_S
        if closed is not None:
            watched.working_since_s = now_s
        return closed

    def _was_not_seen_lately(self, watched: Watched) -> bool:
        """Tell whether an order rests for long, and was not looked up for as long."""
        since_s = max(watched.asked_s, watched.working_since_s or NEVER)
        return self._time.monotonic() - since_s >= RESTING_EVERY_S

    def _ask(self, watched: Watched, *, is_cancel: bool = False) -> None:
        """Ask for an order to be canceled or looked up, with growing pauses."""
        now_s = self._time.monotonic()
        first_s = CANCEL_FIRST_S if is_cancel else LOOK_FIRST_S
        if watched.asked_s != NEVER and now_s - watched.asked_s < ask_pause_s(watched.asks, first_s):
            return
        said = to_cancel(watched.whole) if is_cancel else to_look_up(watched.whole)
        self._link.say(watched.place.broker, said)
        watched.asked_s, watched.asks = now_s, watched.asks + 1
