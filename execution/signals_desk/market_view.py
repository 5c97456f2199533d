"""What is known of prices and of an account's worth, as the checks before an order want it."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import Final

from bus.messages.venues import Quote
from execution.meaning import Move
from execution.order_asked import Market, Rate
from execution.signals_desk.around import Around, Case, place_of, traded
from execution.sizing import Steps
from execution.venue_link import QUOTE_LIVES
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.flow.records import NewBalance
from ledger.trading.instruments import Instrument
from ledger.trading.people.accounts import PAPER
from ledger.trading.risk.facts import CashFact, OpenPosition, RiskFacts
from ledger.trading.risk.limits import DOLLARS

QUOTE_WITHIN: Final = timedelta(seconds=1)
"""So long an opening on paper waits for a quote before it is taken at its signal's own price."""


def quote_of(case: Case, instrument: Instrument) -> Quote | None:
    """Return what an instrument costs at a signal's venue now, None where that is not known (yet).

    Args:
        case: The signal.
        instrument: What.
    """
    return case.around.link.quote(case.place, traded(instrument))


def takes_own_price(case: Case) -> bool:
    """Tell whether a signal's order is filled at the signal's price where there is no quote: on paper, after a while.

    Args:
        case: The signal.
    """
    plan = case.plan
    waited = plan is None or case.now - plan.since >= QUOTE_WITHIN
    return case.standing.broker == PAPER and case.signal.price is not None and waited


def price_for(case: Case, move: Move, quote: Quote | None) -> Decimal | None:
    """Return what one is expected to cost; None where nobody knows.

    Args:
        case: The signal.
        move: What is to be done; a closing is of what is held, on whichever side.
        quote: The quote, None where there is none; a delayed one says nothing of now.
    """
    if quote is not None and not quote.is_delayed:
        return {"OPEN_LONG": quote.ask, "OPEN_SHORT": quote.bid, "CLOSE": quote.last}[move]
    return case.signal.price if takes_own_price(case) or move == "CLOSE" else None


def market_of(case: Case, quote: Quote | None, facts: RiskFacts) -> Market:
    """Return what is known of prices and of the account's worth.

    Args:
        case: The signal, with its instrument.
        quote: Of its instrument.
        facts: What the books say.
    """
    base = case.standing.base_currency
    return Market(
        currency=base,
        balance_max_age=timedelta(seconds=case.around.settings.balance_max_age_seconds),
        quote_max_age=QUOTE_LIVES,
        is_quote_needed=quote is not None or not takes_own_price(case),
        bid=None if quote is None else quote.bid,
        ask=None if quote is None else quote.ask,
        quoted_at=None if quote is None else quote.as_of,
        is_delayed=quote is not None and quote.is_delayed,
        unrealized=_unrealized(case, facts.positions),
        equity=equity_of(facts.cash, base),
        rates=tuple(Rate(each, Decimal(1)) for each in DOLLARS if each != base) if base in DOLLARS else (),
    )


def steps_of(case: Case, instrument: Instrument) -> Steps | None:
    """Return what quantities are multiples of; None where the venue has not said it, and nobody remembers.

    Args:
        case: The signal.
        instrument: Its instrument.
    """
    said = case.at_venue
    if said is not None and said.instrument is not None and said.instrument.asset_type == instrument.asset_type:
        return Steps(
            quantity_step=said.quantity_step,
            minimum_quantity=said.minimum_quantity,
            minimum_value=said.minimum_value,
            price_step=said.price_step,
        )
    return None if instrument.lot_size is None else Steps(quantity_step=instrument.lot_size)


def rate(currency: str, base: str) -> Decimal | None:
    """Return what one of a currency is in the account's; None where that is not known.

    Args:
        currency: Of what.
        base: The account's currency.
    """
    return Decimal(1) if currency == base or {currency, base} <= set(DOLLARS) else None


def equity_of(figures: Sequence[CashFact | NewBalance], base: str) -> Decimal | None:
    """Return what an account is worth in its currency; None where any part of it is not known.

    Args:
        figures: The newest of each currency and wallet; what lies in several is added.
        base: The account's currency.
    """
    total = ZERO
    found = [each for each in figures if each.equity != ZERO]
    for each in found:
        of_one = rate(each.currency, base)
        if each.equity is None or of_one is None:
            return None
        with localcontext(ARITHMETIC):
            total += each.equity * of_one
    return total if found else None


def _unrealized(case: Case, positions: Sequence[OpenPosition]) -> Decimal | None:
    """Return what a portfolio's positions have gained and not realized; None where any price or rate is missing."""
    total = ZERO
    for each in positions:
        price, of_one = _price_of(case.around, case, each), rate(each.currency, case.standing.base_currency)
        if price is None or of_one is None:
            return None
        with localcontext(ARITHMETIC):
            total += (price - each.avg_price) * each.quantity * each.multiplier * of_one
    return total


def _price_of(around: Around, case: Case, position: OpenPosition) -> Decimal | None:
    """Return what a position's instrument costs now; on paper what it cost, where nobody quotes it."""
    found = case.shelf.instrument(position.instrument)
    quote = around.link.quote(place_of(case.standing), traded(found))
    if quote is not None:
        return None if quote.is_delayed else quote.last
    plan = case.plan
    has_waited = plan is None or case.now - plan.since >= QUOTE_WITHIN
    if case.standing.broker != PAPER or not has_waited:
        return None
    is_its_own = case.instrument is not None and case.instrument.uid == position.instrument
    return case.signal.price if is_its_own and case.signal.price is not None else position.avg_price
