"""What a user begins with: a portfolio on paper, so that whoever is let in has something to trade in."""

from collections.abc import Collection
from itertools import count

from ledger.trading.people.accounts import PAPER, NewAccount, create_account, list_accounts
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.principal import Principal
from ledger.trading.work import Work

PAPER_NAME = "paper"
PAPER_CURRENCY = "USD"


def begin_on_paper(principal: Principal, work: Work, user: str) -> str:
    """Return a user's default portfolio; where there is none, an account on paper is made, and a portfolio in it.

    Args:
        principal: Who may trade; for another user only an admin.
        work: What this is written with.
        user: The uid of an active user.

    Returns:
        The portfolio's uid.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: There is no such user for the asker.
    """
    connection = work.connection
    mine = list_portfolios(principal, connection, user=user)
    if mine:
        return next((each.uid for each in mine if each.is_default), mine[0].uid)
    ever = list_accounts(principal, connection, user=user, archived=True)
    account = next((each for each in ever if each.archived_at is None), None)
    if account is None:
        name = _free(PAPER_NAME, [each.name for each in ever])
        new = NewAccount(broker=PAPER, name=name, base_currency=PAPER_CURRENCY, is_live=False, user=user)
        account = create_account(principal, work, new)
    taken = [each.name for each in list_portfolios(principal, connection, user=user, archived=True)]
    portfolio = NewPortfolio(account=account.uid, name=_free(account.name, taken))
    return create_portfolio(principal, work, portfolio).uid


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where the name itself is taken, by what is archived too."""
    return name if name not in taken else next(each for n in count(2) if (each := f"{name} {n}") not in taken)
