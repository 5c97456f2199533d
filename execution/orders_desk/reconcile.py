"""Reconciliation: accounts are read whole on connect, every few hours, on request; differences are believed twice.

What a reading says of fills of ours is taken in at once. What it says of positions counts once a second reading, with
no event of the account between, says the same. What a reading could not get whole concludes nothing.
"""

from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection

from bus.log import logger
from bus.messages.venue_accounts import AccountState, AskAccount
from bus.messages.venues import BrokerState
from bus.time_source import TimeSource
from execution import gaps
from execution.held import Held
from execution.orders_desk.account_state import (
    LIQUIDATION,
    compare,
    end_unlisted,
    is_same,
    record_balances,
    record_cash_events,
    take_executions,
)
from execution.orders_desk.board import Board
from execution.orders_desk.followed import Followed
from execution.orders_desk.records import NEVER, Watched
from execution.venue_link import VenueLink
from execution.venues import Place
from ledger.trading.orders.whole import WholeOrder
from ledger.trading.people.accounts import list_accounts
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

FRESH_FOR_S: Final = 180.0
ANSWER_WITHIN_S: Final = 15.0
AGAIN_AFTER_S: Final = 30.0
SECOND_AFTER_S: Final = 1.0
OVERLAP: Final = timedelta(hours=1)
FIRST_REACH: Final = timedelta(days=1)
HOUR_S: Final = 3600.0
CUT_OFF_FROM: Final = 100  # where a reading with fewer fills is not whole, that was not for their number
UNLISTED_AFTER_S: Final = 60.0
"""So long the fills of an order that has ended at its venue are waited for, before its list of them is believed."""

log = logger(__name__)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading has brought: orders that were filled or have ended; whether the account is compared now, and
    whether the venue says that it has closed something by itself."""

    changed: tuple[WholeOrder, ...]
    is_compared: bool = False
    is_liquidated: bool = False


class Reconciler:
    """Asks for accounts, and writes what their venues say."""

    def __init__(self, link: VenueLink, time: TimeSource, board: Board, *, hours: int, held: Held) -> None:
        """Follow no account yet.

        Args:
            link: The way to the brokers.
            time: The clocks.
            board: The orders that may still be filled.
            hours: Between two reconciliations.
            held: Which accounts are followed.
        """
        self._held = held
        self._link = link
        self._time = time
        self._board = board
        self._every_s = hours * HOUR_S
        self._accounts: dict[str, Followed] = {}
        self._connected: dict[str, tuple[str, bool, datetime, str]] = {}
        self._states: deque[AccountState] = deque()
        self._asked = 0

    def load(self, connection: Connection) -> None:
        """Follow all accounts that are in use.

        Args:
            connection: Any connection to the ledger.
        """
        found = list_accounts(SYSTEM, connection)
        self._link.know(found)
        for account in found:
            if account.uid not in self._accounts and self._held.has(account.uid):
                broker, until = account.served_by, gaps.listed(connection, account.uid).until
                reach = [self._time.now() - FIRST_REACH] + ([] if until is None else [until - OVERLAP])
                self._accounts[account.uid] = Followed(
                    account=account, broker=broker, since=min(reach), known_until=until
                )

    def drop(self, accounts: Collection[str]) -> None:
        """Follow some accounts no more.

        Args:
            accounts: Their uids.
        """
        for uid in accounts:
            self._accounts.pop(uid, None)
        self._states = deque(each for each in self._states if each.account not in accounts)

    def want(self, account: str) -> None:
        """Have an account compared now.

        Args:
            account: Its uid; one that is not followed is left out.
        """
        if account in self._accounts:
            followed = self._accounts[account]
            followed.is_wanted, followed.first, followed.not_before_s = True, None, NEVER

    def read(self, account: str) -> None:
        """Have an account read now, whatever is to be concluded from it.

        Args:
            account: Its uid; one that is not followed is left out.
        """
        if account in self._accounts:
            self._accounts[account].is_read_wanted = True

    def keep_fresh(self, account: str) -> None:
        """Have an account's balances read again and again for a while.

        Args:
            account: Its uid; one that is not followed is left out.
        """
        if account in self._accounts:
            self._accounts[account].fresh_until_s = self._time.monotonic() + FRESH_FOR_S

    def note_event(self, account: str, *, has_fills: bool) -> None:
        """Note that an order of an account has changed, so that readings before and after it are not compared.

        Args:
            account: Its uid.
            has_fills: Whether its money is another one than before, too.
        """
        if account in self._accounts:
            self._accounts[account].events += 1
            self._accounts[account].is_stale |= has_fills

    def is_read(self, account: str) -> bool:
        """Tell whether an account was read whole since its venue was there anew.

        Args:
            account: Its uid.
        """
        return account in self._accounts and self._accounts[account].is_read

    def accounts(self) -> frozenset[str]:
        """Return the uids of the accounts that are followed."""
        return frozenset(self._accounts)

    def hear_broker(self, state: BrokerState) -> tuple[str, ...]:
        """Take in how a broker is: one that has its venue anew has all of its accounts compared.

        Args:
            state: How it is.

        Returns:
            The accounts that have their venue anew.
        """
        now = (state.boot, state.is_connected, state.since, state.number)
        before, self._connected[state.broker] = self._connected.get(state.broker), now
        if not state.is_connected or before == now:
            return ()
        back = tuple(
            uid
            for uid, each in self._accounts.items()
            if each.broker == state.broker and self._link.is_connected(Place(each.broker, uid))
        )
        for uid in back:
            self.want(uid)
            self._accounts[uid].asked, self._accounts[uid].is_read = "", False
        for watched in self._board:
            if watched.whole.account in back:
                watched.needs_look, watched.asks = True, 0
        return back

    def hear(self, broker: str, state: AccountState) -> None:
        """Take in an answer; one that was not asked for, or came too late, counts for nothing.

        Args:
            broker: Who says so.
            state: What.
        """
        followed = self._accounts.get(state.account)
        if followed is None or followed.broker != broker or followed.asked != state.id:
            return
        followed.asked = ""
        self._states.append(state)

    def turn(self) -> None:
        """Ask for what is due."""
        now_s = self._time.monotonic()
        for watched in self._late():
            if not watched.is_listing_asked:
                watched.is_listing_asked = True
                self.want(watched.whole.account)
        for followed in self._accounts.values():
            if now_s >= followed.due_s:
                followed.due_s = now_s + self._every_s
                followed.is_wanted = True
            if followed.asked and now_s - followed.asked_s < ANSWER_WITHIN_S:
                continue
            if followed.is_due(now_s) and self._link.is_connected(Place(followed.broker, followed.account.uid)):
                self._ask(followed)

    def next_state(self) -> AccountState | None:
        """Return what was read and is not written yet, the oldest first; None where there is nothing."""
        return self._states[0] if self._states else None

    def write(self, work: Work, state: AccountState) -> Written:
        """Write what was read of an account.

        Args:
            work: What this is written with.
            state: What was read.

        Returns:
            What it has brought.
        """
        followed = self._accounts[state.account]
        taken = take_executions(work, state, booked=followed.booked)
        followed.just_booked, filled = taken.booked, taken.filled
        record_cash_events(work, state)
        is_liquidated = any(LIQUIDATION in each.note for each in state.executions)
        if not state.is_complete:
            return Written(changed=filled, is_liquidated=is_liquidated)
        record_balances(work, state)
        listed_from = followed.list_begins(state)
        if followed.is_wanted and not filled and self._is_second(followed, state):
            compare(work, state, listed_from=listed_from)
            return Written(changed=end_unlisted(work, state, self._late()), is_compared=True)
        if listed_from is not None:
            gaps.begin(work, state.account)
        return Written(changed=filled, is_liquidated=is_liquidated)

    def written(self, state: AccountState, *, is_compared: bool) -> None:
        """Note that what was read is committed.

        Args:
            state: What was read.
            is_compared: Whether it was the second of two that say the same; one that brings fills is none.
        """
        self._states.popleft()
        followed, now_s = self._accounts[state.account], self._time.monotonic()
        followed.booked = followed.just_booked
        if state.is_complete or len(state.executions) >= CUT_OFF_FROM:  # else what is missing is asked for again
            overlap = OVERLAP if state.is_complete else timedelta()  # what was cut off goes on from its last fill
            followed.since = max([followed.since, *(each.exec_time - overlap for each in state.executions)])
        if not state.is_complete:
            log.warning("account not read whole", account=state.account, because=state.reason)
            pause_s = AGAIN_AFTER_S if followed.is_read else SECOND_AFTER_S  # openings wait for it
            followed.first, followed.not_before_s = None, now_s + pause_s
            return
        followed.is_read = True
        followed.listed_from = followed.list_begins(state)
        if followed.listed_from is not None:
            followed.is_wanted = True
        elif followed.known_until is not None:
            followed.known_until = max(followed.known_until, state.as_of)
        if not followed.is_wanted:
            return
        self._board.look_for_missing(state)
        if is_compared:
            followed.is_wanted, followed.first, followed.due_s = False, None, now_s + self._every_s
            followed.known_until, followed.listed_from = state.as_of, None
            return
        followed.first, followed.first_events = state, followed.events
        followed.not_before_s = now_s + SECOND_AFTER_S

    def _late(self) -> list[Watched]:
        """Return the orders that have ended at their venues, with fills that have been missing for long."""
        return self._board.lacking(since_s=self._time.monotonic() - UNLISTED_AFTER_S)

    def _is_second(self, followed: Followed, state: AccountState) -> bool:
        """Tell whether a reading says the same as the one before, with no event between."""
        first = followed.first
        return first is not None and followed.first_events == followed.events and is_same(first, state)

    def _ask(self, followed: Followed) -> None:
        """Ask for an account."""
        self._asked += 1
        life = f"{self._time.now():%Y%m%d%H%M%S%f}"  # an answer to an earlier life of this program is not this one's
        followed.asked = f"{followed.account.uid}:{life}:{self._asked}"
        followed.asked_s, followed.is_read_wanted = self._time.monotonic(), False
        followed.is_stale = False
        asked = AskAccount(id=followed.asked, account=followed.account.uid, since=followed.since)
        self._link.say(followed.broker, asked)
