"""Accounts and portfolios: made, named, and put away when nothing is going on in them."""

from typing import Any, get_args

import pytest

from ledger.store import Ledger
from ledger.trading.enumerations import OrderStatus
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken, TradingError
from ledger.trading.orders.states import OPEN
from ledger.trading.people import accounts, portfolios, users
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import NewPortfolio
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables import people as tables
from tests.ledger.trading.world import (
    ALICE,
    MALLORY,
    People,
    account,
    ask,
    do,
    logged,
    portfolio,
    rows,
    uid_of,
    write_order,
    write_position,
)


@pytest.fixture
def main(ledger: Ledger, people: People) -> Portfolio:
    """Give Alice an account with a portfolio."""
    return portfolio(ledger, people.alice, account(ledger, people.alice))


def defaults(ledger: Ledger, who: Principal) -> list[str]:
    """Return the names of somebody's default portfolios."""
    mine = (row for row in rows(ledger, tables.portfolios) if row["user_id"] == who.user_id)
    return [row["name"] for row in mine if row["is_default"]]


def test_an_account_is_what_was_asked_for(ledger: Ledger, people: People) -> None:
    made = account(ledger, people.alice, "Shares", broker="BINGX", base_currency="USDT", account_uid="77", is_live=True)
    seen = ask(ledger, accounts.get_account, people.alice, made.uid)

    assert seen == made
    assert (made.user, made.broker, made.name) == (uid_of(ledger, ALICE), "BINGX", "Shares")
    assert (made.account_uid, made.base_currency, made.is_live, made.archived_at) == ("77", "USDT", True, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"broker": "NOBODY"}, "there is no broker NOBODY"),
        ({"is_live": True}, "PAPER has no live accounts"),
        ({"base_currency": "usd"}, "capital letters or digits, such as USD; not 'usd'"),
        ({"base_currency": "DOLLARUSD"}, "capital letters"),
        ({"account_uid": ""}, "an account's number has 1 to 64 signs"),
        ({"broker": "IBKR", "account_uid": "U123", "is_live": False}, "live account: those on paper begin with D; add"),
        (
            {"broker": "IBKR", "account_uid": "DU123", "is_live": True},
            "paper account: it begins with D; leave out LIVE=1",
        ),
        ({"name": ""}, "an account's name has 1 to 64 signs"),
        ({"name": "x" * 65}, "1 to 64 signs"),
        ({"name": " x"}, "no space at its ends"),
        ({"name": "a\nb"}, "no line breaks"),
        ({"name": "a\0b"}, "1 to 64 signs"),
        ({"name": "a\ud800"}, "1 to 64 signs"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_the_cure(
    ledger: Ledger, people: People, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(TradingError, match=said):
        account(ledger, people.alice, **wrong)
    assert rows(ledger, tables.accounts) == []


def test_a_number_at_a_broker_is_in_use_once_whoever_has_it_until_its_account_is_archived(
    ledger: Ledger, people: People
) -> None:
    number = {"broker": "BINGX", "account_uid": "VST77"}
    first = account(ledger, people.alice, "One", **number)
    for who, name in ((people.alice, "Two"), (people.mallory, "One")):
        with pytest.raises(Taken, match="account VST77 at BINGX is in use here already; archive the other one first"):
            account(ledger, who, name, **number)
    account(ledger, people.mallory, "Live", broker="BINGX", account_uid="77", is_live=True)
    account(ledger, people.mallory, "Elsewhere", broker="OKX", account_uid="VST77")
    do(ledger, accounts.archive_account, people.alice, first.uid)

    assert account(ledger, people.mallory, "Mine now", **number).account_uid == "VST77"


def test_a_number_that_tells_live_from_paper_is_taken_where_it_tells_the_truth(ledger: Ledger, people: People) -> None:
    paper = account(ledger, people.alice, "One", broker="IBKR", account_uid="DU123")
    live = account(ledger, people.alice, "Two", broker="IBKR", account_uid="U123", is_live=True)

    assert (paper.is_live, live.is_live) == (False, True)


def test_a_program_of_its_own_serves_one_account_until_that_is_archived(ledger: Ledger, people: People) -> None:
    theirs = {"broker": "BINGX", "base_currency": "USDT", "program": "broker-bingx-ann"}
    first = account(ledger, people.alice, "first", account_uid="1", is_live=True, **theirs)
    with pytest.raises(Taken, match="broker-bingx-ann serves another account"):
        account(ledger, people.mallory, "second", account_uid="2", is_live=True, **theirs)
    do(ledger, accounts.archive_account, people.alice, first.uid)
    second = account(ledger, people.mallory, "second", account_uid="2", is_live=True, **theirs)

    assert (first.served_by, second.served_by) == ("broker-bingx-ann", "broker-bingx-ann")
    assert account(ledger, people.alice, "paper").served_by == "broker-paper"


@pytest.mark.parametrize("program", ["broker-bingx", "broker-ibkr-ann", "ann", "execution"])
def test_a_program_that_is_none_of_a_further_account_is_refused(ledger: Ledger, people: People, program: str) -> None:
    with pytest.raises(Invalid, match="no program of a further account at BINGX"):
        account(ledger, people.alice, broker="BINGX", base_currency="USDT", program=program)


def test_accounts_without_a_number_do_not_collide(ledger: Ledger, people: People) -> None:
    made = [account(ledger, people.alice, name) for name in ("One", "Two")]

    assert [each.account_uid for each in made] == [None, None]


def test_names_are_a_users_own_and_stay_taken_by_what_is_archived(ledger: Ledger, people: People) -> None:
    first = account(ledger, people.alice, "Paper")
    account(ledger, people.mallory, "Paper")
    do(ledger, accounts.archive_account, people.alice, first.uid)
    second = account(ledger, people.alice, "Other")

    with pytest.raises(Taken, match="there is an account Paper already, perhaps among the archived"):
        account(ledger, people.alice, "Paper")
    with pytest.raises(Taken):
        do(ledger, accounts.rename_account, people.alice, second.uid, "Paper")
    do(ledger, accounts.rename_account, people.alice, first.uid, "Old paper")
    assert do(ledger, accounts.rename_account, people.alice, second.uid, "Paper").name == "Paper"


def test_an_account_for_another_user_is_made_by_an_admin_alone(ledger: Ledger, people: People) -> None:
    alice = uid_of(ledger, ALICE)
    made = [account(ledger, who, str(number), user=alice) for number, who in enumerate((people.boss, SYSTEM))]

    assert [each.user for each in made] == [alice, alice]
    with pytest.raises(NotFound, match=f"there is no user {alice}"):
        account(ledger, people.mallory, user=alice)
    with pytest.raises(NotFound):
        account(ledger, SYSTEM)
    do(ledger, users.block, people.boss, uid_of(ledger, MALLORY))
    with pytest.raises(Invalid, match="is blocked, not active; approve them first"):
        account(ledger, people.boss, user=uid_of(ledger, MALLORY))


def test_a_viewer_makes_and_changes_nothing(ledger: Ledger, people: People) -> None:
    viewing = Principal(user_id=people.alice.user_id, role="viewer")
    one = account(ledger, people.alice)
    main = portfolio(ledger, people.alice, one)
    changes: list[Any] = [
        (accounts.rename_account, one.uid, "x"),
        (accounts.archive_account, one.uid),
        (portfolios.create_portfolio, NewPortfolio(account=one.uid, name="x")),
        (portfolios.rename_portfolio, main.uid, "x"),
        (portfolios.describe_portfolio, main.uid, "x"),
        (portfolios.set_default, main.uid),
        (portfolios.archive_portfolio, main.uid),
    ]
    for service, *values in changes:
        with pytest.raises(NotAllowed, match="a viewer changes nothing"):
            do(ledger, service, viewing, *values)
    with pytest.raises(NotAllowed):
        account(ledger, viewing)
    assert ask(ledger, portfolios.list_portfolios, viewing) == (main,)


def test_the_first_portfolio_is_the_default_and_there_is_always_just_one(ledger: Ledger, people: People) -> None:
    inside = account(ledger, people.alice)
    main, other = (portfolio(ledger, people.alice, inside, name) for name in ("Main", "Other"))
    portfolio(ledger, people.mallory, account(ledger, people.mallory), "Hers")
    first = defaults(ledger, people.alice)
    do(ledger, portfolios.set_default, people.alice, other.uid)
    do(ledger, portfolios.set_default, people.alice, other.uid)

    assert (main.is_default, other.is_default, first) == (True, False, ["Main"])
    assert defaults(ledger, people.alice) == ["Other"]
    assert defaults(ledger, people.mallory) == ["Hers"]


def test_the_default_is_not_archived_before_another_one_is_the_default(
    ledger: Ledger, people: People, main: Portfolio
) -> None:
    other = portfolio(ledger, people.alice, account(ledger, people.alice, "Second"), "Other")

    with pytest.raises(Invalid, match="portfolio Main is the default; make another one the default first"):
        do(ledger, portfolios.archive_portfolio, people.alice, main.uid)
    with pytest.raises(Invalid, match="make another one the default first"):
        do(ledger, accounts.archive_account, people.alice, main.account)
    do(ledger, portfolios.set_default, people.alice, other.uid)
    archived = do(ledger, portfolios.archive_portfolio, people.alice, main.uid)

    assert archived.archived_at is not None
    assert do(ledger, portfolios.archive_portfolio, people.alice, main.uid) == archived
    with pytest.raises(Invalid, match="is archived; choose one that is not"):
        do(ledger, portfolios.set_default, people.alice, main.uid)


def test_an_archived_portfolio_keeps_its_name_and_is_listed_on_demand(
    ledger: Ledger, people: People, main: Portfolio
) -> None:
    inside = ask(ledger, accounts.get_account, people.alice, main.account)
    other = portfolio(ledger, people.alice, inside, "Other")
    do(ledger, portfolios.archive_portfolio, people.alice, other.uid)

    with pytest.raises(Taken, match="there is a portfolio Other already, perhaps among the archived"):
        portfolio(ledger, people.alice, inside, "Other")
    assert [each.name for each in ask(ledger, portfolios.list_portfolios, people.alice)] == ["Main"]
    assert len(ask(ledger, portfolios.list_portfolios, people.alice, archived=True)) == 2


def test_an_account_goes_with_all_its_portfolios_and_a_new_life_begins_with_a_new_default(
    ledger: Ledger, people: People, main: Portfolio
) -> None:
    gone = do(ledger, accounts.archive_account, people.alice, main.account)
    again = do(ledger, accounts.archive_account, people.alice, main.account)

    assert gone.archived_at is not None
    assert again == gone
    assert ask(ledger, portfolios.list_portfolios, people.alice) == ()
    assert ask(ledger, accounts.list_accounts, people.alice) == ()
    assert ask(ledger, accounts.list_accounts, people.alice, archived=True) == (gone,)
    with pytest.raises(NotFound):
        portfolio(ledger, people.alice, gone, "Late")
    assert portfolio(ledger, people.alice, account(ledger, people.alice, "New"), "First").is_default


@pytest.mark.parametrize("status", get_args(OrderStatus))
def test_nothing_is_archived_while_an_order_of_it_may_still_be_filled(
    ledger: Ledger, people: People, main: Portfolio, status: OrderStatus
) -> None:
    """Fault T39: archived with open orders."""
    write_order(ledger, main.uid, status)
    if status in OPEN:
        with pytest.raises(Invalid, match=r"account Paper is in use \(open orders: 1, open positions: 0\); cancel"):
            do(ledger, accounts.archive_account, people.alice, main.account)
        with pytest.raises(Invalid, match=r"portfolio Main is in use \(open orders: 1, open positions: 0\)"):
            do(ledger, portfolios.archive_portfolio, people.alice, main.uid)
    else:
        assert do(ledger, accounts.archive_account, people.alice, main.account).archived_at is not None


@pytest.mark.parametrize("quantity", ["-0.1", "0", "1"])
def test_nothing_is_archived_while_it_holds_something(
    ledger: Ledger, people: People, main: Portfolio, quantity: str
) -> None:
    write_position(ledger, main.uid, quantity)
    if quantity == "0":
        assert do(ledger, accounts.archive_account, people.alice, main.account).archived_at is not None
        return
    write_order(ledger, main.uid)
    with pytest.raises(Invalid, match=r"\(open orders: 1, open positions: 1\); cancel and close them first"):
        do(ledger, accounts.archive_account, people.alice, main.account)
    assert ask(ledger, accounts.get_account, people.alice, main.account).archived_at is None


def test_a_portfolio_is_renamed_and_described(ledger: Ledger, people: People, main: Portfolio) -> None:
    do(ledger, portfolios.rename_portfolio, people.alice, main.uid, "Growth")
    described = do(ledger, portfolios.describe_portfolio, people.alice, main.uid, "slow\r\nand steady")

    assert (described.name, described.description) == ("Growth", "slow\nand steady")
    for wrong in ("x" * 501, "a\0"):
        with pytest.raises(Invalid, match="at most 500 signs"):
            do(ledger, portfolios.describe_portfolio, people.alice, main.uid, wrong)


def test_an_admin_acts_for_others_and_can_look_at_one_user_alone(
    ledger: Ledger, people: People, main: Portfolio
) -> None:
    hers = portfolio(ledger, people.mallory, account(ledger, people.mallory), "Hers")
    inside = ask(ledger, accounts.get_account, people.boss, main.account)
    made = portfolio(ledger, people.boss, inside, "By the boss")

    assert made.user == main.user
    assert ask(ledger, portfolios.list_portfolios, people.boss) == (main, hers, made)
    assert ask(ledger, portfolios.list_portfolios, people.boss, user=main.user) == (main, made)
    assert ask(ledger, portfolios.list_portfolios, people.mallory, user=main.user) == ()
    assert len(ask(ledger, accounts.list_accounts, people.boss, user=main.user)) == 1


def test_what_happens_to_an_account_and_its_portfolios_is_in_its_own_chain(
    ledger: Ledger, people: People, main: Portfolio
) -> None:
    do(ledger, portfolios.rename_portfolio, people.alice, main.uid, "Growth")
    do(ledger, accounts.rename_account, people.alice, main.account, "Mine")
    do(ledger, accounts.rename_account, people.alice, main.account, "Mine")
    do(ledger, accounts.archive_account, people.alice, main.account)

    assert [entry for entry in logged(ledger) if entry[0] != "system"] == [
        ("account:1", "account", "created"),
        ("account:1", "portfolio", "created"),
        ("account:1", "portfolio", "renamed"),
        ("account:1", "account", "renamed"),
        ("account:1", "account", "archived"),
    ]
