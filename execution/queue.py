"""Which of the waiting signals may be ordered now, and in which order; pure.

Within one account and instrument, a lane, first come, first served. Closings overtake openings of other lanes of their
account, but no opening more than `MOST_OVERTAKEN` times. Each account has its own rate.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

MOST_OVERTAKEN: Final = 10
Lane = tuple[str, str]
"""The uids of an account and an instrument."""
_SECOND = timedelta(seconds=1)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that waits to become orders.

    Attributes:
        sequence: Tells which of two came first; no two are the same.
        overtaken: How many closings that came later have gone before it; `after` counts.
    """

    uid: str
    account: str
    instrument: str
    is_closing: bool
    since: datetime
    sequence: int
    overtaken: int = 0

    @property
    def lane(self) -> Lane:
        """Where it stands in line."""
        return self.account, self.instrument


def ready(
    waiting: Sequence[Waiting],
    *,
    busy: Collection[Lane],
    sent_lately: Mapping[str, Sequence[datetime]],
    per_second: int,
    now: datetime,
) -> tuple[str, ...]:
    """Return what may be ordered now.

    Args:
        waiting: All that wait, in any order.
        busy: The lanes with an order that has not ended.
        sent_lately: Of each account, when its last orders were sent; what is older than a second may be left out.
        per_second: So many orders are sent for an account in any second.
        now: The moment.

    Returns:
        Their uids, in the order in which they go; at most one of each lane.
    """
    chosen: list[Waiting] = []
    for account in sorted({each.account for each in waiting}):
        sent = [moment for moment in sent_lately.get(account, ()) if now - moment < _SECOND]
        here = [each for each in waiting if each.account == account]
        chosen += _of_account(here, busy=busy, most=per_second - len(sent))
    return tuple(each.uid for each in chosen)


def after(waiting: Sequence[Waiting], gone: Waiting) -> tuple[Waiting, ...]:
    """Return what still waits once one has gone, with those counted that it has overtaken.

    Args:
        waiting: All that waited.
        gone: The one that has gone.
    """
    return tuple(
        msgspec.structs.replace(each, overtaken=each.overtaken + 1) if _is_overtaken(each, gone) else each
        for each in waiting
        if each.uid != gone.uid
    )


def _is_overtaken(opening: Waiting, by: Waiting) -> bool:
    """Tell whether one that goes overtakes another one."""
    overtakes = by.is_closing and not opening.is_closing and by.account == opening.account
    return overtakes and by.sequence > opening.sequence


def _of_account(waiting: Sequence[Waiting], *, busy: Collection[Lane], most: int) -> list[Waiting]:
    """Return what of one account may be ordered now, `most` at most."""
    chosen: list[Waiting] = []
    taken = set(busy)
    while len(chosen) < most:
        heads: dict[Lane, Waiting] = {}
        for each in sorted(waiting, key=lambda one: one.sequence):
            heads.setdefault(each.lane, each)
        free = [head for lane, head in heads.items() if lane not in taken]
        if not free:
            break
        first = _first(free)
        chosen.append(first)
        taken.add(first.lane)
        waiting = after(waiting, first)
    return chosen


def _first(heads: Sequence[Waiting]) -> Waiting:
    """Return which of the first of the lanes goes first: a closing, or an opening that was overtaken enough."""
    urgent = [head for head in heads if head.is_closing or head.overtaken >= MOST_OVERTAKEN]
    return min(urgent or heads, key=lambda head: head.sequence)
