"""Dialogs: what a person was asked for in a chat, one thing at a time; rows, so that they survive a restart.

A dialog is its person's alone: not even an admin answers for somebody else. A question that was answered is taken out,
by which it is answered once, however many answers come at the same moment.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, bindparam, select

from ledger.trading import audit
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.principal import Principal
from ledger.trading.tables.flow import bot_sessions
from ledger.trading.words import a_document, a_name
from ledger.trading.work import Work

VALID: Final = timedelta(minutes=10)
LONGEST_WORD: Final = 32
"""Signs of a chat's, a dialog's and a step's name."""
LONGEST_STATE: Final = 2000
"""Signs of what a dialog knows so far, as JSON."""


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a person.

    Attributes:
        chat_id: The chat, or its topic, as `bus.chats` names them.
        dialog: Who takes the answer, by its name.
        step: What is asked for.
        state: What is known so far; amounts are text.
    """

    chat_id: str
    dialog: str
    step: str
    state: Mapping[str, str] = {}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A dialog that waits for an answer: a row of `bot_sessions`.

    Attributes:
        message_id: The message that asks; None until it is known to have been sent.
        expires_at: When it is too late, aware UTC.
    """

    id: int
    uid: str
    user_id: int
    chat_id: str
    dialog: str
    step: str
    state: Mapping[str, str]
    message_id: int | None
    expires_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether it is too late for an answer.

        Args:
            now: The moment, aware.
        """
        return now >= self.expires_at


_COLUMNS = [
    bot_sessions.c.state_json.label("state") if field == "state" else bot_sessions.c[field]
    for field in Session.__struct_fields__
]
_MINE = bot_sessions.c.user_id == bindparam("asker")
_SESSIONS: Select[Any] = select(*_COLUMNS).where(_MINE)
_IN_CHAT = _SESSIONS.where(bot_sessions.c.chat_id == bindparam("in_chat"))
_BY_UID = _SESSIONS.where(bot_sessions.c.uid == bindparam("of_uid"))
_ADD = bot_sessions.insert()
_REPLACED = bot_sessions.delete().where(_MINE, bot_sessions.c.chat_id == bindparam("in_chat"))
_ENDED = bot_sessions.delete().where(_MINE, bot_sessions.c.uid == bindparam("of_uid"))
_ASKED = bot_sessions.update().where(_MINE, bot_sessions.c.uid == bindparam("of_uid"))


def begin(principal: Principal, work: Work, new: NewSession) -> Session:
    """Ask something of a person; what was open in the chat before is no longer asked.

    Args:
        principal: Who is asked.
        work: What this is written with; the answer may come until `VALID` after its moment.
        new: What is asked.

    Returns:
        The dialog.

    Raises:
        NotFound: The asker is the system, which nobody talks to.
        Invalid: It cannot be kept.
    """
    if principal.user_id is None:
        raise NotFound("user", "system")
    for what, word in (("a chat", new.chat_id), ("a dialog", new.dialog), ("a step", new.step)):
        a_name(what, word, longest=LONGEST_WORD)
    size = len(a_document("what is known", new.state))
    if size > LONGEST_STATE:
        raise Invalid.of("too_long", what="what is known", count=size, most=LONGEST_STATE)
    uid = audit.new_uid()
    said = {"chat_id": new.chat_id, "dialog": new.dialog, "step": new.step, "state_json": dict(new.state)}
    moments = {"expires_at": work.now + VALID, "updated_at": work.now, "created_at": work.now}
    work.connection.execute(_REPLACED, {"asker": principal.user_id, "in_chat": new.chat_id})
    work.connection.execute(_ADD, {"uid": uid, "user_id": principal.user_id, **said, **moments})
    return _session(_row(principal, work.connection, uid))


def find(principal: Principal, connection: Connection, chat_id: str) -> Session | None:
    """Return what is asked of a person in a chat; it may be too late for an answer.

    Args:
        principal: The person.
        connection: Any connection to the ledger.
        chat_id: The chat, or its topic.

    Returns:
        The dialog; None where nothing is asked.
    """
    row = connection.execute(_IN_CHAT, {"asker": principal.user_id, "in_chat": chat_id}).first()
    return None if row is None else _session(row)


def advance(principal: Principal, work: Work, uid: str, *, message_id: int) -> Session:
    """Note which message asks.

    Args:
        principal: Who is asked.
        work: What this is written with.
        uid: The dialog's.
        message_id: The message's number at Telegram.

    Returns:
        The dialog after it.

    Raises:
        NotFound: The asker has no such dialog, or it is over.
    """
    row = _row(principal, work.connection, uid)
    changed = {"message_id": message_id, "updated_at": work.now}
    work.connection.execute(_ASKED, {"asker": principal.user_id, "of_uid": uid, **changed})
    return msgspec.structs.replace(_session(row), message_id=message_id)


def end(principal: Principal, work: Work, uid: str) -> Session:
    """Take a dialog out: it was answered, called off, or came too late.

    Args:
        principal: Who was asked.
        work: What this is written with.
        uid: The dialog's.

    Returns:
        The dialog as it was.

    Raises:
        NotFound: The asker has no such dialog, or it is over already.
    """
    row = _row(principal, work.connection, uid)
    work.connection.execute(_ENDED, {"asker": principal.user_id, "of_uid": uid})
    return _session(row)


def _row(principal: Principal, connection: Connection, uid: str) -> Row[Any]:
    """Return a dialog's row; raises NotFound."""
    row = connection.execute(_BY_UID, {"asker": principal.user_id, "of_uid": uid}).first()
    if row is None:
        raise NotFound("dialog", uid)
    return row


def _session(row: Row[Any]) -> Session:
    """Return a dialog as it is read."""
    return Session(**{field: getattr(row, field) for field in Session.__struct_fields__})
