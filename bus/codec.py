"""Messages as frames: `[topic, MessagePack]` out, a message in, whatever bytes arrive."""

import msgspec

from bus.messages import AnyMessage, Balance, Failure, Heartbeat, topic

MOST_BYTES = 256 * 1024
"""A body above this is refused by the sender; the hub cuts links at four times as much."""


class TooLarge(ValueError):
    """The message would not fit the bus; its text names the kind and the size in bytes."""


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[AnyMessage] = msgspec.msgpack.Decoder(AnyMessage)


def encode(message: AnyMessage) -> tuple[bytes, bytes]:
    """Turn a message into its two frames.

    Args:
        message: Any message of the union.

    Returns:
        Topic and body.

    Raises:
        TooLarge: The body exceeds MOST_BYTES.
    """
    body = _encoder.encode(message)
    if len(body) > MOST_BYTES:
        raise TooLarge(f"{type(message).__name__} of {len(body)} bytes; at most {MOST_BYTES} fit the bus")
    source = ""
    if isinstance(message, Balance | Failure):
        source = message.platform
    elif isinstance(message, Heartbeat):
        source = message.name
    return topic(type(message), source), body


def decode(body: bytes) -> AnyMessage:
    """Read a message's body.

    Args:
        body: The second frame.

    Returns:
        The message.

    Raises:
        msgspec.DecodeError: Not MessagePack, an unknown kind, or fields of the wrong type (msgspec.ValidationError).
    """
    try:
        return _decoder.decode(body)
    except (UnicodeDecodeError, RecursionError) as error:  # msgspec lets these two through as they are
        raise msgspec.DecodeError(type(error).__name__) from None
