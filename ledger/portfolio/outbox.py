"""The outbox: messages on their way to Telegram.

    pending ──▶ sending ──▶ sent(message_id)
       ▲           │  └───▶ dead(reason)
       └───────────┘        pending ──▶ folded(into): told in a line of a newer message

`sending` is committed before the request leaves, `sent` right after its answer. What happened to a row found in
`sending` at start nobody knows: it goes back to pending, its next copy marked as a possible repeat.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, exists, func, literal, null, or_, select
from sqlalchemy import Row as DatabaseRow

from bus.chats import moved_to
from bus.messages.rounds import Snapshot
from ledger.backup import BEFORE_RESTORE
from ledger.portfolio import documents, tables
from ledger.portfolio.moved import HAS_IT, moved_chats
from ledger.portfolio.takeover import OTHERS
from ledger.store import Ledger, fields

_outbox = tables.outbox
MOST_TOLD_LATE = 100
LONGEST_DATA = 64
"""Bytes that Telegram hands back with a press (core.telegram.org/bots/api, "InlineKeyboardButton", read 2026-11)."""


class Button(msgspec.Struct, frozen=True):
    """A button under a message; when it is pressed, `data` comes back, 1 to `LONGEST_DATA` bytes."""

    text: str
    data: str

    def __post_init__(self) -> None:
        """Refuse what Telegram would refuse, while it can still be written another way."""
        if not self.text or not 0 < len(self.data.encode()) <= LONGEST_DATA:
            raise ValueError(f"a button has a text, and data of 1 to {LONGEST_DATA} bytes")


Buttons = tuple[tuple[Button, ...], ...]
"""Rows of buttons, from the top."""
NoticeLevel = Literal["on", "silent"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A message that has to be sent; `round_id` is None for alerts and notices, `level` for all but notices.

    Of a subject: `place` is the number of the message that it edits, `told_in` the newer row that was told before it.
    """

    id: int
    chat_id: str
    state: str
    round_id: str | None
    alert_id: str | None
    text: str | None
    unconfirmed: int
    attempts: int
    created_at: datetime
    first_attempt_at: datetime | None
    next_attempt_at: datetime | None
    buttons: Buttons = ()
    level: NoticeLevel | None = None
    subject: str | None = None
    place: int | None = None
    told_in: int | None = None


_KNOWN_BY = {"buttons": _outbox.c.buttons_json, "place": null().label("place"), "told_in": null().label("told_in")}
_COLUMNS = [_KNOWN_BY[field] if field in _KNOWN_BY else _outbox.c[field] for field in Row.__struct_fields__]
_form = _outbox.alias("form")
_FORMS = (_form.c.chat_id == _outbox.c.chat_id, _form.c.subject == _outbox.c.subject)
_PLACE = (
    select(_form.c.message_id)
    .where(*_FORMS, _form.c.state == "sent", _form.c.message_id.is_not(None))
    .order_by(_form.c.id.desc())
    .limit(1)
)
"""The message that a row of a subject edits."""
_TOLD_IN = select(func.max(_form.c.id)).where(
    *_FORMS, _form.c.id > _outbox.c.id, _form.c.state.in_(("sending", "sent", "folded"))
)
"""The newer row by which a subject has gone on already, as a dead row finds that is sent again by hand."""
_PENDING: Select[Any] = (
    select(*_COLUMNS[:-2], _PLACE.scalar_subquery().label("place"), _TOLD_IN.scalar_subquery().label("told_in"))
    .where(_outbox.c.state == "pending")
    .order_by(_outbox.c.id)
)
_UPDATE = _outbox.update().where(_outbox.c.id == bindparam("row_id"))
_NOTICE = {
    "chat_id": bindparam("receiver", type_=_outbox.c.chat_id.type),
    "alert_id": bindparam("name", type_=_outbox.c.alert_id.type),
    "text": bindparam("its_text", type_=_outbox.c.text.type),
    "state": literal("pending"),
    "created_at": bindparam("now", type_=_outbox.c.created_at.type),
    "buttons_json": bindparam("its_buttons", type_=_outbox.c.buttons_json.type),
    "level": bindparam("its_level", type_=_outbox.c.level.type),
    "subject": bindparam("its_subject", type_=_outbox.c.subject.type),
}
_HAS = exists().where(_outbox.c.chat_id == _NOTICE["chat_id"], _outbox.c.alert_id == _NOTICE["alert_id"])
_ADD_NOTICE = _outbox.insert().inline().from_select([*_NOTICE], select(*_NOTICE.values()).where(~_HAS))
"""Statements in the way of every message are made once: making one costs as much as executing it."""


def add_round(connection: Connection, round_id: str, chats: Iterable[str], now: datetime) -> None:
    """Put a round's message into the outbox of each chat, in the caller's transaction.

    Args:
        chats: The ids of the chats that get the message, as `.env` names them; each gets it once.
        now: When the round closed, aware UTC.
    """
    moved = moved_chats(connection)
    receivers = dict.fromkeys(moved_to(chat_id, moved) for chat_id in chats)
    rows = [{"chat_id": chat_id, "round_id": round_id, "state": "pending", "created_at": now} for chat_id in receivers]
    if rows:
        connection.execute(_outbox.insert(), rows)


def add_alert(ledger: Ledger, alert_id: str, text: str, *, chats: Iterable[str], now: datetime) -> None:
    """Put an alert into the outbox of each chat, once, however often it is said.

    Args:
        text: What the message says.
        chats: The ids of the chats that get the alert, as `.env` names them.
    """
    with ledger.writing() as connection:
        known = select(_outbox.c.chat_id).where(_outbox.c.alert_id == alert_id)
        moved = moved_chats(connection)
        receivers = {moved_to(chat_id, moved) for chat_id in chats}
        for chat_id in receivers.difference(connection.execute(known).scalars()):
            connection.execute(
                _outbox.insert().values(chat_id=chat_id, alert_id=alert_id, text=text, state="pending", created_at=now)
            )


def add_notice(  # noqa: PLR0913 - a message is a name, a text, a place, a moment and its buttons
    connection: Connection,
    name: str,
    text: str,
    *,
    chat_id: str,
    now: datetime,
    buttons: Buttons = (),
    level: NoticeLevel = "on",
    subject: str | None = None,
) -> None:
    """Put a message that has a name into a chat's outbox, once, in the caller's transaction.

    Args:
        name: The message's name, kept where an alert's is.
        text: What it says.
        buttons: What stands under it.
        level: Whether the phone sounds.
        subject: What it tells, where that goes on: then it edits the message that told of it before.
    """
    moves = moved_chats(connection) if chat_id.startswith("-") else {}  # only groups get another number
    values = {"receiver": moved_to(chat_id, moves), "name": name, "its_text": text, "now": now, "its_level": level}
    its_buttons = msgspec.to_builtins(buttons) if buttons else None
    connection.execute(_ADD_NOTICE, {**values, "its_buttons": its_buttons, "its_subject": subject})


def pending(ledger: Ledger) -> dict[str, list[Row]]:
    """Return what still has to be sent, oldest first, by chat."""
    by_chat: dict[str, list[Row]] = {}
    with ledger.reading() as connection:
        for found in connection.execute(_PENDING):
            row = _read(found)
            by_chat.setdefault(row.chat_id, []).append(row)
    return by_chat


def begin_sending(ledger: Ledger, row: Row, text: str, *, now: datetime, folded: Iterable[int] = ()) -> None:
    """Commit that a row is about to be sent, with its text, and the older rows that its text tells.

    Args:
        row: The row; without a subject where its message tells of others besides, so that nobody edits that.
        text: The text as it is about to be sent.
    """
    with ledger.writing() as connection:
        _update(
            connection,
            row.id,
            state="sending",
            text=text,
            attempts=row.attempts + 1,
            first_attempt_at=row.first_attempt_at or now,
            subject=row.subject,
        )
        for older in folded:
            _update(connection, older, state="folded", folded_into=row.id)


def mark_sent(ledger: Ledger, row: Row, message_id: int, *, now: datetime) -> None:
    """Commit that Telegram took a row."""
    with ledger.writing() as connection:
        _update(connection, row.id, state="sent", message_id=message_id, sent_at=now, reason=None)


def put_back(ledger: Ledger, row: Row, reason: str, *, unconfirmed: bool, next_attempt_at: datetime) -> None:
    """Commit that a row is to be sent again later; `unconfirmed` when Telegram may have taken it all the same.

    Args:
        reason: Why, as `make status` will tell.
    """
    with ledger.writing() as connection:
        _update(
            connection,
            row.id,
            state="pending",
            reason=reason,
            unconfirmed=row.unconfirmed + int(unconfirmed),
            next_attempt_at=next_attempt_at,
        )


def put_back_refused(ledger: Ledger, row: Row, reason: str, *, next_attempt_at: datetime) -> None:
    """Commit that Telegram refuses a row for now: it waits as if it had never been tried, and so does what it told.

    Then the next one tells all of them, worded anew; only the count of attempts stays. A notice keeps what it tells.

    Args:
        reason: Why, as `make status` will tell.
    """
    told = or_(_outbox.c.id == row.id, and_(_outbox.c.folded_into == row.id, _outbox.c.round_id.is_not(None)))
    again = {"state": "pending", "folded_into": None, "first_attempt_at": None}
    with ledger.writing() as connection:
        connection.execute(_outbox.update().where(told, _outbox.c.round_id.is_not(None)).values(text=None))
        connection.execute(_outbox.update().where(told).values(**again, next_attempt_at=next_attempt_at, reason=reason))


def mark_dead(ledger: Ledger, row: Row, reason: str) -> None:
    """Commit that a row can never be delivered, nor what it told; it is kept and can be sent again by hand.

    Args:
        reason: Why, as `make status` will tell.
    """
    with ledger.writing() as connection:
        _update(connection, row.id, state="dead", reason=reason)
        told = _outbox.update().where(_outbox.c.folded_into == row.id)
        connection.execute(told.values(state="dead", folded_into=None, reason=reason))


def undelivered(ledger: Ledger, chat_id: str) -> tuple[Row, ...]:
    """Return the slots that a chat refused for good, and that it surely knows nothing of, oldest first.

    They stay dead; a message that it takes all the same, later, can tell them.
    """
    settled = (BEFORE_RESTORE, OTHERS, HAS_IT)
    query = (
        select(*_COLUMNS)
        .join(tables.snapshots, tables.snapshots.c.round_id == _outbox.c.round_id)
        .where(tables.snapshots.c.scheduled_for.is_not(None))
        .where(_outbox.c.chat_id == chat_id, _outbox.c.state == "dead", _outbox.c.reason.not_in(settled))
        .where(_outbox.c.unconfirmed == 0)
        .order_by(_outbox.c.id.desc())
        .limit(MOST_TOLD_LATE)
    )
    with ledger.reading() as connection:
        return tuple(_read(found) for found in connection.execute(query))[::-1]


def rounds_folded_into(ledger: Ledger, row_id: int) -> tuple[str, ...]:
    """Return the rounds that a row's message tells besides its own, oldest first.

    Args:
        row_id: The row's number.
    """
    query = select(_outbox.c.round_id).where(_outbox.c.folded_into == row_id).order_by(_outbox.c.id)
    with ledger.reading() as connection:
        return tuple(connection.execute(query).scalars())


def snapshots_of(ledger: Ledger, round_ids: Iterable[str]) -> dict[str, Snapshot]:
    """Return the snapshots of several rounds by their id."""
    query = select(tables.snapshots.c.document).where(tables.snapshots.c.round_id.in_(tuple(round_ids)))
    with ledger.reading() as connection:
        found = [documents.read(text) for text in connection.execute(query).scalars()]
    return {snapshot.round_id: snapshot for snapshot in found}


def _read(found: DatabaseRow[Any]) -> Row:
    """Return a message as the statements here select it."""
    values = fields(found)
    buttons = values.pop("buttons_json")
    return msgspec.convert({**values, "buttons": buttons or ()}, Row)


def _update(connection: Connection, row_id: int, **values: object) -> None:
    """Change columns of one row."""
    connection.execute(_UPDATE, {"row_id": row_id, **values})
