"""The ledger's settings, for everybody who opens it; light, because the launcher imports it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Protocol
from urllib.parse import quote

import msgspec
from msgspec import Meta, Struct

from bus.chats import ChatIds, TelegramChatId
from bus.language import ChosenLanguage
from bus.schedule_settings import Timezone
from bus.settings import Secret
from bus.trading_settings import MaxUsers, OffUntilConfigured
from ledger.trading.people.admin_ids import NOBODY, TelegramAdminIds

DatabaseUrl = Annotated[
    Secret, Meta(description="the ledger's SQLAlchemy URL; sqlite:///data/portfolio.db is a file in this folder")
]
"""A secret, because it may hold a password."""
DEFAULT_DATABASE_URL = Secret("sqlite:///data/portfolio.db")
DatabaseHost = Annotated[
    str | None,
    Meta(description="in place of DATABASE_URL: the host of a PostgreSQL, or the folder of its socket"),
]
DatabasePort = Annotated[
    Annotated[int, Meta(ge=1, le=65535)] | None, Meta(description="its port; 5432 where none is named")
]
DatabaseName = Annotated[
    Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.$-]{1,63}\Z")] | None, Meta(description="the name of the database there")
]
DatabaseUser = Annotated[str | None, Meta(description="who logs in there")]
DatabasePassword = Annotated[Secret | None, Meta(description="the password, as it is: nothing in it is to be escaped")]
InboxDatabaseUrl = Annotated[
    Secret,
    Meta(
        description="the SQLAlchemy URL of the inbox, where the ledger is not a file in data/; in PostgreSQL as a role "
        "that may only take signals in (docs/ledger.md)"
    ),
]
DEFAULT_INBOX_DATABASE_URL = Secret("sqlite:///data/inbox/inbox.db")
BackupKeepDays = Annotated[
    int, Meta(ge=1, le=3650, description="days for which the daily backups of the ledger are kept, 1 to 3650")
]


class HasDatabase(Protocol):
    """Settings that say where the ledger is, in one of two ways."""

    @property
    def database_url(self) -> Secret:
        """Where it is; after `settle_database` in any case."""

    @property
    def database_host(self) -> str | None:
        """The server, where it is named by its parts."""

    @property
    def database_port(self) -> int | None:
        """The server's port."""

    @property
    def database_name(self) -> str | None:
        """The database there."""

    @property
    def database_user(self) -> str | None:
        """Who logs in there."""

    @property
    def database_password(self) -> Secret | None:
        """With which password."""


class Settings(Struct, frozen=True, kw_only=True):
    """What the owner's commands need: where the ledger is, whose time they show, who the first admins are."""

    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    database_host: DatabaseHost = None
    database_port: DatabasePort = None
    database_name: DatabaseName = None
    database_user: DatabaseUser = None
    database_password: DatabasePassword = None
    timezone: Timezone = "Europe/Paris"
    language: ChosenLanguage = "en"
    telegram_admin_ids: TelegramAdminIds = NOBODY
    telegram_chat_id: TelegramChatId = ChatIds(())
    max_users: MaxUsers = 20

    def __post_init__(self) -> None:
        """Make a URL of the parts.

        Raises:
            ValueError: Names what contradicts or is missing.
        """
        settle_database(self)


class TradingOnLedger(OffUntilConfigured, frozen=True, kw_only=True):
    """The settings of a program that trades, or shows trading, and opens the ledger."""

    database_url: DatabaseUrl = DEFAULT_DATABASE_URL
    database_host: DatabaseHost = None
    database_port: DatabasePort = None
    database_name: DatabaseName = None
    database_user: DatabaseUser = None
    database_password: DatabasePassword = None

    def __post_init__(self) -> None:
        """Refuse while trading is off, and settle where the ledger is.

        Raises:
            NotConfigured: Trading is off.
            ValueError: The database's parts contradict each other.
        """
        super().__post_init__()
        settle_database(self)


def settle_database(settings: HasDatabase) -> None:
    """Put the URL that the parts make into `database_url`; called by the Settings themselves, once.

    Args:
        settings: Freshly read.

    Raises:
        ValueError: A URL is given too, or a part is missing; its text names the variables and what to write.
    """
    parts = ("host", "port", "name", "user", "password")
    given = [part for part in parts if getattr(settings, f"database_{part}") is not None]
    if not given:
        return
    if settings.database_url is not DEFAULT_DATABASE_URL:
        raise ValueError(f"DATABASE_URL and DATABASE_{given[0].upper()} say where the ledger is in two ways; keep one")
    missing = [f"DATABASE_{part.upper()}" for part in ("host", "name", "user") if part not in given]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing beside DATABASE_{given[0].upper()}; write all or none")
    msgspec.structs.force_setattr(settings, "database_url", Secret(_url(settings)))  # type: ignore[arg-type]


def inbox_faults(values: Mapping[str, str]) -> Iterator[str]:
    """Yield a line where alerts would be kept in a place from which nobody takes them.

    The webhook, which the internet reaches, is not told where the ledger is: that may hold a password. So where it is
    not in its usual folder, somebody must say where the inbox is.

    Args:
        values: What `.env` says.
    """
    url = values.get("DATABASE_URL") or DEFAULT_DATABASE_URL.reveal()
    folder, _, _ = url.rpartition("/")
    is_elsewhere = folder != "sqlite:///data" or bool(values.get("DATABASE_HOST"))
    is_on = values.get("TRADING", "off") not in {"", "off"}
    if is_on and is_elsewhere and not values.get("INBOX_DATABASE_URL"):
        yield (
            "INBOX_DATABASE_URL is missing: the ledger is not in data/, and the webhook is not told where it is; write "
            "the URL of a role that may only take signals in, or of inbox/inbox.db beside the ledger's file"
        )


def _url(settings: HasDatabase) -> str:
    """Return the URL of a PostgreSQL that is named by its parts."""
    host, port = settings.database_host or "", f":{settings.database_port}" if settings.database_port else ""
    password = f":{quote(settings.database_password.reveal(), safe='')}" if settings.database_password else ""
    login = f"{quote(settings.database_user or '', safe='')}{password}"
    if host.startswith("/"):
        return f"postgresql+psycopg://{login}@{port}/{settings.database_name}?host={quote(host)}"
    return f"postgresql+psycopg://{login}@{f'[{host}]' if ':' in host else host}{port}/{settings.database_name}"
