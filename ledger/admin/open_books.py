"""What the commands for the books of trading share: the open ledger, and names for what is in it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from ledger.admin.commands import Refused, nothing_running
from ledger.bootstrap import make_ready
from ledger.settings import Settings
from ledger.store import Ledger, open_ledger
from ledger.trading.errors import TradingError
from ledger.trading.people import users
from ledger.trading.people.admin_ids import first_admin_ids
from ledger.trading.people.user_rows import Spoken, User, awaited_admins
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

NUMBERS = {"quantity", "average", "cost", "realized", "executions", "gross", "version"}
"""Columns of tables that stand at their right end."""


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name."""


Thing = TypeVar("Thing", bound=Named)


@contextmanager
def ready(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger, which is made where there is none yet, with the first admins in it.

    Args:
        settings: Where the ledger is, and who they are.

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
            _let_first_admins_in(ledger, settings)
            yield ledger
        except TradingError as error:
            raise Refused(str(error)) from None


def _let_first_admins_in(ledger: Ledger, settings: Settings) -> None:
    """Let in whom the settings name as admins; where they are in already, nothing is written and nobody waited for."""
    named_ones = first_admin_ids(settings.telegram_admin_ids, settings.telegram_chat_id)
    with ledger.reading() as connection:
        awaited = awaited_admins(connection, named_ones)
    if awaited:
        with ledger.writing() as connection:
            users.first_admins(Work(connection, datetime.now(UTC)), awaited, spoken=spoken_to(settings))


def spoken_to(settings: Settings) -> Spoken:
    """Return how new users are spoken to: as the chat is.

    Args:
        settings: The owner's.
    """
    return Spoken(language=settings.language, timezone=settings.timezone)


def user_named(connection: Connection, name: str) -> User:
    """Return the user of a name, or of a number in Telegram: two may have one name.

    Args:
        connection: Any connection to the ledger.
        name: The user's name or number.

    Raises:
        Refused: There is none, or there are several; its text lists the names or numbers that there are.
    """
    found = users.list_users(SYSTEM, connection)
    same = [each for each in found if name == str(each.telegram_user_id)]
    same = same or [each for each in found if each.username == name]
    if len(same) > 1:
        numbers = ", ".join(str(each.telegram_user_id) for each in same)
        raise Refused(f"there are several users {name}; name one by the number in Telegram: {numbers}")
    if not same:
        raise Refused(f"there is no user {name}; {listed(each.username for each in found)}")
    return same[0]


def named(found: Sequence[Thing], name: str, *, what: str, owner: str) -> Thing:
    """Return the one thing that has a name.

    Args:
        found: The things.
        name: The name.
        what: What they are called.
        owner: The name of the user whose they are; a user's names are unique.

    Raises:
        Refused: There is none; its text lists the names that there are.
    """
    for each in found:
        if each.name == name:
            return each
    raise Refused(f"{owner} has no {what} {name}; {listed(each.name for each in found)}")


def listed(names: Iterable[str]) -> str:
    """Return names as a refusal lists them.

    Args:
        names: The right ones.
    """
    return f"there are: {', '.join(sorted(names)) or 'none'}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines whose columns stand below one another.

    Args:
        head: The columns' names; those in `NUMBERS` stand at their right end.
        rows: The cells.
    """
    columns = []
    for column in zip(head, *rows, strict=True):
        width = max(map(len, column))
        columns.append([cell.rjust(width) if column[0] in NUMBERS else cell.ljust(width) for cell in column])
    return ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
