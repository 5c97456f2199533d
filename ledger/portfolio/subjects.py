"""Messages that are edited as what they tell goes on, such as an order from its question to its end.

All rows of one subject in one chat are forms of one message, each of which tells all that there is to tell. So only the
newest has to be sent: it edits the message that an older one has become, and those that were never sent are folded into
it. Where that message is gone, or several notices became one, it is a new message.
"""

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, or_, select

from ledger.portfolio import tables
from ledger.portfolio.outbox import Buttons, NoticeLevel, Row, add_notice
from ledger.store import Ledger

_outbox = tables.outbox
DIGITS: Final = 12
"""Of what a form says, in its name: it tells forms of one subject apart."""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form that a subject has had in a chat; its name is that of its notice, with what it says in a few digits."""

    id: int
    name: str
    created_at: datetime


class NewForm(msgspec.Struct, frozen=True, kw_only=True):
    """The next form of a message.

    Attributes:
        subject: What the message tells.
        name: Begins the name of the row; the outbox looks at how it begins.
        text: All that there is to tell of it by now.
        buttons: What stands under it.
        level: Whether the phone sounds, where it is a new message: an edit makes no sound.
    """

    subject: str
    name: str
    text: str
    buttons: Buttons = ()
    level: NoticeLevel = "on"

    @property
    def full_name(self) -> str:
        """Its own name, which the same form has whenever it is told."""
        said = msgspec.json.encode((self.text, self.buttons))
        return f"{self.name}-{hashlib.sha256(said).hexdigest()[:DIGITS]}"


_FORMS = (
    select(_outbox.c.id, _outbox.c.alert_id.label("name"), _outbox.c.created_at)
    .where(_outbox.c.chat_id == bindparam("of_chat"), _outbox.c.subject == bindparam("of_subject"))
    .order_by(_outbox.c.id)
)
_PLACE = (
    select(_outbox.c.message_id)
    .where(_outbox.c.chat_id == bindparam("of_chat"), _outbox.c.subject == bindparam("of_subject"))
    .where(_outbox.c.state == "sent", _outbox.c.message_id.is_not(None))
    .order_by(_outbox.c.id.desc())
    .limit(1)
)
_NAMED = select(_outbox.c.id).where(
    _outbox.c.chat_id == bindparam("of_chat"), _outbox.c.alert_id == bindparam("of_name")
)


def forms(connection: Connection, subject: str, *, chat_id: str) -> tuple[Form, ...]:
    """Return the forms of a subject's message that a chat has had or will have, oldest first.

    Args:
        subject: What it tells.
    """
    rows = connection.execute(_FORMS, {"of_chat": chat_id, "of_subject": subject})
    return tuple(Form(id=row.id, name=row.name, created_at=row.created_at) for row in rows)


def place_of(connection: Connection, subject: str, *, chat_id: str) -> int | None:
    """Return the number of the message that tells of a subject in a chat; None where there is none.

    Args:
        subject: What it tells.
    """
    return connection.execute(_PLACE, {"of_chat": chat_id, "of_subject": subject}).scalar()


def add_form(connection: Connection, new: NewForm, *, chat_id: str, now: datetime) -> bool:
    """Put the next form of a message into a chat's outbox, in the caller's transaction; the newest again adds nothing.

    Args:
        new: The form.

    Returns:
        Whether it is another than the newest.
    """
    name = new.full_name
    known = forms(connection, new.subject, chat_id=chat_id)
    newest = known[-1].id if known else 0
    same = connection.execute(_NAMED, {"of_chat": chat_id, "of_name": name}).scalar()
    is_newest = bool(known) and known[-1].name.startswith(name)
    if is_newest or (same is not None and same > newest):  # it carries others, and has no subject any more
        return False
    add_notice(
        connection,
        name if same is None else f"{name}-{newest}",
        new.text,
        chat_id=chat_id,
        now=now,
        buttons=new.buttons,
        level=new.level,
        subject=new.subject,
    )
    return True


def forget_place(ledger: Ledger, row: Row) -> None:
    """Commit that the message is gone that a row was to edit: what it says is sent as a new one.

    Args:
        row: The row.
    """
    with ledger.writing() as connection:
        mine = (_outbox.c.chat_id == row.chat_id, _outbox.c.subject == row.subject)
        connection.execute(_outbox.update().where(*mine, _outbox.c.state == "sent").values(message_id=None))


def settle(ledger: Ledger, row: Row, told_in: int) -> None:
    """Commit that a row need not be sent, since a newer one of its subject was: that tells all of it.

    Args:
        row: The row.
        told_in: The newer row's number.
    """
    with ledger.writing() as connection:
        mine = or_(_outbox.c.id == row.id, _outbox.c.folded_into == row.id)
        connection.execute(_outbox.update().where(mine).values(state="folded", folded_into=told_in))
