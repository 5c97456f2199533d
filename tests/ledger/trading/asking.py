"""Ways to ask a service about another user's rows, and what must come of them."""

from enum import Enum
from typing import Any

import msgspec


class Outcome(Enum):
    """What must come of asking about another user's rows."""

    NOT_FOUND = "NotFound is raised"
    EMPTY = "nothing is found"
    NOT_ALLOWED = "NotAllowed is raised: it is for admins or the system"
    NOTHING_OF_THEIRS = "it succeeds, shows nothing of the other user, and changes nothing of theirs"


class Belongings(msgspec.Struct, frozen=True, kw_only=True):
    """What a user has; uids, and the hash of a webhook's secret. The spare account and portfolio are idle."""

    user: str
    account: str
    portfolio: str
    strategy: str
    strategy_name: str
    token_hash: str
    order: str
    trade: str
    position: str
    spare_account: str
    spare_portfolio: str
    client_order_id: str
    broker_order_id: str
    signal: str
    policy: str
    alert: str
    schedule: str
    screener: str
    instrument: str


class Owned(msgspec.Struct, frozen=True):
    """Stands in a call for what one of the two users has."""

    whose: str
    field: str


class Whose:
    """Names what a user has: `THEIRS.portfolio`; it may stand in a call and in the fields of its Structs."""

    def __init__(self, whose: str) -> None:
        """Take whose it is."""
        self._whose = whose

    def __getattr__(self, field: str) -> Any:
        """Return what stands for it."""
        return Owned(self._whose, field)


THEIRS, MINE = Whose("theirs"), Whose("mine")


class Case(msgspec.Struct, frozen=True):
    """One way to ask a service.

    Attributes:
        outcome: What must come of it.
        values: What to pass after the principal and the connection or work.
        named: What to pass by name.
    """

    outcome: Outcome
    values: tuple[Any, ...]
    named: dict[str, Any]

    def passed(self, *, theirs: Belongings, mine: Belongings) -> tuple[list[Any], dict[str, Any]]:
        """Return what to pass, with what the two users have in its places."""
        has = {"theirs": theirs, "mine": mine}
        return [put(each, has) for each in self.values], {name: put(each, has) for name, each in self.named.items()}


def put(value: Any, has: dict[str, Belongings]) -> Any:
    """Return a value with what users have in the places for it."""
    if isinstance(value, Owned):
        return getattr(has[value.whose], value.field)
    if isinstance(value, msgspec.Struct):
        changed = {field: put(getattr(value, field), has) for field in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, dict):
        return {name: put(each, has) for name, each in value.items()}
    return value


def not_found(*values: Any, **named: Any) -> Case:
    """Return a case of a row that is not there for the asker."""
    return Case(Outcome.NOT_FOUND, values, named)


def empty(*values: Any, **named: Any) -> Case:
    """Return a case of rows that are not there for the asker."""
    return Case(Outcome.EMPTY, values, named)


def not_allowed(*values: Any, **named: Any) -> Case:
    """Return a case of what only admins or the system may do."""
    return Case(Outcome.NOT_ALLOWED, values, named)


def nothing_of_theirs(*values: Any, **named: Any) -> Case:
    """Return a case of what is about the asker alone, or about what nobody owns."""
    return Case(Outcome.NOTHING_OF_THEIRS, values, named)
