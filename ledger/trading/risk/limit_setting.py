"""One limit at a time, as a person sets it: the policy of its portfolio or strategy with one value changed."""

from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, bindparam, select

from ledger.trading.configuration import checked, written
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal, Scoped, must_trade
from ledger.trading.risk.limits import LIMITS, Limits
from ledger.trading.risk.policies import Applied, NewPolicy, Policy, drop_policy, limits_for, set_policy
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.risk import risk_policies
from ledger.trading.words import nearest
from ledger.trading.work import Work

LimitValue = Decimal | int | None
"""Of a limit; None: it is not set."""


class NewLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit to be set.

    Attributes:
        portfolio: The portfolio's uid.
        strategy: The uid of a version of the strategy that it is of; None: it is the portfolio's.
        name: One of `Limits`, but for the symbols.
        value: What it is from now on; None: it is not set any more.
    """

    portfolio: str
    strategy: str | None = None
    name: str
    value: LimitValue


class LimitChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a limit was and is, in the policy that was changed, and what holds in all.

    Attributes:
        before: Its value in that policy.
        after: Its value there now.
        applied: Everything that holds now; a stricter limit may be among it.
    """

    before: LimitValue
    after: LimitValue
    applied: Applied

    @property
    def is_new(self) -> bool:
        """Whether anything was changed."""
        return self.before != self.after


_OF_SETTINGS = and_(
    risk_policies.c.scope_type == "PORTFOLIO",
    risk_policies.c.scope_id == portfolios.c.id,
    risk_policies.c.name == LIMITS,
    risk_policies.c.set_by_user_id.is_(None),
)
_AT_FIRST = Scoped(
    select(portfolios.c.id, risk_policies.c.config_json)
    .outerjoin(risk_policies, _OF_SETTINGS)
    .where(portfolios.c.uid == bindparam("portfolio"))
    .order_by(risk_policies.c.id.desc())
    .limit(1),
    portfolios.c.user_id,
)


def set_limit(principal: Principal, work: Work, new: NewLimit) -> LimitChange:
    """Set one limit of a portfolio or a strategy; the same again changes nothing.

    Args:
        principal: Whose portfolio it is, or an admin.
        work: What this is written with.
        new: The limit.

    Returns:
        What it was and is.

    Raises:
        NotFound: The asker has no such portfolio, or the portfolio's user no such strategy.
        NotAllowed: The asker may only look, or somebody else set the policy.
        Invalid: There is no such limit, or the value cannot be.
    """
    must_trade(principal)
    known = Limits.__struct_fields__
    if new.name not in known:
        raise Invalid.of("no_such_field", what="limits", name=new.name, nearest=nearest(new.name, known))
    before = own_policy(limits_for(principal, work.connection, portfolio=new.portfolio, strategy=new.strategy), new)
    values = {} if before is None else written(before.limits)
    was = None if before is None else getattr(before.limits, new.name)
    if new.value is None:
        values.pop(new.name, None)
    else:
        values[new.name] = new.value if isinstance(new.value, int) else f"{new.value:f}"
    if was != new.value and values:
        policy = NewPolicy(scope_type=_scope(new), scope=new.strategy or new.portfolio, name=LIMITS, config=values)
        set_policy(principal, work, policy)
    elif was != new.value and before is not None:
        drop_policy(principal, work, before.uid)
    applied = limits_for(principal, work.connection, portfolio=new.portfolio, strategy=new.strategy)
    now = own_policy(applied, new)
    return LimitChange(before=was, after=None if now is None else getattr(now.limits, new.name), applied=applied)


def own_policy(applied: Applied, new: NewLimit) -> Policy | None:
    """Return the policy in which a limit would be set, None where there is none yet; pure.

    Args:
        applied: What holds for the limit's portfolio and strategy.
        new: The limit.
    """
    fitting = (each for each in applied.policies if each.scope_type == _scope(new) and each.name == LIMITS)
    return next(fitting, None)


def limits_at_first(principal: Principal, connection: Connection, portfolio: str) -> Limits:
    """Return the limits that the settings gave a portfolio when it had none; none are set where they gave none.

    Args:
        principal: Whose portfolio it is, or an admin.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.

    Raises:
        NotFound: The asker has no such portfolio.
        Invalid: They cannot be read.
    """
    row = _AT_FIRST.rows(principal, connection, portfolio=portfolio).first()
    if row is None:
        raise NotFound("portfolio", portfolio)
    return Limits() if row.config_json is None else checked(Limits, row.config_json, what="limits")


def _scope(new: NewLimit) -> Any:
    """Return what a limit is of."""
    return "PORTFOLIO" if new.strategy is None else "STRATEGY"
