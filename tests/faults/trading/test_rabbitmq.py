"""Trading while RabbitMQ, which is told of it, is killed, out of disk, without its exchange, or full."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.control.client import start
from sandbox.system import supervised
from tests import rabbitmq
from tests.faults.trading.system import Stage, prepared
from tests.rabbitmq import PASSWORD, USER, Listener, Server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
WITHIN_S = 120.0


class Told:
    """A system that trades, the RabbitMQ that it tells of it, and who listens there to all of it."""

    def __init__(self, stage: Stage, broker: Server) -> None:
        """Listen."""
        self.stage = stage
        self.broker = broker
        self.listener = Listener(broker)
        self.listener.bind()

    def trade(self, number: str) -> None:
        """Let an alert be bought, whatever RabbitMQ does."""
        self.stage.bring(number)
        self.stage.wait_done(number)

    def waiting(self) -> int:
        """Return how many events have not gone out."""
        [(count,)] = self.stage.rows("SELECT count(*) FROM events_out WHERE published_at IS NULL")
        return int(str(count))

    def wait_all_out(self) -> None:
        """Wait until every event has gone out, and make sure that each has come, in its order.

        Raises:
            AssertionError: One has not.
        """
        self.stage.wait_until(lambda: self.waiting() == 0, what="all events are out", within_s=WITHIN_S)
        self.listener.take()
        written = [str(uid) for (uid,) in self.stage.rows("SELECT uid FROM events_out ORDER BY id")]
        if (came := list(dict.fromkeys(self.listener.ids))) != written:
            raise AssertionError(f"{len(came)} events came, {len(written)} were written, or in another order")


@pytest.fixture(scope="module")
def shared_told() -> Iterator[Told]:
    """Run a system that has a bridge."""
    home = Path(tempfile.mkdtemp(prefix="pt-", dir="/tmp"))
    try:
        with rabbitmq.server() as broker, start(home) as world:
            settings = {"BROKER_HOST": "127.0.0.1", "BROKER_PORT": str(broker.port)}
            settings |= {"BROKER_USERNAME": USER, "BROKER_PASSWORD": PASSWORD}
            stage = prepared(home, world, **settings)
            with supervised(home, world):
                stage.wait_well()
                yield Told(stage, broker)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def told(shared_told: Told) -> Told:
    """Give it, once all is told."""
    shared_told.stage.wait_well()
    shared_told.stage.wait_until(lambda: shared_told.stage.system.pid("bridge") != 0, what="the bridge runs")
    shared_told.wait_all_out()
    return shared_told


def test_events_wait_for_a_rabbitmq_that_was_killed(told: Told) -> None:
    """Fault T38: killed, and the bridge too."""
    told.broker.kill()
    told.trade("t38 killed")
    waiting = told.waiting()
    told.stage.kill("bridge")
    told.trade("t38 killed, the bridge too")
    told.broker.start()
    told.wait_all_out()

    assert waiting > 0
    told.stage.must_be_right(["t38 killed", "t38 killed, the bridge too"])


def test_events_wait_for_a_rabbitmq_without_disk(told: Told) -> None:
    """Fault T38: blocked."""
    told.broker.fill_disk()
    told.trade("t38 blocked")
    told.stage.system.wait_for_log("bridge", "its disk or memory is nearly full")
    waiting = told.waiting()
    told.broker.clear_disk()
    told.wait_all_out()

    assert waiting > 0
    told.stage.must_be_right(["t38 blocked"])


def test_events_wait_for_the_queues_of_an_exchange_that_was_deleted(told: Told) -> None:
    """Fault T38: the exchange is deleted."""
    told.trade("t38 before it is deleted")
    told.wait_all_out()
    told.listener.delete_exchange()
    told.trade("t38 deleted")
    said = told.stage.said("Bind them again")
    waiting = told.waiting()
    told.listener.bind()
    told.wait_all_out()

    assert said
    assert waiting > 0
    told.stage.must_be_right(["t38 before it is deleted", "t38 deleted"])


def test_events_wait_for_a_queue_that_is_full(told: Told) -> None:
    """Fault T38: a queue that refuses what does not fit."""
    small = Listener(told.broker, queue="small")
    small.bind(most=1)
    told.trade("t38 full")
    told.stage.system.wait_for_log("bridge", "a queue is full and refuses more")
    waiting = told.waiting()
    small.delete()
    told.wait_all_out()

    assert waiting > 0
    told.stage.must_be_right(["t38 full"])
