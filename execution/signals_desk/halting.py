"""Halts: a kill ends what is not ordered, cancels openings that work, and is confirmed once nothing can open."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from bus.log import logger
from bus.time_source import TimeSource
from execution.orders_desk.pace import DEAF_S
from execution.orders_desk.records import GOES, UNHEARD, Going
from execution.signals_desk.around import Around, traded
from execution.signals_desk.gate import hours_of
from execution.venues import Place
from ledger.inbox.inbox import is_empty
from ledger.inbox.opening import Inbox
from ledger.store import get_setting, put_setting
from ledger.trading import hours
from ledger.trading.after_restore import settle_restore
from ledger.trading.flow.halts import confirm, halt, halted, in_force
from ledger.trading.flow.live_lock import LOCKS, Lock, why_locked
from ledger.trading.flow.records import Halt
from ledger.trading.hours import Closed, Open
from ledger.trading.orders.lanes import LaneOrder, working
from ledger.trading.orders.whole import WholeOrder
from ledger.trading.people.standing import standing
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

KEYS_SINCE: Final = "inbox_keys_since"
"""The setting that says since when the inbox knew what came, as it was last found."""
INBOX_NEW: Final = "the inbox was begun anew, and signals that came before may come in once more"
SAYS_WITHIN_S: Final = 7.0
"""So long at most after it has asked for kills an execution says an opening, by clocks that are five seconds apart."""
LEDGER_NEW: Final = "the ledger was begun anew, and what was ordered before it does not know"

log = logger(__name__)


class Halting:
    """What follows from halts, and what must be believed of them at the start."""

    def __init__(self, around: Around, time: TimeSource) -> None:
        """Have seen no halt yet.

        Args:
            around: What the desk works with.
            time: The clocks.
        """
        self._around = around
        self._time = time

    def start(self, inbox: Inbox) -> None:
        """Draw the conclusions of a restored ledger, and of an inbox that was begun anew: then nothing trades.

        Args:
            inbox: The inbox.

        Raises:
            LedgerUnavailable: One of the two cannot be used now.
        """
        since = inbox.keys_since().isoformat()
        with inbox.reading() as connection:
            is_new = is_empty(connection)
        with self._around.ledger.writing() as connection:
            work = Work(connection, self._time.now())
            settle_restore(SYSTEM, work)
            known = get_setting(connection, KEYS_SINCE)
            if known == since:
                return
            put_setting(connection, KEYS_SINCE, since)
            if known is not None or not is_new:
                because = INBOX_NEW if known is not None else LEDGER_NEW
                halt(SYSTEM, work, kind="KILL", scope="ALL", reason=because)
                log.warning("killed", because=because)

    def turn(self) -> tuple[str, ...]:
        """Look at the kills in force: what still works on openings is to be canceled, and what is over is confirmed.

        Returns:
            The openings to cancel.

        Raises:
            LedgerUnavailable: The ledger cannot be used now.
        """
        with self._around.ledger.reading() as connection:
            kills = [each for each in in_force(SYSTEM, connection) if each.kind == "KILL"]
            openings = [each for each in working(SYSTEM, connection) if each.purpose == "OPENING"] if kills else []
            covered = {each.uid: [order for order in openings if covers(connection, each, order)] for each in kills}
        held = self._around.held
        for each in kills if held.is_leader else ():
            if each.confirmed_at is None and self._is_over(each, covered[each.uid]):
                with self._around.ledger.writing() as connection:
                    confirm(SYSTEM, Work(connection, self._time.now()), each.uid)
                log.warning("kill confirmed", halt=each.uid)
        found = {order.uid: order for orders in covered.values() for order in orders}
        return tuple(
            uid for uid, order in found.items() if order.status != "PENDING_CANCEL" and held.has(order.account)
        )

    def killed(self, connection: Connection) -> str:
        """Return why nobody may trade; empty where somebody may.

        Args:
            connection: Any connection to the ledger.
        """
        found = in_force(SYSTEM, connection)
        return next((each.reason for each in found if each.kind == "KILL" and each.scope == "ALL"), "")

    def _is_over(self, kill: Halt, openings: Collection[LaneOrder]) -> bool:
        """Tell whether none of these openings can still arrive at its venue: it was answered, or is too old.

        What another execution has said of its accounts is not known here: it asks for kills each time before it says an
        opening, so that what it said before this one is too old after a while.
        """
        flying = self._around.orders.openings_in_the_air()
        if any(each.portfolio_id in flying for each in openings):
            return False
        is_young = (self._time.now() - kill.created_at).total_seconds() < DEAF_S + SAYS_WITHIN_S
        others = [each for each in openings if not self._around.held.has(each.account)]
        return not (is_young and any(each.status in UNHEARD for each in others))


def covers(connection: Connection, kill: Halt, order: LaneOrder) -> bool:
    """Tell whether a halt holds for an order's portfolio.

    Args:
        connection: Any connection to the ledger.
        kill: The halt.
        order: The order.
    """
    if kill.scope == "ALL":
        return True
    if kill.scope == "PORTFOLIO":
        return kill.scope_uid == order.portfolio
    return kill.scope_uid == standing(SYSTEM, connection, order.portfolio).user_uid


def may_still_go(around: Around, whole: WholeOrder) -> Going:
    """Say whether an order may be sent; asked before each time that it is.

    Args:
        around: What the desk works with.
        whole: The order.

    Returns:
        Whether it may; what is halted ends it, a closed market ends an opening, and lets a closing wait.

    Raises:
        LedgerUnavailable: The ledger cannot be used now, so nobody knows.
    """
    is_opening = whole.order.purpose == "OPENING"
    if is_opening or whole.signal is not None:  # a person's closing passes whatever is halted
        with around.ledger.reading() as connection:
            found = halted(connection, user_id=whole.user_id, portfolio_id=whole.order.portfolio_id)
            lock = _lock_of(around, connection, whole)
        if lock is not None:
            return Going(never=LOCKS[lock])
        if found.killed or (is_opening and found.paused):
            return Going(never=found.killed or found.paused)
    elif not around.held.is_everything:
        with around.ledger.reading():  # who has lost its session, and perhaps the account, says nothing
            pass
    market = _market_of(around, whole)
    if isinstance(market, Closed):
        return Going(never="the market is closed") if is_opening else Going(closed=market)
    return GOES


def _lock_of(around: Around, connection: Connection, whole: WholeOrder) -> Lock | None:
    """Return why an order may not go out since live trading is locked; None where it may."""
    if not whole.order.is_live or whole.order.purpose != "OPENING":
        return None
    return why_locked(SYSTEM, connection, trading=around.settings.trading, now=around.time.now())


def _market_of(around: Around, whole: WholeOrder) -> Open | Closed:
    """Tell whether the market of an order is open."""
    place = Place(broker=whole.program, account=whole.account)
    known = hours_of(whole.instrument, around.link.said_of(place, traded(whole.instrument)))
    return hours.market(known, now=around.time.now(), extra_closed=around.extra_closed)
