"""The orders desk: everything between a written intent and the books.

Rows decide. What is kept in memory is made anew from them at any time, so that a kill at any step is harmless: an order
that may have been heard is asked for at its venue before it is placed, an event said again changes nothing.

    send ──▶ PlaceOrder every second ──▶ OrderEvent ──▶ one transaction: fills, state, messages ──▶ legs
                    │ may not go any more           ──▶ canceled
                    └ answer lost ──▶ UNKNOWN       ──▶ looked up until it is found
"""

from collections.abc import Collection
from typing import Final

from bus.messages.venue_accounts import AccountState
from bus.messages.venue_talk import Answer
from bus.messages.venues import BrokerState, OrderEvent
from bus.time_source import SYSTEM_TIME, TimeSource
from execution.held import Held
from execution.orders_desk import telling
from execution.orders_desk.accounts import Accounts
from execution.orders_desk.board import Board
from execution.orders_desk.books import Books
from execution.orders_desk.breakers import Breakers
from execution.orders_desk.canceling import canceled
from execution.orders_desk.incoming import Incoming
from execution.orders_desk.legs_watch import LegsWatch
from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.news import News
from execution.orders_desk.reconcile import Reconciler
from execution.orders_desk.records import ENDED, NEVER, Ended, MayGo, Watched, WhyHeld, always, book_of, ended_of
from execution.orders_desk.saying import to_look_up
from execution.orders_desk.sending import Sender
from execution.orders_desk.taking import Taken
from execution.settings import Settings
from execution.venue_link import VenueLink
from ledger.store import Ledger
from ledger.trading.orders.whole import WholeOrder, find_whole, open_wholes
from ledger.trading.principal import SYSTEM

ASKED_FOR: Final = "asked for"


class OrdersDesk:
    """Sends orders, and takes in what becomes of them.

    Every method may raise LedgerUnavailable; nothing is lost then, and the next turn goes on.

    Attributes:
        may_still_go: Says whether an order may go; given by who writes the intents.
    """

    def __init__(
        self,
        ledger: Ledger,
        link: VenueLink,
        settings: Settings,
        time: TimeSource = SYSTEM_TIME,
        *,
        held: Held | None = None,
    ) -> None:
        """Watch nothing yet; `load` comes first.

        Args:
            ledger: The books.
            link: The way to the brokers.
            settings: How long what may take.
            time: The clocks.
            held: The accounts that are worked on; None for all.
        """
        self._held = Held() if held is None else held
        self._gained: frozenset[str] = frozenset()
        self.may_still_go: MayGo = always
        self._books = Books(ledger, time)
        self._link = link
        self._time = time
        self._board = Board()
        self._sender = Sender(link, time, timeout_s=settings.order_timeout_seconds)
        self._breakers = Breakers(time)
        self._legs = LegsWatch(time, link, self._board, held=self._held)
        self._reconciler = Reconciler(link, time, self._board, hours=settings.position_sync_hours, held=self._held)
        self._accounts = Accounts(self._books, self._legs, self._reconciler, self._breakers)
        self._incoming = Incoming(self._books)
        self._news = News(self._books, time)
        self._new: list[str] = []
        self._ended: list[Ended] = []

    def load(self) -> None:
        """Watch what the rows say: all orders that may still be filled, which are asked for before they are placed."""
        with self._books.reading() as connection:
            found = [each for each in open_wholes(SYSTEM, connection) if self._held.has(each.account)]
            gone = [find_whole(SYSTEM, connection, uid) for uid in self._board.replace(found)]
            self._legs.load(connection)
            self._reconciler.load(connection)
        self._books.is_stale = False
        self._ended += [ended_of(each) for each in gone]
        self._board.begin(now_s=self._time.monotonic(), gained=self._gained)
        self._gained = frozenset()

    def hold(self, accounts: Collection[str]) -> None:
        """Work on these accounts too: the next turn reads their rows, and asks for all that they leave open.

        Args:
            accounts: Their uids.
        """
        self._gained |= frozenset(accounts)
        self._books.is_stale = True

    def drop(self, accounts: Collection[str]) -> None:
        """Work on these accounts no more; what is known of them is forgotten, and the rows remember.

        Args:
            accounts: Their uids.
        """
        self._gained -= frozenset(accounts)
        self._board.drop(accounts)
        self._incoming.drop(accounts)
        self._accounts.drop(accounts)

    def is_quiet(self, account: str) -> bool:
        """Tell whether nothing that was said of an account's orders is on its way to the venue.

        Args:
            account: Its uid.
        """
        return not any(each.whole.account == account and self._sender.is_in_the_air(each) for each in self._board)

    def send(self, order_uid: str) -> None:
        """Send an order whose row is committed.

        Args:
            order_uid: Its uid.
        """
        self._new.append(order_uid)
        self._fetch()

    def cancel(self, order_uid: str, *, reason: str = ASKED_FOR) -> None:
        """Cancel an order, whatever its state; a fill that crosses it wins. An order that has ended stays so.

        Args:
            order_uid: Its uid.
            reason: Why, as it is told.

        Raises:
            NotFound: There is no such order.
            LedgerUnavailable: Nothing was done; call again.
        """
        watched = self._board.find(order_uid)
        is_unsaid = watched is not None and watched.said_s == NEVER and not watched.may_be_known
        with self._books.writing() as work:
            whole, is_changed = canceled(work, order_uid, reason=reason, is_unsaid=is_unsaid)
        if not is_changed:
            self._board.put(whole, may_be_known=True)
            return
        if whole.order.leg in PROTECTIVE:
            self._legs.hold(book_of(whole))
        self._note(whole)

    def handle(self, broker: str, answer: Answer) -> None:
        """Take in what a broker says; it becomes rows at the next turn.

        Args:
            broker: Who says so.
            answer: What.
        """
        match answer:
            case OrderEvent() if self._held.has(answer.account):
                self._incoming.add(broker, answer)
                self._breakers.note(answer)
            case AccountState():
                self._reconciler.hear(broker, answer)
            case BrokerState():
                self._accounts.hear(answer)

    def turn(self) -> None:
        """Do what is due: write what has come, say what is to be said, look after legs and accounts."""
        if self._books.is_stale:
            self.load()
        for taken in self._incoming.take():
            self._note_taken(taken)
        for account in self._incoming.take_strangers():
            self._reconciler.want(account)
        self._fetch()
        for watched in self._board:
            self._turn_one(watched)
        self._turn_legs()
        for whole in self._accounts.turn():
            self._note_filled(whole)
        self._accounts.turn_breakers()
        self._news.turn(self._board)

    def take_ended(self) -> tuple[Ended, ...]:
        """Return the orders that have ended, or that were filled further after their end, since this was last asked."""
        ended, self._ended = tuple(self._ended), []
        return ended

    def take_told(self) -> bool:
        """Tell whether something was committed since this was last asked that may have messages: wake the outbox."""
        told, self._books.has_told = self._books.has_told, False
        return told

    def why_held(self, account: str) -> WhyHeld:
        """Tell why nothing is opened in an account now.

        Args:
            account: The account's uid.

        Returns:
            The reason, empty where something may be opened.
        """
        return self._accounts.why_held(account)

    def openings_in_the_air(self) -> frozenset[int]:
        """Return the ledger's numbers of the portfolios of which an opening that was said may still reach a venue."""
        flying = (each for each in self._board if each.is_opening and self._sender.is_in_the_air(each))
        return frozenset(each.whole.order.portfolio_id for each in flying)

    def reconcile_now(self, account: str | None = None) -> None:
        """Compare an account with its venue now.

        Args:
            account: The account's uid; None for all.
        """
        self._accounts.follow(account)
        for each in self._reconciler.accounts() if account is None else (account,):
            self._reconciler.want(each)

    def keep_fresh(self, account: str) -> None:
        """Have an account's balances read again and again for a while: something is about to be opened there.

        Args:
            account: The account's uid.
        """
        self._accounts.follow(account)
        self._reconciler.keep_fresh(account)

    def _fetch(self) -> None:
        """Watch new orders, and send them."""
        while self._new:
            with self._books.reading() as connection:
                whole = find_whole(SYSTEM, connection, self._new[0])
            self._accounts.follow(whole.account)
            del self._new[0]
            is_mine = self._held.has(whole.account)  # else whoever has the account now finds it in the rows
            watched = self._board.put(whole, may_be_known=False) if is_mine else None
            if watched is not None:
                self._turn_one(watched)

    def _turn_one(self, watched: Watched) -> None:
        """Say what is due of an order, and write what has to be written about it."""
        due = self._sender.turn(watched, self.may_still_go, is_held=self._breakers.is_open(watched.whole.account))
        if due.cancel:
            self.cancel(watched.whole.order.uid, reason=due.cancel)
        if due.is_told:
            with self._books.writing() as work:
                telling.tell_held_up(work, watched.whole, due.tell_closed)
            watched.is_told_unsure, watched.told_closed = due.tell_unsure, due.tell_closed
        if due.tell_closed is not None:
            self._reconciler.want(watched.whole.account)  # what was said before may have been filled

    def _note_taken(self, taken: Taken) -> None:
        """Note in memory what an event has done."""
        whole, changed = taken.whole, taken.before.order.status != taken.whole.order.status
        self._reconciler.note_event(whole.account, has_fills=taken.has_fills)
        if whole.order.status in ENDED and (changed or taken.has_fills):
            self._ended.append(ended_of(whole))
        if taken.has_fills or changed:
            self._legs.unsettle(whole)
        watched = self._board.put(whole, may_be_known=True)
        if watched is None:
            if taken.step.look:
                self._link.say(whole.program, to_look_up(whole))
            return
        watched.follow(taken.step, self._time.monotonic())

    def _note(self, whole: WholeOrder) -> None:
        """Note in memory what was written of an order, and say what follows."""
        watched = self._board.put(whole, may_be_known=True)
        if watched is None:
            self._ended.append(ended_of(whole))
            self._legs.unsettle(whole)
            return
        watched.note(self._time.monotonic())
        self._turn_one(watched)

    def _turn_legs(self) -> None:
        """Write the legs that positions need now, and send them."""
        going, placed = self._legs.write(self._books)
        for whole in going:
            self._note(whole)
        self._new += placed
        self._fetch()

    def _note_filled(self, whole: WholeOrder) -> None:
        """Note in memory that a reconciliation has filled an order."""
        if whole.order.status in ENDED:
            self._ended.append(ended_of(whole))
        if (watched := self._board.put(whole, may_be_known=True)) is not None:
            watched.needs_look = True
            watched.note(self._time.monotonic())
