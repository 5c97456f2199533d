"""What the loop tells about a source beside its answers, as real processes on a real bus: its key, its failed tries."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from bus.messages.operations import HealthRequested, KeyHealth
from bus.messages.rounds import Balance, Failure, Rate, Tick
from tests.collectors.test_loop import answer_to as ask
from tests.running import Child, hear, on_the_bus, running


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Give the place of clock, aggregator and notifier."""
    heard = (topic(kind) for kind in (Balance, Failure, Rate, KeyHealth, Alert))
    with on_the_bus("test", *heard, says=(Tick, HealthRequested, AlertStored)) as joined:
        yield joined


def test_who_asks_for_health_hears_of_the_key(home: Path, bus: Bus) -> None:
    with running(home, "-m", "tests.collectors.sources", "WithKey") as child:
        child.wait_for("preparing")
        bus.publish(HealthRequested(id="1"))
        before = hear(bus, KeyHealth)
        ask(bus, "one")
        bus.publish(HealthRequested(id="2"))
        after = hear(bus, KeyHealth)

    assert (before.id, before.platform, before.rights, before.proven_at) == ("1", "okx", "unproven", None)
    assert before.expires_at is not None
    assert before.told_by == "owner"
    assert (after.id, after.rights) == ("2", "can trade")
    assert after.proven_at is not None


def test_a_source_without_a_key_has_nothing_to_say_about_health(home: Path, bus: Bus) -> None:
    with running(home, "-m", "tests.collectors.sources", "Plain") as child:
        child.wait_for("preparing")
        bus.publish(HealthRequested(id="1"))
        answer = ask(bus, "one")

    assert isinstance(answer, Balance)
    assert not isinstance(bus.receive(0.3), KeyHealth)


def test_an_alert_about_a_key_is_repeated_until_it_is_stored_and_raised_once(home: Path, bus: Bus) -> None:
    day = f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%d}"
    with running(home, "-m", "tests.collectors.sources", "WithKey") as child:
        first, again = hear(bus, Alert), hear(bus, Alert)
        refused = ask(bus, "one")
        trades = hear(bus, Alert, where=lambda alert: alert.id != first.id)
        for alert in (first, trades):
            bus.publish(AlertStored(id=alert.id))
        for number in range(3):
            ask(bus, f"round {number}")
        lines = [line for line in child.text().splitlines() if "event=alert" in line]

    assert again == first
    assert first.id == f"okx-key-14-{day}"
    assert first.text == f"⚠ OKX: the key ends in 10 days, on {day}. Do that."
    assert isinstance(refused, Failure)
    assert refused.reason == "key can trade"
    assert trades.id == f"okx-key-can-trade-{datetime.now(UTC):%Y-%m-%d}"
    assert trades.text == "⚠ OKX: the key can do more than read, so it is not used. Do this."
    assert len(lines) == 2


def test_what_a_gate_has_stopped_is_logged_and_told_whoever_swallows_the_error(home: Path, bus: Bus) -> None:
    with running(home, "-m", "tests.collectors.sources", "Trading") as child:
        child.wait_for("preparing")
        failed = ask(bus, "one")
        told = hear(bus, Alert)
        hidden = ask(bus, "two")
        well = ask(bus, "three")
        text = child.text()

    assert isinstance(failed, Failure)
    assert (failed.reason, failed.code) == ("bad answer", "not allowed")
    assert told.id == f"okx-stopped-POST-/order-{datetime.now(UTC):%Y-%m-%d}"
    assert "tried POST /order, which it never needs" in told.text
    assert isinstance(hidden, Balance)
    assert isinstance(well, Balance)
    assert text.count('event="not allowed, nothing was sent" attempt="POST /order"') == 2
    assert text.count("event=alert") == 1
    assert "s3cret" not in text


def test_a_failure_names_the_tries_before_it_and_a_later_round_only_its_own(home: Path, bus: Bus) -> None:
    with running(home, "-m", "tests.collectors.sources", "BusyForEver") as child:
        child.wait_for("preparing")
        first = ask(bus, "one", closes_in_s=4)
        second = ask(bus, "two", closes_in_s=4)

    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    tries, later = (int(each.code.removeprefix("fetch ")) for each in (first, second))
    assert tries > 1
    assert first.tried == ("unreachable",) * (tries - 1)
    assert len(second.tried) == max(0, later - tries - 1)


def test_a_refusal_at_the_first_try_has_none_before_it(home: Path, bus: Bus) -> None:
    with running(home, "-m", "tests.collectors.sources", "Unreadable") as child:
        child.wait_for("preparing")

        assert ask(bus, "one").tried == ()
