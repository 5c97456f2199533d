"""What is told of the books: events for whoever listens outside, and messages for a user's chat; both are rows."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Row

from ledger.portfolio.outbox import Buttons, NoticeLevel, add_notice
from ledger.trading.audit import new_uid
from ledger.trading.enumerations import NoticeKind
from ledger.trading.tables.flow import events_out
from ledger.trading.work import Work

_ADD = events_out.insert().inline()


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A message for a user's chat.

    Attributes:
        id: Its name; a chat gets each name once.
        kind: The kind of message, which the user may have turned off.
        text: What it says.
    """

    id: str
    kind: NoticeKind
    text: str


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


def tell(work: Work, user: Row[Any] | Row[Any, Any], notice: Notice, *, buttons: Buttons = ()) -> None:
    """Put a message into the outbox of a user's own chat, unless the user has none or has turned its kind off.

    Args:
        work: The caller's.
        user: A row with `telegram_user_id` and `notifications_json`.
        notice: The message.
        buttons: What stands under it.
    """
    level = user.notifications_json.get(notice.kind)
    if user.telegram_user_id is not None and level != "off":
        chat_id = str(user.telegram_user_id)
        said: NoticeLevel = "silent" if level == "silent" else "on"
        add_notice(work.connection, notice.id, notice.text, chat_id=chat_id, now=work.now, buttons=buttons, level=said)
