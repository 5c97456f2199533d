"""Messages as frames: `[topic, MessagePack]` out, a message in, whatever bytes arrive."""

from collections.abc import Iterable
from typing import Union

import msgspec

from bus.messages.base import Message, topic

MOST_BYTES = 256 * 1024
"""A body above this is refused by the sender; the hub cuts links at four times as much."""


class TooLarge(ValueError):
    """The message would not fit the bus; its text names the kind and the size in bytes."""


_encoder = msgspec.msgpack.Encoder()


def encode(message: Message) -> tuple[bytes, bytes]:
    """Turn a message into its two frames.

    Args:
        message: Any message.

    Returns:
        Topic and body.

    Raises:
        TooLarge: The body exceeds MOST_BYTES.
    """
    body = _encoder.encode(message)
    if len(body) > MOST_BYTES:
        raise TooLarge(f"{type(message).__name__} of {len(body)} bytes; at most {MOST_BYTES} fit the bus")
    source = str(getattr(message, message.TOLD_APART_BY)) if message.TOLD_APART_BY else ""
    return topic(type(message), source).prefix, body


class Decoder:
    """Reads the bodies of some kinds of messages."""

    def __init__(self, kinds: Iterable[type[Message]]) -> None:
        """Learn the kinds.

        Args:
            kinds: At least one.
        """
        self._decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Union[tuple(kinds)])  # noqa: UP007

    def decode(self, body: bytes) -> Message:
        """Read a message's body.

        Args:
            body: The second frame.

        Returns:
            The message.

        Raises:
            msgspec.DecodeError: Not MessagePack, a kind that was not learnt, or fields of the wrong type
                (msgspec.ValidationError).
        """
        try:
            return self._decoder.decode(body)
        except (UnicodeDecodeError, RecursionError) as error:  # msgspec lets these two through as they are
            raise msgspec.DecodeError(type(error).__name__) from None
