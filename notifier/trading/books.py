"""The books for who asks in the chat: each time they are looked up anew, in the transaction that answers them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection

from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.store import Ledger
from ledger.trading.enumerations import UserStatus
from ledger.trading.errors import NotAllowed
from ledger.trading.people.admin_ids import LARGEST_NUMBER
from ledger.trading.people.user_rows import LONGEST_USERNAME, Spoken, awaited_admins, user_of_number
from ledger.trading.people.users import first_admins, principal_of, rename_user
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work
from ledger.unavailable import LedgerUnavailable
from notifier.commands.door import Role


class NoUser(NotAllowed):
    """Who asks is no user of trading, or no longer."""


class Books:
    """The ledger, for people by their numbers at Telegram."""

    def __init__(
        self,
        ledger: Ledger,
        admins: tuple[int, ...],
        *,
        no_user: str,
        spoken: Spoken,
        time: TimeSource = SYSTEM_TIME,
    ) -> None:
        """Look at the ledger when first asked.

        Args:
            ledger: The ledger.
            admins: The people whom the settings name as first admins.
            no_user: What is said to who is no user.
            spoken: How those admins are spoken to.
            time: Says the moment of what is written.
        """
        self._ledger = ledger
        self._admins = admins
        self._no_user = no_user
        self._spoken = spoken
        self._time = time
        self._known: dict[int, Role] = {}

    def now(self) -> datetime:
        """Return the moment, aware UTC."""
        return self._time.now().astimezone(UTC)

    def role_of(self, user_id: int) -> Role | None:
        """Return the role of an active user; of one who was one when the ledger could last say, while it cannot.

        Args:
            user_id: The person's number at Telegram.

        Raises:
            LedgerUnavailable: It cannot say, and never could.
        """
        try:
            with self._reading() as connection:
                principal = _principal(connection, user_id)
        except LedgerUnavailable:
            if user_id in self._known:
                return self._known[user_id]
            raise
        if principal is None:
            self._known.pop(user_id, None)
            return None
        self._known[user_id] = principal.role
        return principal.role

    @contextmanager
    def reading(self, user_id: int | None) -> Iterator[tuple[Principal, Connection]]:
        """Open a connection for reading, for a person.

        Args:
            user_id: The person's number at Telegram; None where it is not known.

        Yields:
            Who it is to the services, and the connection.

        Raises:
            NoUser: The person is no active user.
            LedgerUnavailable: The ledger cannot be read now.
        """
        with self._reading() as connection:
            yield self._who(connection, user_id), connection

    @contextmanager
    def writing(self, user_id: int | None) -> Iterator[tuple[Principal, Work]]:
        """Open a transaction, for a person.

        Args:
            user_id: The person's number at Telegram; None where it is not known.

        Yields:
            Who it is to the services, and what they write with.

        Raises:
            NoUser: The person is no active user.
            LedgerUnavailable: The ledger cannot be written now.
        """
        with self.asking() as work:
            yield self._who(work.connection, user_id), work

    def status_of(self, user_id: int) -> UserStatus | None:
        """Return whether a person waits to be let in, is in, or is blocked; None for a stranger.

        Args:
            user_id: The person's number at Telegram.

        Raises:
            LedgerUnavailable: It cannot be said now.
        """
        with self._reading() as connection:
            found = user_of_number(connection, user_id) if 0 < user_id < LARGEST_NUMBER else None
        return None if found is None else found.status

    @contextmanager
    def asking(self) -> Iterator[Work]:
        """Open a transaction in which a stranger, who is nobody yet, asks to be let in.

        Yields:
            What is written with.

        Raises:
            LedgerUnavailable: The ledger cannot be written now.
        """
        self._ledger.must_be_ready()
        self._let_admins_in()
        with self._ledger.writing() as connection:
            yield Work(connection, self.now())

    def call(self, user_id: int, person: str) -> None:
        """Call a user by the name that Telegram tells, where until now a number had to do.

        Args:
            user_id: The person's number at Telegram.
            person: What they are called there.

        Raises:
            LedgerUnavailable: The ledger cannot be written now.
            Invalid: The name cannot be one.
        """
        with self._ledger.writing() as connection:
            found = user_of_number(connection, user_id)
            if found is not None and found.username == str(user_id):
                rename_user(SYSTEM, Work(connection, self.now()), found.uid, person[:LONGEST_USERNAME].strip())

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Open a connection for reading, once those are in whom the settings name."""
        self._ledger.must_be_ready()
        self._let_admins_in()
        with self._ledger.reading() as connection:
            yield connection

    def _let_admins_in(self) -> None:
        """Let in whom the settings name as first admins: execution does it too, and may never have run yet."""
        if not self._admins:
            return
        with self._ledger.reading() as connection:
            awaited = awaited_admins(connection, self._admins)
        if awaited:
            with self._ledger.writing() as connection:
                first_admins(Work(connection, self.now()), awaited, spoken=self._spoken)
        self._admins = ()

    def _who(self, connection: Connection, user_id: int | None) -> Principal:
        """Return who a person is; raises NoUser."""
        principal = None if user_id is None else _principal(connection, user_id)
        if principal is None:
            raise NoUser(self._no_user)
        return principal


def _principal(connection: Connection, user_id: int) -> Principal | None:
    """Return who a person is; None for one who is no active user, or no person."""
    return principal_of(connection, user_id) if 0 < user_id < LARGEST_NUMBER else None
