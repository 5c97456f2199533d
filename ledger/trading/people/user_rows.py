"""The rows of users, for the services beside this file: found, made, and moved from one role and state to another."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, true

from ledger.trading import audit
from ledger.trading.enumerations import Level, Role, UserStatus
from ledger.trading.errors import Invalid
from ledger.trading.people.admin_ids import LARGEST_NUMBER
from ledger.trading.principal import Principal
from ledger.trading.tables.people import portfolios, users
from ledger.trading.work import Work

LONGEST_USERNAME = 64
LONGEST_ZONE = 64


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """How new users are spoken to until they choose: in which language, and in which zone hours are named."""

    language: str = "en"
    timezone: str = "UTC"


PLAIN: Final = Spoken()


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user.

    Attributes:
        uid: Their name to others.
        telegram_user_id: None for one who is known from a terminal alone.
        username: As Telegram called them when they came.
        role: What they may do while active.
        status: Whether they wait to be let in, are in, or are blocked.
        language: Of the messages to them.
        timezone: In which their messages name hours; an IANA name.
        chosen_portfolio: The uid of the portfolio that their commands act on; None: the default one.
        notifications: How each kind of message comes; on, where a kind is not named.
        approved_at: When they were let in last.
        created_at: When they first asked.
    """

    uid: str
    telegram_user_id: int | None
    username: str
    role: Role
    status: UserStatus
    language: str
    timezone: str
    chosen_portfolio: str | None
    notifications: Mapping[str, Level]
    approved_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Return it as `select_users` reads it.

        Args:
            row: A row with a column for each field.
        """
        return cls(**{field: getattr(row, field) for field in cls.__struct_fields__})


def select_users(*wanted: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that reads users.

    Args:
        wanted: Which.
    """
    chosen = portfolios.c.uid.label("chosen_portfolio")
    notifications = users.c.notifications_json.label("notifications")
    columns = (users.c[field] for field in User.__struct_fields__ if field not in {chosen.name, notifications.name})
    chosen_one = portfolios.c.id == users.c.chosen_portfolio_id
    return select(*columns, chosen, notifications).outerjoin_from(users, portfolios, chosen_one).where(*wanted)


def user_of_number(connection: Connection, telegram_user_id: int) -> User | None:
    """Return the user with a number at Telegram, None where nobody has it.

    Args:
        connection: Any connection to the ledger.
        telegram_user_id: The number.

    Raises:
        Invalid: It can be nobody's.
    """
    if not 0 < telegram_user_id < LARGEST_NUMBER:
        raise Invalid.of("no_number", number=telegram_user_id)
    row = connection.execute(select_users(users.c.telegram_user_id == telegram_user_id)).first()
    return None if row is None else User.of(row)


def id_of(connection: Connection, uid: str) -> int:
    """Return the ledger's own number of a user who is there.

    Args:
        connection: Any connection to the ledger.
        uid: The user.
    """
    return int(connection.execute(select(users.c.id).where(users.c.uid == uid)).scalar_one())


def count_users(connection: Connection, *wanted: ColumnElement[bool]) -> int:
    """Return how many users there are of a kind.

    Args:
        connection: Any connection to the ledger.
        wanted: Which.
    """
    return int(connection.execute(select(func.count()).select_from(users).where(*wanted)).scalar_one())


def active_admins(connection: Connection) -> int:
    """Return how many admins can act.

    Args:
        connection: Any connection to the ledger.
    """
    return count_users(connection, users.c.is_admin == true(), users.c.is_active == true())


def awaited_admins(connection: Connection, telegram_user_ids: Iterable[int]) -> tuple[int, ...]:
    """Return those of the people named as admins whom `first_admins` would make one; nothing is written.

    Args:
        connection: Any connection to the ledger.
        telegram_user_ids: From the settings.

    Raises:
        Invalid: A number is none of a user.
    """
    has_none = not active_admins(connection)
    known = {number: user_of_number(connection, number) for number in telegram_user_ids}
    return tuple(
        number
        for number, user in known.items()
        if user is None or user.status == "REQUESTED" or (user.status == "ACTIVE" and user.role != "admin" and has_none)
    )


def a_zone(timezone: str) -> str:
    """Return a time zone's name.

    Args:
        timezone: An IANA name, such as `Europe/Berlin`.

    Raises:
        Invalid: There is no such zone.
    """
    try:
        known = 0 < len(timezone) <= LONGEST_ZONE and ZoneInfo(timezone).key == timezone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        raise Invalid.of("no_zone", timezone=timezone)
    return timezone


def add_user(work: Work, telegram_user_id: int, username: str, spoken: Spoken) -> User:
    """Write a user who waits to be let in, with the least of roles.

    Args:
        work: The caller's.
        telegram_user_id: Their number at Telegram, which nobody has.
        username: What Telegram calls them; what cannot be seen of it is dropped.
        spoken: Their language and zone.

    Returns:
        The user as they are now.

    Raises:
        Invalid: There is no such zone.
    """
    seen = "".join(sign for sign in username if sign.isprintable()).strip()[:LONGEST_USERNAME].strip()
    row: dict[str, object] = {
        "uid": audit.new_uid(),
        "telegram_user_id": telegram_user_id,
        "username": seen or str(telegram_user_id),
        "role": "viewer",
        "status": "REQUESTED",
        "is_admin": False,
        "is_active": False,
        "language": spoken.language,
        "timezone": a_zone(spoken.timezone),
        "notifications_json": {},
        "created_at": work.now,
    }
    work.connection.execute(users.insert().values(row))
    return User.of(work.connection.execute(select_users(users.c.uid == row["uid"])).one())


def move_user(principal: Principal, work: Work, user: User, *, role: Role, status: UserStatus) -> User:
    """Write another role or state of a user; role, state and the flags that repeat them are written here alone.

    Args:
        principal: Who does it.
        work: The caller's.
        user: As they are.
        role: The role from now on.
        status: The state from now on.

    Returns:
        The user as they are then.

    Raises:
        Invalid: It would leave no active admin.
    """
    was_admin = user.status == "ACTIVE" and user.role == "admin"
    is_admin = status == "ACTIVE" and role == "admin"
    if was_admin and not is_admin and active_admins(work.connection) == 1:
        raise Invalid.of("last_admin", name=user.username)
    changed: dict[str, object] = {
        "role": role,
        "status": status,
        "is_admin": role == "admin",
        "is_active": status == "ACTIVE",
    }
    if status == "ACTIVE" and user.status != "ACTIVE":
        changed |= {"approved_by_user_id": principal.user_id, "approved_at": work.now}
    work.connection.execute(users.update().where(users.c.uid == user.uid).values(changed))
    details = {"role": role, "status": status, "role_before": user.role, "status_before": user.status}
    action = {"ACTIVE": "approved", "BLOCKED": "blocked"}[status] if status != user.status else "role changed"
    audit.log(principal, work, audit.Entry(entity_type="user", entity_id=user.uid, action=action, details=details))
    return User.of(work.connection.execute(select_users(users.c.uid == user.uid)).one())
