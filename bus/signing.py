"""Envelopes that only two programs can make: what execution and a broker say (`bus.messages.venue_talk`).

One key for each broker, derived from a master key; the launcher hands it to that broker's program. A receiver takes
each envelope once: of one life of a sender the sequence only grows, and a life that was followed by another one is
over, in whatever order the two are heard. What was recorded and is said again to a receiver that has just started is
worth nothing after its few seconds, and an order within them is asked for at the venue first
(`PlaceOrder.may_be_known`).
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar, Union

import msgspec

from bus.machine import program_of
from bus.messages.venues import Said, Signed
from bus.time_source import SYSTEM_TIME, TimeSource

LIFE = timedelta(seconds=5)
AHEAD = timedelta(seconds=30)
"""An envelope that claims to live longer than that from now is refused: its sender's clock is wrong, or it lies."""
KEY_BYTES = 32
BOOTS_KEPT = 1000
SENDERS_KEPT = 64
"""Executions on so many machines are heard; what one that was forgotten has said is worth nothing after its life."""

Content = TypeVar("Content", bound=Said)


class NotSigned(ValueError):
    """The envelope is not to be obeyed; its text says why: forged, replayed, expired, not readable."""


def derive_key(master: bytes, broker: str) -> bytes:
    """Return the key of one broker.

    Args:
        master: The master key.
        broker: The broker's program, such as `broker-paper`.

    Returns:
        `KEY_BYTES` bytes.
    """
    return hmac.digest(master, b"broker:" + broker.encode(), hashlib.sha256)


class Signer:
    """Makes a program's envelopes to one other."""

    def __init__(self, key: bytes, *, sender: str, to: str, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin a life.

        Args:
            key: What the two share.
            sender: This program.
            to: The other one.
            time: Says when an envelope expires.
        """
        self._key = key
        self._sender = sender
        self._to = to
        self._time = time
        self._boot = secrets.token_hex(8)
        self._sequence = 0

    def sign(self, content: Said) -> Signed:
        """Put something into an envelope; the same again goes into a new one.

        Args:
            content: What is said.

        Returns:
            The envelope, signed, with this life's next number; it expires soon.
        """
        self._sequence += 1
        unsigned = Signed(
            to=self._to,
            sender=self._sender,
            boot=self._boot,
            sequence=self._sequence,
            expires_at=self._time.now() + LIFE,
            content=_encoder.encode(content),
            mac=b"",
        )
        return msgspec.structs.replace(unsigned, mac=_mac(self._key, unsigned))


class Opener(Generic[Content]):
    """Opens the envelopes that one other program sends to this one."""

    def __init__(
        self, key: bytes, *, sender: str, to: str, kinds: Iterable[type[Content]], time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Know nobody's life yet.

        Args:
            key: What the two share.
            sender: The other program.
            to: This one.
            kinds: What may be said.
            time: Says whether an envelope is still worth something.
        """
        self._key = key
        self._sender = sender
        self._to = to
        self._time = time
        self._decoder: msgspec.msgpack.Decoder[Content] = msgspec.msgpack.Decoder(Union[tuple(kinds)])  # noqa: UP007
        self._boot = ""
        self._sequence = 0
        self._newest = datetime.min.replace(tzinfo=UTC)
        self._over: OrderedDict[str, None] = OrderedDict()

    def open(self, envelope: Signed) -> Content:
        """Return what an envelope says, once.

        Args:
            envelope: As it came from the bus.

        Raises:
            NotSigned: It is not from the sender, not for this program, expired, was opened before, or says nothing
                that is known.
        """
        if (envelope.sender, envelope.to) != (self._sender, self._to):
            raise NotSigned("it is another program's")
        if not hmac.compare_digest(envelope.mac, _mac(self._key, envelope)):
            raise NotSigned("its signature is wrong")
        now = self._time.now()
        if not now <= envelope.expires_at <= now + AHEAD:
            raise NotSigned("it has expired, or a clock is wrong")
        self._take(envelope)
        try:
            return self._decoder.decode(envelope.content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NotSigned("its content cannot be read") from None

    def _take(self, envelope: Signed) -> None:
        """Note that an envelope was opened; raises NotSigned where it, or a later one, was opened before."""
        if envelope.boot != self._boot:
            is_older = envelope.expires_at <= self._newest <= self._time.now() + AHEAD  # else a clock was set back
            if envelope.boot in self._over or is_older:
                raise NotSigned("it is of a life of its sender that is over")
            if self._boot:
                self._over[self._boot] = None
                while len(self._over) > BOOTS_KEPT:
                    self._over.popitem(last=False)
            self._boot, self._sequence = envelope.boot, 0
        if envelope.sequence <= self._sequence:
            raise NotSigned("it was opened before")
        self._sequence, self._newest = envelope.sequence, envelope.expires_at


class Openers(Generic[Content]):
    """Opens the envelopes of a program that runs on several machines: each of them is a sender with lives of its own.

    Only who knows the key is remembered, and of those no more than `SENDERS_KEPT`.
    """

    def __init__(
        self, key: bytes, *, program: str, to: str, kinds: Iterable[type[Content]], time: TimeSource = SYSTEM_TIME
    ) -> None:
        """Know no sender yet.

        Args:
            key: What they share with this program.
            program: What the other program is called, whatever its machine is.
            to: This program.
            kinds: What may be said.
            time: Says whether an envelope is still worth something.
        """
        self._key = key
        self._program = program
        self._to = to
        self._kinds = tuple(kinds)
        self._time = time
        self._openers: OrderedDict[str, Opener[Content]] = OrderedDict()

    def open(self, envelope: Signed) -> Content:
        """Return what an envelope says, once.

        Args:
            envelope: As it came from the bus.

        Raises:
            NotSigned: It is not to be obeyed, see `Opener.open`.
        """
        sender = envelope.sender
        if program_of(sender) != self._program:
            raise NotSigned("it is another program's")
        opener = self._openers.get(sender)
        if opener is None:
            opener = Opener(self._key, sender=sender, to=self._to, kinds=self._kinds, time=self._time)
        content = opener.open(envelope)
        self._openers[sender] = opener
        self._openers.move_to_end(sender)
        while len(self._openers) > SENDERS_KEPT:
            self._openers.popitem(last=False)
        return content


_encoder = msgspec.msgpack.Encoder()


def _mac(key: bytes, envelope: Signed) -> bytes:
    """Return the code over all that an envelope says."""
    said = (
        envelope.to,
        envelope.sender,
        envelope.boot,
        envelope.sequence,
        envelope.expires_at.isoformat(),
        envelope.content,
    )
    return hmac.digest(key, _encoder.encode(said), hashlib.sha256)
