"""What each request of a person does but closing: to cancel, clear the queue, place again, reconcile."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from bus.language import Language
from execution.meaning import Move
from execution.refusal import Refusal, number, refuse
from execution.signals_desk.around import Around, Case
from execution.signals_desk.ending import language_of, market_closed, refuse_signal
from execution.signals_desk.entering import refused_opening
from execution.signals_desk.gate import gate, market_hours, mode_refuses
from execution.signals_desk.margined import opening_meta
from execution.signals_desk.market_view import price_for, quote_of
from execution.signals_desk.plans import Plan
from execution.signals_desk.reading import read_case
from execution.signals_desk.size import Wanted, buffer_of
from execution.texts.names import shown
from execution.texts.refusals import render
from execution.texts.wishes import Words, words_of
from ledger.trading.errors import NotFound
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import Request, Signal
from ledger.trading.flow.states import OPEN
from ledger.trading.hours import Closed
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.orders.finding import history
from ledger.trading.orders.lanes import LaneOrder, lane_order, of_signals, working
from ledger.trading.orders.orders import place
from ledger.trading.orders.records import NewOrder
from ledger.trading.people.standing import Standing, standing
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

SHOWN_DIGITS: Final = 8
KNOWN_WITHIN: Final = timedelta(seconds=10)
"""So long a price and an account's cash may take to become known, once a person wants an order placed again."""
LATEST: Final = 200
"""So many of the portfolio's latest orders may be named by their first digits."""


class Done(msgspec.Struct, frozen=True):
    """What became of a request, in words."""

    text: str
    is_refused: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A request in the transaction of its next step; the lists are what is to be said once that is committed."""

    around: Around
    work: Work
    request: Request
    sends: list[str]
    cancels: list[str]
    reconcile: list[str]

    @property
    def standing(self) -> Standing:
        """Its portfolio."""
        return standing(SYSTEM, self.work.connection, self.request.portfolio)

    @property
    def language(self) -> Language:
        """Of whoever is answered."""
        return language_of(self.standing)

    @property
    def words(self) -> Words:
        """What is answered."""
        return words_of(self.language)

    def argument(self, name: str) -> str:
        """Return what was written, empty where nothing was.

        Args:
            name: Of the argument.
        """
        found = self.request.arguments.get(name)
        return "" if found is None else str(found).strip()

    def missing(self, what: str) -> Done:
        """Refuse a request that does not say what is meant.

        Args:
            what: What is missing.

        Returns:
            The refusal, in words.
        """
        return Done(self.words.missing.format(what=what), is_refused=True)


def cancel(wish: Wish) -> Done | None:
    """Cancel an order that works, or a signal that is no order yet.

    Args:
        wish: Names it as `id`, by its first digits.

    Returns:
        What became of it; None until the row of each order says that it is over.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    name = wish.argument("id").lower()
    if not name:
        return wish.missing("id")
    latest = history(SYSTEM, wish.work.connection, wish.request.portfolio, limit=LATEST)
    open_ones = [each.uid for each in working(SYSTEM, wish.work.connection) if each.portfolio == wish.request.portfolio]
    found = {uid for uid in (*open_ones, *(each.uid for each in latest)) if uid.startswith(name)}
    if len(found) > 1:
        return Done(wish.words.several.format(id=name), is_refused=True)
    return _cancel_orders(wish, sorted(found)) if found else _cancel_signal(wish, name)


def clear_queue(wish: Wish) -> Done | None:
    """Take out every signal of the portfolio that is not ordered yet.

    Args:
        wish: The request.

    Returns:
        How many were taken out, in words.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    found = flow.open_signals(SYSTEM, wish.work.connection, portfolio=wish.request.portfolio)
    for signal in found:
        refuse_signal(read_case(wish.around, wish.work, signal), refuse("CLEARED"))
    return Done(wish.words.cleared.format(count=len(found)))


def reconcile(wish: Wish) -> Done | None:
    """Have the portfolio's account compared with its venue.

    Args:
        wish: The request.

    Returns:
        That the account will be compared, in words.
    """
    wish.reconcile.append(wish.standing.account)
    return Done(wish.words.reconciled)


def place_opening_again(wish: Wish, order: LaneOrder) -> Done | None:
    """Place an opening again that is nowhere, with every check anew, under a new name.

    Args:
        wish: The request.
        order: The opening, in NOT_PLACED.

    Returns:
        What became of it; None for a moment, while a price or the account is asked for.
    """
    if order.signal is None or order.status != "NOT_PLACED":
        return Done(wish.words.not_again, is_refused=True)
    signal = flow.find(SYSTEM, wish.work.connection, order.signal)
    move: Move = "OPEN_LONG" if order.side == "BUY" else "OPEN_SHORT"
    case = read_case(wish.around, wish.work, signal)
    plan = msgspec.structs.replace(case.plan or Plan(moves=(), since=case.now), moves=(move,), since=signal.received_at)
    case = msgspec.structs.replace(case, plan=plan)
    instrument = get_instrument(SYSTEM, wish.work.connection, order.instrument)
    price = price_for(case, move, quote_of(case, instrument))
    wanted = Wanted(quantity=order.quantity, price=price, buffer_percent=buffer_of(case, move))
    refusal = _refused_again(case, instrument, wanted)
    if refusal is not None and refusal.is_waitable and wish.work.now - wish.request.created_at < KNOWN_WITHIN:
        wish.reconcile.extend([wish.standing.account] if wish.request.state == "WAITING" else [])
        return None
    if refusal is not None:
        return Done(render(refusal, wish.language), is_refused=True)
    meta = {"request": wish.request.uid} | wanted.meta | opening_meta(case, instrument)
    again = _opening_again(order, instrument, meta)
    new = msgspec.structs.replace(again, boot=case.around.link.boot_of(case.place.broker))
    placed = place(SYSTEM, wish.work, new)
    if not placed.is_new:  # its message came twice, and so did the press
        return Done(wish.words.not_again, is_refused=True)
    wish.sends.append(placed.order.uid)
    return Done(wish.words.sent_again.format(symbol=shown(order.symbol), quantity=number(order.quantity)))


def _opening_again(order: LaneOrder, instrument: Instrument, meta: Mapping[str, object]) -> NewOrder:
    """Return the order that takes the place of one that is nowhere."""
    return NewOrder(
        portfolio=order.portfolio,
        instrument=order.instrument,
        side=order.side,
        type="MARKET",
        time_in_force="GTC" if instrument.asset_type == "CRYPTO" else "DAY",
        purpose="OPENING",
        leg="ENTRY",
        quantity=order.quantity,
        strategy=order.strategy,
        signal=order.signal,
        key=f"again-{order.uid}",
        attempt=order.attempt + 1,
        meta=meta,
    )


def _refused_again(case: Case, instrument: Instrument, wanted: Wanted) -> Refusal | None:
    """Return what speaks against placing an opening again, on what is known now; None where nothing does."""
    refusal: Refusal | None = gate(case) or mode_refuses(case)
    closed = market_hours(case, instrument)
    if refusal is None and isinstance(closed, Closed):
        refusal = market_closed(case, instrument, closed)
    return refusal or refused_opening(case, instrument, wanted)


def named_order(wish: Wish) -> LaneOrder | Done:
    """Return the order of the portfolio that a request names as `order`.

    Args:
        wish: The request.
    """
    uid = wish.argument("order")
    found = lane_order(SYSTEM, wish.work.connection, uid) if uid else None
    if found is None or found.portfolio != wish.request.portfolio:
        return Done(wish.words.no_such.format(id=uid[:SHOWN_DIGITS] or "-"), is_refused=True)
    return found


def _cancel_signal(wish: Wish, name: str) -> Done | None:
    """Cancel a signal, or what it has ordered."""
    signal = _signal(wish, name)
    if signal is None:
        return Done(wish.words.no_such.format(id=name[:32]), is_refused=True)
    shown = signal.uid[:SHOWN_DIGITS]
    if signal.state in OPEN:
        refuse_signal(read_case(wish.around, wish.work, signal), refuse("REJECTED_BY_PERSON"))
        return Done(wish.words.signal_canceled.format(signal=shown))
    mine = [each.uid for each in of_signals(SYSTEM, wish.work.connection, signal.uid)]
    if not mine or (signal.state != "ORDERED" and wish.request.state == "WAITING"):
        return Done(wish.words.is_over.format(signal=shown, state=signal.state), is_refused=True)
    return _cancel_orders(wish, mine)


def _cancel_orders(wish: Wish, uids: Sequence[str]) -> Done | None:
    """Cancel orders; done once each row says so, so that nothing is lost where that takes a second attempt."""
    found = [each for uid in uids if (each := lane_order(SYSTEM, wish.work.connection, uid)) is not None]
    going = [each for each in found if not each.is_over and each.status != "PENDING_CANCEL"]
    if going:
        wish.cancels.extend(each.uid for each in going)
        return None
    names = ", ".join(each.uid[:SHOWN_DIGITS] for each in found)
    if wish.request.state == "WAITING" and all(each.is_over for each in found):
        return Done(wish.words.no_such.format(id=names), is_refused=True)
    return Done(wish.words.canceled.format(symbol=shown(found[0].symbol), order=names))


def _signal(wish: Wish, name: str) -> Signal | None:
    """Return the portfolio's signal of a name or its first digits."""
    try:
        found = flow.find(SYSTEM, wish.work.connection, name)
    except NotFound:
        return None
    return found if found.portfolio == wish.request.portfolio else None
