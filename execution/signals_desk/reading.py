"""Reading a signal with all that its next step is decided from, in the transaction of the step."""

from sqlalchemy import Connection

from execution.signals_desk.around import Around, Case
from execution.signals_desk.shelf import Shelf
from ledger.trading.errors import NotFound
from ledger.trading.flow.records import Signal
from ledger.trading.people.standing import Standing, standing
from ledger.trading.people.strategies import list_strategies
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


def read_case(around: Around, work: Work, signal: Signal, *, shelf: Shelf | None = None) -> Case:
    """Read a signal anew, with what is around it.

    Args:
        around: What the desk works with.
        work: The transaction.
        signal: As it was read before.
        shelf: What was read in this transaction already; None for nothing.

    Returns:
        The signal, with what its next step is decided from.

    Raises:
        NotFound: It is no longer there.
    """
    shelf = Shelf(work.connection) if shelf is None else shelf
    fresh = shelf.signal(signal.uid)
    strategy = None if fresh.strategy is None else shelf.strategy(fresh.strategy)
    instrument = None if fresh.instrument is None else shelf.instrument(fresh.instrument)
    return Case(
        around=around,
        work=work,
        signal=fresh,
        standing=shelf.standing(fresh.portfolio),
        strategy=strategy,
        in_force=None if strategy is None else in_force(work.connection, strategy),
        instrument=instrument,
        plan=shelf.plans.of(work.connection, fresh),
        shelf=shelf,
    )


def in_force(connection: Connection, strategy: Strategy) -> Strategy | None:
    """Return the version of a strategy's name that is in force; None where it is switched off.

    Args:
        connection: Any connection to the ledger.
        strategy: Any version.
    """
    if strategy.is_active:
        return strategy
    mine = list_strategies(SYSTEM, connection, user=strategy.user)
    return next((each for each in mine if each.name == strategy.name), None)


def standing_of(connection: Connection, portfolio: str) -> Standing | None:
    """Return how a portfolio stands; None where it is not there.

    Args:
        connection: Any connection to the ledger.
        portfolio: Its uid.
    """
    try:
        return standing(SYSTEM, connection, portfolio)
    except NotFound:
        return None
