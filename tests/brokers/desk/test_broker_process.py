"""The broker's process around its loop: how it ends."""

import signal
from pathlib import Path

from bus.connection import Bus
from sandbox.control.client import Sandbox
from tests.brokers.pretend_execution import KEY, Execution, market
from tests.brokers.pretend_venue import taken_orders
from tests.running import running, wait_until
from tools.pretend_broker import NAME, traded


def test_told_to_leave_it_lets_a_call_under_way_end_and_leaves_cleanly(home: Path, bus: Bus, venue: Sandbox) -> None:
    execution = Execution(bus, NAME)
    environment = {"VENUE_URL": venue.addresses["venue"], "ORDER_KEY": KEY.hex()}
    with running(home, "-m", "tools.pretend_broker", environment=environment) as child:
        child.wait_for("connected")
        venue.fault("venue", "silent", path="/events")
        venue.fault("venue", "slow", seconds=0.5, path="/orders", times=1)
        order = market("a1", traded("BTC-USDT"))
        execution.say(order)
        wait_until(lambda: taken_orders(venue) == ["a1"], what="the venue has the order")
        child.signal(signal.SIGTERM)
        event = execution.event(order, "FILLED")

        assert event.reply_to == "placeorder"
        assert child.code() == 0
