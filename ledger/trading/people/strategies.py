"""Strategies with versions: at most one version of a name is in force, and a change of its parameters makes the next.

Older versions stay as they were, for the orders that came with them. Mode, portfolio and webhook secret are not part of
a version: they go over to the next one. A strategy that is switched off has no version in force; its name stays taken,
and a new version puts it in force again.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select, true

from ledger.trading import audit
from ledger.trading.enumerations import Mode
from ledger.trading.errors import NotFound, Taken
from ledger.trading.people.strategy_rows import Strategy, log_strategy, select_strategies, strategy_row, update_strategy
from ledger.trading.people.users import owner_id
from ledger.trading.principal import Principal, must_trade, owned
from ledger.trading.tables.people import portfolios, strategies, users
from ledger.trading.words import a_document, a_name, one_of
from ledger.trading.work import Work


class NewStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy to make.

    Attributes:
        name: What its user calls it.
        params: What it is set to, without floats: amounts are text.
        portfolio: The uid of the portfolio it trades for, of the same user; None: the user's default one at the time.
        mode: What becomes of its signals; off, until somebody says otherwise.
        user: The uid of whose it is; None for the asker's.
    """

    name: str
    params: Mapping[str, object]
    portfolio: str | None = None
    mode: Mode = "off"
    user: str | None = None


def create_strategy(principal: Principal, work: Work, new: NewStrategy) -> Strategy:
    """Make a strategy's first version; it has no webhook secret yet.

    Args:
        principal: Who may trade; for another user only an admin.
        work: What this is written with.
        new: The strategy.

    Returns:
        The strategy as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: There is no such user for the asker, or the user has no such portfolio, or it is archived.
        Taken: The user has, or had, a strategy of this name.
        Invalid: The name, mode or parameters cannot be one.
    """
    must_trade(principal)
    connection = work.connection
    owner = owner_id(principal, connection, new.user)
    one_of("a mode", new.mode, Mode)
    a_document("parameters", new.params)
    same = (strategies.c.user_id == owner, strategies.c.name == a_name("a strategy's name", new.name))
    if connection.execute(select(strategies.c.id).where(*same)).first():
        raise Taken.of("strategy_taken", name=new.name)
    portfolio = None if new.portfolio is None else _portfolio_id(connection, owner, new.portfolio)
    values = {"user_id": owner, "portfolio_id": portfolio, "name": new.name, "mode": new.mode, "token_hash": None}
    uid = _insert(work, {**values, "version": 1, "params_json": dict(new.params)})
    row = strategy_row(principal, connection, uid)
    said = {"name": new.name, "portfolio": new.portfolio, "mode": new.mode, "params": new.params}
    log_strategy(principal, work, row, "created", said)
    return Strategy.of(row)


def new_version(principal: Principal, work: Work, uid: str, params: Mapping[str, object]) -> Strategy:
    """Set a strategy to other parameters, which makes the next version and puts it in force.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: Any version of the strategy.
        params: What it is set to from now on, all of it, without floats.

    Returns:
        The version in force; no new one where it is set to just this already.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such strategy.
        Invalid: The parameters cannot be kept.
    """
    must_trade(principal)
    text = a_document("parameters", params)
    named = strategy_row(principal, work.connection, uid)
    of_name = select_strategies(strategies.c.user_id == named.user_id, strategies.c.name == named.name)
    newest = work.connection.execute(of_name.order_by(strategies.c.version.desc()).limit(1)).one()
    if newest.is_active and a_document("parameters", newest.params_json) == text:
        return Strategy.of(newest)
    update_strategy(work, newest, is_active=False, token_hash=None)  # first: there is never a second one in force
    kept = {name: getattr(newest, name) for name in ("user_id", "portfolio_id", "name", "mode", "token_hash")}
    added = _insert(work, {**kept, "version": newest.version + 1, "params_json": dict(params)})
    row = strategy_row(principal, work.connection, added)
    log_strategy(
        principal, work, row, "version added", {"version": row.version, "before": newest.uid, "params": params}
    )
    return Strategy.of(row)


def set_mode(principal: Principal, work: Work, uid: str, mode: Mode) -> Strategy:
    """Say what becomes of a strategy's signals from now on.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The version in force.
        mode: The mode.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such strategy.
        Invalid: There is no such mode, or another version is in force.
    """
    must_trade(principal)
    one_of("a mode", mode, Mode)
    row = strategy_row(principal, work.connection, uid, must_be_in_force=True)
    if row.mode != mode:
        update_strategy(work, row, mode=mode)
        log_strategy(principal, work, row, "mode changed", {"mode": mode, "mode_before": row.mode})
    return get_strategy(principal, work.connection, uid)


def switch_off(principal: Principal, work: Work, uid: str) -> Strategy:
    """Take a strategy out of force; its webhook secret is worth nothing from then on.

    Args:
        principal: Whose it is, and who may trade; or an admin.
        work: What this is written with.
        uid: The version in force, or one that is not: then nothing is changed.

    Returns:
        The strategy as it is now.

    Raises:
        NotAllowed: The asker may only look.
        NotFound: The asker has no such strategy.
        Invalid: Another version is in force.
    """
    must_trade(principal)
    row = strategy_row(principal, work.connection, uid)
    in_force = (strategies.c.user_id == row.user_id, strategies.c.name == row.name, strategies.c.is_active == true())
    if work.connection.execute(select(strategies.c.id).where(*in_force)).first() is None:
        return Strategy.of(row)
    row = strategy_row(principal, work.connection, uid, must_be_in_force=True)
    update_strategy(work, row, is_active=False, token_hash=None)
    log_strategy(principal, work, row, "switched off", {})
    return get_strategy(principal, work.connection, uid)


def list_strategies(
    principal: Principal, connection: Connection, *, user: str | None = None, every_version: bool = False
) -> tuple[Strategy, ...]:
    """Return strategies by their names, and versions from the first on.

    Args:
        principal: Who asks; an admin sees everybody's.
        connection: Any connection to the ledger.
        user: The uid of whose; None for all that the asker may see.
        every_version: Whether versions that are not in force are among them.
    """
    wanted = (
        owned(principal, strategies.c.user_id),
        true() if user is None else users.c.uid == user,
        true() if every_version else strategies.c.is_active == true(),
    )
    order = (strategies.c.user_id, strategies.c.name, strategies.c.version)
    return tuple(map(Strategy.of, connection.execute(select_strategies(*wanted).order_by(*order))))


def get_strategy(principal: Principal, connection: Connection, uid: str) -> Strategy:
    """Return one version of a strategy.

    Args:
        principal: Whose it is, or an admin.
        connection: Any connection to the ledger.
        uid: The version.

    Raises:
        NotFound: The asker has no such strategy.
    """
    return Strategy.of(strategy_row(principal, connection, uid))


def find_strategy(principal: Principal, connection: Connection, name: str, *, version: int | None = None) -> Strategy:
    """Return a strategy of the asker by its name.

    Args:
        principal: Whose it is; of an admin, too, it is their own.
        connection: Any connection to the ledger.
        name: Its name.
        version: Which version; None for the one in force.

    Raises:
        NotFound: The asker has no such strategy, or none of its versions is in force.
    """
    which = strategies.c.is_active == true() if version is None else strategies.c.version == version
    mine = (strategies.c.user_id == principal.user_id, strategies.c.name == name)
    row = connection.execute(select_strategies(*mine, which)).first()
    if row is None:
        raise NotFound("strategy", name if version is None else f"{name} version {version}")
    return Strategy.of(row)


def _insert(work: Work, values: Mapping[str, object]) -> str:
    """Write a version that is in force from now on, and return its uid."""
    uid = audit.new_uid()
    row = {**values, "uid": uid, "is_active": True, "created_at": work.now}
    work.connection.execute(strategies.insert().values(row))
    return uid


def _portfolio_id(connection: Connection, owner: int, uid: str) -> int:
    """Return the number of a portfolio that a user trades for; raises NotFound."""
    wanted = (portfolios.c.uid == uid, portfolios.c.user_id == owner, portfolios.c.archived_at.is_(None))
    number = connection.execute(select(portfolios.c.id).where(*wanted)).scalar()
    if number is None:
        raise NotFound("portfolio", uid)
    return int(number)
