"""What a venue's test file says of its broker, and the program that the tests start, freeze and kill."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from bus.connection import Bus
from bus.messages.venues import BrokerState, PlaceOrder, Traded
from sandbox.control.client import Sandbox
from tests.brokers.pretend_execution import KEY, Execution
from tests.running import Child, running


class Program:
    """The broker's program, one life after another."""

    def __init__(self, home: Path, *arguments: str, environment: dict[str, str], execution: Execution) -> None:
        """Start nothing yet."""
        self._home = home
        self._arguments = arguments
        self._environment = environment
        self._execution = execution
        self._stack = contextlib.ExitStack()
        self.child: Child

    def start(self) -> None:
        """Start it, and wait until it is connected and tells so."""
        self.child = self._stack.enter_context(running(self._home, *self._arguments, environment=self._environment))
        self.child.wait_for("connected")
        self._execution.hear(BrokerState, where=lambda state: state.is_connected)

    def freeze(self) -> None:
        """Let it do nothing, as on a machine without time for it."""
        self.child.signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.child.kill()

    def kill_and_restart(self) -> None:
        """End it as a power cut does, and start it again as supervisord does."""
        self.child.kill()
        self.start()

    def close(self) -> None:
        """End all."""
        self._stack.close()


class BrokerSubject:
    """The broker that is tried: what its venue's test file fills in."""

    program: ClassVar[str]
    module: ClassVar[str]
    instrument: ClassVar[Traded]
    symbol: ClassVar[str]

    venue: Sandbox
    home: Path

    def environment(self) -> dict[str, str]:
        """Return the variables of the program, without its key."""
        raise NotImplementedError

    def orders_at_venue(self) -> int:
        """Return how many orders the venue has taken from us."""
        raise NotImplementedError

    def resting_order(self, client_order_id: str) -> PlaceOrder:
        """Return an order that rests at the venue's present price."""
        raise NotImplementedError

    def reach_resting_order(self) -> None:
        """Move the price to where that order fills."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _world(self, venue: Sandbox, home: Path) -> None:
        """Let the methods above reach the pretend world and the program's folder."""
        self.venue, self.home = venue, home

    @pytest.fixture
    def execution(self, bus: Bus) -> Execution:
        """Give execution's side of the bus."""
        return Execution(bus, self.program)

    @pytest.fixture
    def broker(self, execution: Execution, home: Path) -> Iterator[Program]:
        """Run the broker, connected."""
        environment = self.environment() | {"ORDER_KEY": KEY.hex()}
        program = Program(home, "-m", self.module, environment=environment, execution=execution)
        try:
            program.start()
            yield program
        finally:
            program.close()


def limit(order: PlaceOrder, price: str) -> PlaceOrder:
    """Return a market order as a limit one."""
    return msgspec.structs.replace(order, type="LIMIT", price=msgspec.convert(price, type(order.quantity)))
