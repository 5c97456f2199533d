"""How much an opening orders and at which price it is expected: the sizing of its strategy, on what is known now."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from bus.messages.venues import Quote
from execution.meaning import Move
from execution.prices import price_sanity, wrong_side
from execution.refusal import Refusal, not_known, number, refuse
from execution.signals_desk.around import Case
from execution.signals_desk.ending import language_of
from execution.signals_desk.market_view import equity_of, price_for, rate, steps_of
from execution.sizing import Basis, Sizing, Steps, Wish, opening_quantity, read_sizing
from ledger.exact import ZERO
from ledger.trading.errors import Invalid
from ledger.trading.flow.balances import latest, wallet_of
from ledger.trading.instruments import Instrument
from ledger.trading.people.accounts import PAPER
from ledger.trading.principal import SYSTEM


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be ordered: above zero; the price is None where nobody knows it, and left_over in its currency.

    `buffer_percent`: by how much more than the price it may come to cost; `kept_percent`: that, where so much money was
    meant, and less was bought for it.
    """

    quantity: Decimal
    price: Decimal | None
    left_over: Decimal = ZERO
    buffer_percent: Decimal = ZERO
    kept_percent: Decimal = ZERO

    @property
    def meta(self) -> dict[str, object]:
        """What its order's row says besides."""
        said = {} if self.price is None else {"expected_price": number(self.price)}
        if not self.kept_percent:
            return {**said}
        return {**said, "kept_percent": number(self.kept_percent), "left_over": number(self.left_over)}


def opening_size(case: Case, move: Move, quote: Quote | None) -> Wanted | Refusal:
    """Return how much an opening orders.

    Args:
        case: The signal, with its instrument.
        move: OPEN_LONG or OPEN_SHORT.
        quote: Of its instrument; None where there is none (yet).

    Returns:
        The quantity with its price; or why there is none, waitable while something is not known.
    """
    instrument, signal = case.instrument, case.signal
    if instrument is None:
        return not_known("quote", signal.symbol)
    if quote is not None and quote.is_delayed:
        return not_known("quote that is not delayed", instrument.symbol)
    price, steps = price_for(case, move, quote), steps_of(case, instrument)
    if price is None or steps is None:
        return not_known("quote", instrument.symbol)
    is_short = move == "OPEN_SHORT"
    wrong = _wrong_price(case, price, quote, is_short=is_short)
    if wrong is not None:
        return wrong
    sizing = sizing_of(case)
    if isinstance(sizing, Refusal):
        return sizing
    try:
        basis = _basis(case, instrument, (price, steps), sizing, is_short=is_short)
    except Invalid as error:
        return refuse("NO_LIMITS", missing=error.worded(language_of(case.standing)), commands="/risk")
    if isinstance(basis, Refusal):
        return basis
    sized = opening_quantity(wish_of(case), sizing, basis)
    if isinstance(sized, Refusal):
        return sized
    kept = {"buffer_percent": basis.buffer_percent, "kept_percent": sized.buffer_percent}
    return Wanted(quantity=sized.quantity, price=price, left_over=sized.left_over, **kept)


def buffer_of(case: Case, move: Move) -> Decimal:
    """Return by how many percent more than the ask what is bought may come to cost; on paper it is filled at its quote.

    Args:
        case: The signal.
        move: What it does; what is sold short costs nothing more.
    """
    is_exact = move != "OPEN_LONG" or case.standing.broker == PAPER
    return ZERO if is_exact else case.around.settings.buy_buffer_percent


def _basis(
    case: Case, instrument: Instrument, known: tuple[Decimal, Steps], sizing: Sizing, *, is_short: bool
) -> Basis | Refusal:
    """Return what a size is computed on, or that a rate is not known; raises Invalid where limits cannot be read."""
    base, (price, steps) = case.standing.base_currency, known
    of_one = rate(instrument.currency, base)
    if of_one is None:
        return _no_currency(case, instrument) or not_known("rate", f"{instrument.currency}/{base}")
    return Basis(
        strategy=f"/{case.signal.action}" if case.strategy is None else case.strategy_name,
        symbol=instrument.symbol,
        currency=instrument.currency,
        price=price,
        steps=steps,
        is_short=is_short,
        multiplier=instrument.multiplier,
        rate=of_one,
        equity=_equity(case) if sizing.is_of_equity else None,
        default_amount=portfolio_amount(case),
        buffer_percent=buffer_of(case, "OPEN_SHORT" if is_short else "OPEN_LONG"),
    )


def _no_currency(case: Case, instrument: Instrument) -> Refusal | None:
    """Refuse what is paid in a currency of which its wallet has nothing, as its venue has just said."""
    found = latest(SYSTEM, case.work.connection, case.standing.account)
    read_at = max((each.as_of for each in found), default=None)
    if read_at is None or case.now - read_at > timedelta(seconds=case.around.settings.balance_max_age_seconds):
        return not_known("balance", instrument.currency)
    wallet = wallet_of(instrument.asset_type, found)
    mine = [each for each in found if each.as_of == read_at and each.wallet == wallet]
    held = {each.currency: each.cash for each in mine if each.cash > ZERO}
    if instrument.currency in held:
        return None
    cash = ", ".join(f"{number(amount)} {currency}" for currency, amount in sorted(held.items()))
    return refuse("NO_CURRENCY", symbol=instrument.symbol, currency=instrument.currency, cash=cash or "0")


def portfolio_amount(case: Case) -> Decimal | None:
    """Return what an opening spends where nothing else says it, in the account's currency; None where none is set.

    Args:
        case: The signal.
    """
    return case.shelf.limits(case.signal.portfolio, case.signal.strategy).buy_amount


def _equity(case: Case) -> Decimal | None:
    """Return what a signal's account is worth in its currency; None where that is not known."""
    found = latest(SYSTEM, case.work.connection, case.standing.account)
    return equity_of(found, case.standing.base_currency)


def sizing_of(case: Case) -> Sizing | Refusal:
    """Return what the strategy's version says of sizes; where a person has said the size, or changed it, that counts.

    Args:
        case: The signal.
    """
    if case.plan is not None and case.plan.is_changed:
        return Sizing(by="signal")
    if case.strategy is None:
        is_said = case.signal.quantity is not None or case.signal.amount is not None
        return Sizing(by="signal") if is_said else Sizing()
    try:
        return read_sizing(case.strategy.params)
    except Invalid as error:
        return refuse("BAD_PARAMETERS", strategy=case.strategy_name, reason=error.worded(language_of(case.standing)))


def wish_of(case: Case) -> Wish:
    """Return what a signal says of its size, or the person who has changed it.

    Args:
        case: The signal.
    """
    signal, plan, stop_loss = case.signal, case.plan, case.stop_loss
    if plan is not None and plan.is_changed:
        return Wish(quantity=plan.quantity, amount=plan.amount, stop_loss=stop_loss)
    return Wish(quantity=signal.quantity, amount=signal.amount, percent=signal.percent, stop_loss=stop_loss)


def _wrong_price(case: Case, price: Decimal, quote: Quote | None, *, is_short: bool) -> Refusal | None:
    """Refuse a signal whose prices do not fit to the market's."""
    signal, symbol = case.signal, case.signal.symbol
    if quote is not None and signal.price is not None:
        limit = case.around.settings.price_sanity
        off = price_sanity(symbol, signal.price, quote=quote.last, limit_percent=limit)
        if off is not None:
            return off
    legs = {"stop_loss": case.stop_loss, "take_profit": case.take_profit}
    return wrong_side(symbol, price, is_short=is_short, **legs)
