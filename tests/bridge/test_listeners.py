"""Who listens: what nobody wants is done with, and what somebody wanted waits for a queue, for an hour."""

from datetime import UTC, datetime, timedelta

from bridge.listeners import AWAITED_FOR, SEEN_EVERY, Listeners
from ledger.trading.flow.outgoing import Bridged

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
HERE = "here:5672//signals"
KNOWN = Bridged(seen_at=NOW, exchange=HERE, taken=("orders.executed",))


def test_with_nobody_bound_from_the_beginning_nothing_waits() -> None:
    listeners = Listeners(None, HERE)
    is_lost = listeners.opened(is_made=True, now=NOW)

    assert not is_lost
    assert listeners.may_drop("signals.raw", NOW)


def test_a_listener_that_leaves_while_the_exchange_stays_holds_nothing_up() -> None:
    listeners = Listeners(KNOWN, HERE)
    listeners.opened(is_made=False, now=NOW)

    assert listeners.may_drop("orders.executed", NOW)


def test_who_has_left_of_their_own_accord_is_not_waited_for_later() -> None:
    listeners = Listeners(KNOWN, HERE)
    listeners.opened(is_made=False, now=NOW)
    listeners.may_drop("orders.executed", NOW)

    assert listeners.kept(NOW).taken == ()
    assert not listeners.opened(is_made=True, now=NOW)
    assert listeners.may_drop("orders.executed", NOW)


def test_an_exchange_that_is_gone_is_told_and_what_was_taken_before_waits() -> None:
    listeners = Listeners(KNOWN, HERE)
    is_lost = listeners.opened(is_made=True, now=NOW)

    assert is_lost
    assert not listeners.may_drop("orders.executed", NOW)
    assert listeners.may_drop("signals.raw", NOW)


def test_what_waits_for_its_queue_goes_on_once_it_is_taken() -> None:
    listeners = Listeners(KNOWN, HERE)
    listeners.opened(is_made=True, now=NOW)
    listeners.note_taken("orders.executed")

    assert listeners.may_drop("orders.executed", NOW)
    assert listeners.kept(NOW).awaited == ()


def test_after_an_hour_nobody_is_waited_for() -> None:
    listeners = Listeners(KNOWN, HERE)
    listeners.opened(is_made=True, now=NOW)

    assert not listeners.may_drop("orders.executed", NOW + AWAITED_FOR - timedelta(seconds=1))
    assert listeners.may_drop("orders.executed", NOW + AWAITED_FOR)
    assert listeners.kept(NOW).taken == ()


def test_who_is_killed_meanwhile_still_waits_afterwards() -> None:
    first = Listeners(KNOWN, HERE)
    first.opened(is_made=True, now=NOW)
    second = Listeners(first.kept(NOW), HERE)
    is_lost_again = second.opened(is_made=False, now=NOW)

    assert not is_lost_again
    assert not second.may_drop("orders.executed", NOW)


def test_another_exchange_is_begun_with_as_if_there_had_been_none() -> None:
    listeners = Listeners(KNOWN, "there:5672//signals")

    assert not listeners.opened(is_made=True, now=NOW)
    assert listeners.may_drop("orders.executed", NOW)
    assert listeners.kept(NOW) == Bridged(seen_at=NOW, exchange="there:5672//signals")


def test_it_is_kept_what_changes_and_once_an_hour_that_there_is_a_bridge() -> None:
    listeners = Listeners(KNOWN, HERE)
    listeners.note_kept(NOW)
    quiet = [listeners.is_due(NOW + after) for after in (timedelta(0), SEEN_EVERY / 2, SEEN_EVERY)]
    listeners.note_taken("orders.executed")
    known = listeners.is_due(NOW)
    listeners.note_taken("signals.raw")

    assert quiet == [False, False, True]
    assert not known
    assert listeners.is_due(NOW)
    assert listeners.is_due(NOW - timedelta(days=1))  # the wall clock was set
