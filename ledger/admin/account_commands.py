"""The owner's commands for accounts with a program of their own, as `make account` calls them.

Each may be called again after an interruption: what is done already stays, and is said.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from itertools import count

import msgspec
from sqlalchemy import Connection

from bus.broker_names import code_of
from ledger.admin.commands import Refused
from ledger.admin.open_books import ready, user_named
from ledger.settings import Settings
from ledger.trading.people.accounts import Account, NewAccount, archive_account, create_account, list_accounts
from ledger.trading.people.brokers import is_live_number
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work


def further_account(settings: Settings, owner: str, new: NewAccount) -> list[str]:
    """Make an account that a program of its own serves, with a portfolio; return what to tell.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        new: The account, with its program; its user is filled in, and a number behind its name where that is taken.

    Raises:
        Refused: There is no such user, the program serves another account, or the number is in use.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        user = user_named(connection, owner)
        known = _served_by(connection, new.program or "")
        if known is not None:
            same = (user.uid, new.account_uid, new.is_live)
            if (known.user, known.account_uid, known.is_live) != same:
                raise Refused(f"{new.program} serves the account {known.account_uid} of somebody; take another name")
            return [f"{user.username} has the account {known.name} already."]
        work, told = Work(connection, datetime.now(UTC)), _told_kind(connection, new)
        if told not in {None, new.is_live}:
            raise Refused(f"{new.account_uid} is not the number of a {_kind(is_live=new.is_live)} account")
        mine = list_accounts(SYSTEM, connection, user=user.uid, archived=True)
        name = _free(new.name, [each.name for each in mine])
        account = create_account(SYSTEM, work, msgspec.structs.replace(new, user=user.uid, name=name))
        portfolios = list_portfolios(SYSTEM, connection, user=user.uid, archived=True)
        wanted = NewPortfolio(account=account.uid, name=_free(name, [each.name for each in portfolios]))
        portfolio = create_portfolio(SYSTEM, work, wanted)
    kind = _kind(is_live=new.is_live)
    return [
        f"{user.username} has the {kind} account {account.name} at {new.broker}, number {new.account_uid}, with a "
        f"portfolio {portfolio.name}."
    ]


def numbered_account(settings: Settings, owner: str, new: NewAccount) -> list[str]:
    """Make an account whose number nobody here can prove, as `further_account` does; the number tells its kind.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        new: The account; whether it is live counts where its broker's numbers do not tell.

    Returns:
        What to tell, a line each.

    Raises:
        Refused: As of `further_account`.
    """
    with ready(settings) as ledger, ledger.reading() as connection:
        told = _told_kind(connection, new)
    is_live = new.is_live if told is None else told
    return further_account(settings, owner, msgspec.structs.replace(new, is_live=is_live))


def remove_account(settings: Settings, program: str) -> list[str]:
    """Put the account away that a program serves; its books stay.

    Args:
        settings: Where the ledger is.
        program: The program.

    Returns:
        What to tell, a line each.

    Raises:
        Refused: Something is open there, or it holds the default portfolio of a user with others.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        known = _served_by(connection, program)
        if known is None:
            return [f"No account of the books is served by {program}."]
        archive_account(SYSTEM, Work(connection, datetime.now(UTC)), known.uid)
    return [f"The account {known.name} is archived; its books stay, and can be read."]


def _served_by(connection: Connection, program: str) -> Account | None:
    """Return the account that a program of its own serves."""
    every = list_accounts(SYSTEM, connection)
    return next((each for each in every if each.program == program and code_of(program) == each.broker), None)


def _told_kind(connection: Connection, new: NewAccount) -> bool | None:
    """Return whether the number of a new account says that it is live; None where it does not tell."""
    return is_live_number(SYSTEM, connection, new.broker, new.account_uid or "")


def _kind(*, is_live: bool) -> str:
    """Return what the money of an account is called."""
    return "live" if is_live else "paper"


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number behind it where the name itself is taken."""
    return name if name not in taken else next(each for n in count(2) if (each := f"{name} {n}") not in taken)
