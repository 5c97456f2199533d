"""What the commands for the books of trading share: the open ledger, and names for what is in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from ledger.admin.commands import Refused, nothing_running
from ledger.bootstrap import make_ready
from ledger.settings import Settings
from ledger.store import Ledger, open_ledger
from ledger.trading.errors import TradingError
from ledger.trading.people import users
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM

Thing = TypeVar("Thing")


@contextmanager
def ready(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger, which is made where there is none yet.

    Args:
        settings: Where the ledger is.

    Yields:
        The ledger; a service's refusal becomes one of the command.

    Raises:
        Refused: A service refuses.
        LedgerUnavailable: The ledger cannot be used now.
    """
    url = settings.database_url.reveal()
    with open_ledger(url) as ledger:
        if not ledger.schema():
            with nothing_running():
                make_ready(ledger, url, lambda _: None)
        ledger.check()
        try:
            yield ledger
        except TradingError as error:
            raise Refused(str(error)) from None


def user_named(connection: Connection, name: str) -> User:
    """Return the user of a name.

    Args:
        connection: Any connection to the ledger.
        name: The user's name.

    Raises:
        Refused: There is none.
    """
    return named(users.list_users(SYSTEM, connection), name, what="user", key="username")


def named(found: Sequence[Thing], name: str, *, what: str, key: str = "name") -> Thing:
    """Return the one thing that has a name.

    Args:
        found: The things.
        name: The name.
        what: What they are called.
        key: The attribute that holds a thing's name.

    Raises:
        Refused: There is none, or there are several; its text lists the names that there are.
    """
    same = [each for each in found if getattr(each, key) == name]
    if len(same) != 1:
        there_are = ", ".join(sorted(getattr(each, key) for each in found)) or "none"
        raise Refused(f"there {'is no' if not same else 'are several'} {what} {name}; there are: {there_are}")
    return same[0]
