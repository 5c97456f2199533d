"""Three processes at the same moment: each execution is in the books once, and the last free place is taken once."""

import multiprocessing
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from ledger.store import Ledger, open_ledger
from ledger.trading import audit
from ledger.trading.books.positions import list_positions, recompute
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.orders.finding import open_orders
from ledger.trading.orders.orders import place
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.trading import trades
from tests.ledger.trading.world import ANN, ANNS, SHARE, ask, fill, order, values_of, work

PROCESSES = 3
EACH = 30
ROUNDS = 20
WITHIN_S = 60
OF_SHARES = Book(portfolio=ANNS, instrument=SHARE)

Result = TypeVar("Result")
EVERYBODY: list[Barrier] = []
"""In each process: where it waits for the others."""


def meet_at(barrier: Barrier) -> None:
    """Tell a new process where it meets the others."""
    EVERYBODY.append(barrier)


def at_once(url: str, do: Callable[[str, int], Result]) -> list[Result]:
    """Let processes do the same to a ledger at the same moment, each with a number; return what each got."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, context, meet_at, (context.Barrier(PROCESSES),)) as pool:
        return list(pool.map(do, [url] * PROCESSES, range(PROCESSES)))


def take_in(url: str, number: int) -> int:
    """Take executions in that all processes say, and as many of this one's own; return how many were new."""
    said = [fill(f"all-{each:02}", after_s=each) for each in range(EACH)]
    said += [fill(f"{number}-{each:02}", "SELL", "2", after_s=each) for each in range(EACH)]
    random.Random(number).shuffle(said)
    new = 0
    with open_ledger(url, busy_ms=WITHIN_S * 1000) as ledger:
        EVERYBODY[0].wait(WITHIN_S)
        for each in said:
            with work(ledger) as unit:
                new += ingest_without_order(ANN, unit, each, book=OF_SHARES).is_new
    return new


def take_last_places(url: str, number: int) -> list[bool]:
    """Place an order wherever there is a place left, of which there is one more in each round; return where it was."""
    taken = []
    with open_ledger(url, busy_ms=WITHIN_S * 1000) as ledger:
        for places in range(1, ROUNDS + 1):
            EVERYBODY[0].wait(WITHIN_S)
            with work(ledger) as unit:
                is_free = len(open_orders(ANN, unit.connection, portfolio=ANNS)) < places
                if is_free:
                    place(ANN, unit, order(key=f"{number}, {places}"))
            taken.append(is_free)
    return taken


def test_executions_that_several_say_at_once_are_in_the_books_once(books: Ledger, each_url: str) -> None:
    new = at_once(each_url, take_in)
    numbers = values_of(books, trades.c.broker_trade_id)
    (held,) = ask(books, list_positions, SYSTEM)

    assert len(numbers) == len(set(numbers)) == sum(new) == EACH * (1 + PROCESSES)
    assert held.quantity == EACH - 2 * EACH * PROCESSES
    assert ask(books, recompute, SYSTEM) == ()
    assert ask(books, audit.verify, SYSTEM) == ()


def test_the_last_free_place_is_taken_by_one(books: Ledger, each_url: str) -> None:
    """Fault T29: at the same moment, on both databases."""
    taken = at_once(each_url, take_last_places)

    assert [sum(of_round) for of_round in zip(*taken, strict=True)] == [1] * ROUNDS
    assert ask(books, audit.verify, SYSTEM) == ()
