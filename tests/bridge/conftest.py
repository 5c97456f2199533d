"""A ledger with events, a RabbitMQ, and who listens to it."""

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bridge.settings import Settings
from bus.settings import Secret
from ledger.store import Ledger, open_ledger
from tests import rabbitmq
from tests.bridge.events import Events
from tests.ledger.trading import world
from tests.rabbitmq import EXCHANGE, PASSWORD, USER, Listener, Server
from tests.running import Child


@pytest.fixture(scope="session")
def broker() -> Iterator[Server]:
    """Run a RabbitMQ until the worker ends."""
    with rabbitmq.server() as running:
        yield running


@pytest.fixture
def well(broker: Server) -> Server:
    """Give the RabbitMQ as it was at first, whatever a test did to it."""
    with contextlib.closing(broker.open()) as connection:
        channel = connection.channel()
        channel.queue_delete("all")
        channel.exchange_delete(EXCHANGE)
    return broker


@pytest.fixture
def listener(well: Server) -> Listener:
    """Give who listens to everything."""
    made = Listener(well)
    made.bind()
    return made


@pytest.fixture
def settings(well: Server) -> Settings:
    """Give the settings of a bridge to it."""
    return Settings(
        trading="paper",
        broker_host="127.0.0.1",
        broker_port=well.port,
        broker_username=USER,
        broker_password=Secret(PASSWORD),
    )


@pytest.fixture
def ledger(home: Path, empty_ledger: Path) -> Iterator[Ledger]:
    """Give a ledger with two users' accounts, where the process looks for it."""
    (home / "data").mkdir(mode=0o700)
    shutil.copy(empty_ledger, home / "data/portfolio.db")
    with open_ledger("sqlite:///data/portfolio.db") as opened:
        world.settle(opened)
        yield opened


@pytest.fixture
def events(ledger: Ledger, hub: Child) -> Events:
    """Give what writes events into it."""
    return Events(ledger)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give what ends every process of a test."""
    with ExitStack() as opened:
        yield opened
