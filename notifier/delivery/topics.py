"""Where in a chat a message goes: into the topic that it belongs to, and where that is no more, into the chat itself.

What is in a chat already has a number of its own there, whatever its topic. (Bot API, "sendMessage",
`message_thread_id`, read 2026-11; General has a number too, but names itself by none.)
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bus.chats import bare, topic_of
from bus.log import logger
from notifier.delivery.refusals import is_topic_gone
from notifier.delivery.telegram import BadRequest

Answer = TypeVar("Answer")

log = logger(__name__)


async def sent_into(chat_id: str, send: Callable[[str, int | None], Awaitable[Answer]]) -> Answer:
    """Send a message into a chat or a topic.

    Args:
        chat_id: As `bus.chats` names it.
        send: Sends it, given the chat's number and the topic's.

    Returns:
        What `send` returned; it raises as `send` does.
    """
    chat, topic = bare(chat_id), topic_of(chat_id)
    try:
        return await send(chat, topic)
    except BadRequest as error:
        if topic is None or not is_topic_gone(error):
            raise
        log.warning("the topic is gone, so the message goes into its chat", chat=chat, topic=topic)
        return await send(chat, None)
