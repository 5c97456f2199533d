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
from tests.ledger.trading.world_risk import NOW, World, order, scans_of, uid

NOBODYS = "f" * 32


@pytest.fixture
def url(each_url: str) -> str:
    """Let every test here be one of each database."""
    return each_url


@pytest.fixture
def world(ledger: Ledger) -> World:
    """Give Ann and Bob."""
    return World(ledger)


def placed(world: World, **changes: Any) -> Order:
    """Place an order of Ann's."""
    with world.work() as work:
        return place(world.who(), work, order(**changes)).order


def filled(world: World, of: Order, quantity: str, number: str = "1") -> None:
    """Take in an execution."""
    fill = Fill(broker_trade_id=number, side=of.side, quantity=Decimal(quantity), price=Decimal(100), exec_time=NOW)
    with world.work() as work:
        ingest(SYSTEM, work, fill, order=of.uid)


def test_an_order_is_a_row_before_it_is_sent(world: World) -> None:
    new = placed(world, signal=uid("ann-signal"), strategy=uid("ann-trend1"))

    assert (new.status, str(new.quantity), new.filled_quantity, new.average_price) == ("PENDING_NEW", "2", ZERO, None)
    assert (new.symbol, new.portfolio_name, new.is_live) == ("BTC-USDT", "ann-main", False)
    assert new.account_id == world.ids["ann"]["account"]
    assert (new.signal_id, new.strategy_id) == (world.ids["ann"]["signal"], world.ids["ann"]["strategy"])
    assert len(new.client_order_id) == 32
    assert set(new.client_order_id) <= set("0123456789abcdef")
    assert world.values(audit_log.c.action) == ["placed"]
    assert world.values(events_out.c.routing_key) == ["orders.placed"]


def test_the_same_order_again_is_the_same_row(world: World) -> None:
    first = placed(world)
    with world.work(NOW + timedelta(minutes=1)) as work:
        again = place(world.who(), work, order(quantity=Decimal("2.00")))

    assert (again.is_new, again.order) == (False, first)
    assert (world.count("orders"), world.count("audit_log"), world.count("events_out")) == (1, 1, 1)


def test_another_leg_attempt_or_key_is_another_order(world: World) -> None:
    stop = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL"}
    orders = [placed(world), placed(world, attempt=2), placed(world, key="chat:2"), placed(world, **stop)]

    assert len({each.client_order_id for each in orders}) == 4


def test_another_order_under_the_same_name_is_refused(world: World) -> None:
    placed(world)

    with pytest.raises(Invalid, match="another price, quantity, type"):
        placed(world, quantity=Decimal(3), type="LIMIT", price=Decimal(90))


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
    world: World, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        placed(world, **changes)

    assert world.count("orders") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"portfolio": uid("bob-main")},
        {"strategy": uid("bob-trend1")},
        {"signal": uid("bob-signal")},
        {"instrument": NOBODYS},
        {"parent": NOBODYS},
    ],
)
def test_what_belongs_to_another_user_is_not_found(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        placed(world, **changes)


def test_an_admin_mixes_no_users_up_either(world: World) -> None:
    with pytest.raises(NotFound, match="strategy"), world.work() as work:
        place(SYSTEM, work, order(strategy=uid("bob-trend1")))


def test_a_leg_has_its_parent_in_the_same_account(world: World) -> None:
    parent = placed(world)
    with world.work() as work:
        of_bob = place(world.who("bob"), work, order(portfolio=uid("bob-main"))).order
    leg = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL", "type": "STOP", "stop_price": Decimal(90)}

    assert placed(world, **leg, parent=parent.uid).parent_id == parent.id
    with pytest.raises(NotFound, match="order to protect"):
        placed(world, **leg, parent=of_bob.uid, key="other")


def test_an_archived_portfolio_takes_no_order_but_still_knows_those_it_has(world: World) -> None:
    first = placed(world)
    with world.work() as work:
        work.connection.execute(portfolios.update().values(archived_at=NOW))

    assert placed(world) == first
    with pytest.raises(Invalid, match="archived"):
        placed(world, key="other")


def test_a_viewer_changes_nothing(world: World) -> None:
    new = placed(world)
    steps: list[Callable[..., object]] = [
        lambda who, work: place(who, work, order(key="other")),
        lambda who, work: move(who, work, new.uid, "CANCELED"),
        lambda who, work: acknowledge(who, work, new.uid, broker_order_id="7"),
    ]
    for step in steps:
        with pytest.raises(NotAllowed), world.work() as work:
            step(world.who(role="viewer"), work)

    assert world.count("audit_log") == 1


def test_a_venue_gives_an_order_its_number_once(world: World) -> None:
    new, other = placed(world), placed(world, key="other")
    with world.work() as work:
        known = acknowledge(SYSTEM, work, new.uid, broker_order_id="7")
        again = acknowledge(SYSTEM, work, new.uid, broker_order_id="7")

    assert (known.status, known.broker_order_id) == ("NEW", "7")
    assert again == known
    assert world.values(audit_log.c.action) == ["placed", "placed", "acknowledged"]
    for uid_, number in ((new.uid, "8"), (other.uid, "7"), (other.uid, "")):
        with pytest.raises(Invalid), world.work() as work:
            acknowledge(SYSTEM, work, uid_, broker_order_id=number)


def test_an_order_that_is_filled_before_its_number_comes_stays_filled(world: World) -> None:
    new = placed(world)
    filled(world, new, "2")
    with world.work() as work:
        known = acknowledge(SYSTEM, work, new.uid, broker_order_id="7")

    assert (known.status, known.broker_order_id) == ("FILLED", "7")
    assert world.values(audit_log.c.action)[-1] == "given its number"


def test_a_step_that_may_not_follow_names_both_states(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        done = move(SYSTEM, work, new.uid, "REJECTED", reason="no \0money" + "!" * 400)

    assert done.reason is not None
    assert (done.reason[:9], len(done.reason)) == ("no money!", 300)
    with pytest.raises(Invalid, match="is REJECTED and cannot become NEW"), world.work() as work:
        move(SYSTEM, work, new.uid, "NEW")


def test_the_same_state_again_is_no_step(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        first = move(SYSTEM, work, new.uid, "UNKNOWN", reason="timeout")
        again = move(SYSTEM, work, new.uid, "UNKNOWN", reason="other")

    assert again == first
    assert world.values(events_out.c.routing_key) == ["orders.placed", "orders.unknown"]


@pytest.mark.parametrize("status", ["FILLED", "PARTIALLY_FILLED", "BROKEN"])
def test_only_executions_fill_an_order(world: World, status: Any) -> None:
    new = placed(world)

    with pytest.raises(Invalid, match="executions fill it"), world.work() as work:
        move(SYSTEM, work, new.uid, status)


def test_a_cancel_that_is_refused_leaves_a_part_filled(world: World) -> None:
    new = placed(world)
    filled(world, new, "1")
    with world.work() as work:
        move(world.who(), work, new.uid, "PENDING_CANCEL")
        back = move(SYSTEM, work, new.uid, "NEW")

    assert (back.status, str(back.filled_quantity)) == ("PARTIALLY_FILLED", "1")


def test_a_fill_that_crosses_a_cancel_wins(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        move(SYSTEM, work, new.uid, "PENDING_CANCEL")
        move(SYSTEM, work, new.uid, "CANCELED")
    filled(world, new, "2")
    with world.ledger.reading() as connection:
        after = find(world.who(), connection, new.uid)

    assert (after.status, str(after.filled_quantity)) == ("FILLED", "2")


def test_an_order_with_executions_is_not_nowhere(world: World) -> None:
    new = placed(world)
    filled(world, new, "1")
    with world.work() as work:
        move(SYSTEM, work, new.uid, "UNKNOWN")

    with pytest.raises(Invalid, match="with executions"), world.work() as work:
        move(SYSTEM, work, new.uid, "NOT_PLACED")


def test_an_order_that_was_nowhere_is_placed_again_under_its_name_or_found_after_all(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        for status in ("UNKNOWN", "NOT_PLACED", "PENDING_NEW", "NOT_PLACED"):
            moved = move(SYSTEM, work, new.uid, status, reason="nowhere")
        found = acknowledge(SYSTEM, work, new.uid, broker_order_id="7")

    assert (moved.status, moved.client_order_id) == ("NOT_PLACED", new.client_order_id)
    assert (found.status, found.reason) == ("NEW", None)


def test_an_order_is_found_by_each_of_its_names_and_by_its_user_alone(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        known = acknowledge(SYSTEM, work, new.uid, broker_order_id="7")
    account = uid("ann-account")
    with world.ledger.reading() as connection:
        found = [
            find(world.who(), connection, new.uid),
            find_by_client_id(world.who(), connection, account, new.client_order_id),
            find_by_broker_id(world.who(role="viewer"), connection, account, "7"),
        ]
        for ask in (
            lambda: find(world.who("bob"), connection, new.uid),
            lambda: find_by_client_id(world.who("bob"), connection, account, new.client_order_id),
            lambda: find_by_broker_id(world.who("bob"), connection, account, "7"),
            lambda: open_orders(world.who("bob"), connection, account=account),
            lambda: history(world.who("bob"), connection, uid("ann-main")),
        ):
            with pytest.raises(NotFound):
                ask()

    assert found == [known] * 3


def test_open_orders_are_those_that_may_still_be_filled(world: World) -> None:
    orders = [placed(world, key=str(number)) for number in range(4)]
    with world.work() as work:
        move(SYSTEM, work, orders[0].uid, "CANCELED")
        move(SYSTEM, work, orders[1].uid, "UNKNOWN")
    filled(world, orders[2], "1")
    with world.ledger.reading() as connection:
        of_portfolio = open_orders(world.who(), connection, portfolio=uid("ann-main"))
        of_account = open_orders(SYSTEM, connection, account=uid("ann-account"))
        with pytest.raises(Invalid):
            open_orders(SYSTEM, connection)

    assert [each.id for each in of_portfolio] == [each.id for each in orders[1:]]
    assert of_portfolio == of_account


def test_the_latest_orders_come_first(world: World) -> None:
    for number in range(3):
        with world.work(NOW + timedelta(seconds=number)) as work:
            new = place(world.who(), work, order(key=str(number))).order
    with world.work() as work:
        move(SYSTEM, work, new.uid, "REJECTED")
    with world.ledger.reading() as connection:
        latest = history(world.who(), connection, uid("ann-main"), limit=2)
        refused = history(world.who(), connection, uid("ann-main"), status="REJECTED")
        with pytest.raises(Invalid):
            history(world.who(), connection, uid("ann-main"), limit=0)

    assert [each.placed_at - NOW for each in latest] == [timedelta(seconds=2), timedelta(seconds=1)]
    assert [each.id for each in refused] == [new.id]


def test_every_step_is_in_the_chain_of_its_account(world: World) -> None:
    new = placed(world)
    with world.work() as work:
        acknowledge(SYSTEM, work, new.uid, broker_order_id="7")
        move(world.who(), work, new.uid, "PENDING_CANCEL")
        move(SYSTEM, work, new.uid, "CANCELED", reason="asked for")
    with world.ledger.reading() as connection:
        faults = audit.verify(SYSTEM, connection)

    assert faults == ()
    assert set(world.values(audit_log.c.chain)) == {f"account:{new.account_id}"}
    assert world.values(audit_log.c.action) == ["placed", "acknowledged", "asked to be canceled", "canceled"]
    assert world.values(events_out.c.routing_key) == ["orders.placed", "orders.acknowledged", "orders.canceled"]


def test_no_statement_reads_all_orders(world: World, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("the plans of SQLite")
    with world.work() as work, scans_of(work.connection, "orders", "signals", "audit_log") as scans:
        new = place(world.who(), work, order(signal=uid("ann-signal"))).order
        acknowledge(world.who(), work, new.uid, broker_order_id="7")
        move(world.who(), work, new.uid, "CANCELED")
        find_by_client_id(world.who(), work.connection, uid("ann-account"), new.client_order_id)
        find_by_broker_id(SYSTEM, work.connection, uid("ann-account"), "7")
        for who in (world.who(), SYSTEM):
            open_orders(who, work.connection, portfolio=uid("ann-main"))
            open_orders(who, work.connection, account=uid("ann-account"))
            history(who, work.connection, uid("ann-main"))
            history(who, work.connection, uid("ann-main"), status="NEW")

    assert scans == []
