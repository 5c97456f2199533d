"""What every message is, and by which topic it is heard."""

from typing import ClassVar

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Root of everything said on the bus.

    `TOLD_APART_BY` is the field with the sender, where one sender is worth listening to alone.
    """

    TOLD_APART_BY: ClassVar[str] = ""


class Topic(msgspec.Struct, frozen=True):
    """A kind of message, from one sender or, where `source` is empty, from all."""

    kind: type[Message]
    source: str = ""

    @property
    def prefix(self) -> bytes:
        """What the first frame begins with: `kind.` or `kind.source`."""
        return f"{kind_of(self.kind)}.{self.source}".encode()


def topic(kind: type[Message], source: str = "") -> Topic:
    """Name what is to be heard.

    Args:
        kind: The kind of message.
        source: Its one sender, where the kind tells senders apart; empty for all.

    Returns:
        The topic.
    """
    return Topic(kind, source)


def kind_of(kind: type[Message]) -> str:
    """Return the word that tells this kind of message from others, in topics and bodies.

    Args:
        kind: The kind of message.
    """
    return kind.__name__.lower()
