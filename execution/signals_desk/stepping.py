"""Steps of several signals in one transaction, with all that they share read once."""

from collections.abc import Callable, Sequence

from bus.log import logger
from execution.signals_desk import steps
from execution.signals_desk.around import Around, Case
from execution.signals_desk.entering import NOTHING, After
from execution.signals_desk.reading import read_case
from execution.signals_desk.shelf import Plans, Shelf
from ledger.trading.errors import TradingError
from ledger.trading.flow.records import Signal
from ledger.trading.work import Work

Step = Callable[[Case], After | None]
Due = tuple[Signal, Step]
"""A signal, and its next step."""
Moved = tuple[Signal, Signal, After]
"""A signal before its step and after it, and what is to be said then."""

log = logger(__name__)


def take_steps(around: Around, work: Work, plans: Plans, due: Sequence[Due]) -> list[Moved]:
    """Take signals one step further.

    Args:
        around: What the desk works with.
        work: The transaction.
        plans: Those that are known; of no use any more unless the transaction is committed.
        due: Which, and how.

    Returns:
        Each signal before its step and after it, and what is to be said once this is committed; in the order of `due`.

    Raises:
        TradingError: One of the steps cannot be; nothing of them may be kept.
    """
    shelf = Shelf(work.connection, plans)
    shelf.read_signals(*(signal.uid for signal, _ in due))
    return [_step(around, work, shelf, each) for each in due]


def take_first_steps(around: Around, work: Work, plans: Plans, new: Sequence[Signal]) -> list[Moved]:
    """Take signals further that this transaction has taken in; where one of them cannot be, all stay as they came.

    Args:
        around: What the desk works with.
        work: The transaction, which keeps the signals in any case.
        plans: As `take_steps` has them.
        new: The signals, in RECEIVED.

    Returns:
        As `take_steps`, in the order of `new`; empty where the signals stay as they came.
    """
    if not new:
        return []
    try:
        with work.connection.begin_nested():
            return take_steps(around, work, plans, [(each, steps.received) for each in new])
    except TradingError as error:  # they are taken again, in the end each by itself
        log.warning("first steps cannot be taken together", count=len(new), because=error)
        plans.keep(set())
        return []


def _step(around: Around, work: Work, shelf: Shelf, due: Due) -> Moved:
    """Take a signal one step further, or two: what is validated is planned at once."""
    signal, step = due
    said = step(read_case(around, work, signal, shelf=shelf)) or NOTHING
    touched = shelf.signal(signal.uid)
    if signal.state == "RECEIVED" and touched.state == "VALIDATED":
        _, touched, said = _step(around, work, shelf, (touched, steps.validated))
    return signal, touched, said
