"""The opening flush: when a market opens, the signals that waited for it go, and their user is told once what became.

They go by themselves, in order and within each account's rate, as their own market opens, whatever the clock says.
Here it is only followed: which signals wait is kept in the ledger until their opening was told, so that a restart in
the middle of it loses none of them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from execution.signals_desk.around import Around
from execution.signals_desk.flushed import FEW, Waits, read_waits, write_waits
from execution.texts.flushes import Flush, flush_told
from execution.texts.moments import reader_of
from ledger.trading.enumerations import SignalState
from ledger.trading.events import Notice, tell
from ledger.trading.flow import signals as flow
from ledger.trading.flow.records import Signal
from ledger.trading.people.standing import Standing, standing
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LOOK_S: Final = 1.0
SETTLED_S: Final = 5.0
"""So long after the last of them has moved it is told."""
OTHERS_S: Final = 60.0
"""So long is waited for others whose market should be open too."""
LONGEST_S: Final = 900.0
"""What is still held then is told as that: closings wait for ever."""
MOST: Final = 1000
"""So many are followed; more are told one by one."""
WAITS: Final = "WAITING_FOR_MARKET"
MOVING: Final[frozenset[SignalState]] = frozenset({"RECEIVED", "VALIDATED", "QUEUED"})
WENT: Final = frozenset({"ORDERED", "AWAITING_CONFIRMATION", "QUEUED", "DONE"})
NOTHING_HELD: Final = "NOTHING_HELD"

log = logger(__name__)


class Flushes:
    """The signals that wait for their markets, and those of an opening that is under way."""

    def __init__(self, around: Around, *, open_signals: Callable[[], Sequence[Signal]]) -> None:
        """Have read nothing.

        Args:
            around: The ledger and the clocks.
            open_signals: Returns the signals that may still become an order, or whose orders are on their way.
        """
        self._around = around
        self._open_signals = open_signals
        self._waits: dict[str, Waits] | None = None
        self._look_s = 0.0
        self._left_s: float | None = None
        self._moved_s = 0.0
        self._left: frozenset[str] = frozenset()

    def turn(self) -> bool:
        """Note which signals wait, and tell an opening that is over.

        Returns:
            Whether anything was told.
        """
        now_s = self._around.time.monotonic()
        if now_s < self._look_s:
            return False
        self._look_s = now_s + LOOK_S
        states = {each.uid: each.state for each in self._open_signals()}
        waits = self._note_new([uid for uid, state in states.items() if state == WAITS])
        left = frozenset(uid for uid in waits if uid not in states or states[uid] != WAITS)
        if not left:
            self._left_s, self._left = None, left
            return False
        is_moving = any(states[uid] in MOVING for uid in left if uid in states)
        if is_moving or left != self._left:
            self._moved_s, self._left = now_s, left
        self._left_s = now_s if self._left_s is None else self._left_s
        now = self._around.time.now()
        is_alone = not any(waits[uid].is_due(now) for uid in waits.keys() - left)
        is_over = now_s - self._moved_s >= SETTLED_S and (is_alone or now_s - self._left_s >= OTHERS_S)
        return self._tell(waits, left) if is_over or now_s - self._left_s >= LONGEST_S else False

    def _note_new(self, uids: Sequence[str]) -> dict[str, Waits]:
        """Return all that are followed, with those that wait and were not known yet."""
        if self._waits is None:
            with self._around.ledger.reading() as connection:
                self._waits = {each.uid: each for each in read_waits(connection)}
        new = [uid for uid in uids if uid not in self._waits][: max(0, MOST - len(self._waits))]
        if not new:
            return self._waits
        with self._around.ledger.writing() as connection:
            found = {**self._waits, **{uid: Waits(uid, _opens_at(connection, uid)) for uid in new}}
            write_waits(connection, found.values())
        self._waits = found
        return found

    def _tell(self, waits: dict[str, Waits], left: frozenset[str]) -> bool:
        """Tell each user what has become of theirs that have left, and follow these no longer."""
        now = self._around.time.now()
        rest = {uid: each for uid, each in waits.items() if uid not in left}
        with self._around.ledger.writing() as connection:
            found = flow.several(SYSTEM, connection, *left)
            flushed = [each for each in found if waits[each.uid].is_due(now) or each.state in WENT]
            where = {each.portfolio: standing(SYSTEM, connection, each.portfolio) for each in flushed}
            groups: dict[tuple[int, bool], list[Signal]] = {}
            for each in flushed:
                groups.setdefault((each.user_id, each.is_live), []).append(each)
            is_many = len(flushed) > FEW
            told = [members for members in groups.values() if is_many or len(members) > 1]
            for members in told:
                _tell_one(Work(connection, now), where[members[0].portfolio], members)
            write_waits(connection, rest.values())
        self._waits, self._left_s, self._left = rest, None, frozenset()
        log.info("market opened", signals=len(flushed), told=len(told))
        return bool(told)


def _tell_one(work: Work, whose: Standing, members: Sequence[Signal]) -> None:
    """Tell one user what has become of their signals of one kind of account."""
    flush = _flush_of(members)
    name = f"flush-{'live' if flush.is_live else 'paper'}-{work.now:%Y%m%dT%H%M%S}"
    text = flush_told(flush, reader_of(whose.user).language)
    tell(work, whose.user, Notice(id=name, kind="refused", text=text))


def _flush_of(members: Sequence[Signal]) -> Flush:
    """Return what has become of signals."""
    ended = [each for each in members if _is_refused(each) or each.state == "EXPIRED"]
    states = Counter(each.state for each in members if each not in ended)
    expired = sum(each.state == "EXPIRED" for each in ended)
    return Flush(
        is_live=members[0].is_live,
        ordered=states["ORDERED"] + states["DONE"],
        asked=states["AWAITING_CONFIRMATION"],
        moving=sum(states[each] for each in MOVING),
        expired=expired,
        refused=len(ended) - expired,
        reasons=Counter(each.code or each.state.lower() for each in ended),
    )


def _is_refused(signal: Signal) -> bool:
    """Tell whether a signal has ended and become no order, but for one that was too late."""
    is_idle = signal.state == "DONE" and signal.code == NOTHING_HELD
    return is_idle or signal.state in {"REJECTED", "SUPERSEDED", "DUPLICATE"}


def _opens_at(connection: Connection, uid: str) -> datetime | None:
    """Return when a signal's market opens, as the last step that says it has it."""
    steps = reversed(flow.life(SYSTEM, connection, uid))
    return next((datetime.fromisoformat(each.details["opens"]) for each in steps if "opens" in each.details), None)
