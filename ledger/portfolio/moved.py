"""Groups that became supergroups with another number: which these are, and what moves with them."""

from sqlalchemy import Connection, select

from bus.chats import bare, moved_to
from ledger.portfolio import tables
from ledger.store import Ledger, put_setting

MOVED = "chat:"
"""What the settings begin with that say where a chat is now."""
HAS_IT = "the chat has it under its new id"
_outbox = tables.outbox


def moved_chats(connection: Connection) -> dict[str, str]:
    """Return the chats that have another id now than `.env` says: new ids by old ones."""
    known = select(tables.settings.c.name, tables.settings.c.value).where(tables.settings.c.name.startswith(MOVED))
    return {row.name.removeprefix(MOVED): row.value for row in connection.execute(known)}


def move_rows(connection: Connection, old: str, new: str) -> None:
    """Move waiting messages to the new number; one that this chat has already is dead.

    Args:
        connection: In a transaction that writes.
        old: The chat's former number.
        new: The number that it has now.
    """
    waiting = _outbox.update().where(_outbox.c.chat_id == old, _outbox.c.state.in_(("pending", "sending")))
    for same in (_outbox.c.round_id, _outbox.c.alert_id):
        have = select(same).where(_outbox.c.chat_id == new, same.is_not(None))
        connection.execute(waiting.where(same.in_(have)).values(state="dead", reason=HAS_IT))
    connection.execute(waiting.values(chat_id=new))


def move_askers(connection: Connection, old: str, new: str) -> None:
    """Move those who asked to the new number, each request once; their messages in the old chat are forgotten.

    Args:
        connection: In a transaction that writes.
        old: The chat's former number.
        new: The number that it has now.
    """
    askers = tables.askers
    ask_there = connection.execute(select(askers.c.request_id).where(askers.c.chat_id == new)).scalars().all()
    connection.execute(askers.delete().where(askers.c.chat_id == old, askers.c.request_id.in_(ask_there)))
    placeless = {"working_message_id": None, "refreshed_message_id": None}
    connection.execute(askers.update().where(askers.c.chat_id == old).values(chat_id=new, **placeless))


def move_chat(ledger: Ledger, old: str, new: str) -> None:
    """Follow a group that became a supergroup with another number, with what waits for it in every topic.

    Messages keep their numbers in the group that was: what was to be put into one of them comes as a new one.

    Args:
        old: The group's number, without a topic.
        new: The number that it has now.
    """
    with ledger.writing() as connection:
        for table in (_outbox, tables.askers):
            known = connection.execute(select(table.c.chat_id).distinct()).scalars()
            for chat_id in [each for each in known if bare(each) == old]:
                move = move_rows if table is _outbox else move_askers
                move(connection, chat_id, moved_to(chat_id, {old: new}))
        put_setting(connection, f"{MOVED}{old}", new)


def read_moved_chats(ledger: Ledger) -> dict[str, str]:
    """Return `moved_chats`, in a connection of its own."""
    with ledger.reading() as connection:
        return moved_chats(connection)
