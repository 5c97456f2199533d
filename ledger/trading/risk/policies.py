"""Policies: limits of a user, a portfolio or a strategy. A change is a new row; the one before stays, switched off.

A strategy's policy holds for all of its versions, those to come too. Of the policies that apply the strictest wins,
limit by limit. A limit that somebody else set, an admin say, is for admins to change: nobody frees themselves of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select, true

from ledger.trading import audit
from ledger.trading.configuration import checked, written
from ledger.trading.enumerations import ScopeType
from ledger.trading.errors import Invalid, NotAllowed, NotFound
from ledger.trading.principal import Principal, Scoped, must_trade, owned
from ledger.trading.risk.limits import LIMITS, Limits, strictest
from ledger.trading.tables.people import accounts, portfolios, strategies, users
from ledger.trading.tables.risk import risk_policies
from ledger.trading.words import a_stripped_name, one_of
from ledger.trading.work import Work

MOST = 500


class NewPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy to be set; it takes the place of the one with the same scope and name.

    Attributes:
        scope_type: What it limits.
        scope: The uid of the user, the portfolio, or any version of the strategy.
        name: Tells it from others of the same scope.
        config: The limits, by the names of `Limits`; amounts as text.
    """

    scope_type: ScopeType
    scope: str
    name: str
    config: Mapping[str, object]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy in the books: a row of `risk_policies`; ids are the ledger's own.

    Attributes:
        set_by_user_id: Who set it, None for the system.
    """

    id: int
    uid: str
    user_id: int
    set_by_user_id: int | None
    scope_type: ScopeType
    scope_id: int
    name: str
    limits: Limits
    is_active: bool
    created_at: datetime


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """The limits that hold for a portfolio and strategy.

    Attributes:
        limits: Of each the strictest.
        currency: Of the amounts: that of the portfolio's account.
        sources: For each limit that is set, by name, the policy that it comes from.
        policies: All that apply, also those that are nowhere the strictest.
    """

    limits: Limits
    currency: str
    sources: dict[str, Policy]
    policies: tuple[Policy, ...] = ()


_SCOPES: Final = {
    "USER": Scoped(
        select(users.c.id, users.c.id.label("user_id")).where(users.c.uid == bindparam("scope")),
        users.c.id,
    ),
    "PORTFOLIO": Scoped(
        select(portfolios.c.id, portfolios.c.user_id).where(portfolios.c.uid == bindparam("scope")),
        portfolios.c.user_id,
    ),
    "STRATEGY": Scoped(
        select(strategies.c.id, strategies.c.user_id).where(strategies.c.uid == bindparam("scope")),
        strategies.c.user_id,
    ),
}
_named = strategies.alias()
_VERSIONS = (
    select(strategies.c.id)
    .join(_named, and_(_named.c.user_id == strategies.c.user_id, _named.c.name == strategies.c.name))
    .where(_named.c.id == bindparam("of_strategy"))
)
_FIELDS = [risk_policies.c[field] for field in Policy.__struct_fields__ if field != "limits"]
_POLICIES: Select[Any] = select(*_FIELDS, risk_policies.c.config_json).order_by(risk_policies.c.id)
_ACTIVE = risk_policies.c.is_active == true()


def _of(scope_type: ScopeType, scope: Any) -> Any:
    """Return the condition that a policy has a scope."""
    return and_(risk_policies.c.scope_type == scope_type, risk_policies.c.scope_id == scope)


_OF_STRATEGY = and_(risk_policies.c.scope_type == "STRATEGY", risk_policies.c.scope_id.in_(_VERSIONS))
_APPLY = _POLICIES.where(
    _ACTIVE,
    or_(_of("USER", bindparam("of_user")), _of("PORTFOLIO", bindparam("of_portfolio")), _OF_STRATEGY),
)
_NAMED = [risk_policies.c[field] for field in ("id", "uid", "set_by_user_id", "scope_type", "name")]
_BEFORE = {
    "USER": select(*_NAMED).where(_of("USER", bindparam("of"))),
    "PORTFOLIO": select(*_NAMED).where(_of("PORTFOLIO", bindparam("of"))),
    "STRATEGY": select(*_NAMED).where(_OF_STRATEGY),
}
_PLACE = Scoped(
    select(portfolios.c.id, portfolios.c.user_id, accounts.c.base_currency, strategies.c.id.label("strategy_id"))
    .join(accounts, accounts.c.id == portfolios.c.account_id)
    .outerjoin(
        strategies, and_(strategies.c.uid == bindparam("strategy"), strategies.c.user_id == portfolios.c.user_id)
    )
    .where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
_ACCOUNTS = {
    "PORTFOLIO": select(portfolios.c.account_id).where(portfolios.c.id == bindparam("of")),
    "STRATEGY": select(portfolios.c.account_id)
    .join(strategies, strategies.c.portfolio_id == portfolios.c.id)
    .where(strategies.c.id == bindparam("of")),
}
_SWITCH_OFF = risk_policies.update().where(risk_policies.c.id == bindparam("policy")).values(is_active=False)


def set_policy(principal: Principal, work: Work, new: NewPolicy) -> Policy:
    """Set a policy in place of the one with the same scope and name.

    Args:
        principal: Whose user, portfolio or strategy it is, or an admin.
        work: What this is written with.
        new: The policy.

    Returns:
        Its row.

    Raises:
        NotFound: The asker has no such user, portfolio or strategy.
        NotAllowed: The asker may only look, or somebody else set the one before.
        Invalid: There is no such limit, or a value or the name cannot be.
    """
    must_trade(principal)
    new = msgspec.structs.replace(new, name=a_stripped_name("a policy's name", new.name))
    limits = checked(Limits, new.config, what="limits")
    if not limits.set_ones:
        raise Invalid.of("policy_empty", known=", ".join(Limits.__struct_fields__))
    scope = _scope(principal, work.connection, new)
    replaced = _switch_off(principal, work, new, scope.id)
    values: dict[str, Any] = {
        "uid": audit.new_uid(),
        "user_id": scope.user_id,
        "set_by_user_id": principal.user_id,
        "scope_type": new.scope_type,
        "scope_id": scope.id,
        "name": new.name,
        "is_active": True,
        "created_at": work.now,
    }
    add = risk_policies.insert().returning(risk_policies.c.id)
    number = work.connection.execute(add, {**values, "config_json": written(limits)}).scalar_one()
    policy = Policy(id=number, limits=limits, **values)
    _log(principal, work, policy, "set", {"replaces": replaced, "scope": new.scope})
    return policy


def drop_policy(principal: Principal, work: Work, uid: str) -> None:
    """Switch a policy off; dropped once is dropped.

    Args:
        principal: Whose it is, or an admin.
        work: What this is written with.
        uid: The policy's.

    Raises:
        NotFound: The asker has no such policy.
        NotAllowed: The asker may only look, or somebody else set it.
    """
    must_trade(principal)
    mine = owned(principal, risk_policies.c.user_id)
    row = work.connection.execute(_POLICIES.where(risk_policies.c.uid == uid, mine)).first()
    if row is None:
        raise NotFound("policy", uid)
    if row.is_active:
        _must_have_set(principal, row)
        work.connection.execute(_SWITCH_OFF, {"policy": row.id})
        _log(principal, work, _policy(row), "dropped", {})


def policies(principal: Principal, connection: Connection, *, with_former: bool = False) -> tuple[Policy, ...]:
    """Return policies, oldest first, `MOST` at most.

    Args:
        principal: Who asks; admins get those of all users.
        connection: Any connection to the ledger.
        with_former: Whether those that were switched off are among them.
    """
    which = true() if with_former else _ACTIVE
    found = connection.execute(_POLICIES.where(which, owned(principal, risk_policies.c.user_id)).limit(MOST))
    return tuple(_policy(row) for row in found)


def limits_for(principal: Principal, connection: Connection, *, portfolio: str, strategy: str | None = None) -> Applied:
    """Return the limits that hold for an order: of all active policies that apply, the strictest of each limit.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        strategy: The uid of a version of the strategy, None where there is none.

    Raises:
        NotFound: The asker has no such portfolio, or the portfolio's user no such strategy.
        Invalid: A policy in the books cannot be read; nothing may be opened on a guess.
    """
    place = _PLACE.rows(principal, connection, portfolio=portfolio, strategy=strategy).first()
    if place is None:
        raise NotFound("portfolio", portfolio)
    if strategy is not None and place.strategy_id is None:
        raise NotFound("strategy", strategy)
    scopes = {"of_user": place.user_id, "of_portfolio": place.id, "of_strategy": place.strategy_id}
    found = [_policy(row) for row in connection.execute(_APPLY, scopes)]
    limits, places = strictest([policy.limits for policy in found])
    sources = {name: found[place] for name, place in places.items()}
    return Applied(limits=limits, currency=place.base_currency, sources=sources, policies=tuple(found))


def _scope(principal: Principal, connection: Connection, new: NewPolicy) -> Row[Any]:
    """Return what a policy is to limit; raises NotFound, Invalid."""
    one_of("a policy's scope", new.scope_type, ScopeType)
    row = _SCOPES[new.scope_type].rows(principal, connection, scope=new.scope).first()
    if row is None:
        raise NotFound(new.scope_type.lower(), new.scope)
    return row


def _switch_off(principal: Principal, work: Work, new: NewPolicy, scope: int) -> list[str]:
    """Switch off what has a new policy's scope and name, and return the uids; raises NotAllowed."""
    of = {"of_strategy": scope} if new.scope_type == "STRATEGY" else {"of": scope}
    query = _BEFORE[new.scope_type].where(_ACTIVE, risk_policies.c.name == new.name)
    found = work.connection.execute(query, of).all()
    for row in found:
        _must_have_set(principal, row)
        work.connection.execute(_SWITCH_OFF, {"policy": row.id})
    return [row.uid for row in found]


def _must_have_set(principal: Principal, row: Any) -> None:
    """Refuse to change what somebody else set, unless an admin asks; what the settings made at first is nobody's.

    Raises:
        NotAllowed: Somebody else set it.
    """
    is_of_settings = (row.set_by_user_id, row.scope_type, row.name) == (None, "PORTFOLIO", LIMITS)
    if principal.role != "admin" and row.set_by_user_id != principal.user_id and not is_of_settings:
        raise NotAllowed.of("limit_by_admin")


def _policy(row: Row[Any]) -> Policy:
    """Return a policy as its row has it; raises Invalid."""
    values = {field: getattr(row, field) for field in Policy.__struct_fields__ if field != "limits"}
    return Policy(**values, limits=checked(Limits, row.config_json, what=f"limits of policy {row.uid}"))


def _log(principal: Principal, work: Work, policy: Policy, action: str, details: Mapping[str, object]) -> None:
    """Add a row to the chain of the account that a policy concerns, or to the system's."""
    said = {"scope_type": policy.scope_type, "name": policy.name, "limits": written(policy.limits), **details}
    asked = _ACCOUNTS.get(policy.scope_type)
    account = None if asked is None else work.connection.execute(asked, {"of": policy.scope_id}).scalar()
    entry = audit.Entry(
        entity_type="risk_policy", entity_id=policy.uid, action=action, details=said, account_id=account
    )
    audit.log(principal, work, entry)
