"""Accounts: a user's accounts at brokers. An account is paper for ever or live for ever; going live is a new one.

Names are a user's own and stay taken, by archived accounts too. The number that an account has at its broker is in use
once, whoever has it: two books of the same money would both be wrong. Paper and live are apart in this, since there are
venues whose pretend account bears the number of the true one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select, true

from bus.broker_names import code_of, default_program, name_of
from ledger.trading import audit
from ledger.trading.errors import Invalid, NotFound, Taken
from ledger.trading.people.idle import must_be_idle
from ledger.trading.people.users import owner_id
from ledger.trading.principal import Principal, must_trade, owned
from ledger.trading.tables.people import accounts, brokers, portfolios, users
from ledger.trading.words import a_currency, a_name
from ledger.trading.work import Work

PAPER = "PAPER"
"""The broker that is no venue: it has no live accounts."""


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account to make.

    Attributes:
        broker: The broker's code.
        name: What its user calls it.
        base_currency: In which it counts.
        is_live: Whether its money is real.
        account_uid: Its number at the broker; None where it has none.
        user: The uid of whose it is; None for the asker's.
        program: Which program serves it; None for the default one of its broker.
    """

    broker: str
    name: str
    base_currency: str
    is_live: bool
    account_uid: str | None = None
    user: str | None = None
    program: str | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account; fields as in `NewAccount`, and whether and when it was archived."""

    uid: str
    user: str
    broker: str
    name: str
    account_uid: str | None
    base_currency: str
    is_live: bool
    archived_at: datetime | None
    created_at: datetime
    program: str | None = None

    @property
    def served_by(self) -> str:
        """The program that serves it."""
        return self.program or default_program(self.broker)


def create_account(principal: Principal, work: Work, new: NewAccount) -> Account:
    """Make an account.

    Args:
        principal: Who may trade; for another user only an admin.
        work: What this is written with.
        new: The account.

    Returns:
        The account as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: There is no such broker, or no such user for the asker.
        Taken: The user has one of this name, or the number at the broker, or the program, is in use.
        Invalid: A name, number or currency cannot be one, or the broker has no live accounts, or the number is one of
            the other kind.
    """
    must_trade(principal)
    connection = work.connection
    owner = owner_id(principal, connection, new.user)
    values: dict[str, object] = {
        "uid": audit.new_uid(),
        "user_id": owner,
        "broker_id": _broker_id(connection, new),
        "name": _free_name(connection, owner, new.name),
        "account_uid": None if new.account_uid is None else a_name("an account's number", new.account_uid),
        "base_currency": a_currency(new.base_currency),
        "is_live": new.is_live,
        "created_at": work.now,
        "program": None if new.program is None else _free_program(connection, new),
    }
    _must_be_free(connection, new, values)
    connection.execute(accounts.insert().values(values))
    row = _row(principal, connection, str(values["uid"]))
    said = {"broker": new.broker, "name": new.name, "account_uid": new.account_uid, "is_live": new.is_live}
    served = {} if new.program is None else {"program": new.program}
    _log(principal, work, row, "created", {**said, "base_currency": new.base_currency, **served})
    return _account(row)


def rename_account(principal: Principal, work: Work, uid: str, name: str) -> Account:
    """Give an account another name.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The account.
        name: The name from now on.

    Returns:
        The account as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such account.
        Taken: Its user has another of this name.
        Invalid: The name cannot be one.
    """
    must_trade(principal)
    row = _row(principal, work.connection, uid)
    if row.name == name:
        return _account(row)
    free = _free_name(work.connection, row.user_id, name)
    work.connection.execute(accounts.update().where(accounts.c.id == row.id).values(name=free))
    _log(principal, work, row, "renamed", {"name": name, "name_before": row.name})
    return get_account(principal, work.connection, uid)


def archive_account(principal: Principal, work: Work, uid: str) -> Account:
    """Put an account away, and its portfolios with it: nothing is traded there again, and all of it can be read.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The account.

    Returns:
        The account; an archived one stays as it is.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such account.
        Invalid: An order or position is open there, or the user's default portfolio is there and others are not.
    """
    must_trade(principal)
    row = _row(principal, work.connection, uid)
    if row.archived_at is not None:
        return _account(row)
    inside = work.connection.execute(select(portfolios).where(portfolios.c.account_id == row.id)).all()
    must_be_idle(work.connection, [each.id for each in inside], what="account", name=row.name)
    of_user, elsewhere = portfolios.c.user_id == row.user_id, portfolios.c.account_id != row.id
    remaining = select(portfolios.c.id).where(of_user, elsewhere, portfolios.c.archived_at.is_(None))
    default = next((each.name for each in inside if each.is_default), None)
    if default is not None and work.connection.execute(remaining).first():
        raise Invalid.of("account_default", name=default, account=row.name)
    going = [each for each in inside if each.archived_at is None]
    put_away = {"archived_at": work.now, "is_default": False}
    numbers = [each.id for each in going]
    work.connection.execute(portfolios.update().where(portfolios.c.id.in_(numbers)).values(put_away))
    no_longer = users.update().where(users.c.id == row.user_id, users.c.chosen_portfolio_id.in_(numbers))
    work.connection.execute(no_longer.values(chosen_portfolio_id=None))
    work.connection.execute(accounts.update().where(accounts.c.id == row.id).values(archived_at=work.now))
    _log(principal, work, row, "archived", {"portfolios": [each.uid for each in going]})
    return get_account(principal, work.connection, uid)


def list_accounts(
    principal: Principal, connection: Connection, *, user: str | None = None, archived: bool = False
) -> tuple[Account, ...]:
    """Return accounts, in the order in which they were made.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
        user: The uid of whose; None for all that the asker may see.
        archived: Whether archived ones are among them.
    """
    wanted = (
        owned(principal, accounts.c.user_id),
        true() if user is None else users.c.uid == user,
        true() if archived else accounts.c.archived_at.is_(None),
    )
    return tuple(map(_account, connection.execute(_accounts().where(*wanted).order_by(accounts.c.id))))


def get_account(principal: Principal, connection: Connection, uid: str) -> Account:
    """Return an account.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The account.

    Raises:
        NotFound: The asker has no such account.
    """
    return _account(_row(principal, connection, uid))


def _accounts() -> Select[Any]:
    """Return the statement that reads accounts, with the code of the broker and the uid of the user."""
    return (
        select(accounts, brokers.c.code.label("broker"), users.c.uid.label("user"))
        .join(brokers, brokers.c.id == accounts.c.broker_id)
        .join(users, users.c.id == accounts.c.user_id)
    )


def _row(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return an account's row; raises NotFound where the asker has none such."""
    wanted = (accounts.c.uid == uid, owned(principal, accounts.c.user_id))
    row = connection.execute(_accounts().where(*wanted)).first()
    if row is None:
        raise NotFound("account", uid)
    return row


def _account(row: Row[Any]) -> Account:
    """Return an account as others see it."""
    return Account(**{field: getattr(row, field) for field in Account.__struct_fields__})


def _broker_id(connection: Connection, new: NewAccount) -> int:
    """Return the broker of a new account; raises NotFound, and Invalid where its money is not what is said."""
    row = connection.execute(select(brokers).where(brokers.c.code == new.broker)).first()
    if row is None:
        raise NotFound("broker", new.broker)
    if new.is_live and new.broker == PAPER:
        raise Invalid.of("paper_not_live", broker=PAPER)
    if new.account_uid is not None and row.paper_begins is not None:
        is_paper = new.account_uid.startswith(row.paper_begins)
        if is_paper == new.is_live:
            code = "number_is_paper" if is_paper else "number_is_live"
            raise Invalid.of(code, number=new.account_uid, begins=row.paper_begins)
    return int(row.id)


def _free_name(connection: Connection, owner: int, name: str) -> str:
    """Return a name that none of a user's accounts has; raises Taken and Invalid."""
    same = (accounts.c.user_id == owner, accounts.c.name == a_name("an account's name", name))
    if connection.execute(select(accounts.c.id).where(*same)).first():
        raise Taken.of("account_taken", name=name)
    return name


def _must_be_free(connection: Connection, new: NewAccount, values: Mapping[str, object]) -> None:
    """Raise Taken where the number of a new account is in use at its broker."""
    same_money = (accounts.c[column] == values[column] for column in ("broker_id", "account_uid", "is_live"))
    known = select(accounts.c.id).where(*same_money, accounts.c.archived_at.is_(None))
    if new.account_uid is not None and connection.execute(known).first():
        raise Taken.of("account_number_taken", number=new.account_uid, broker=new.broker)


def _free_program(connection: Connection, new: NewAccount) -> str:
    """Return the program of a new account, where it serves no other one; raises Taken and Invalid."""
    program = a_name("a program's name", new.program or "")
    if code_of(program) != new.broker or not name_of(program):
        raise Invalid.of("program_of_another", program=program, broker=new.broker)
    same = (accounts.c.program == program, accounts.c.archived_at.is_(None))
    if connection.execute(select(accounts.c.id).where(*same)).first():
        raise Taken.of("program_taken", program=program)
    return program


def _log(principal: Principal, work: Work, row: Row[Any], action: str, details: dict[str, object]) -> None:
    """Add a row to the account's chain."""
    entry = audit.Entry(entity_type="account", entity_id=row.uid, action=action, details=details, account_id=row.id)
    audit.log(principal, work, entry)
