"""A venue of a month: it fills at once, partly, late or never, and its words are lost, doubled or come late."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

import msgspec

from bus.messages.venue_accounts import AccountState, AskAccount, Working
from bus.messages.venue_talk import Answer
from bus.messages.venues import AskQuote, BrokerState, Execution, LookUpOrder, OrderEvent, PlaceOrder, Said, Traded
from tests.execution.signals_desk.stage import BROKER, TSLA, Venue
from tests.faults.false_time import FalseTime

D = Decimal
TICK = D("0.01")
UNQUOTED = TSLA
"""Nobody quotes it, as a share on paper; its alerts name a price."""
LATE_S = 45.0
"""A fill may take longer than an order may."""


class Booked(msgspec.Struct):
    """An order that the venue has, with the fills that are still to come: at which second, and how much."""

    order: PlaceOrder
    status: Any
    fills: list[Execution] = []
    coming: list[tuple[float, Decimal]] = []

    @property
    def filled(self) -> Decimal:
        """How much is filled."""
        return sum((each.quantity for each in self.fills), D(0))

    @property
    def rests(self) -> bool:
        """Whether it may still be filled."""
        return self.status in {"NEW", "PARTIALLY_FILLED"}


class MonthVenue(Venue):
    """A venue with its broker, whose faults are drawn.

    Attributes:
        booked: Every order, by its client order id.
        heard: When each was first heard.
        is_away: Whether nobody hears or says anything of the venue.
    """

    def __init__(self, time: FalseTime, chance: random.Random) -> None:
        """Begin with cash and prices."""
        super().__init__(time)
        self.prices[TSLA] = D(300)
        self.booked: dict[str, Booked] = {}
        self.heard: dict[str, datetime] = {}
        self.is_away = False
        self._chance = chance
        self._late: list[tuple[float, OrderEvent]] = []
        self._number = 0

    def begin_anew(self) -> None:
        """Let the broker's program start anew; what it was about to say is gone."""
        self._number += 1
        self._boot, self._since, self._late = f"b{self._number}", self.time.now(), []

    def go(self) -> None:
        """Lose the venue."""
        self.is_away = True

    def come_back(self) -> None:
        """Have the venue again."""
        self.is_away, self._since = False, self.time.now()

    def state(self) -> BrokerState:
        """Return how the broker is."""
        return BrokerState(broker=BROKER, boot=self._boot, is_connected=not self.is_away, since=self._since)

    def answers(self, said: Said) -> Iterator[Answer]:
        """Yield what the venue answers, nothing while it is away; some of it is lost on the way there."""
        is_of_an_order = isinstance(said, (PlaceOrder, LookUpOrder))
        is_unquoted = isinstance(said, AskQuote) and said.instrument == UNQUOTED
        if self.is_away or is_unquoted or (is_of_an_order and self._chance.random() < 0.05):
            return
        for each in super().answers(said):
            yield from self._on_the_way(each) if isinstance(each, OrderEvent) else (each,)

    def goes_on(self) -> Iterator[OrderEvent]:
        """Yield what the venue says by itself: fills whose moment has come, and words that were late."""
        now_s = self.time.monotonic()
        for booked in self.booked.values():
            while booked.rests and booked.coming and booked.coming[0][0] <= now_s:
                self._fill(booked, booked.coming.pop(0)[1])
                if not self.is_away:
                    yield from self._on_the_way(self._event_of(booked))
        if not self.is_away:
            due = [event for at_s, event in self._late if at_s <= now_s]
            self._late = [each for each in self._late if each[0] > now_s]
            yield from due

    def moves(self, percent: float) -> None:
        """Let every price move by up to so many percent; stops and limits that it passes are filled."""
        for instrument, price in self.prices.items():
            factor = D(str(round(1 + self._chance.uniform(-percent, percent) / 100, 6)))
            self.prices[instrument] = max(TICK, (price * factor).quantize(TICK))
        for booked in self.booked.values():
            if booked.rests and not booked.coming and self._is_passed(booked.order):
                booked.coming = [(self.time.monotonic(), booked.order.quantity)]

    def fills_now(self) -> list[Execution]:
        """Return every execution."""
        return [fill for booked in self.booked.values() for fill in booked.fills]

    def _is_passed(self, order: PlaceOrder) -> bool:
        """Tell whether the price has passed what an order waits for."""
        price = self.prices[order.instrument]
        if order.stop_price is not None:
            return price <= order.stop_price if order.side == "SELL" else price >= order.stop_price
        if order.price is not None:
            return price >= order.price if order.side == "SELL" else price <= order.price
        return False

    def _account(self, said: AskAccount) -> AccountState:
        """Return the account, with what rests and what was filled."""
        fills = tuple(each for each in self.fills_now() if each.exec_time >= said.since)
        resting = tuple(_working(each) for each in self.booked.values() if each.rests)
        return msgspec.structs.replace(super()._account(said), executions=fills, working=resting)

    def _place(self, order: PlaceOrder) -> Iterator[OrderEvent]:
        """Place an order once, and decide what will become of it."""
        name = order.client_order_id
        if name not in self.booked:
            self.heard[name] = self.time.now()
            self.booked[name] = Booked(order, "NEW", coming=self._plan(order) if order.type == "MARKET" else [])
            yield from self.goes_on()
        yield self._event_of(self.booked[name])

    def _plan(self, order: PlaceOrder) -> list[tuple[float, Decimal]]:
        """Draw when a market order is filled, and in how many parts."""
        now_s = self.time.monotonic()
        half = (order.quantity / 2).quantize(D(1) if order.quantity % 1 == 0 else TICK, rounding=ROUND_DOWN)
        plans: list[list[tuple[float, Decimal]]] = [
            [(now_s, order.quantity)],
            [(now_s + self._chance.uniform(1, LATE_S), order.quantity)],
            [(now_s, half), (now_s + self._chance.uniform(1, LATE_S), order.quantity - half)],
            [(now_s, half)],
        ]
        [plan] = self._chance.choices(plans, weights=(6, 2, 2, 1))
        return [each for each in plan if each[1]]

    def _fill(self, booked: Booked, wanted: Decimal) -> None:
        """Fill a part of an order, never more than it may take away."""
        order, held = booked.order, self.held.get(booked.order.instrument, D(0))
        sign = 1 if order.side == "BUY" else -1
        is_capped = order.reduce_only or order.instrument.asset_type != "FUTURE"
        most = max(D(0), -sign * held) if is_capped and (order.reduce_only or sign < 0) else wanted
        quantity = min(wanted, most)
        if not quantity:
            booked.status = "CANCELED"
            return
        self._number += 1
        booked.fills.append(
            Execution(
                broker_trade_id=f"x{self._number}",
                side=order.side,
                quantity=quantity,
                price=self.prices[order.instrument],
                exec_time=self.time.now(),
                fee=TICK,
                fee_currency=order.instrument.currency,
                client_order_id=order.client_order_id,
                broker_order_id=f"v{order.client_order_id}",
                instrument=order.instrument,
            )
        )
        self.held[order.instrument] = held + sign * quantity
        left = order.quantity - booked.filled
        booked.status = "CANCELED" if quantity < wanted else "PARTIALLY_FILLED" if left else "FILLED"

    def _cancel_or_find(self, said: Any) -> OrderEvent:
        """Return what an order is, canceled if that is asked for."""
        booked = self.booked.get(said.client_order_id)
        if booked is None:
            return super()._cancel_or_find(said)
        if not isinstance(said, LookUpOrder) and booked.rests:
            booked.status = "CANCELED"
        return self._event_of(booked)

    def _event_of(self, booked: Booked) -> OrderEvent:
        """Return what is said of an order now."""
        return self._event(booked.order, booked.status, *booked.fills)

    def _on_the_way(self, event: OrderEvent) -> Sequence[OrderEvent]:
        """Return what comes of a word at once: nothing, it, or it twice; it may come again later, and out of order."""
        drawn = self._chance.random()
        if drawn < 0.2:
            self._late.append((self.time.monotonic() + self._chance.uniform(1, 20), event))
        return () if drawn < 0.08 or 0.2 < drawn < 0.26 else (event, event) if drawn < 0.16 else (event,)


def _working(booked: Booked) -> Working:
    """Return a resting order as the account shows it."""
    order = booked.order
    return Working(
        instrument=order.instrument,
        client_order_id=order.client_order_id,
        broker_order_id=f"v{order.client_order_id}",
        side=order.side,
        type=order.type,
        quantity=order.quantity,
        filled_quantity=booked.filled,
        stop_price=order.stop_price,
    )


def is_share(instrument: Traded) -> bool:
    """Tell whether an instrument is traded in New York's hours alone."""
    return instrument.asset_type == "EQUITY"
