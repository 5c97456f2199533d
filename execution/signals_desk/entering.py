"""The intent: a signal of the queue becomes orders, in one transaction with everything that they were checked on."""

from typing import Final

import msgspec

from execution import gaps, risk
from execution.meaning import Move
from execution.order_asked import Asking, OrderAsked
from execution.refusal import Refusal, not_known, refuse
from execution.signals_desk import asking
from execution.signals_desk.around import Case
from execution.signals_desk.closing import Closing, closing_orders, supersede
from execution.signals_desk.days import begin_days
from execution.signals_desk.ending import begun_anew, expire, hold, is_late, language_of, refuse_signal
from execution.signals_desk.gate import awaits_hours, gate, market_hours, mode_refuses, must_be_asked, not_reached
from execution.signals_desk.lane import Lane, book_of, read_lane
from execution.signals_desk.margined import capped, leverage_of, margin_of, opening_meta
from execution.signals_desk.market_view import market_of, price_for, quote_of, steps_of
from execution.signals_desk.size import Wanted, opening_size, sizing_of, wish_of
from execution.signals_desk.steps import go_on, wait_for_market
from execution.sizing import Steps
from ledger.trading.errors import Invalid
from ledger.trading.hours import Closed, trading_day_start
from ledger.trading.instruments import Instrument
from ledger.trading.orders.orders import place
from ledger.trading.orders.records import NewOrder
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.facts import RiskFacts
from ledger.trading.risk.facts_reading import read_facts
from ledger.trading.risk.limits import Limits


class After(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said once a step is committed: orders to send, orders to cancel."""

    sends: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()


NOTHING: Final = After()
KEPT: Final = ("kept_percent", "left_over")
"""What an opening's row says of its money, and its step in `/why` too."""


def prepare(case: Case) -> After:
    """Clear the way of a closing that is in the queue: openings that came before it, and protective legs.

    Args:
        case: The signal.

    Returns:
        The orders to cancel; those on whose cancel the venue works already are not among them.
    """
    book = book_of(case.signal)
    if case.signal.state != "QUEUED" or case.plan is None or not case.plan.is_closing or book is None:
        return NOTHING
    if (refusal := gate(case)) is not None:
        refuse_signal(case, refusal)
        return NOTHING
    supersede(case)
    lane = read_lane(case.shelf, case.signal.account, book)
    return After(cancels=tuple(each.uid for each in lane.in_the_way if each.status != "PENDING_CANCEL"))


def enter(case: Case) -> After:
    """Make orders of a signal whose turn it is, or say what holds or ends it.

    Args:
        case: The signal.

    Returns:
        The orders to send.
    """
    plan, instrument, book = case.plan, case.instrument, book_of(case.signal)
    if case.signal.state != "QUEUED" or plan is None or instrument is None or book is None:
        return NOTHING
    if (refusal := gate(case)) is not None:
        refuse_signal(case, refusal)
        return NOTHING
    if must_be_asked(case):
        go_on(case)
        return NOTHING
    open_or_closed = market_hours(case, instrument)
    if isinstance(open_or_closed, Closed):
        wait_for_market(case, open_or_closed)
        return NOTHING
    lane = read_lane(case.shelf, case.signal.account, book)
    return _close(case, instrument, lane) if plan.is_closing else _open(case, instrument, lane)


def refused_opening(case: Case, instrument: Instrument, wanted: Wanted) -> Refusal | None:
    """Return what the checks say of an opening, on facts that this transaction has read.

    Args:
        case: The signal.
        instrument: What it trades.
        wanted: How much, at which price.

    Returns:
        Why it may not be ordered, waitable where that may pass by itself; None where it may.
    """
    missing = gaps.refused(case.work.connection, case.standing.account, instrument)
    if missing is not None:
        return missing
    asking = what_is_checked(case, instrument, wanted)
    if isinstance(asking, Refusal):
        return asking
    return risk.check(asking.asked, asking.facts, asking.limits, asking.market, now=asking.now)


def what_is_checked(case: Case, instrument: Instrument, wanted: Wanted) -> Asking | Refusal:
    """Return what the checks of an opening look at, as this transaction has read it.

    Args:
        case: The signal.
        instrument: What it trades.
        wanted: How much, at which price.

    Returns:
        The order with all that is known; or why there is nothing to check.
    """
    if wanted.price is None:
        return not_known("quote", instrument.symbol)
    signal, margin = case.signal, margin_of(case, instrument)
    if isinstance(margin, Refusal):
        return margin
    try:
        facts, limits = _facts(case, instrument)
    except Invalid as error:
        return refuse("NO_LIMITS", missing=error.worded(language_of(case.standing)), commands="/risk")
    asked = OrderAsked(
        instrument=instrument.uid,
        symbol=instrument.symbol,
        strategy=signal.strategy,
        currency=instrument.currency,
        is_closing=False,
        quantity=wanted.quantity,
        price=wanted.price,
        leverage=leverage_of(case, instrument, margin),
        multiplier=instrument.multiplier,
        stop_loss=case.stop_loss,
        buffer_percent=wanted.buffer_percent,
    )
    market = market_of(case, quote_of(case, instrument), facts)
    limits = capped(limits, margin, case.around.settings)
    return Asking(asked=asked, facts=facts, limits=limits, market=market, now=case.now)


def _facts(case: Case, instrument: Instrument) -> tuple[RiskFacts, Limits]:
    """Return what the books say, and the limits that hold; raises Invalid where either cannot be read."""
    connection, signal = case.work.connection, case.signal
    day_start = trading_day_start(instrument.asset_type, case.now)
    begin_days(case)
    day = case.shelf.day(signal.portfolio, case.now, day_start)
    facts = read_facts(SYSTEM, connection, day, instrument=instrument.uid, strategy=signal.strategy)
    return facts, case.shelf.limits(signal.portfolio, signal.strategy)


def _close(case: Case, instrument: Instrument, lane: Lane) -> After:
    """Write the orders that close what the book holds, once nothing is in the way."""
    plan, book = case.plan, book_of(case.signal)
    if plan is None or book is None or lane.orders:
        return NOTHING
    steps, sizing = steps_of(case, instrument) or Steps(), sizing_of(case)
    if isinstance(sizing, Refusal):
        refuse_signal(case, sizing)
        return NOTHING
    closing = Closing(
        account=case.signal.account,
        book=book,
        instrument=instrument,
        step=steps.quantity_step,
        wish=wish_of(case),
        sizing=sizing,
        leaves_flat=len(plan.moves) > 1 or case.signal.body.get("position") == "flat",
        signal=case.signal.uid,
        expected_price=price_for(case, "CLOSE", quote_of(case, instrument)),
        boot=case.around.link.boot_of(case.place.broker),
    )
    found = closing_orders(case.work, closing, lane)
    if isinstance(found, Refusal):
        refuse_signal(case, found)
        return NOTHING
    if not found:
        _nothing_held(case)
        return NOTHING
    return _write(case, found)


def _nothing_held(case: Case) -> None:
    """Go on where what was to be closed is gone already: to the opening that is left, or to the end."""
    if case.plan is None:
        return
    rest = msgspec.structs.replace(begun_anew(case, case.plan), moves=case.plan.moves[1:])
    if rest.moves:
        case.move("QUEUED", code="NOTHING_HELD", details=rest.details())
    else:
        case.move("DONE", code="NOTHING_HELD")


def _open(case: Case, instrument: Instrument, lane: Lane) -> After:
    """Write the order that opens, if every check lets it pass."""
    if is_late(case) and case.signal.code is None:  # nothing of the venue's has held it
        expire(case)
        return NOTHING
    wanted = _wanted(case, instrument, lane)
    if awaits_hours(case, instrument):
        silent = {"broker": case.standing.broker, "reason": "it does not answer"}
        wanted = Refusal("BROKER_LOST", silent, is_waitable=True)
    if isinstance(wanted, Refusal):
        (hold if wanted.is_waitable else refuse_signal)(case, wanted)
        return NOTHING
    if wanted.price is not None and (before := asking.drifted_from(case, wanted.price)) is not None:
        asking.ask(case, moved_from=before)
        return NOTHING
    move = case.plan.moves[0] if case.plan is not None else "OPEN_LONG"
    refusal = refused_opening(case, instrument, wanted)
    if refusal is not None:
        (hold if refusal.is_waitable else refuse_signal)(case, refusal)
        return NOTHING
    if is_late(case):
        expire(case)
        return NOTHING
    new = NewOrder(
        portfolio=case.signal.portfolio,
        instrument=instrument.uid,
        side="SELL" if move == "OPEN_SHORT" else "BUY",
        type="MARKET",
        time_in_force="GTC" if instrument.asset_type == "CRYPTO" else "DAY",
        purpose="OPENING",
        leg="ENTRY",
        quantity=wanted.quantity,
        strategy=case.signal.strategy,
        signal=case.signal.uid,
        meta=wanted.meta | opening_meta(case, instrument),
        boot=case.around.link.boot_of(case.place.broker),
    )
    return _write(case, (new,))


def _wanted(case: Case, instrument: Instrument, lane: Lane) -> Wanted | Refusal:
    """Return how much is opened; or what speaks against it before any limit is looked at."""
    only_closes = mode_refuses(case)
    if only_closes is not None:
        return only_closes
    broker, place_ = case.standing.broker, case.place
    quote = quote_of(case, instrument)  # a broker that is asked tries a venue that is away again soon
    held = case.around.orders.why_held(place_.account)
    if held == "breaker":
        return Refusal("BREAKER_OPEN", {"broker": broker, "reason": "too many calls failed"}, is_waitable=True)
    if not case.around.link.is_connected(place_):
        return not_reached(case)
    if held:
        return not_known("what the venue holds", instrument.symbol)
    move: Move = case.plan.moves[0] if case.plan is not None else "OPEN_LONG"
    sign = -1 if move == "OPEN_SHORT" else 1
    for each in lane.others:
        if each.quantity * sign < 0:
            shown = {"quantity": each.quantity, "strategy": each.strategy_name or "-"}
            return refuse("POSITION_AGAINST", symbol=instrument.symbol, **shown)
    return opening_size(case, move, quote)


def _write(case: Case, new: tuple[NewOrder, ...]) -> After:
    """Write the orders with the step that they are, which says what an opening has kept and left of its money."""
    placed = [place(SYSTEM, case.work, each) for each in new]
    case.shelf.note_orders(case.signal.account)
    plan = case.plan
    kept = {name: each.meta[name] for each in new for name in KEPT if name in each.meta}
    case.move("ORDERED", details={} if plan is None else plan.details(**kept))
    return After(sends=tuple(each.order.uid for each in placed if each.is_new))
