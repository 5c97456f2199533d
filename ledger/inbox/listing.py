"""Pages of signals, for whoever asks over the network: the newest first, each page found by an index.

What a signal says is a document, which no index knows, so a page looks at so many signals and keeps those that fit.
It may therefore be short, or empty, and still not be the last.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Integer, RowMapping, bindparam, select

from ledger.inbox.records import Signal
from ledger.inbox.tables import InboxState, inbox_signals, inbox_tokens

LONGEST_PAGE = 200
LOOKED_AT = 1000
NEWEST = 2**62
"""Beyond every signal's number: where the first page begins."""

_NEWER_FIRST = (
    select(inbox_signals)
    .where(inbox_signals.c.id < bindparam("before", type_=inbox_signals.c.id.type))
    .order_by(inbox_signals.c.id.desc())
    .limit(bindparam("most", type_=Integer()))
)
_IN_STATE = _NEWER_FIRST.where(inbox_signals.c.state == bindparam("of_state"))
_NAMES = select(inbox_tokens.c.strategy_uid, inbox_tokens.c.name)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which signals are asked for.

    Attributes:
        state: Only those in this state.
        symbol: Only those that name it so.
        strategy: Only those of this strategy, by its name or uid.
        since: Only those that came then or later, aware; the first older one ends the list.
        before: Only those with a lower number, which is a page's `following`.
        limit: At most so many, 1 to 200.
    """

    state: InboxState | None = None
    symbol: str | None = None
    strategy: str | None = None
    since: datetime | None = None
    before: int = NEWEST
    limit: int = 50


class Listed(Signal, frozen=True, kw_only=True):
    """A signal with the name of its strategy, empty where no secret of it is known."""

    strategy: str


class Page(msgspec.Struct, frozen=True):
    """Some signals.

    Attributes:
        signals: The newest first.
        following: With which `before` the next page begins; None where there is none.
    """

    signals: tuple[Listed, ...]
    following: int | None


def listed(connection: Connection, wanted: Wanted) -> Page:
    """Return a page of signals.

    Args:
        connection: Any connection to the inbox.
        wanted: Which ones.
    """
    most = min(wanted.limit, LONGEST_PAGE)
    statement = _NEWER_FIRST if wanted.state is None else _IN_STATE
    limits = {"before": wanted.before, "most": LOOKED_AT} | ({"of_state": wanted.state} if wanted.state else {})
    rows = connection.execute(statement, limits).mappings().all()
    names = {row.strategy_uid: row.name for row in connection.execute(_NAMES)}
    found: list[Listed] = []
    for row in rows:
        if wanted.since is not None and row["received_at"] < wanted.since:
            return Page(tuple(found), None)
        if _fits(row, wanted, names):
            found.append(_listed(row, names))
        if len(found) == most:
            return Page(tuple(found), row["id"])
    return Page(tuple(found), rows[-1]["id"] if len(rows) == LOOKED_AT else None)


def _fits(row: RowMapping, wanted: Wanted, names: Mapping[str, str]) -> bool:
    """Tell whether a signal is asked for, beyond its state and age."""
    uid = row["strategy_uid"]
    if wanted.strategy is not None and wanted.strategy not in {uid, names.get(uid)}:
        return False
    return wanted.symbol is None or row["body_json"].get("symbol") == wanted.symbol


def _listed(row: RowMapping, names: Mapping[str, str]) -> Listed:
    """Return a signal as others see it."""
    return Listed(
        uid=row["uid"],
        strategy_uid=row["strategy_uid"],
        strategy=names.get(row["strategy_uid"], ""),
        received_at=row["received_at"],
        peer=row["peer"],
        body=row["body_json"],
        external_id=row["external_id"],
        state=row["state"],
        code=row["code"],
        updated_at=row["updated_at"],
    )
