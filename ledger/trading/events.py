"""What is told of the books: events for whoever listens outside, and messages for a user's chat; both are rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Row

from ledger.portfolio.outbox import Buttons, NoticeLevel, add_notice
from ledger.portfolio.subjects import Form, NewForm, add_form, forms
from ledger.trading.audit import new_uid
from ledger.trading.enumerations import NoticeKind
from ledger.trading.tables.flow import events_out
from ledger.trading.work import Work

ANSWERED: Final = "question-answered-"
"""Begins the name of the form of a message in which a person has answered its question."""
LOOKED_AT_FOR: Final = timedelta(minutes=1)
_ADD = events_out.insert().inline()


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A message for a user's chat.

    Attributes:
        id: Its name; a chat gets each name once.
        kind: The kind of message, which the user may have turned off.
        text: What it says.
        subject: What it tells, where one message tells that and is edited as it goes on; then the text is all of it.
        is_quiet: Of such a message: it makes no sound, new or not.
        aloud: Of such a message: what is said besides as a message by itself, since nobody hears an edit; empty for
            nothing.
    """

    id: str
    kind: NoticeKind
    text: str
    subject: str | None = None
    is_quiet: bool = False
    aloud: str = ""


def publish(work: Work, account_id: int, routing_key: str, payload: Mapping[str, object]) -> None:
    """Put an event into the row of those that go out, in the caller's transaction.

    Args:
        work: The caller's.
        account_id: The account; its events go out in order.
        routing_key: The kind of event, such as `orders.executed`.
        payload: What happened, without floats.
    """
    row = {
        "uid": new_uid(),
        "account_id": account_id,
        "routing_key": routing_key,
        "payload_json": dict(payload),
        "created_at": work.now,
    }
    work.connection.execute(_ADD, row)


def of_signal(uid: str) -> str:
    """Return the subject of a signal's message, which goes on with its first order.

    Args:
        uid: The signal's.
    """
    return f"signal-{uid}"


def of_order(uid: str) -> str:
    """Return the subject of an order's message.

    Args:
        uid: The order's.
    """
    return f"order-{uid}"


def of_question(uid: str, signal: str, *, has_orders: bool) -> str:
    """Return the subject of a question's message: the signal's, unless an order goes on in that by now.

    Args:
        uid: The question's.
        signal: The uid of the signal that it asks about.
        has_orders: Whether that has led to an order.
    """
    return f"question-{uid}" if has_orders else of_signal(signal)


def tell(work: Work, user: Row[Any] | Row[Any, Any], notice: Notice, *, buttons: Buttons = ()) -> None:
    """Put a message into the outbox of a user's own chat, unless the user has none or has turned its kind off.

    A message that is in the chat is edited even where its kind is off, so that none tells what is no longer so.

    Args:
        work: The caller's.
        user: A row with `telegram_user_id` and `notifications_json`.
        notice: The message.
        buttons: What stands under it.
    """
    if user.telegram_user_id is None:
        return
    chat_id, level = str(user.telegram_user_id), user.notifications_json.get(notice.kind)
    said: NoticeLevel = "silent" if level in {"silent", "off"} else "on"
    text = notice.text
    if notice.subject is not None:
        text = _tell_form(work, notice, buttons, chat_id=chat_id, level=level)
    if text and level != "off":
        add_notice(work.connection, notice.id, text, chat_id=chat_id, now=work.now, buttons=buttons, level=said)


def _tell_form(work: Work, notice: Notice, buttons: Buttons, *, chat_id: str, level: str | None) -> str:
    """Put the next form of a subject's message into the outbox; return what is to be said aloud besides."""
    subject = notice.subject or ""
    before = forms(work.connection, subject, chat_id=chat_id)
    if level == "off" and not before:
        return ""
    is_heard = level not in {"silent", "off"}
    new = NewForm(
        subject=subject,
        name=notice.id,
        text=notice.text,
        buttons=buttons,
        level="on" if is_heard and not notice.is_quiet else "silent",
    )
    is_news = add_form(work.connection, new, chat_id=chat_id, now=work.now)
    return notice.aloud if is_news and is_heard and before and not _is_looked_at(before, work.now) else ""


def _is_looked_at(forms: Sequence[Form], now: datetime) -> bool:
    """Tell whether somebody has pressed a button of a message a moment ago, and so sees what it becomes."""
    return any(each.name.startswith(ANSWERED) and now - each.created_at < LOOKED_AT_FOR for each in forms)
