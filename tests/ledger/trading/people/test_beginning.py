"""What a user begins with, and how many accounts there are at each broker."""

import pytest

from ledger.store import Ledger
from ledger.trading.errors import NotAllowed
from ledger.trading.people.accounts import archive_account, get_account, list_accounts
from ledger.trading.people.beginning import begin_on_paper
from ledger.trading.people.brokers import list_brokers
from ledger.trading.people.portfolios import get_portfolio, list_portfolios
from ledger.trading.principal import Principal
from tests.ledger.trading.world import ALICE, VERA, People, account, ask, do, portfolio, uid_of


def begins(ledger: Ledger, who: Principal, number: int) -> tuple[str, str]:
    """Let somebody begin; return the names of account and portfolio."""
    found = ask(ledger, get_portfolio, who, do(ledger, begin_on_paper, who, uid_of(ledger, number)))
    return ask(ledger, get_account, who, found.account).name, found.name


def test_everybody_begins_on_paper_once(ledger: Ledger, people: People) -> None:
    assert begins(ledger, people.alice, ALICE) == ("paper", "paper")
    assert begins(ledger, people.alice, ALICE) == ("paper", "paper")
    assert begins(ledger, people.boss, VERA) == ("paper", "paper")
    assert [each.is_live for each in ask(ledger, list_accounts, people.boss)] == [False, False]


def test_who_has_a_portfolio_keeps_it(ledger: Ledger, people: People) -> None:
    portfolio(ledger, people.alice, account(ledger, people.alice, "Big"), "Main")

    assert begins(ledger, people.alice, ALICE) == ("Big", "Main")
    assert len(ask(ledger, list_portfolios, people.alice)) == 1


def test_an_account_without_a_portfolio_gets_one(ledger: Ledger, people: People) -> None:
    account(ledger, people.alice, "Big")

    assert begins(ledger, people.alice, ALICE) == ("Big", "Big")


def test_names_that_archived_ones_have_are_not_taken_again(ledger: Ledger, people: People) -> None:
    for name in ("paper", "paper 2", "paper 3"):
        assert begins(ledger, people.alice, ALICE) == (name, name)
        [only] = ask(ledger, list_accounts, people.alice)
        do(ledger, archive_account, people.alice, only.uid)


def test_a_viewer_does_not_begin_alone(ledger: Ledger, people: People) -> None:
    with pytest.raises(NotAllowed):
        begins(ledger, people.vera, VERA)


def test_an_admin_sees_how_many_accounts_there_are_at_each_broker(ledger: Ledger, people: People) -> None:
    for name in ("one", "two"):
        account(ledger, people.alice, name)
    account(ledger, people.mallory, "three", broker="IBKR", is_live=True)
    gone = account(ledger, people.mallory, "four", broker="IBKR", is_live=True)
    do(ledger, archive_account, people.mallory, gone.uid)

    found = ask(ledger, list_brokers, people.boss)
    assert len({each.code for each in found}) == len(found) > 2
    assert {(each.code, each.paper, each.live) for each in found if each.paper or each.live} == {
        ("PAPER", 2, 0),
        ("IBKR", 0, 1),
    }
