"""The accounts that the settings name: made once, the default of a fresh ledger alone, and never moved or taken."""

from typing import Any

import pytest

from bus.chats import ChatIds
from execution.settings import Settings
from execution.setup import set_up
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.people.accounts import Account, archive_account, list_accounts
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios, set_default
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.limits import Limits
from ledger.trading.risk.policies import limits_for
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.world import ALICE, BOSS, NOW, account, ask, do, let_in, rows

PAPER, LIVE, OTHER = "DU1234567", "U1234567", "DU7654321"


def begin(ledger: Ledger, number: str = "", **changes: Any) -> None:
    """Start with an account in the settings, in a private chat of an admin."""
    usual: dict[str, Any] = {"trading": "paper", "telegram_chat_id": ChatIds((str(BOSS),)), "ib_account": number}
    set_up(ledger, Settings(**{**usual, **changes}), now=NOW)


def accounts(ledger: Ledger) -> list[tuple[str, str | None, bool]]:
    """Return the names, numbers and kinds of all accounts, oldest first."""
    found: tuple[Account, ...] = ask(ledger, list_accounts, SYSTEM)
    return [(each.name, each.account_uid, each.is_live) for each in found]


def portfolios(ledger: Ledger) -> list[tuple[str, bool]]:
    """Return the names of all portfolios, and which is the default."""
    found: tuple[Portfolio, ...] = ask(ledger, list_portfolios, SYSTEM)
    return [(each.name, each.is_default) for each in found]


def told(ledger: Ledger) -> list[str]:
    """Return the messages in the outbox."""
    return [str(each["text"]) for each in rows(ledger, outbox)]


def home(ledger: Ledger) -> str:
    """Return the name of the portfolio that the default strategy trades in."""
    [strategy] = ask(ledger, list_strategies, SYSTEM)
    return next(each.name for each in ask(ledger, list_portfolios, SYSTEM) if each.uid == strategy.portfolio)


@pytest.mark.parametrize(("number", "is_live"), [(PAPER, False), (LIVE, True)])
def test_on_a_fresh_ledger_the_account_of_the_settings_is_the_default(
    books: Ledger, number: str, is_live: bool
) -> None:
    begin(books, number, default_max_open_positions=3)
    [portfolio] = ask(books, list_portfolios, SYSTEM)

    assert accounts(books) == [("ib", number, is_live)]
    assert portfolios(books) == [("ib", True)]
    assert home(books) == "ib"
    assert ask(books, limits_for, SYSTEM, portfolio=portfolio.uid).limits == Limits(max_open_positions=3)
    assert told(books) == []


def test_a_second_start_changes_nothing(books: Ledger) -> None:
    begin(books, PAPER)
    before = rows(books, audit_log)
    begin(books, PAPER)

    assert rows(books, audit_log) == before


def test_where_somebody_trades_already_nothing_is_moved_and_the_new_account_is_told_once(books: Ledger) -> None:
    begin(books, default_max_open_positions=3)
    begin(books, PAPER, default_max_open_positions=3)
    begin(books, PAPER, default_max_open_positions=3)

    assert accounts(books) == [("paper", None, False), ("ib", PAPER, False)]
    assert portfolios(books) == [("paper", True), ("ib", False)]
    assert home(books) == "paper"
    assert len(told(books)) == 1
    assert "/portfolio ib, then /strategy new" in told(books)[0]


def test_another_number_is_another_account_and_the_first_stays(books: Ledger) -> None:
    begin(books, PAPER)
    begin(books, LIVE)
    begin(books, OTHER)

    assert accounts(books) == [("ib", PAPER, False), ("ib 2", LIVE, True), ("ib 3", OTHER, False)]
    assert portfolios(books) == [("ib", True), ("ib 2", False), ("ib 3", False)]


def test_a_number_that_another_user_has_is_told_and_not_made(books: Ledger) -> None:
    alice = let_in(books, ALICE)
    account(books, alice, "mine", broker="IBKR", account_uid=PAPER)
    begin(books, PAPER)
    begin(books, PAPER)

    assert accounts(books) == [("mine", PAPER, False), ("paper", None, False)]
    assert [each for each in told(books) if "another user" in each] == told(books)
    assert len(told(books)) == 1


def test_an_account_that_was_put_away_stays_so_and_that_is_told(books: Ledger) -> None:
    begin(books)
    begin(books, PAPER)
    [_, mine] = ask(books, list_accounts, SYSTEM)
    do(books, archive_account, SYSTEM, mine.uid)
    begin(books, PAPER)

    assert accounts(books) == [("paper", None, False)]
    assert "was archived here" in told(books)[-1]


def test_who_has_chosen_another_default_keeps_it(books: Ledger) -> None:
    begin(books)
    begin(books, PAPER)
    [_, ib] = ask(books, list_portfolios, SYSTEM)
    do(books, set_default, SYSTEM, ib.uid)
    begin(books, PAPER)

    assert portfolios(books) == [("paper", False), ("ib", True)]
    assert home(books) == "paper"
