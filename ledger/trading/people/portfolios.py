"""Portfolios: the headings under which a user trades in an account; one account may have several.

One of a user's portfolios that are not archived is the default, from the first on. Names are a user's own and stay
taken, by archived portfolios too.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, true

from ledger.trading import audit
from ledger.trading.errors import Invalid, NotFound, Taken
from ledger.trading.people.idle import must_be_idle
from ledger.trading.people.portfolio_rows import Portfolio, as_portfolio, portfolio_row, select_portfolios
from ledger.trading.principal import Principal, must_trade, owned
from ledger.trading.tables.people import accounts, portfolios, users
from ledger.trading.words import a_description, a_name
from ledger.trading.work import Work


class NewPortfolio(msgspec.Struct, frozen=True, kw_only=True):
    """A portfolio to make; it belongs to the user of its account, for ever.

    Attributes:
        account: The uid of its account.
        name: What its user calls it.
        description: What it is for; may be empty.
    """

    account: str
    name: str
    description: str = ""


def create_portfolio(principal: Principal, work: Work, new: NewPortfolio) -> Portfolio:
    """Make a portfolio; a user's first becomes the default.

    Args:
        principal: Whose account it is, and who may trade; or an admin.
        work: What this is written with.
        new: The portfolio.

    Returns:
        The portfolio as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such account, or it is archived.
        Taken: The user has one of this name.
        Invalid: The name or description cannot be one.
    """
    must_trade(principal)
    connection = work.connection
    mine = owned(principal, accounts.c.user_id)
    in_use = select(accounts).where(accounts.c.uid == new.account, accounts.c.archived_at.is_(None), mine)
    account = connection.execute(in_use).first()
    if account is None:
        raise NotFound("account", new.account)
    has_default = (portfolios.c.user_id == account.user_id, portfolios.c.is_default == true())
    values: dict[str, object] = {
        "uid": audit.new_uid(),
        "user_id": account.user_id,
        "account_id": account.id,
        "name": _free_name(connection, account.user_id, new.name),
        "description": a_description(new.description),
        "is_default": connection.execute(select(portfolios.c.id).where(*has_default)).first() is None,
        "created_at": work.now,
    }
    connection.execute(portfolios.insert().values(values))
    row = portfolio_row(principal, connection, str(values["uid"]))
    said = {"account": new.account, "name": row.name, "description": row.description}
    _log(principal, work, row, "created", {**said, "is_default": row.is_default})
    return as_portfolio(row)


def rename_portfolio(principal: Principal, work: Work, uid: str, name: str) -> Portfolio:
    """Give a portfolio another name.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The portfolio.
        name: The name from now on.

    Returns:
        The portfolio as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such portfolio.
        Taken: Its user has another of this name.
        Invalid: The name cannot be one.
    """
    must_trade(principal)
    row = portfolio_row(principal, work.connection, uid)
    if row.name == name:
        return as_portfolio(row)
    free = _free_name(work.connection, row.user_id, name)
    _update(work, row, name=free)
    _log(principal, work, row, "renamed", {"name": name, "name_before": row.name})
    return get_portfolio(principal, work.connection, uid)


def describe_portfolio(principal: Principal, work: Work, uid: str, description: str) -> Portfolio:
    """Say what a portfolio is for.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The portfolio.
        description: The text from now on; may be empty.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such portfolio.
        Invalid: The text is too long, or cannot be kept.
    """
    must_trade(principal)
    row = portfolio_row(principal, work.connection, uid)
    _update(work, row, description=a_description(description))
    _log(principal, work, row, "described", {"description": a_description(description)})
    return get_portfolio(principal, work.connection, uid)


def set_default(principal: Principal, work: Work, uid: str) -> Portfolio:
    """Make a portfolio the one that is meant where none is named.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The portfolio.

    Returns:
        The portfolio as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such portfolio.
        Invalid: It is archived.
    """
    must_trade(principal)
    row = portfolio_row(principal, work.connection, uid)
    if row.archived_at is not None:
        raise Invalid.of("portfolio_archived", name=row.name)
    if row.is_default:
        return as_portfolio(row)
    old = portfolios.update().where(portfolios.c.user_id == row.user_id, portfolios.c.is_default == true())
    work.connection.execute(old.values(is_default=False))  # first: there are never two, not within a transaction either
    _update(work, row, is_default=True)
    _log(principal, work, row, "made default", {})
    return get_portfolio(principal, work.connection, uid)


def archive_portfolio(principal: Principal, work: Work, uid: str) -> Portfolio:
    """Put a portfolio away: nothing is traded there again, and all of it can be read.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The portfolio.

    Returns:
        The portfolio; an archived one stays as it is.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such portfolio.
        Invalid: An order or position is open there, or it is the default; a user's last goes with its account.
    """
    must_trade(principal)
    row = portfolio_row(principal, work.connection, uid)
    if row.archived_at is not None:
        return as_portfolio(row)
    must_be_idle(work.connection, [row.id], what="portfolio", name=row.name)
    if row.is_default:
        raise Invalid.of("portfolio_default", name=row.name)
    no_longer = users.update().where(users.c.id == row.user_id, users.c.chosen_portfolio_id == row.id)
    work.connection.execute(no_longer.values(chosen_portfolio_id=None))
    _update(work, row, archived_at=work.now)
    _log(principal, work, row, "archived", {})
    return get_portfolio(principal, work.connection, uid)


def list_portfolios(
    principal: Principal, connection: Connection, *, user: str | None = None, archived: bool = False
) -> tuple[Portfolio, ...]:
    """Return portfolios, in the order in which they were made.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
        user: The uid of whose; None for all that the asker may see.
        archived: Whether archived ones are among them.
    """
    wanted = (
        owned(principal, portfolios.c.user_id),
        true() if user is None else users.c.uid == user,
        true() if archived else portfolios.c.archived_at.is_(None),
    )
    return tuple(map(as_portfolio, connection.execute(select_portfolios().where(*wanted).order_by(portfolios.c.id))))


def get_portfolio(principal: Principal, connection: Connection, uid: str) -> Portfolio:
    """Return a portfolio.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The portfolio.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    return as_portfolio(portfolio_row(principal, connection, uid))


def portfolio_in_use(principal: Principal, connection: Connection) -> Portfolio:
    """Return the portfolio that the asker's commands act on: the chosen one, else the default.

    Args:
        principal: Who asks; of an admin, too, it is their own.
        connection: Any connection to the ledger.

    Raises:
        NotFound: The asker has no portfolio.
    """
    mine = select_portfolios().where(portfolios.c.user_id == principal.user_id, portfolios.c.archived_at.is_(None))
    chosen = portfolios.c.id == users.c.chosen_portfolio_id
    for wanted in (chosen, portfolios.c.is_default == true()):
        if (row := connection.execute(mine.where(wanted)).first()) is not None:
            return as_portfolio(row)
    raise NotFound("portfolio", "of yours yet; make an account and a portfolio first")


def _update(work: Work, row: Row[Any], **changed: object) -> None:
    """Write some columns of a portfolio."""
    work.connection.execute(portfolios.update().where(portfolios.c.id == row.id).values(changed))


def _free_name(connection: Connection, owner: int, name: str) -> str:
    """Return a name that none of a user's portfolios has; raises Taken and Invalid."""
    same = (portfolios.c.user_id == owner, portfolios.c.name == a_name("a portfolio's name", name))
    if connection.execute(select(portfolios.c.id).where(*same)).first():
        raise Taken.of("portfolio_taken", name=name)
    return name


def _log(principal: Principal, work: Work, row: Row[Any], action: str, details: dict[str, object]) -> None:
    """Add a row to the chain of the portfolio's account."""
    entry = audit.Entry(
        entity_type="portfolio", entity_id=row.uid, action=action, details=details, account_id=row.account_id
    )
    audit.log(principal, work, entry)
