"""What is not to be had of a venue that is connected all the same."""

from brokers.desk.standing import Standing
from brokers.venue import Busy
from bus.messages.venues import BrokerState

COMPETING = Busy("another session has the quotes", code="competing")


def state(standing: Standing) -> BrokerState:
    """Return what execution is told."""
    return standing.state("broker-x", "a", accounts=(), abilities=(False, False, False))


def test_a_hindrance_is_told_and_orders_go_on() -> None:
    standing = Standing()

    standing.connected(False, hindrance=COMPETING)

    told = state(standing)
    assert (told.is_connected, told.code) == (True, "competing")


def test_a_hindrance_that_is_over_is_told_at_once_and_changes_no_moment() -> None:
    standing = Standing()
    standing.connected(False, hindrance=COMPETING)
    since = standing.since
    standing.changed.clear()

    standing.connected(False)

    told = state(standing)
    assert (told.is_connected, told.reason, told.code, told.since) == (True, "", "", since)
    assert standing.changed.is_set()


def test_a_hindrance_that_lasts_is_told_once() -> None:
    standing = Standing()
    standing.connected(False, hindrance=COMPETING)
    standing.changed.clear()

    standing.connected(False, hindrance=COMPETING)

    assert not standing.changed.is_set()
