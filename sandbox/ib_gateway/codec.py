"""Frames of the TWS protocol: four bytes of length, then fields of UTF-8, each ended by NUL.

Follows the TWS API's public client and ib_async 2.1 (read 2026-11).

Quirks: the client's very first bytes are `API` and a NUL without a length; its first frame has no NUL at its end.
"""

import struct
from collections.abc import Iterator
from decimal import Decimal

UNSET_DOUBLE = "1.7976931348623157E308"
UNSET_INTEGER = "2147483647"
_LENGTH = struct.Struct(">I")
_GREETING = b"API\0"
_LONGEST = 1 << 20


class BadFrame(Exception):
    """What came is no frame of this protocol."""


def text(value: object) -> str:
    """Return a field's text: flags as 1 or 0, nothing as "", decimals without an exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def frame(*fields: object) -> bytes:
    """Return the frame of some fields."""
    payload = "".join(f"{text(field)}\0" for field in fields).encode()
    return _LENGTH.pack(len(payload)) + payload


class Frames:
    """Cuts a client's bytes into frames."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._data = b""
        self._is_greeted = False

    def feed(self, data: bytes) -> Iterator[list[str]]:
        """Give the fields of each frame that is whole now.

        Args:
            data: What has come.

        Raises:
            BadFrame: The greeting is missing, a frame is longer than a megabyte, or it is not UTF-8.
        """
        self._data += data
        if not self._is_greeted:
            if len(self._data) < len(_GREETING):
                return
            if not self._data.startswith(_GREETING):
                raise BadFrame("no API greeting")
            self._data, self._is_greeted = self._data[len(_GREETING) :], True
        while len(self._data) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._data)
            end = _LENGTH.size + length
            if length > _LONGEST:
                raise BadFrame("too long")
            if len(self._data) < end:
                return
            payload, self._data = self._data[_LENGTH.size : end], self._data[end:]
            yield _fields(payload)


def _fields(payload: bytes) -> list[str]:
    """Return the fields of a frame's payload."""
    try:
        return payload.decode().removesuffix("\0").split("\0")
    except UnicodeDecodeError as error:
        raise BadFrame("not UTF-8") from error
