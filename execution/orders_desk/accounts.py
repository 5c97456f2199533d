"""The accounts that the desk works on: whose venue is read, what of it is written, and whose breaker is open."""

from collections.abc import Collection, Iterator

from bus.messages.venues import BrokerState
from execution.orders_desk.books import Books
from execution.orders_desk.breakers import Breakers
from execution.orders_desk.legs_watch import LegsWatch
from execution.orders_desk.reconcile import Reconciler
from execution.orders_desk.records import WhyHeld
from ledger.trading.orders.whole import WholeOrder


class Accounts:
    """What is done of accounts rather than of orders."""

    def __init__(self, books: Books, legs: LegsWatch, reconciler: Reconciler, breakers: Breakers) -> None:
        """Follow none yet.

        Args:
            books: Where what was read is written.
            legs: Are looked at where an account is another one than before.
            reconciler: Asks for accounts.
            breakers: Of the accounts.
        """
        self._books = books
        self._legs = legs
        self._reconciler = reconciler
        self._breakers = breakers

    def hear(self, state: BrokerState) -> None:
        """Take in how a broker is.

        Args:
            state: How it is.
        """
        for account in self._reconciler.hear_broker(state):
            self._breakers.reconnected(account)

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

    def follow(self, account: str | None) -> None:
        """Follow an account that was made since the start.

        Args:
            account: Its uid; None for whatever was made.

        Raises:
            LedgerUnavailable: The ledger cannot be read now.
        """
        if account not in self._reconciler.accounts():
            with self._books.reading() as connection:
                self._reconciler.load(connection)

    def drop(self, accounts: Collection[str]) -> None:
        """Follow these accounts no more.

        Args:
            accounts: Their uids.
        """
        self._reconciler.drop(accounts)
        self._breakers.drop(accounts)
        self._legs.drop_others()

    def turn(self) -> Iterator[WholeOrder]:
        """Write what was read of accounts, and ask for those that are due.

        Yields:
            The orders that a reading has filled or ended, each once it is committed.

        Raises:
            LedgerUnavailable: The ledger cannot be used now; what was read waits.
        """
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
                yield whole
        self._reconciler.turn()

    def turn_breakers(self) -> None:
        """Tell of breakers, and have accounts read whose breakers should try to close.

        Raises:
            LedgerUnavailable: It cannot be told now.
        """
        for account in self._breakers.trials():
            self._reconciler.read(account)
        self._breakers.tell_news(self._books)
