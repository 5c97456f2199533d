"""What a signal's symbol means: by the names that were learned, else by what the venue says; never a guess."""

from typing import Final

from bus.messages.venues import AssetType, InstrumentState, Traded
from execution.refusal import Refusal, not_known, refuse
from execution.signals_desk.around import Case
from execution.signals_desk.ending import INSTRUMENT, language_of
from execution.signals_desk.gate import not_reached
from ledger.trading import aliases, instruments
from ledger.trading.errors import Invalid
from ledger.trading.flow.records import Signal
from ledger.trading.instruments import Instrument, NewInstrument
from ledger.trading.principal import SYSTEM
from ledger.trading.words import LONGEST_NAME

SEPARATOR: Final = ":"


def instrument_of(case: Case) -> Instrument | Refusal:
    """Return what a signal trades.

    Args:
        case: The signal.

    Returns:
        The instrument, made where it is new; or why there is none, waitable while the venue has not said it.
    """
    known = _known(case)
    if known is not None:
        return known
    said = case.at_venue
    if said is None:
        is_reached = case.around.link.is_connected(case.place)
        return not_known(INSTRUMENT, case.signal.symbol) if is_reached else not_reached(case)
    if said.instrument is None:
        return refuse("UNKNOWN_SYMBOL", symbol=case.signal.symbol, reason=said.reason or "no such instrument")
    try:
        found = instruments.resolve(SYSTEM, case.work, new_instrument(said, said.instrument))
    except Invalid as error:
        return refuse("UNKNOWN_SYMBOL", symbol=case.signal.symbol, reason=error.worded(language_of(case.standing)))
    _learn(case, found)
    return found


def new_instrument(said: InstrumentState, traded: Traded) -> NewInstrument:
    """Return an instrument as the ledger makes it.

    Args:
        said: What its venue says of it.
        traded: The instrument in that.
    """
    return NewInstrument(
        symbol=traded.symbol,
        asset_type=traded.asset_type,
        currency=traded.currency,
        exchange=traded.exchange,
        base_currency=traded.base_currency,
        multiplier=traded.multiplier,
        tick_size=said.price_step,
        lot_size=said.quantity_step,
    )


def alias_of(signal: Signal, kind: AssetType | None = None) -> str:
    """Return the name under which a signal's symbol is learned.

    Args:
        signal: The signal.
        kind: Which kind its strategy means: what is learned for one kind answers for no other.
    """
    name = signal.symbol if signal.exchange is None else f"{signal.exchange}{SEPARATOR}{signal.symbol}"
    return named_for(name, kind)


def named_for(name: str, kind: AssetType | None) -> str:
    """Return under which name a symbol is learned where one kind of what it stands for is meant.

    Args:
        name: The symbol, as it is written.
        kind: The kind; None: what the symbol says.
    """
    return name if kind is None else f"{name} {kind}"


def _known(case: Case) -> Instrument | None:
    """Return what a signal's symbol was learned to mean for its strategy; None where that is not sure."""
    kind, broker = case.kind, case.standing.broker
    for alias in dict.fromkeys((alias_of(case.signal, kind), alias_of(case.signal))):
        found = aliases.all_by_alias(SYSTEM, case.work.connection, broker=broker, alias=alias)
        meant = [each for each in found if kind in {None, each.asset_type}]
        if len(meant) == 1:
            return meant[0]
    return None


def _learn(case: Case, found: Instrument) -> None:
    """Let the name lead to the instrument from now on, where it can be kept."""
    alias = alias_of(case.signal, case.kind)
    if len(alias) <= LONGEST_NAME:
        aliases.set_alias(SYSTEM, case.work, found.uid, broker=case.standing.broker, alias=alias)
