"""Letting people in and shutting them out: the change, and what those are told whom it concerns, in one transaction."""

from typing import Final

from ledger.portfolio.outbox import Button, Buttons, add_notice
from ledger.trading.audit import new_uid
from ledger.trading.enumerations import Role
from ledger.trading.people import users
from ledger.trading.people.beginning import begin_on_paper
from ledger.trading.people.portfolios import get_portfolio
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work
from notifier.texts.trading_people import PeopleWords, words_of

LET = "let"
"""The first word of the buttons under a request: `let:<user>:trader`, and `viewer` or `block` in place of `trader`."""
BLOCK: Final = "block"
LONGEST_NAME = 32


def shown(user: User) -> str:
    """Return what a user is called, in plain text, not longer than a line takes.

    Args:
        user: The user; strangers call themselves what they like.
    """
    name = user.username
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def request_text(user: User, words: PeopleWords) -> str:
    """Return what admins are told of somebody who asks to be let in, in plain text.

    Args:
        user: Who asks.
        words: In the admin's language.
    """
    return words.request.format(name=shown(user), number=user.telegram_user_id)


def tell_admins(work: Work, asker: User) -> None:
    """Tell every active admin that somebody asks to be let in, with buttons that decide it.

    Args:
        work: That of the request.
        asker: Who asks.
    """
    for admin in users.list_users(SYSTEM, work.connection, status="ACTIVE"):
        if admin.role == "admin":
            words = words_of(admin.language)
            _tell(
                work, admin, request_text(asker, words), name=f"user-{asker.uid}-asks", buttons=_buttons(asker, words)
            )


def let_in(principal: Principal, work: Work, user: User, role: Role, *, limit: int) -> User:
    """Let a user in, who begins on paper where there is no portfolio yet, and tell them.

    Args:
        principal: An admin.
        work: What this is written with.
        user: Who asked, or was blocked.
        role: What they may do.
        limit: How many users may be active.

    Returns:
        The user as they are now.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: As many are in as may be, or the user is in with another role.
    """
    after = users.approve(principal, work, user.uid, role, limit=limit)
    if after.status == user.status:
        return after
    words = words_of(after.language)
    place = get_portfolio(principal, work.connection, begin_on_paper(principal, work, after.uid))
    begins = "" if place.is_live else "\n" + words.on_paper.format(name=place.name)
    _tell(work, after, words.let_in.format(role=after.role) + begins)
    return after


def shut_out(principal: Principal, work: Work, user: User) -> User:
    """Shut a user out, or turn a request down, and tell them, once.

    Args:
        principal: An admin.
        work: What this is written with.
        user: The user.

    Returns:
        The user as they are now.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: It is the last active admin.
    """
    after = users.block(principal, work, user.uid)
    words = words_of(after.language)
    if user.status != "BLOCKED":
        _tell(work, after, words.shut_out if user.status == "ACTIVE" else words.turned_down)
    return after


def change_role(principal: Principal, work: Work, user: User, role: Role) -> User:
    """Change what an active user may do, and tell them.

    Args:
        principal: An admin.
        work: What this is written with.
        user: The user.
        role: What they may do from now on.

    Returns:
        The user as they are now.

    Raises:
        NotAllowed: The asker is no admin.
        Invalid: There is no such role, the user is not active, or is the last active admin.
    """
    after = users.set_role(principal, work, user.uid, role)
    if after.role != user.role:
        _tell(work, after, words_of(after.language).role_changed.format(role=after.role))
    return after


def _tell(work: Work, user: User, text: str, *, name: str = "", buttons: Buttons = ()) -> None:
    """Put a message into the outbox of a user's own chat, where they have one; each has a name of its own."""
    if user.telegram_user_id is not None:
        called, chat_id = name or f"user-{user.uid}-{new_uid()}", str(user.telegram_user_id)
        add_notice(work.connection, called, text, chat_id=chat_id, now=work.now, buttons=buttons)


def _buttons(user: User, words: PeopleWords) -> Buttons:
    """Return the buttons under a request."""
    first = (
        Button(words.button_trader, f"{LET}:{user.uid}:trader"),
        Button(words.button_block, f"{LET}:{user.uid}:{BLOCK}"),
    )
    return first, (Button(words.button_viewer, f"{LET}:{user.uid}:viewer"),)
