"""Several programs on one PostgreSQL: who leads, who has which slots, and that nobody writes without its locks."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from ledger.shares import ALONE, SLOTS, SPACE, Shares, slot_of
from ledger.store import Ledger, open_ledger, put_setting
from ledger.unavailable import LedgerUnavailable
from tests.postgresql import Server
from tests.running import wait_until

WANTED = frozenset(range(1, 8))
NO_SLOT = 2**40
CUT_OFF = "SELECT pg_terminate_backend(%s)"


class Program:
    """One of several on the same ledger."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        """Open the ledger."""
        self.ledger: Ledger = stack.enter_context(open_ledger(url))
        self.shares = Shares(self.ledger)

    def pid(self) -> int:
        """Return which process of the server serves it."""
        with self.ledger.session() as connection:
            return int(str(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()))

    def write(self) -> None:
        """Write something."""
        with self.ledger.writing() as connection:
            put_setting(connection, "a", "b")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give what closes every ledger."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def url(postgresql: Server, migrated: str) -> str:
    """Give a ledger on the server."""
    return postgresql.url(postgresql.new_database(like=migrated))


def settled(*programs: Program) -> list[int]:
    """Let them share until nobody has too much; return how many slots each has."""
    for _ in range(3):
        for each in programs:
            looked = each.shares.look(WANTED)
            each.shares.give(sorted(each.shares.slots)[: looked.excess])
    return sorted(len(each.shares.slots) for each in programs)


def test_one_alone_leads_and_has_everything(url: str, stack: ExitStack) -> None:
    one = Program(url, stack)
    looked = one.shares.look(WANTED)

    assert (looked.is_new, looked.gained, looked.excess, looked.living) == (True, WANTED, 0, 1)
    assert one.shares.is_leader
    assert not one.shares.look(WANTED).is_new


def test_three_share_and_no_slot_is_held_twice_or_by_nobody(url: str, stack: ExitStack) -> None:
    """Fault T36: on a server the accounts are shared."""
    three = [Program(url, stack) for _ in range(3)]
    three[0].shares.look(WANTED)
    counts = settled(*three)

    assert counts == [2, 2, 3]
    assert sorted(slot for each in three for slot in each.shares.slots) == sorted(WANTED)
    assert [each.shares.is_leader for each in three] == [True, False, False]


def test_what_a_dead_one_had_is_taken_by_those_that_live(url: str, postgresql: Server, stack: ExitStack) -> None:
    """Fault T36: one of several dies."""
    first, second = Program(url, stack), Program(url, stack)
    settled(first, second)
    with postgresql.connect() as other:
        other.execute(CUT_OFF, [first.pid()])

    def has_all() -> bool:
        second.shares.look(WANTED)
        return second.shares.slots == WANTED

    wait_until(has_all, what="the second has everything")

    assert second.shares.is_leader


def test_whoever_has_lost_its_session_can_neither_write_nor_read_before_it_has_looked_again(
    url: str, postgresql: Server, stack: ExitStack
) -> None:
    """Fault T37: its session is killed, and another one takes its accounts meanwhile."""
    first, second = Program(url, stack), Program(url, stack)
    first.shares.look(WANTED)
    first.write()
    with postgresql.connect() as other:
        other.execute(CUT_OFF, [first.pid()])

    def has_all() -> bool:
        second.shares.look(WANTED)
        return second.shares.slots == WANTED

    wait_until(has_all, what="the second has everything")
    for _ in range(2):
        with pytest.raises(LedgerUnavailable):
            first.write()
        with pytest.raises(LedgerUnavailable), first.ledger.reading():
            pass
    looked = first.shares.look(WANTED)

    assert looked.is_new
    assert not looked.gained | first.shares.slots
    assert not first.shares.is_leader
    first.write()


def test_a_ledger_that_is_not_shared_can_be_used_at_once(url: str, stack: ExitStack) -> None:
    with open_ledger(url) as ledger, ledger.writing() as connection:
        put_setting(connection, "a", "b")


def test_locks_survive_what_is_rolled_back(url: str, stack: ExitStack) -> None:
    first, second = Program(url, stack), Program(url, stack)
    first.shares.look(WANTED)
    with pytest.raises(RuntimeError), first.ledger.writing():
        raise RuntimeError
    second.shares.look(WANTED)

    assert not second.shares.slots


def test_after_a_look_that_failed_halfway_the_next_one_says_that_the_session_is_new(
    url: str, postgresql: Server, stack: ExitStack
) -> None:
    """Fault T37: whoever has looked must hear that what it had is lost, however often that takes."""
    one = Program(url, stack)
    one.shares.look(WANTED)
    with postgresql.connect() as other:
        other.execute(CUT_OFF, [one.pid()])
    with pytest.raises(LedgerUnavailable):
        one.write()
    with pytest.raises(LedgerUnavailable):
        one.shares.look({NO_SLOT})
    looked = one.shares.look(WANTED)

    assert (looked.is_new, one.shares.slots) == (True, WANTED)
    assert not one.shares.look(WANTED).is_new


def test_what_the_server_has_counts_whatever_became_of_the_call_that_took_it(url: str, stack: ExitStack) -> None:
    one = Program(url, stack)
    one.shares.look(())
    with one.ledger.session() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({SPACE}, 3)")
    one.shares.look({3})
    held = one.shares.slots
    one.shares.give(held)
    again = one.shares.look({3})

    assert held == {3}
    assert again.gained == {3}


def test_whoever_leaves_has_no_share_and_leads_no_more(url: str, stack: ExitStack) -> None:
    """Fault T36: accounts that are kept for one that cannot work would be nobody's."""
    one, two = Program(url, stack), Program(url, stack)
    settled(one, two)
    one.shares.leave()

    def has_all() -> bool:
        return two.shares.look(WANTED).living == 1 and two.shares.slots == WANTED and two.shares.is_leader

    wait_until(has_all, what="the other one has everything")

    assert not one.shares.slots
    assert not one.shares.is_leader


def test_whoever_hears_nothing_gives_all_to_those_who_hear_and_leads_no_more(url: str, stack: ExitStack) -> None:
    one, two = Program(url, stack), Program(url, stack)
    settled(one, two)
    one.shares.hears = False
    counts = settled(one, two)
    deaf = (one.shares.is_leader, two.shares.is_leader)
    two.shares.hears = False
    settled(one, two)
    both_deaf = settled(one, two)
    one.shares.hears = two.shares.hears = True
    settled(one, two)

    assert counts == [0, len(WANTED)]
    assert deaf == (False, True)
    assert both_deaf == [3, 4]  # where nobody hears anything, it is as if all did
    assert settled(one, two) == [3, 4]


def test_nobody_shares_with_an_execution_of_an_earlier_version(url: str, postgresql: Server, stack: ExitStack) -> None:
    """Fault T36: of two machines one was brought up to date first."""
    one = Program(url, stack)
    with open_ledger(url) as earlier, earlier.session() as connection:
        assert connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({ALONE})").scalar()
        with pytest.raises(LedgerUnavailable, match="earlier version"):
            one.shares.look(WANTED)
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ALONE})")
        looked = one.shares.look(WANTED)
        may_come = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({ALONE})").scalar()

    assert looked.gained == WANTED
    assert not may_come


def test_the_schema_can_be_read_before_any_lock_is_taken(url: str, stack: ExitStack) -> None:
    one = Program(url, stack)
    one.ledger.check()

    with pytest.raises(LedgerUnavailable):
        one.write()


def test_there_are_never_more_locks_than_a_server_has_room_for() -> None:
    assert {slot_of(number) for number in range(1, 10_001)} == set(range(SLOTS))
    assert len({slot_of(number) for number in range(1, 1001)}) == 1000
