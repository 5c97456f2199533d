"""Whatever executions come, corrected, taken back and said again, in whatever order: the books are what they say."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ledger.exact import ZERO
from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.books.arithmetic import FLAT, Execution, Holding, apply
from ledger.trading.books.positions import list_positions, recompute
from ledger.trading.books.records import Book, Fill
from ledger.trading.books.self_check import check
from ledger.trading.books.trades import ingest, ingest_without_order
from ledger.trading.orders.finding import find
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.ledger.trading.world import (
    ANNS,
    BOBS,
    COIN,
    FUTURE,
    MULTIPLIER,
    NOW,
    SHARE,
    TREND,
    add_order,
    work,
)

BOOKS = (
    Book(portfolio=ANNS, instrument=SHARE),
    Book(portfolio=ANNS, instrument=SHARE, strategy=TREND),
    Book(portfolio=ANNS, instrument=COIN),
    Book(portfolio=BOBS, instrument=FUTURE),
)
QUANTITIES = st.integers(1, 9).map(Decimal) | st.decimals("1e-18", 9, places=18)
PRICES = st.decimals("0.01", 1000, places=2) | st.decimals("1e-12", 10, places=12)
SAYINGS = st.tuples(st.sampled_from(["BUY", "SELL"]), QUANTITIES, PRICES, st.integers(0, 5), st.booleans())
"""Side, quantity, price, seconds after NOW, and whether it has a fee in coins."""
Said = tuple[int, Fill]
"""The number of a book or an order, and an execution of it."""


@st.composite
def histories(draw: st.DrawFn, *, places: int, side: str | None = None) -> list[Said]:
    """Draw executions of some books or orders, each with corrections, shuffled, some said more than once."""
    said: list[Said] = []
    for number in range(draw(st.integers(1, 7))):
        place = draw(st.integers(0, places - 1))
        for revision, (way, quantity, price, after_s, has_fee) in enumerate(
            draw(st.lists(SAYINGS, min_size=1, max_size=3))
        ):
            taken_back = revision and draw(st.booleans())
            whole = Fill(
                broker_trade_id=f"{number}.{revision}",
                side=side or way,  # type: ignore[arg-type]  # a sampled side
                quantity=ZERO if taken_back else quantity,
                price=price,
                exec_time=NOW + timedelta(seconds=after_s),
                fee=Decimal("1e-18") if has_fee else None,
                fee_currency="BTC" if has_fee else None,
                execution=str(number),
                revision=revision,
            )
            without_fee = msgspec.structs.replace(whole, fee=None, fee_currency=None)
            again = draw(st.lists(st.sampled_from([whole, without_fee]), max_size=2))
            said += [(place, each) for each in (whole, *again)]
    return draw(st.permutations(said))


def counting(history: list[Said], place: int) -> list[Fill]:
    """Return the executions that count in a place, each with the fee that was said of it, in the order of the books."""
    of_it = [fill for where, fill in history if where == place]
    newest = {fill.execution: fill for fill in sorted(of_it, key=lambda each: (each.revision, each.fee is not None))}
    return sorted(newest.values(), key=lambda each: (each.exec_time, each.broker_trade_id))


def expected(history: list[Said], number: int) -> Holding:
    """Return what executions make of a book by arithmetic alone."""
    held, book = FLAT, BOOKS[number]
    for each in counting(history, number):
        numbers = {name: getattr(each, name) for name in ("side", "quantity", "price", "exec_time")}
        in_kind = each.fee if each.fee is not None and book.instrument == COIN else ZERO
        multiplier = MULTIPLIER if book.instrument == FUTURE else Decimal(1)
        held = apply(held, Execution(**numbers, fee_in_kind=in_kind), multiplier=multiplier)
    return held


def found(unit: Work) -> Iterator[tuple[Book, Holding]]:
    """Yield every position with its book."""
    names = {None: None, "trend": TREND}
    for line in list_positions(SYSTEM, unit.connection, closed=True):
        book = Book(portfolio=line.portfolio_uid, instrument=line.instrument_uid, strategy=names[line.strategy])
        yield book, Holding(**{field: getattr(line, field) for field in Holding.__struct_fields__})


@given(history=histories(places=len(BOOKS)))
def test_every_position_is_what_its_executions_that_count_add_up_to(books: Ledger, history: list[Said]) -> None:
    """Fault T32a: any history."""
    with work(books) as unit:
        for number, fill in history:
            ingest_without_order(SYSTEM, unit, fill, book=BOOKS[number])
        positions = dict(found(unit))
        differences = recompute(SYSTEM, unit.connection)
        faults = audit.verify(SYSTEM, unit.connection)
        unit.connection.rollback()

    assert positions == {BOOKS[number]: expected(history, number) for number in {number for number, _ in history}}
    assert (differences, faults) == ((), ())


@given(history=histories(places=2, side="BUY"))
def test_every_order_is_filled_by_its_executions_that_count(books: Ledger, history: list[Said]) -> None:
    with work(books) as unit:
        uids = ["first order", "second order"]
        for uid in uids:
            add_order(unit, uid)
        for number, fill in history:
            ingest(SYSTEM, unit, fill, order=uids[number])
        orders = [find(SYSTEM, unit.connection, uid) for uid in uids]
        checked = check(SYSTEM, unit.connection)
        unit.connection.rollback()

    for number, order in enumerate(orders):
        filled = sum((each.quantity for each in counting(history, number)), ZERO)
        working = "PARTIALLY_FILLED" if filled else "NEW"

        assert order.filled_quantity == filled
        assert order.status == ("FILLED" if filled >= order.quantity else working)
    assert checked.is_well
