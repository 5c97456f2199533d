"""Groups that became supergroups with another number: which these are, and what moves with them."""

from sqlalchemy import Connection, select

from ledger.portfolio import tables

MOVED = "chat:"
"""What the settings begin with that say where a chat is now."""
HAS_IT = "the chat has it under its new id"
_outbox = tables.outbox


def moved_chats(connection: Connection) -> dict[str, str]:
    """Return the chats that have another id now than `.env` says: new ids by old ones."""
    known = select(tables.settings.c.name, tables.settings.c.value).where(tables.settings.c.name.startswith(MOVED))
    return {row.name.removeprefix(MOVED): row.value for row in connection.execute(known)}


def move_rows(connection: Connection, old: str, new: str) -> None:
    """Move waiting messages to the new number; one that this chat has already is dead."""
    waiting = _outbox.update().where(_outbox.c.chat_id == old, _outbox.c.state.in_(("pending", "sending")))
    for same in (_outbox.c.round_id, _outbox.c.alert_id):
        have = select(same).where(_outbox.c.chat_id == new, same.is_not(None))
        connection.execute(waiting.where(same.in_(have)).values(state="dead", reason=HAS_IT))
    connection.execute(waiting.values(chat_id=new))


def move_askers(connection: Connection, old: str, new: str) -> None:
    """Move those who asked to the new number, each request once; their messages in the old chat are forgotten."""
    askers = tables.askers
    ask_there = connection.execute(select(askers.c.request_id).where(askers.c.chat_id == new)).scalars().all()
    connection.execute(askers.delete().where(askers.c.chat_id == old, askers.c.request_id.in_(ask_there)))
    placeless = {"working_message_id": None, "refreshed_message_id": None}
    connection.execute(askers.update().where(askers.c.chat_id == old).values(chat_id=new, **placeless))
