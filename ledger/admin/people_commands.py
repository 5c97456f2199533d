"""The owner's commands for those who trade: users, their accounts and portfolios.

Whoever may type them on this machine owns the ledger's file: they are the system's own, and see everybody.
"""

from datetime import UTC, datetime

import msgspec
from sqlalchemy import select

from ledger.admin.commands import Refused
from ledger.admin.open_books import listed, named, ready, spoken_to, user_named
from ledger.settings import Settings
from ledger.trading.enumerations import Role
from ledger.trading.people import users
from ledger.trading.people.accounts import NewAccount, create_account, list_accounts
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM
from ledger.trading.tables.people import brokers
from ledger.trading.work import Work


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a user.

    Attributes:
        role: What they may do from now on; None where nothing is said of it.
        is_approved: Whether they are let in.
        is_blocked: Whether they are shut out, or their request turned down.
        rename: What they are called from now on; None where nothing is said of it.
    """

    role: Role | None = None
    is_approved: bool = False
    is_blocked: bool = False
    rename: str | None = None


def add_user(settings: Settings, name: str, telegram_id: int, role: Role | None) -> list[str]:
    """Let a user in, or name one who came without a name; return what to tell.

    Args:
        settings: Where the ledger is.
        name: What the user is called.
        telegram_id: Their own number in Telegram, which is not their chat's in groups.
        role: What they may do; None for a trader, and for one who is in already for the role that they have.

    Raises:
        Refused: The user cannot be let in.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        for other in users.list_users(SYSTEM, connection):
            is_same, is_nameless = other.telegram_user_id == telegram_id, other.username == str(telegram_id)
            if (other.username == name) != is_same and not (is_same and is_nameless):
                raise Refused(
                    f"Telegram {other.telegram_user_id} is {other.username} here already; write both so, or neither"
                )
        asked = users.request(work, telegram_id, name, spoken=spoken_to(settings)).user
        users.rename_user(SYSTEM, work, asked.uid, name)
        user = users.approve(SYSTEM, work, asked.uid, role or _usual_role(asked), limit=settings.max_users)
    return [f"{user.username} is in, as {user.role}. Next: make add-account OWNER={user.username} NAME=… BROKER=PAPER"]


def change_user(settings: Settings, name: str, change: Change) -> list[str]:
    """Let a user in, shut one out, or change the role or the name; return what to tell.

    Args:
        settings: Where the ledger is.
        name: The user's name, or number in Telegram.
        change: What is to become of them; all of it, or nothing.

    Raises:
        Refused: There is no such user, nothing or a contradiction is asked for, or it would leave no active admin.
    """
    if change == Change():
        raise Refused("nothing is said to change; write ROLE=…, APPROVE=1, BLOCK=1 or RENAME=…")
    if change.is_blocked and (change.is_approved or change.role):
        raise Refused("BLOCK=1 shuts out, APPROVE=1 and ROLE=… are for who is in; write one of them")
    with ready(settings) as ledger, ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        user = user_named(connection, name)
        if change.rename:
            user = _rename(work, user, change.rename)
        if change.is_blocked:
            user = users.block(SYSTEM, work, user.uid)
        elif change.is_approved:
            role = change.role or _usual_role(user)
            user = users.approve(SYSTEM, work, user.uid, role, limit=settings.max_users)
        elif change.role:
            user = users.set_role(SYSTEM, work, user.uid, change.role)
    again = change.rename or name
    if user.status == "BLOCKED":
        return [f"{user.username} is blocked; the books stay. To let them in again: make user NAME={again} APPROVE=1"]
    if user.status == "REQUESTED":
        return [f"{user.username} waits to be let in. Next: make user NAME={again} APPROVE=1"]
    return [f"{user.username} is in, as {user.role}."]


def _rename(work: Work, user: User, name: str) -> User:
    """Give a user a name by which commands find nobody else; raises Refused."""
    for other in users.list_users(SYSTEM, work.connection):
        if other.uid != user.uid and name in {other.username, str(other.telegram_user_id)}:
            raise Refused(f"{name} is Telegram {other.telegram_user_id} here already; take another name")
    return users.rename_user(SYSTEM, work, user.uid, name)


def _usual_role(user: User) -> Role:
    """Return the role of one who is let in without a word about it: a trader, or what they were before."""
    return "trader" if user.status == "REQUESTED" else user.role


def add_account(settings: Settings, owner: str, new: NewAccount) -> list[str]:
    """Make an account, with a portfolio of its name; return what to tell.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        new: The account; its user is filled in.

    Raises:
        Refused: There is no such user, or no such account can be.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        user = user_named(connection, owner)
        known = connection.execute(select(brokers.c.code)).scalars().all()
        if new.broker not in known:
            raise Refused(f"there is no broker {new.broker}; {listed(known)}")
        account = create_account(SYSTEM, work, msgspec.structs.replace(new, user=user.uid))
        portfolio = create_portfolio(SYSTEM, work, NewPortfolio(account=account.uid, name=account.name))
    kind = "live" if new.is_live else "paper"
    return [
        f"{user.username} has the {kind} account {account.name} at {new.broker}, with a portfolio {portfolio.name}."
    ]


def add_portfolio(settings: Settings, owner: str, account: str, name: str) -> list[str]:
    """Make one more portfolio in an account; return what to tell.

    Args:
        settings: Where the ledger is.
        owner: The user's name.
        account: The account's name.
        name: The portfolio's.

    Raises:
        Refused: There is no such user or account, or the name is in use.
    """
    with ready(settings) as ledger, ledger.writing() as connection:
        user = user_named(connection, owner)
        accounts = list_accounts(SYSTEM, connection, user=user.uid)
        found = named(accounts, account, what="account", owner=user.username)
        work = Work(connection, datetime.now(UTC))
        create_portfolio(SYSTEM, work, NewPortfolio(account=found.uid, name=name))
    return [f"{user.username} has the portfolio {name} in {account}."]


def show_users(settings: Settings) -> list[str]:
    """Return a line for each user, account and portfolio."""
    lines = []
    with ready(settings) as ledger, ledger.reading() as connection:
        for user in users.list_users(SYSTEM, connection):
            lines.append(f"{user.username}: {user.role}, {user.status.lower()}, Telegram {user.telegram_user_id}")
            portfolios = list_portfolios(SYSTEM, connection, user=user.uid)
            for account in list_accounts(SYSTEM, connection, user=user.uid):
                own = ", ".join(each.name for each in portfolios if each.account == account.uid)
                kind = "live" if account.is_live else "paper"
                lines.append(f"  {account.name}: {account.broker}, {account.base_currency}, {kind}; portfolios: {own}")
    return lines or ["There are no users yet. Type: make add-user NAME=… TELEGRAM_ID=…"]
