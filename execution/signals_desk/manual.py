"""Orders by hand: what a person wants becomes a signal without a strategy, and goes the way of every signal.

So checks, hours, sizes, the queue, a kill and `/why` are those of signals, and nothing here places an order. The signal
is written with the request's end: who dies before it finds the request waiting, who dies after it finds the signal.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from execution.refusal import number
from execution.signals_desk.symbols import SEPARATOR
from execution.signals_desk.wishes import SHOWN_DIGITS, Done, Wish
from execution.texts import signals as texts
from execution.texts.manual import WORDS, Words
from execution.texts.names import shown
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import NewSignal, Signal
from ledger.trading.instruments import Instrument, get_instrument
from ledger.trading.meant import is_meant
from ledger.trading.orders.lanes import Holding, holdings
from ledger.trading.principal import SYSTEM
from ledger.trading.typed import typed_number

ALL: Final = "all"


def buy(wish: Wish) -> Done:
    """Buy, for an amount or for that of the portfolio; what was asked too long ago is not bought.

    Args:
        wish: Names the `symbol`, with its exchange before a colon where that is needed, and maybe the `amount`.

    Returns:
        That it is a signal now, with its name, or why it is none.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    written, words = wish.argument("symbol").upper(), _words(wish)
    if not written:
        return wish.missing("symbol")
    amount = wish.argument("amount")
    wanted = typed_number(amount) if amount else None
    if amount and wanted is None:
        return _refused(words.no_number, text=amount)
    age, most = wish.work.now - wish.request.created_at, wish.around.opening_max_age
    if age >= most:
        return _refused(words.too_late, seconds=int(age.total_seconds()), limit=int(most.total_seconds()))
    exchange, _, symbol = written.rpartition(SEPARATOR)
    new = _new(wish, action="buy", symbol=symbol, exchange=exchange or None, amount=wanted)
    signal = flow.take_in(SYSTEM, wish.work, new).signal
    currency = wish.standing.base_currency
    size = words.default_amount if wanted is None else words.amount.format(amount=number(wanted), currency=currency)
    return _taken(wish, signal, size)


def sell(wish: Wish) -> Done:
    """Sell what was bought by hand, never more than is held; what strategies hold is not touched.

    Args:
        wish: Names the `symbol`, and the `quantity`, or `all`.

    Returns:
        That it is a signal now, with its name, or why it is none.

    Raises:
        TradingError: A service refuses; then nothing of this turn may be kept.
    """
    meant, words = wish.argument("symbol").upper(), _words(wish)
    if not meant:
        return wish.missing("symbol")
    wanted = wish.argument("quantity")
    quantity = None if wanted.lower() in {"", ALL} else typed_number(wanted)
    if quantity is None and wanted.lower() not in {"", ALL}:
        return _refused(words.no_number, text=wanted)
    found = _by_hand(wish, meant)
    if isinstance(found, Done):
        return found
    holding, instrument = found
    if quantity is not None and quantity > holding.quantity:
        shown = {"held": number(holding.quantity), "quantity": number(quantity)}
        return _refused(words.more_than_held, symbol=holding.symbol, **shown)
    new = _new(wish, action="sell", symbol=instrument.symbol, exchange=instrument.exchange, quantity=quantity)
    signal = flow.take_in(SYSTEM, wish.work, new).signal
    flow.move(SYSTEM, wish.work, signal, "VALIDATED", instrument=instrument.uid)  # what is held needs no resolving
    held = words.everything.format(held=number(holding.quantity))
    return _taken(wish, signal, held if quantity is None else words.quantity.format(quantity=number(quantity)))


def _by_hand(wish: Wish, meant: str) -> tuple[Holding, Instrument] | Done:
    """Return the one long position of no strategy that a symbol means; or why there is none."""
    held = holdings(SYSTEM, wish.work.connection, wish.standing.account)
    here = [each for each in held if each.portfolio == wish.request.portfolio]
    known = {each.instrument: get_instrument(SYSTEM, wish.work.connection, each.instrument) for each in here}
    found = [each for each in here if is_meant(known[each.instrument], meant, list(known.values()))]
    mine = [each for each in found if each.strategy is None]
    if len(mine) == 1 and mine[0].quantity > 0:
        return mine[0], known[mine[0].instrument]
    return _not_by_hand(wish, meant, found, mine)


def _not_by_hand(wish: Wish, meant: str, found: Sequence[Holding], mine: Sequence[Holding]) -> Done:
    """Say why nothing can be sold by hand."""
    words = _words(wish)
    if len(mine) > 1:
        return _refused(words.several, symbol=meant)
    if mine:
        return _refused(words.short, symbol=mine[0].symbol, held=number(mine[0].quantity))
    if found:
        strategies = ", ".join(sorted({each.strategy_name or "-" for each in found}))
        return _refused(words.of_strategies, symbol=found[0].symbol, strategies=strategies)
    return _refused(wish.words.nothing_held, of=f": {meant}")


def _new(  # noqa: PLR0913 - what is named is what a signal by hand has
    wish: Wish,
    *,
    action: str,
    symbol: str,
    exchange: str | None,
    amount: Decimal | None = None,
    quantity: Decimal | None = None,
) -> NewSignal:
    """Return the signal that a request becomes."""
    return NewSignal(
        portfolio=wish.request.portfolio,
        action=action,
        symbol=symbol,
        exchange=exchange,
        received_at=wish.request.created_at,
        amount=amount,
        quantity=quantity,
        body={"request": wish.request.uid},
    )


def _taken(wish: Wish, signal: Signal, size: str) -> Done:
    """Say that a request is a signal now, and how to follow it."""
    named = texts.named(signal, texts.words_of(wish.language))
    return Done(_words(wish).taken.format(signal=named, size=size, uid=signal.uid[:SHOWN_DIGITS]))


def _refused(template: str, **values: object) -> Done:
    """Refuse, in words."""
    inert = {name: shown(value) if isinstance(value, str) else value for name, value in values.items()}
    return Done(template.format(**inert), is_refused=True)


def _words(wish: Wish) -> Words:
    """Return the words of whoever is answered."""
    return WORDS[wish.language]
