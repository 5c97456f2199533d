"""What the signals desk works with, and one signal with all that its next step is decided from."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import msgspec

from bus.messages.venues import AssetType, InstrumentState, Traded
from bus.time_source import TimeSource
from execution.held import Held
from execution.orders_desk.records import WhyHeld
from execution.settings import Settings
from execution.signals_desk.plans import Plan
from execution.signals_desk.shelf import Shelf
from execution.sizing import read_sizing
from execution.venue_link import VenueLink
from execution.venues import Place
from ledger.store import Ledger
from ledger.trading.enumerations import SignalState
from ledger.trading.errors import Invalid
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import NoPrice, Signal
from ledger.trading.instruments import Instrument
from ledger.trading.people.standing import Standing
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


class Orders(Protocol):
    """What follows written intents to their venues, as the signals desk uses it: `execution.orders_desk`."""

    def send(self, order_uid: str) -> None:
        """Send an order whose intent is committed."""
        ...

    def cancel(self, order_uid: str, *, reason: str) -> None:
        """Cancel an order, repeated until its end is known.

        Args:
            reason: Why, as it is told.
        """
        ...

    def why_held(self, account: str) -> WhyHeld:
        """Tell why nothing is opened in an account now.

        Returns:
            The reason, empty where something may be opened.
        """
        ...

    def openings_in_the_air(self) -> frozenset[int]:
        """Return the numbers of the portfolios of which an opening that was said may still reach a venue."""
        ...

    def keep_fresh(self, account: str) -> None:
        """Have an account's balances read again and again for a while."""
        ...

    def reconcile_now(self, account: str | None = None) -> None:
        """Compare the books of an account with its venue, soon.

        Args:
            account: Its uid; None for all that are held.
        """
        ...


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What the desk works with; `held` says on which accounts."""

    ledger: Ledger
    link: VenueLink
    orders: Orders
    settings: Settings
    time: TimeSource
    held: Held = msgspec.field(default_factory=Held)

    @property
    def extra_closed(self) -> tuple[date, ...]:
        """Days on which New York does not trade though no table knows it."""
        days = self.settings.market_closed_days
        return () if days is None else days.days

    @property
    def opening_max_age(self) -> timedelta:
        """How old an opening may become before it is ordered."""
        return timedelta(seconds=self.settings.opening_max_age_seconds)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A signal in the transaction of its next step.

    Attributes:
        strategy: The version that it came with; None for a signal of no strategy.
        in_force: The version of its name that is in force; its mode counts.
        instrument: What it was resolved to; None before.
        plan: What is left to be done of it; None before that was decided.
        shelf: What was read in the transaction.
    """

    around: Around
    work: Work
    signal: Signal
    standing: Standing
    strategy: Strategy | None
    in_force: Strategy | None
    instrument: Instrument | None
    plan: Plan | None
    shelf: Shelf

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.work.now

    @property
    def place(self) -> Place:
        """Where its orders go."""
        return place_of(self.standing)

    @property
    def strategy_name(self) -> str:
        """Its strategy, as a text names it."""
        return self.signal.strategy_name or "-"

    @property
    def kind(self) -> AssetType | None:
        """Which kind of thing its strategy means where a symbol stands for several; None: what the symbol says."""
        try:
            return None if self.strategy is None else read_sizing(self.strategy.params).kind
        except Invalid:  # refused with its reason, where its meaning is looked for
            return None

    @property
    def at_venue(self) -> InstrumentState | None:
        """What the venue knows of its instrument, whatever it is called; None where that has not been said (yet)."""
        link, asked = self.around.link, self.signal
        if self.instrument is None:
            return link.instrument(self.place, asked.symbol, exchange=asked.exchange, kind=self.kind)
        return link.said_of(self.place, traded(self.instrument), symbol=asked.symbol, exchange=asked.exchange)

    @property
    def stop_loss(self) -> Decimal | None:
        """Where what is opened is closed at a loss: as a person wants it, else as the signal says; None: nowhere."""
        return _leg(None if self.plan is None else self.plan.stop_loss, self.signal.stop_loss)

    @property
    def take_profit(self) -> Decimal | None:
        """The same at a gain."""
        return _leg(None if self.plan is None else self.plan.take_profit, self.signal.take_profit)

    def said(self, name: str) -> Decimal | None:
        """Return a number of the alert that has no column of its own.

        Args:
            name: The field, as the webhook keeps it: plain text.
        """
        text = self.signal.body.get(name)
        return None if text is None else Decimal(str(text))

    def move(
        self,
        state: SignalState,
        *,
        code: str | None = None,
        details: Mapping[str, object] = {},
        instrument: str | None = None,
    ) -> None:
        """Take the signal into another state, or tell a new code in its own, as `ledger.trading.flow.signals.move`.

        Args:
            state: The state.
            code: Why it is refused, ended or held.
            details: The numbers of it; those of a plan are the signal's plan from then on.
            instrument: The uid of what it was resolved to; None leaves what is known.
        """
        before = self.shelf.signal(self.signal.uid)
        after = flow.move(SYSTEM, self.work, before, state, code=code, details=details, instrument=instrument)
        self.shelf.note(before, after, details)


def _leg(changed: Decimal | NoPrice | None, said: Decimal | None) -> Decimal | None:
    """Return a leg's price: the changed one counts before what the signal says."""
    if changed is None:
        return said
    return changed if isinstance(changed, Decimal) else None


def place_of(standing: Standing) -> Place:
    """Return where a portfolio's orders go.

    Args:
        standing: The portfolio.
    """
    return Place(broker=standing.program, account=standing.account)


def traded(instrument: Instrument) -> Traded:
    """Return an instrument as a venue names it.

    Args:
        instrument: As the ledger has it.
    """
    return Traded(
        symbol=instrument.symbol,
        asset_type=instrument.asset_type,
        currency=instrument.currency,
        exchange=instrument.exchange,
        base_currency=instrument.base_currency,
        multiplier=instrument.multiplier,
    )
