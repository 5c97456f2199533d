"""Users: who may ask, in which role, and how strangers become users.

Nobody is ever removed: orders, approvals and the audit log name their user for ever. A blocked one stays blocked, and
keeps the role, until an admin approves them again. While there are admins, one of them is active: the last can neither
be blocked nor lose the role. The table has no more rows than people who were let in, blocked, or may wait to be let in.

Three functions have no principal, because they are where principals come from: `principal_of` makes one of a sender,
`request` is for a stranger, who is nobody yet, and `first_admins` for a start at which there may be no admin.
"""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select, true

from ledger.trading import audit
from ledger.trading.enumerations import Role, UserStatus
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.people.user_rows import (
    PLAIN,
    Spoken,
    User,
    add_user,
    awaited_admins,
    count_users,
    id_of,
    move_user,
    select_users,
    user_of_number,
)
from ledger.trading.principal import SYSTEM, Principal, must_be_admin, owned
from ledger.trading.tables.people import users
from ledger.trading.words import a_name, one_of
from ledger.trading.work import Work

MAX_ACTIVE = 20
MAX_REQUESTS = 50
"""Strangers cost nothing to Telegram; more of them than an admin would read are turned away."""

_PRINCIPAL = select(users.c.id, users.c.role)


class Requested(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a stranger's request.

    Attributes:
        is_new: False where they are known already: then nothing was changed, and nobody needs to be told.
        user: The one who asked.
    """

    is_new: bool
    user: User


def principal_of(connection: Connection, telegram_user_id: int) -> Principal | None:
    """Return who a sender is to the services.

    This is the one way from the outside to a principal. Ask again in each transaction: a role is worth what it is now.

    Args:
        connection: Any connection to the ledger.
        telegram_user_id: The sender's own number, not the chat's.

    Returns:
        The user, where one is active; None for a stranger and for one who waits or is blocked.
    """
    active = _PRINCIPAL.where(users.c.telegram_user_id == telegram_user_id, users.c.is_active == true())
    row = connection.execute(active).first()
    return None if row is None else Principal(user_id=row.id, role=row.role)


def first_admins(
    work: Work,
    telegram_user_ids: Iterable[int],
    *,
    usernames: Mapping[int, str] | None = None,
    spoken: Spoken = PLAIN,
) -> tuple[User, ...]:
    """Let those in whom the machine's owner names as admins; the same again changes nothing.

    A blocked one stays blocked. The role of one who is in already is for admins to change, unless there is none. The
    limit of active users does not hold here: it must not lock the owner out. They count in it, though.

    Args:
        work: What this is written with.
        telegram_user_ids: From the settings or, in a private chat, the chat's own number.
        usernames: What they are called, as far as it is known.
        spoken: How those are spoken to who were nobody here.

    Returns:
        Those who became admins by this.

    Raises:
        Invalid: A number is none of a user, such as a group's.
    """
    made = []
    for number in awaited_admins(work.connection, telegram_user_ids):
        name = (usernames or {}).get(number, "")
        user = user_of_number(work.connection, number) or add_user(work, number, name, spoken)
        made.append(move_user(SYSTEM, work, user, role="admin", status="ACTIVE"))
    return tuple(made)


def request(work: Work, telegram_user_id: int, username: str = "", *, spoken: Spoken = PLAIN) -> Requested:
    """Note that a stranger asks to be let in; whoever is known already, in whatever state, stays as they are.

    Args:
        work: What this is written with.
        telegram_user_id: The stranger's own number.
        username: What Telegram calls them.
        spoken: How they are spoken to.

    Returns:
        What came of it.

    Raises:
        Invalid: Too many wait already, or the number is none of a user.
    """
    known = user_of_number(work.connection, telegram_user_id)
    if known is not None:
        return Requested(is_new=False, user=known)
    waiting = count_users(work.connection, users.c.status == "REQUESTED")
    if waiting >= MAX_REQUESTS:
        raise Invalid.of("requests_full", count=waiting)
    user = add_user(work, telegram_user_id, username, spoken)
    asker = Principal(user_id=id_of(work.connection, user.uid), role=user.role)
    details = {"telegram_user_id": telegram_user_id, "username": user.username}
    audit.log(asker, work, audit.Entry(entity_type="user", entity_id=user.uid, action="requested", details=details))
    return Requested(is_new=True, user=user)


def approve(principal: Principal, work: Work, uid: str, role: Role, *, limit: int = MAX_ACTIVE) -> User:
    """Let a user in: one who asked, or one who was blocked.

    Args:
        principal: An admin.
        work: What this is written with.
        uid: The user.
        role: What they may do from now on.
        limit: How many users may be active.

    Returns:
        The user; who is in already with this role stays as they are.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such user.
        Invalid: There are as many active users as may be, or the user is in already with another role.
    """
    must_be_admin(principal)
    one_of("a role", role, Role)
    user = get(principal, work.connection, uid)
    if user.status == "ACTIVE":
        if user.role == role:
            return user
        raise Invalid.of("in_already", name=user.username, role=user.role)
    active = count_users(work.connection, users.c.is_active == true())
    if active >= limit:
        raise Invalid.of("users_full", count=active, most=limit)
    return move_user(principal, work, user, role=role, status="ACTIVE")


def block(principal: Principal, work: Work, uid: str) -> User:
    """Shut a user out, or turn a request down; their rows and their role stay.

    Args:
        principal: An admin.
        work: What this is written with.
        uid: The user.

    Returns:
        The user; a blocked one stays as they are.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such user.
        Invalid: It is the last active admin.
    """
    must_be_admin(principal)
    user = get(principal, work.connection, uid)
    if user.status == "BLOCKED":
        return user
    return move_user(principal, work, user, role=user.role, status="BLOCKED")


def set_role(principal: Principal, work: Work, uid: str, role: Role) -> User:
    """Change what an active user may do.

    Args:
        principal: An admin.
        work: What this is written with.
        uid: The user.
        role: What they may do from now on.

    Returns:
        The user as they are now.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such user.
        Invalid: The user is not active, or is the last active admin.
    """
    must_be_admin(principal)
    one_of("a role", role, Role)
    user = get(principal, work.connection, uid)
    if user.status != "ACTIVE":
        raise Invalid.of("role_of_inactive", name=user.username, status=user.status.lower())
    return user if user.role == role else move_user(principal, work, user, role=role, status="ACTIVE")


def rename_user(principal: Principal, work: Work, uid: str, username: str) -> User:
    """Give a user another name; several users may have one name.

    Args:
        principal: An admin.
        work: What this is written with.
        uid: The user.
        username: What they are called from now on.

    Returns:
        The user as they are now.

    Raises:
        NotAllowed: The asker is no admin.
        NotFound: There is no such user.
        Invalid: The name cannot be one.
    """
    must_be_admin(principal)
    user = get(principal, work.connection, uid)
    if user.username == a_name("a user's name", username):
        return user
    work.connection.execute(users.update().where(users.c.uid == uid).values(username=username))
    details = {"name": username, "name_before": user.username}
    audit.log(principal, work, audit.Entry(entity_type="user", entity_id=uid, action="renamed", details=details))
    return get(principal, work.connection, uid)


def list_users(principal: Principal, connection: Connection, *, status: UserStatus | None = None) -> tuple[User, ...]:
    """Return all users, or those in one state, in the order in which they came.

    Args:
        principal: An admin.
        connection: Any connection to the ledger.
        status: The state; None for all.

    Raises:
        NotAllowed: The asker is no admin.
    """
    must_be_admin(principal)
    wanted = true() if status is None else users.c.status == status
    return tuple(User.of(row) for row in connection.execute(select_users(wanted).order_by(users.c.id)))


def get(principal: Principal, connection: Connection, uid: str | None = None) -> User:
    """Return a user.

    Args:
        principal: Who asks: an admin, or the user.
        connection: Any connection to the ledger.
        uid: The user; None for the asker.

    Raises:
        NotFound: There is no such user, or it is another one and the asker is no admin.
    """
    wanted = users.c.id == principal.user_id if uid is None else users.c.uid == uid
    row = connection.execute(select_users(wanted, owned(principal, users.c.id))).first()
    if row is None:
        raise NotFound("user", uid or "behind the system")
    return User.of(row)


def owner_id(principal: Principal, connection: Connection, uid: str | None) -> int:
    """Return whose a new row is to be; for the services beside this one.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        uid: The user that it is for; None for the asker. Only admins may name another one.

    Returns:
        The ledger's own number of the user.

    Raises:
        NotFound: There is no such user, or the asker may not act for them.
        Invalid: The user is not active.
    """
    user = get(principal, connection, uid)
    if user.status != "ACTIVE":
        raise Invalid.of("inactive", name=user.username, status=user.status.lower())
    return id_of(connection, user.uid)
