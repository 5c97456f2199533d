"""Closing what a book holds: what is in the way first, then one order for each version of its strategy.

A closing refuses openings that came before it and are not sent, has working ones and protective legs canceled, and
waits for their end. Then it closes what its own book holds, never more; a venue that holds less caps it, if its figure
is newer than the last fill.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from execution.refusal import Refusal, number, refuse
from execution.signals_desk.around import Case
from execution.signals_desk.ending import refuse_signal
from execution.signals_desk.lane import Book, Lane, earlier
from execution.signals_desk.reading import read_case
from execution.sizing import Sizing, Wish, closing_quantity
from ledger.exact import ZERO, total
from ledger.trading.flow import venue_positions
from ledger.trading.instruments import Instrument
from ledger.trading.orders.lanes import Holding
from ledger.trading.orders.records import NewOrder
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be closed, and under which name.

    Attributes:
        account: Its account's uid.
        wish: What the alert says of its size; nothing for all.
        sizing: Whether that counts.
        step: The venue's.
        leaves_flat: Whether all of it is closed whatever the alert says.
        signal: What it comes from; None for a person's request, which then names `key`.
        expected_price: At which price it is expected to be filled; None where nobody knows.
        request: The uid of the request that wants it; None where a signal does.
        boot: The life of its broker that the orders are written for.
    """

    account: str
    book: Book
    instrument: Instrument
    step: Decimal
    wish: Wish = Wish()
    sizing: Sizing = Sizing()
    leaves_flat: bool = False
    signal: str | None = None
    key: str | None = None
    attempt: int = 1
    expected_price: Decimal | None = None
    request: str | None = None
    boot: str = ""


def supersede(case: Case) -> None:
    """Refuse the openings of the same book that came before a closing and are not sent.

    Args:
        case: The closing, in the queue.
    """
    for signal in earlier(case):
        other = read_case(case.around, case.work, signal, shelf=case.shelf)
        if other.plan is None or not other.plan.has_opening:
            continue
        by = f"{case.signal.action} {case.signal.uid[:8]}"
        refuse_signal(other, refuse("SUPERSEDED", symbol=other.signal.symbol, by=by), state="SUPERSEDED")


def closing_orders(work: Work, closing: Closing, lane: Lane) -> tuple[NewOrder, ...] | Refusal:
    """Return the orders that close what a book holds.

    Args:
        work: The transaction that writes them.
        closing: What is to be closed.
        lane: What is there; nothing is in the way any more.

    Returns:
        One for each version of the strategy that holds something, none where nothing is held; or why there is none.
    """
    held = lane.held
    quantity = closing_quantity(
        closing.wish, closing.sizing, held=held, step=closing.step, leaves_flat=closing.leaves_flat
    )
    if not held:
        return ()
    symbol, most = closing.instrument.symbol, venue_most(work, closing, lane)
    if most is not None and most < quantity:
        quantity = _down(most, closing.step)
        if not quantity:
            return refuse("NOT_AT_VENUE", symbol=symbol, held=held, venue=most)
    if not quantity:
        if abs(held) < closing.step:
            return refuse("DUST", symbol=symbol, held=abs(held), smallest=closing.step)
        shown = {"wanted": abs(held), "smallest": closing.step, "value": "-", "currency": closing.instrument.currency}
        return refuse("TOO_SMALL", symbol=symbol, **shown)
    return tuple(_orders(closing, lane.mine, quantity))


def venue_most(work: Work, closing: Closing, lane: Lane) -> Decimal | None:
    """Return how much the venue still has of what is to be closed; None where its figure is older than the last fill.

    Args:
        work: The transaction.
        closing: What is to be closed.
        lane: What is there.
    """
    found = venue_positions.list_for(SYSTEM, work.connection, closing.account)
    if not found:
        return None
    read_at = max(each.as_of for each in found)
    if read_at <= max(each.last_exec_time for each in (*lane.mine, *lane.others)):
        return None
    is_it = (closing.instrument.symbol, closing.instrument.asset_type)
    there = [each.quantity for each in found if (each.symbol, each.asset_type) == is_it]
    return abs(total(quantity for quantity in there if quantity * lane.held > ZERO))


def _orders(closing: Closing, holdings: Sequence[Holding], quantity: Decimal) -> list[NewOrder]:
    """Return the orders that add up to a quantity, the oldest position first."""
    made = []
    for each in holdings:
        part = _down(min(quantity, abs(each.quantity)), closing.step)
        if not part or (each.strategy is None and closing.book.strategy_name is not None):
            continue
        quantity -= part
        made.append(
            NewOrder(
                portfolio=each.portfolio,
                instrument=each.instrument,
                side="SELL" if each.quantity > 0 else "BUY",
                type="MARKET",
                time_in_force="GTC" if closing.instrument.asset_type == "CRYPTO" else "DAY",
                purpose="CLOSING",
                leg="EXIT",
                quantity=part,
                strategy=each.strategy,
                signal=closing.signal,
                key=f"{closing.key or ''}{each.strategy or ''}" or None,
                attempt=closing.attempt,
                meta=_meta(closing),
                boot=closing.boot,
            )
        )
    return made


def _meta(closing: Closing) -> dict[str, object]:
    """Return what the orders' rows say besides."""
    said = {
        "expected_price": None if closing.expected_price is None else number(closing.expected_price),
        "request": closing.request,
    }
    return {name: value for name, value in said.items() if value is not None}


def _down(value: Decimal, step: Decimal) -> Decimal:
    """Round down to a multiple of a step."""
    return closing_quantity(Wish(), Sizing(), held=value, step=step)
