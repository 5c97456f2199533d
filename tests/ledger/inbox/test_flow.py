"""What becomes of a signal once it is in: taken once, written back, removed, and known for ever."""

import pytest

from ledger.inbox.inbox import find, forget_old, set_state, take, waiting
from ledger.inbox.opening import Inbox
from ledger.inbox.tables import InboxState
from ledger.trading.errors import Invalid, NotFound
from tests.ledger.inbox.world import counted, outcome, send, signal, work

DAY_S = 86_400


def names(inbox: Inbox, limit: int = 500) -> list[str | None]:
    """Return the ids of the signals that wait."""
    with inbox.reading() as connection:
        return [each.external_id for each in waiting(connection, limit=limit)]


def state(inbox: Inbox, uid: str) -> tuple[InboxState, str | None]:
    """Return how a signal stands."""
    with inbox.reading() as connection:
        found = find(connection, uid)
        return found.state, found.code


def end(inbox: Inbox, uid: str, *, after_s: float = 0) -> None:
    """Let a signal come to its end."""
    with work(inbox, after_s=after_s) as one:
        set_state(one, uid, "DONE")


def test_the_oldest_waits_first_though_the_clock_was_put_back(inbox: Inbox) -> None:
    send(inbox, signal("1"), signal("2"))
    send(inbox, signal("3"), after_s=-10)

    assert names(inbox) == ["1", "2", "3"]
    assert names(inbox, limit=2) == ["1", "2"]


def test_what_is_taken_waits_no_longer(inbox: Inbox) -> None:
    first, second = send(inbox, signal("1"), signal("2"))
    with work(inbox) as one:
        take(one, [first.uid])
        take(one, [])

    assert names(inbox) == ["2"]
    assert (state(inbox, first.uid), state(inbox, second.uid)) == (("TAKEN", None), ("RECEIVED", None))


def test_a_signal_that_has_gone_on_is_not_set_back_by_being_taken_late(inbox: Inbox) -> None:
    (sent,) = send(inbox, signal("1"))
    with work(inbox) as one:
        set_state(one, sent.uid, "REJECTED", "NO_CASH")
        take(one, [sent.uid])

    assert state(inbox, sent.uid) == ("REJECTED", "NO_CASH")


def test_a_state_is_that_of_one_signal_alone(inbox: Inbox) -> None:
    first, second = send(inbox, signal("1"), signal("2"))
    end(inbox, first.uid)

    assert (state(inbox, first.uid), state(inbox, second.uid)) == (("DONE", None), ("RECEIVED", None))


def test_a_state_of_no_signal_is_refused(inbox: Inbox) -> None:
    with work(inbox) as one, pytest.raises(NotFound):
        set_state(one, "nobody", "DONE")
    with inbox.reading() as connection, pytest.raises(NotFound):
        find(connection, "nobody")


@pytest.mark.parametrize(("state", "code"), [("RECEIVED", None), ("REJECTED", "x" * 33)])
def test_a_state_that_would_be_wrong_is_refused(inbox: Inbox, state: InboxState, code: str | None) -> None:
    (sent,) = send(inbox, signal("1"))
    with work(inbox) as one, pytest.raises(Invalid):
        set_state(one, sent.uid, state, code)

    assert names(inbox) == ["1"]


def test_what_ended_long_ago_is_removed_and_its_id_stays_used(inbox: Inbox) -> None:
    old, open_still, young = send(inbox, signal("1"), signal("2"), signal("3"))
    end(inbox, old.uid)
    end(inbox, young.uid, after_s=5 * DAY_S)
    with work(inbox, after_s=10 * DAY_S) as one:
        removed = forget_old(one, keep_days=7)

    assert removed == 1
    assert counted(inbox) == 2
    assert state(inbox, open_still.uid) == ("RECEIVED", None)
    assert send(inbox, signal("1"), after_s=10 * DAY_S)[0] == type(old)("repeated", old.uid)


def test_what_had_no_id_leaves_nothing(inbox: Inbox) -> None:
    (sent,) = send(inbox, signal())
    end(inbox, sent.uid)
    with work(inbox, after_s=10 * DAY_S) as one:
        forget_old(one, keep_days=7)

    assert (counted(inbox), counted(inbox, "inbox_retired_keys")) == (0, 0)
    assert outcome(inbox, signal(), after_s=10 * DAY_S) == "new"


def test_much_is_removed_in_batches(inbox: Inbox) -> None:
    for sent in send(inbox, *(signal(str(number)) for number in range(5))):
        end(inbox, sent.uid)
    with work(inbox, after_s=10 * DAY_S) as one:
        removed = [forget_old(one, keep_days=7, batch=2) for _ in range(4)]

    assert removed == [2, 2, 1, 0]
    assert counted(inbox, "inbox_retired_keys") == 5


@pytest.mark.parametrize(("keep_days", "batch"), [(0, 1), (40_000, 1), (1, 0), (1, 10_000)])
def test_nothing_is_removed_out_of_bounds(inbox: Inbox, keep_days: int, batch: int) -> None:
    with work(inbox) as one, pytest.raises(Invalid):
        forget_old(one, keep_days=keep_days, batch=batch)
