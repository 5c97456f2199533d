"""Breaches: which limit was broken, what was observed, and what was done about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

import msgspec
from sqlalchemy import Connection, bindparam, select

from ledger.canonical_json import NotCanonical, canonical
from ledger.trading.audit import new_uid
from ledger.trading.enumerations import BreachAction
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal, Scoped, must_trade
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.people import portfolios
from ledger.trading.tables.risk import risk_breaches, risk_policies
from ledger.trading.work import Work

MOST = 500
LONGEST_CODE = 32


class NewBreach(msgspec.Struct, frozen=True, kw_only=True):
    """A breach to be recorded; rows are named by their uids.

    Attributes:
        portfolio: In which.
        code: Of the check that was broken, such as `MAX_POSITIONS`.
        observed: The numbers and the limit, without floats.
        action: What was done.
        policy: Which holds the limit; None where it is a setting.
        instrument: What was to be traded, where the check concerns one.
    """

    portfolio: str
    code: str
    observed: Mapping[str, object]
    action: BreachAction
    policy: str | None = None
    instrument: str | None = None


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A breach in the books.

    Attributes:
        uid: Its name.
        code: Of the check.
        observed: The numbers and the limit.
        action: What was done.
        created_at: When.
        policy: The uid of the policy that holds the limit.
        symbol: Of the instrument.
    """

    uid: str
    code: str
    observed: dict[str, Any]
    action: BreachAction
    created_at: datetime
    policy: str | None
    symbol: str | None


_PORTFOLIO = Scoped(
    select(portfolios.c.id, portfolios.c.user_id).where(portfolios.c.uid == bindparam("portfolio")),
    portfolios.c.user_id,
)
_POLICY = select(risk_policies.c.id).where(
    risk_policies.c.uid == bindparam("policy"), risk_policies.c.user_id == bindparam("of_user")
)
_INSTRUMENT = select(instruments.c.id).where(instruments.c.uid == bindparam("instrument"))
_ADD = risk_breaches.insert()
_LISTED = (
    select(
        risk_breaches.c.uid,
        risk_breaches.c.code,
        risk_breaches.c.observed_json.label("observed"),
        risk_breaches.c.action,
        risk_breaches.c.created_at,
        risk_policies.c.uid.label("policy"),
        instruments.c.symbol,
    )
    .join(risk_policies, risk_policies.c.id == risk_breaches.c.policy_id, isouter=True)
    .join(instruments, instruments.c.id == risk_breaches.c.instrument_id, isouter=True)
    .where(
        risk_breaches.c.portfolio_id == bindparam("of_portfolio"),
        risk_breaches.c.created_at >= bindparam("since"),
        risk_breaches.c.created_at < bindparam("until"),
    )
    .order_by(risk_breaches.c.created_at.desc(), risk_breaches.c.id.desc())
    .limit(MOST)
)


def record(principal: Principal, work: Work, new: NewBreach) -> str:
    """Record a breach.

    Args:
        principal: Who may trade in the portfolio, or the system.
        work: What this is written with.
        new: The breach.

    Returns:
        Its uid.

    Raises:
        NotFound: The asker has no such portfolio, or its user no such policy, or there is no such instrument.
        NotAllowed: The asker may only look.
        Invalid: The code, the action or what was observed cannot be kept.
    """
    must_trade(principal)
    if not 0 < len(new.code) <= LONGEST_CODE or not new.code.isprintable():
        raise Invalid(f"a breach has a code of 1 to {LONGEST_CODE} signs, not {new.code!r}")
    if new.action not in get_args(BreachAction):
        raise Invalid(f"the action is {new.action}; write one of {', '.join(get_args(BreachAction))}")
    try:
        canonical(new.observed)
    except NotCanonical as error:
        raise Invalid(f"what was observed cannot be kept: {error}") from None
    place = _PORTFOLIO.rows(principal, work.connection, portfolio=new.portfolio).first()
    if place is None:
        raise NotFound("portfolio", new.portfolio)
    values = {
        "uid": new_uid(),
        "policy_id": _policy(work.connection, new.policy, place.user_id),
        "portfolio_id": place.id,
        "instrument_id": _instrument(work.connection, new.instrument),
        "code": new.code,
        "observed_json": dict(new.observed),
        "action": new.action,
        "created_at": work.now,
    }
    work.connection.execute(_ADD, values)
    return str(values["uid"])


def breaches(
    principal: Principal, connection: Connection, *, portfolio: str, since: datetime, until: datetime
) -> tuple[Breach, ...]:
    """Return the breaches of a portfolio, newest first, `MOST` at most.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        portfolio: The portfolio's uid.
        since: The first moment, aware.
        until: The first moment after, aware.

    Raises:
        NotFound: The asker has no such portfolio.
    """
    place = _PORTFOLIO.rows(principal, connection, portfolio=portfolio).first()
    if place is None:
        raise NotFound("portfolio", portfolio)
    found = connection.execute(_LISTED, {"of_portfolio": place.id, "since": since, "until": until})
    return tuple(Breach(**row._mapping) for row in found)


def _policy(connection: Connection, uid: str | None, user_id: int) -> int | None:
    """Return the number of a user's policy; raises NotFound."""
    if uid is None:
        return None
    found: int | None = connection.execute(_POLICY, {"policy": uid, "of_user": user_id}).scalar()
    if found is None:
        raise NotFound("policy", uid)
    return found


def _instrument(connection: Connection, uid: str | None) -> int | None:
    """Return the number of an instrument; raises NotFound."""
    if uid is None:
        return None
    found: int | None = connection.execute(_INSTRUMENT, {"instrument": uid}).scalar()
    if found is None:
        raise NotFound("instrument", uid)
    return found
