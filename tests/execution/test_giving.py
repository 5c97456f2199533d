"""What an execution gives back when another one joins: first the accounts of which nothing is on its way."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack

import pytest

from execution.held import Held
from execution.sharing import GIVE_WITHIN_S, Sharing
from ledger.store import open_ledger
from tests.faults.false_time import FalseTime
from tests.ledger.trading.world import NOW, settle
from tests.postgresql import Server

ACCOUNTS = {"anns account", "bobs account"}


class Desks:
    """What is worked on, and what of it is on its way to a venue."""

    def __init__(self) -> None:
        """Work on nothing."""
        self.held: set[str] = set()
        self.flying: set[str] = set()
        self.leads = 0

    def hold(self, accounts: Collection[str]) -> None:
        """Work on these too."""
        self.held |= set(accounts)

    def drop(self, accounts: Collection[str]) -> None:
        """Work on these no more."""
        self.held -= set(accounts)

    def is_quiet(self, account: str) -> bool:
        """Tell whether nothing of an account is on its way."""
        return account not in self.flying

    def lead(self) -> None:
        """Count how often that has changed."""
        self.leads += 1


class One:
    """One execution."""

    def __init__(self, url: str, stack: ExitStack, time: FalseTime) -> None:
        """Take its place."""
        self.desks = Desks()
        self.sharing = Sharing(stack.enter_context(open_ledger(url)), url, time=time)
        self.sharing.take()

    def look(self, *, may_give: bool = True, hears: bool = True) -> set[str]:
        """Look, and return what is held then."""
        self.sharing.look(self.desks, may_give=may_give, hears=hears)
        assert all(self.sharing.held.has(each) for each in self.desks.held)
        return set(self.desks.held)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give what closes every ledger."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def url(postgresql: Server, migrated: str) -> str:
    """Give a ledger with two accounts."""
    url = postgresql.url(postgresql.new_database(like=migrated))
    with open_ledger(url) as ledger:
        settle(ledger)
    return url


def test_what_is_on_its_way_stays_and_the_quiet_account_goes(url: str, stack: ExitStack) -> None:
    time = FalseTime(NOW)
    first = One(url, stack, time)
    before = first.look()
    first.desks.flying.add("anns account")
    second = One(url, stack, time)
    second.look()
    after = first.look(), second.look()

    assert before == ACCOUNTS
    assert after == ({"anns account"}, {"bobs account"})
    assert (first.sharing.held.is_leader, second.sharing.held.is_leader) == (True, False)


def test_what_is_always_on_its_way_goes_after_a_while(url: str, stack: ExitStack) -> None:
    time = FalseTime(NOW)
    first = One(url, stack, time)
    first.look()
    first.desks.flying |= ACCOUNTS
    second = One(url, stack, time)
    second.look()
    at_first = first.look(), second.look()
    time.move_on(GIVE_WITHIN_S)
    later = first.look(), second.look()

    assert at_first == (ACCOUNTS, set())
    assert [len(each) for each in later] == [1, 1]
    assert later[0] | later[1] == ACCOUNTS


def test_nothing_is_given_while_something_heard_waits_to_be_written(url: str, stack: ExitStack) -> None:
    time = FalseTime(NOW)
    first = One(url, stack, time)
    first.look()
    second = One(url, stack, time)
    second.look()

    assert first.look(may_give=False) == ACCOUNTS


def test_one_that_is_cut_off_from_the_bus_gives_all_to_the_other_and_leads_no_more(url: str, stack: ExitStack) -> None:
    time = FalseTime(NOW)
    first = One(url, stack, time)
    first.look()
    second = One(url, stack, time)
    second.look()
    first.look()
    second.look()
    cut_off = first.look(hears=False), second.look()
    leads = first.sharing.held.is_leader, second.sharing.held.is_leader
    first.look()
    second.look()
    first.look()

    assert cut_off == (set(), ACCOUNTS)
    assert leads == (False, True)
    assert len(first.desks.held) == 1
    assert first.desks.leads == 1  # it ended to lead


def test_where_nobody_can_share_everything_is_held() -> None:
    held = Held()

    assert held.is_leader
    assert held.is_everything
    assert held.has("any account")
    assert held.has_portfolio(7)


def test_a_portfolio_is_held_with_its_account(url: str, stack: ExitStack) -> None:
    time = FalseTime(NOW)
    first = One(url, stack, time)
    first.look()
    first.desks.flying.add("anns account")
    One(url, stack, time)
    first.look()
    held = first.sharing.held

    assert held.has_portfolio("anns portfolio")
    assert not held.has_portfolio("bobs portfolio")
    assert not held.has_portfolio("nobodys portfolio")
