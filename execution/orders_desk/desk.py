"""The orders desk: everything between a written intent and the books.

Rows decide. What is kept in memory is made anew from them at any time, so that a kill at any step is harmless: an order
that may have been heard is asked for at its venue before it is placed, an event said again changes nothing.

    send ──▶ PlaceOrder every second ──▶ OrderEvent ──▶ one transaction: fills, state, messages ──▶ legs
                    │ may not go any more           ──▶ canceled
                    └ answer lost ──▶ UNKNOWN       ──▶ looked up until it is found
"""

from typing import Final

from bus.messages.venue_accounts import AccountState
from bus.messages.venue_talk import Answer
from bus.messages.venues import BrokerState, OrderEvent
from bus.time_source import SYSTEM_TIME, TimeSource
from execution.orders_desk import telling
from execution.orders_desk.board import Board
from execution.orders_desk.books import Books
from execution.orders_desk.breakers import Breakers
from execution.orders_desk.incoming import Incoming
from execution.orders_desk.legs_watch import LegsWatch
from execution.orders_desk.lives import PROTECTIVE
from execution.orders_desk.news import News
from execution.orders_desk.pace import DEAF_S
from execution.orders_desk.reconcile import Reconciler
from execution.orders_desk.records import ENDED, NEVER, Ended, MayGo, Watched, WhyHeld, always, book_of, ended_of
from execution.orders_desk.saying import to_look_up
from execution.orders_desk.sending import Sender
from execution.orders_desk.taking import Taken
from execution.settings import Settings
from execution.venue_link import VenueLink
from ledger.store import Ledger
from ledger.trading.orders import orders
from ledger.trading.orders.states import OPEN
from ledger.trading.orders.whole import WholeOrder, find_whole, open_wholes
from ledger.trading.principal import SYSTEM

ASKED_FOR: Final = "asked for"


class OrdersDesk:
    """Sends orders, and takes in what becomes of them.

    Every method may raise LedgerUnavailable; nothing is lost then, and the next turn goes on.

    Attributes:
        may_still_go: Says whether an order may go; given by who writes the intents.
    """

    def __init__(self, ledger: Ledger, link: VenueLink, settings: Settings, time: TimeSource = SYSTEM_TIME) -> None:
        """Watch nothing yet; `load` comes first.

        Args:
            ledger: The books.
            link: The way to the brokers.
            settings: How long what may take.
            time: The clocks.
        """
        self.may_still_go: MayGo = always
        self._books = Books(ledger, time)
        self._link = link
        self._time = time
        self._board = Board()
        self._sender = Sender(link, time, timeout_s=settings.order_timeout_seconds)
        self._breakers = Breakers(time)
        self._legs = LegsWatch(time, link, self._board)
        self._reconciler = Reconciler(link, time, self._board, hours=settings.position_sync_hours)
        self._incoming = Incoming(self._books)
        self._news = News(self._books, time)
        self._new: list[str] = []
        self._ended: list[Ended] = []

    def load(self) -> None:
        """Watch what the rows say: all orders that may still be filled, which are asked for before they are placed."""
        with self._books.reading() as connection:
            found = open_wholes(SYSTEM, connection)
            gone = [find_whole(SYSTEM, connection, uid) for uid in self._board.replace(found)]
            self._legs.load(connection)
            self._reconciler.load(connection)
        self._books.is_stale = False
        self._ended += [ended_of(each) for each in gone]
        now_s = self._time.monotonic()
        for watched in self._board:
            watched.flying_until_s = max(watched.flying_until_s, now_s + DEAF_S)  # an earlier life may have said it
            watched.note(now_s)

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
            before = find_whole(SYSTEM, work.connection, order_uid)
            if before.order.status not in OPEN or before.order.status == "PENDING_CANCEL":
                self._board.put(before, may_be_known=True)
                return
            is_over = is_unsaid and before.order.status == "PENDING_NEW"
            orders.move(SYSTEM, work, order_uid, "CANCELED" if is_over else "PENDING_CANCEL", reason=reason)
            whole = find_whole(SYSTEM, work.connection, order_uid)
            if is_over:
                telling.tell_end(work, whole)
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
            case OrderEvent():
                self._incoming.add(broker, answer)
                self._breakers.note(answer)
            case AccountState():
                self._reconciler.hear(broker, answer)
            case BrokerState():
                for account in self._reconciler.hear_broker(answer):
                    self._breakers.reconnected(account)

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
        self._turn_accounts()
        self._turn_breakers()
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
        if self._breakers.is_open(account):
            return "breaker"
        return "" if self._reconciler.is_read(account) else "unread"

    def openings_in_the_air(self) -> frozenset[int]:
        """Return the ledger's numbers of the portfolios of which an opening that was said may still reach a venue."""
        flying = (each for each in self._board if each.is_opening and self._sender.is_in_the_air(each))
        return frozenset(each.whole.order.portfolio_id for each in flying)

    def reconcile_now(self, account: str | None = None) -> None:
        """Compare an account with its venue now.

        Args:
            account: The account's uid; None for all.
        """
        self._follow(account)
        for each in self._reconciler.accounts() if account is None else (account,):
            self._reconciler.want(each)

    def keep_fresh(self, account: str) -> None:
        """Have an account's balances read again and again for a while: something is about to be opened there.

        Args:
            account: The account's uid.
        """
        self._follow(account)
        self._reconciler.keep_fresh(account)

    def _follow(self, account: str | None) -> None:
        """Follow an account that was made since the start."""
        if account not in self._reconciler.accounts():
            with self._books.reading() as connection:
                self._reconciler.load(connection)

    def _fetch(self) -> None:
        """Watch new orders, and send them."""
        while self._new:
            with self._books.reading() as connection:
                whole = find_whole(SYSTEM, connection, self._new[0])
            self._follow(whole.account)
            del self._new[0]
            watched = self._board.put(whole, may_be_known=False)
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
        if not self._legs.is_due():
            return
        with self._books.writing() as work:
            changed = self._legs.turn(work)
        self._legs.committed()
        with self._books.reading() as connection:
            going = [find_whole(SYSTEM, connection, uid) for each in changed for uid in each.canceled]
        for whole in going:
            self._note(whole)
        self._new += [uid for each in changed for uid in each.placed]
        self._fetch()

    def _turn_breakers(self) -> None:
        """Tell of breakers, and have accounts read whose breakers should try to close."""
        for account in self._breakers.trials():
            self._reconciler.read(account)
        self._breakers.tell_news(self._books)

    def _turn_accounts(self) -> None:
        """Write what was read of accounts, and ask for those that are due."""
        while (state := self._reconciler.next_state()) is not None:
            if state.is_complete:
                self._breakers.read_succeeded(state.account)
            with self._books.writing() as work:
                written = self._reconciler.write(work, state)
            self._reconciler.written(state, is_compared=written.is_compared)
            if written.is_compared or written.is_liquidated:
                self._legs.look_again()
            for whole in written.changed:
                self._legs.unsettle(whole)
                self._note_filled(whole)
        self._reconciler.turn()

    def _note_filled(self, whole: WholeOrder) -> None:
        """Note in memory that a reconciliation has filled an order."""
        if whole.order.status in ENDED:
            self._ended.append(ended_of(whole))
        if (watched := self._board.put(whole, may_be_known=True)) is not None:
            watched.needs_look = True
            watched.note(self._time.monotonic())
