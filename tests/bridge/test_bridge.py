"""The bridge as a process: on a real bus, with a real ledger, to a real RabbitMQ."""

import json
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from bus.messages.trading import OutboxFilled
from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from ledger.trading.flow.outgoing import bridged
from ledger.trading.principal import SYSTEM
from tests import postgresql
from tests.bridge.events import Events, environment, repeated
from tests.ledger.trading import world
from tests.rabbitmq import Listener, Server
from tests.running import Child, hear, on_the_bus, running, wait_until


def start(home: Path, stack: ExitStack, broker: Server, **changes: str) -> Child:
    """Run a bridge."""
    return stack.enter_context(running(home, "-m", "bridge", environment=environment(broker.port, **changes)))


def test_each_event_goes_out_in_its_accounts_order_and_is_marked(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    events.write(250)
    start(home, stack, well)
    listener.wait_for(250)
    wait_until(lambda: events.waiting() == 0, what="all are marked")

    events.must_be_all(listener)
    assert repeated(listener.ids) == 0


def test_a_message_names_its_event_and_its_account_and_stays_on_the_brokers_disk(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    events.write(1, key="signals.validated")
    start(home, stack, well, BROKER_VALIDATED_ROUTING_KEY="good.ones")
    listener.wait_for(1)
    [(properties, body)] = listener.messages

    assert json.loads(body) == {"number": 0}
    assert (properties.content_type, properties.delivery_mode) == ("application/json", 2)
    assert properties.type == "signals.validated"
    assert properties.timestamp == world.NOW.timestamp()
    assert properties.headers == {"account": "anns account", "created_at": "2026-11-27T14:30:00.000000+00:00"}
    assert len(properties.message_id) == 32


@pytest.mark.parametrize(
    ("key", "bound"), [("signals.validated", "good.ones"), ("signals.raw", "signals.raw"), ("orders.executed", "#")]
)
def test_a_routing_key_is_the_rows_own_but_for_the_one_that_the_settings_name(
    home: Path, events: Events, well: Server, stack: ExitStack, key: str, bound: str
) -> None:
    chosen = Listener(well, keys=(bound,))
    chosen.bind()
    events.write(1, key=key)
    start(home, stack, well, BROKER_VALIDATED_ROUTING_KEY="good.ones")
    chosen.wait_for(1)

    events.must_be_all(chosen)


def test_what_comes_while_it_runs_goes_out_as_soon_as_it_is_said(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    child = start(home, stack, well)
    child.wait_for("connected")
    with on_the_bus("execution", says=(OutboxFilled,)) as bus:
        events.write(2)
        bus.publish(OutboxFilled())
        listener.wait_for(2)

    events.must_be_all(listener)


def test_a_bridge_that_is_killed_says_again_at_most_what_it_had_not_marked(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    events.write(600)
    first = start(home, stack, well)
    wait_until(lambda: events.waiting() < 600, what="some are marked")
    first.kill()
    start(home, stack, well)
    wait_until(lambda: events.waiting() == 0, what="all are marked")
    listener.take()

    events.must_be_all(listener)
    assert repeated(listener.ids) <= 100


def test_with_nobody_bound_events_are_done_with(home: Path, events: Events, well: Server, stack: ExitStack) -> None:
    events.write(3)
    start(home, stack, well)

    wait_until(lambda: events.waiting() == 0, what="all are marked")


def test_of_two_on_one_ledger_the_second_stands_down(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    first = start(home, stack, well)
    first.wait_for("connected")
    (home / "run" / "bridge.lock").unlink()  # as if it lay in another folder
    second = start(home, stack, well)
    second.wait_for("standing down")
    before = "connected" in second.text()
    first.kill()
    events.write(4)
    second.wait_for("connected")
    listener.wait_for(4)

    assert not before
    events.must_be_all(listener)


def test_of_two_on_one_postgresql_the_second_stands_down(
    home: Path, hub: Child, listener: Listener, well: Server, stack: ExitStack
) -> None:
    server = stack.enter_context(postgresql.server())
    url = server.url(server.new_database())
    migrate(url)
    books = stack.enter_context(open_ledger(url))
    world.settle(books)
    events = Events(books)
    first = start(home, stack, well, DATABASE_URL=url)
    first.wait_for("connected")
    (home / "run" / "bridge.lock").unlink()
    second = start(home, stack, well, DATABASE_URL=url)
    second.wait_for("standing down")
    first.kill()
    events.write(300)
    listener.wait_for(300)
    wait_until(lambda: events.waiting() == 0, what="all are marked")

    events.must_be_all(listener)


def test_it_waits_for_a_postgresql_that_is_away_and_goes_on(
    home: Path, hub: Child, listener: Listener, well: Server, stack: ExitStack
) -> None:
    server = stack.enter_context(postgresql.server())
    url = server.url(server.new_database())
    migrate(url)
    books = stack.enter_context(open_ledger(url))
    world.settle(books)
    events = Events(books)
    child = start(home, stack, well, DATABASE_URL=url)
    child.wait_for("connected")
    books.close()
    server.stop()
    child.wait_for("waiting for the ledger")
    server.start()
    events.write(3)
    listener.wait_for(3)
    wait_until(lambda: events.waiting() == 0, what="all are marked")

    events.must_be_all(listener)
    assert child.process.poll() is None


def test_it_waits_for_a_locked_ledger_and_goes_on(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    child = start(home, stack, well)
    child.wait_for("connected")
    events.write(5)
    with closing(sqlite3.connect(home / "data/portfolio.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        child.wait_for("waiting for the ledger")
        other.execute("ROLLBACK")
    wait_until(lambda: events.waiting() == 0, what="all are marked")
    listener.take()

    events.must_be_all(listener)
    assert repeated(listener.ids) == 0
    assert child.process.poll() is None


def test_a_wrong_password_is_told_with_its_cure_and_nothing_is_lost(
    home: Path, events: Events, listener: Listener, well: Server, stack: ExitStack
) -> None:
    events.write(2)
    with on_the_bus("test", topic(Alert), says=(AlertStored,)) as bus:
        child = start(home, stack, well, BROKER_PASSWORD="wrong")
        said = hear(bus, Alert)

    assert "BROKER_USERNAME or BROKER_PASSWORD" in said.text
    assert "let-me-in" not in child.text()
    assert "wrong" not in child.text().replace("went wrong", "")
    assert events.waiting() == 2


def test_an_exchange_that_is_deleted_is_made_again_and_its_events_wait_for_their_queue(
    home: Path, events: Events, ledger: Ledger, listener: Listener, well: Server, stack: ExitStack
) -> None:
    events.write(2)
    child = start(home, stack, well)
    listener.wait_for(2)
    wait_until(lambda: events.waiting() == 0, what="all are marked")
    with on_the_bus("test", topic(Alert), says=(AlertStored,)) as bus:
        listener.delete_exchange()
        events.write(2)
        said = hear(bus, Alert)
    child.wait_for("not bound again")
    held_back = events.waiting()
    with ledger.reading() as connection:
        kept = bridged(SYSTEM, connection)
    listener.bind()
    listener.wait_for(4)
    wait_until(lambda: events.waiting() == 0, what="all are marked")

    assert "Bind them again" in said.text
    assert held_back == 2
    assert kept
    assert kept.awaited == ("orders.placed",)
    events.must_be_all(listener)


@pytest.mark.parametrize("missing", ["TRADING", "BROKER_HOST"])
def test_it_is_not_started_where_it_is_not_configured(home: Path, stack: ExitStack, missing: str) -> None:
    child = stack.enter_context(running(home, "-m", "bridge", environment=environment(1, **{missing: ""})))

    assert child.code() == 3
    assert "not configured" in child.text()
