"""Orders from their first row to their end, in both databases."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.exact import ZERO
from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.books.records import Fill
from ledger.trading.books.trades import ingest
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.orders.finding import find, find_by_broker_id, find_by_client_id, history, open_orders
from ledger.trading.orders.orders import acknowledge, move, place
from ledger.trading.orders.records import Order
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.flow import events_out
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.plans import scans
from tests.ledger.trading.world import (
    ANN,
    ANNS,
    ANNS_ACCOUNT,
    ANNS_SIGNAL,
    BOB,
    BOBS,
    BOBS_SIGNAL,
    BOBS_TREND,
    IDS,
    LOOKING,
    NOW,
    TREND,
    ask,
    count,
    do,
    order,
    values_of,
    work,
)

NOBODYS = "f" * 32


def placed(books: Ledger, **changes: Any) -> Order:
    """Place an order of Ann's."""
    with work(books) as unit:
        return place(ANN, unit, order(**changes)).order


def filled(books: Ledger, of: Order, quantity: str, number: str = "1") -> None:
    """Take in an execution."""
    fill = Fill(broker_trade_id=number, side=of.side, quantity=Decimal(quantity), price=Decimal(100), exec_time=NOW)
    with work(books) as unit:
        ingest(SYSTEM, unit, fill, order=of.uid)


def test_an_order_is_a_row_before_it_is_sent(books: Ledger) -> None:
    new = placed(books, signal=ANNS_SIGNAL, strategy=TREND)

    assert (new.status, str(new.quantity), new.filled_quantity, new.average_price) == ("PENDING_NEW", "2", ZERO, None)
    assert (new.symbol, new.portfolio_name, new.is_live) == ("BTC-USDT", "main", False)
    assert new.account_id == IDS["ann"]
    assert (new.signal_id, new.strategy_id) == (IDS["ann"], IDS["ann"])
    assert len(new.client_order_id) == 32
    assert set(new.client_order_id) <= set("0123456789abcdef")
    assert values_of(books, audit_log.c.action) == ["placed"]
    assert values_of(books, events_out.c.routing_key) == ["orders.placed"]


def test_the_same_order_again_is_the_same_row(books: Ledger) -> None:
    first = placed(books)
    with work(books, NOW + timedelta(minutes=1)) as unit:
        again = place(ANN, unit, order(quantity=Decimal("2.00")))

    assert (again.is_new, again.order) == (False, first)
    assert (count(books, "orders"), count(books, "audit_log"), count(books, "events_out")) == (1, 1, 1)


def test_another_leg_attempt_or_key_is_another_order(books: Ledger) -> None:
    stop = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL"}
    orders = [placed(books), placed(books, attempt=2), placed(books, key="chat:2"), placed(books, **stop)]

    assert len({each.client_order_id for each in orders}) == 4


def test_another_order_under_the_same_name_is_refused(books: Ledger) -> None:
    placed(books)

    with pytest.raises(Invalid, match="another price, quantity, type"):
        placed(books, quantity=Decimal(3), type="LIMIT", price=Decimal(90))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quantity": Decimal(0)}, "above zero"),
        ({"quantity": Decimal(-1)}, "above zero"),
        ({"quantity": Decimal("NaN")}, "no amount"),
        ({"quantity": Decimal("1e-19")}, "18 places"),
        ({"price": Decimal(1)}, "MARKET order has no price"),
        ({"type": "LIMIT"}, "LIMIT order has a price"),
        ({"type": "STOP", "price": Decimal(1)}, "STOP order has no price"),
        ({"type": "STOP_LIMIT", "price": Decimal(1)}, "has a stop_price"),
        ({"type": "TRAILING"}, "has a stop_price"),
        ({"type": "ICEBERG"}, "MARKET, LIMIT"),
        ({"time_in_force": ""}, "DAY, GTC"),
        ({"purpose": "CLOSING"}, "an entry opens"),
        ({"leg": "STOP_LOSS"}, "nothing else does"),
        ({"key": None}, "from a signal, or has a key"),
        ({"key": "k" * 121}, "1 to 120 signs"),
        ({"attempt": 0}, "the first is 1"),
        ({"meta": {"trail": 0.5}}, "cannot be kept"),
    ],
)
def test_what_cannot_be_an_order_is_refused_with_what_to_write(
    books: Ledger, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        placed(books, **changes)

    assert count(books, "orders") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"portfolio": BOBS},
        {"strategy": BOBS_TREND},
        {"signal": BOBS_SIGNAL},
        {"instrument": NOBODYS},
        {"parent": NOBODYS},
    ],
)
def test_what_belongs_to_another_user_is_not_found(books: Ledger, changes: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        placed(books, **changes)


def test_an_admin_mixes_no_users_up_either(books: Ledger) -> None:
    with pytest.raises(NotFound, match="strategy"), work(books) as unit:
        place(SYSTEM, unit, order(strategy=BOBS_TREND))


def test_a_leg_has_its_parent_in_the_same_account(books: Ledger) -> None:
    parent = placed(books)
    with work(books) as unit:
        of_bob = place(BOB, unit, order(portfolio=BOBS)).order
    leg = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL", "type": "STOP", "stop_price": Decimal(90)}

    assert placed(books, **leg, parent=parent.uid).parent_id == parent.id
    with pytest.raises(NotFound, match="order to protect"):
        placed(books, **leg, parent=of_bob.uid, key="other")


def test_an_archived_portfolio_takes_no_order_but_still_knows_those_it_has(books: Ledger) -> None:
    first = placed(books)
    with work(books) as unit:
        unit.connection.execute(portfolios.update().values(archived_at=NOW))

    assert placed(books) == first
    with pytest.raises(Invalid, match="archived"):
        placed(books, key="other")


def test_a_viewer_changes_nothing(books: Ledger) -> None:
    new = placed(books)
    steps: list[Callable[..., object]] = [
        lambda who, unit: place(who, unit, order(key="other")),
        lambda who, unit: move(who, unit, new.uid, "CANCELED"),
        lambda who, unit: acknowledge(who, unit, new.uid, broker_order_id="7"),
    ]
    for step in steps:
        with pytest.raises(NotAllowed), work(books) as unit:
            step(LOOKING, unit)

    assert count(books, "audit_log") == 1


def test_a_venue_gives_an_order_its_number_once(books: Ledger) -> None:
    new, other = placed(books), placed(books, key="other")
    with work(books) as unit:
        known = acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")
        again = acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")

    assert (known.status, known.broker_order_id) == ("NEW", "7")
    assert again == known
    assert values_of(books, audit_log.c.action) == ["placed", "placed", "acknowledged"]
    for uid_, number in ((new.uid, "8"), (other.uid, "7"), (other.uid, "")):
        with pytest.raises(Invalid), work(books) as unit:
            acknowledge(SYSTEM, unit, uid_, broker_order_id=number)


def test_an_order_that_is_filled_before_its_number_comes_stays_filled(books: Ledger) -> None:
    new = placed(books)
    filled(books, new, "2")
    with work(books) as unit:
        known = acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")

    assert (known.status, known.broker_order_id) == ("FILLED", "7")
    assert values_of(books, audit_log.c.action)[-1] == "given its number"


def test_a_step_that_may_not_follow_names_both_states(books: Ledger) -> None:
    new = placed(books)
    with work(books) as unit:
        done = move(SYSTEM, unit, new.uid, "REJECTED", reason="no \0money" + "!" * 400)

    assert done.reason is not None
    assert (done.reason[:9], len(done.reason)) == ("no money!", 300)
    with pytest.raises(Invalid, match="is REJECTED and cannot become NEW"), work(books) as unit:
        move(SYSTEM, unit, new.uid, "NEW")


def test_a_row_that_was_read_is_moved_for_admins_alone_and_only_as_it_was_read(books: Ledger) -> None:
    with work(books) as unit:
        read = place(ANN, unit, order(meta={"expected_price": Decimal("1.50")})).order

    assert ask(books, find, ANN, read.uid) == read
    with pytest.raises(NotAllowed):
        do(books, move, ANN, read, "UNKNOWN")
    moved = do(books, acknowledge, SYSTEM, read, broker_order_id="7")
    with pytest.raises(Invalid, match="no longer PENDING_NEW"):
        do(books, move, SYSTEM, read, "UNKNOWN")
    assert ask(books, find, ANN, read.uid) == moved


def test_the_same_state_again_is_no_step(books: Ledger) -> None:
    new = placed(books)
    with work(books) as unit:
        first = move(SYSTEM, unit, new.uid, "UNKNOWN", reason="timeout")
        again = move(SYSTEM, unit, new.uid, "UNKNOWN", reason="other")

    assert again == first
    assert values_of(books, events_out.c.routing_key) == ["orders.placed", "orders.unknown"]


@pytest.mark.parametrize("status", ["FILLED", "PARTIALLY_FILLED", "BROKEN"])
def test_only_executions_fill_an_order(books: Ledger, status: Any) -> None:
    new = placed(books)

    with pytest.raises(Invalid, match="executions fill it"), work(books) as unit:
        move(SYSTEM, unit, new.uid, status)


def test_a_cancel_that_is_refused_leaves_a_part_filled(books: Ledger) -> None:
    new = placed(books)
    filled(books, new, "1")
    with work(books) as unit:
        move(ANN, unit, new.uid, "PENDING_CANCEL")
        back = move(SYSTEM, unit, new.uid, "NEW")

    assert (back.status, str(back.filled_quantity)) == ("PARTIALLY_FILLED", "1")


def test_a_fill_that_crosses_a_cancel_wins(books: Ledger) -> None:
    """Fault T18."""
    new = placed(books)
    with work(books) as unit:
        move(SYSTEM, unit, new.uid, "PENDING_CANCEL")
        move(SYSTEM, unit, new.uid, "CANCELED")
    filled(books, new, "2")
    with books.reading() as connection:
        after = find(ANN, connection, new.uid)

    assert (after.status, str(after.filled_quantity)) == ("FILLED", "2")


def test_an_order_with_executions_is_not_nowhere(books: Ledger) -> None:
    new = placed(books)
    filled(books, new, "1")
    with work(books) as unit:
        move(SYSTEM, unit, new.uid, "UNKNOWN")

    with pytest.raises(Invalid, match="with executions"), work(books) as unit:
        move(SYSTEM, unit, new.uid, "NOT_PLACED")


def test_an_order_that_was_nowhere_is_placed_again_under_its_name_or_found_after_all(books: Ledger) -> None:
    new = placed(books)
    with work(books) as unit:
        for status in ("UNKNOWN", "NOT_PLACED", "PENDING_NEW", "NOT_PLACED"):
            moved = move(SYSTEM, unit, new.uid, status, reason="nowhere")
        found = acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")

    assert (moved.status, moved.client_order_id) == ("NOT_PLACED", new.client_order_id)
    assert (found.status, found.reason) == ("NEW", None)


def test_an_order_is_found_by_each_of_its_names_and_by_its_user_alone(books: Ledger) -> None:
    new = placed(books)
    with work(books) as unit:
        known = acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")
    account = ANNS_ACCOUNT
    with books.reading() as connection:
        found = [
            find(ANN, connection, new.uid),
            find_by_client_id(ANN, connection, account, new.client_order_id),
            find_by_broker_id(LOOKING, connection, account, "7"),
        ]
        for ask in (
            lambda: find(BOB, connection, new.uid),
            lambda: find_by_client_id(BOB, connection, account, new.client_order_id),
            lambda: find_by_broker_id(BOB, connection, account, "7"),
            lambda: open_orders(BOB, connection, account=account),
            lambda: history(BOB, connection, ANNS),
        ):
            with pytest.raises(NotFound):
                ask()

    assert found == [known] * 3


def test_open_orders_are_those_that_may_still_be_filled(books: Ledger) -> None:
    orders = [placed(books, key=str(number)) for number in range(4)]
    with work(books) as unit:
        move(SYSTEM, unit, orders[0].uid, "CANCELED")
        move(SYSTEM, unit, orders[1].uid, "UNKNOWN")
    filled(books, orders[2], "1")
    with books.reading() as connection:
        of_portfolio = open_orders(ANN, connection, portfolio=ANNS)
        of_account = open_orders(SYSTEM, connection, account=ANNS_ACCOUNT)
        with pytest.raises(Invalid):
            open_orders(SYSTEM, connection)

    assert [each.id for each in of_portfolio] == [each.id for each in orders[1:]]
    assert of_portfolio == of_account


def test_the_latest_orders_come_first(books: Ledger) -> None:
    for number in range(3):
        with work(books, NOW + timedelta(seconds=number)) as unit:
            new = place(ANN, unit, order(key=str(number))).order
    with work(books) as unit:
        move(SYSTEM, unit, new.uid, "REJECTED")
    with books.reading() as connection:
        latest = history(ANN, connection, ANNS, limit=2)
        refused = history(ANN, connection, ANNS, status="REJECTED")
        with pytest.raises(Invalid):
            history(ANN, connection, ANNS, limit=0)

    assert [each.placed_at - NOW for each in latest] == [timedelta(seconds=2), timedelta(seconds=1)]
    assert [each.id for each in refused] == [new.id]


def test_every_step_is_in_the_chain_of_its_account(books: Ledger) -> None:
    new = placed(books)
    with work(books) as unit:
        acknowledge(SYSTEM, unit, new.uid, broker_order_id="7")
        move(ANN, unit, new.uid, "PENDING_CANCEL")
        move(SYSTEM, unit, new.uid, "CANCELED", reason="asked for")
    with books.reading() as connection:
        faults = audit.verify(SYSTEM, connection)

    assert faults == ()
    assert set(values_of(books, audit_log.c.chain)) == {f"account:{new.account_id}"}
    assert values_of(books, audit_log.c.action) == ["placed", "acknowledged", "asked to be canceled", "canceled"]
    assert values_of(books, events_out.c.routing_key) == ["orders.placed", "orders.acknowledged", "orders.canceled"]


def test_no_statement_reads_all_orders_for_those_either_who_see_all(books: Ledger) -> None:
    with scans(books) as found, work(books) as unit:
        new = place(ANN, unit, order(signal=ANNS_SIGNAL)).order
        acknowledge(ANN, unit, new.uid, broker_order_id="7")
        move(ANN, unit, new.uid, "CANCELED")
        find_by_client_id(ANN, unit.connection, ANNS_ACCOUNT, new.client_order_id)
        find_by_broker_id(SYSTEM, unit.connection, ANNS_ACCOUNT, "7")
        for who in (ANN, SYSTEM):
            open_orders(who, unit.connection, portfolio=ANNS)
            open_orders(who, unit.connection, account=ANNS_ACCOUNT)
            history(who, unit.connection, ANNS)
            history(who, unit.connection, ANNS, status="NEW")

    assert found == []
