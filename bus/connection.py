"""A process's place on the bus: one publisher, one subscriber, one beat.

One thread owns the sockets and never blocks on anything else. The beat goes out from the same loop that does the work,
so a process that is stuck falls silent. The reasons for each socket option are ZeroMQ's own: publishers buffer while
the hub is away (IMMEDIATE off), subscribers limit nothing that would cut them off for ever (no MAXMSGSIZE on a
connecting side). How the sockets are connected, `bus.hub_link` says.
"""

import contextlib
import datetime
import gc
import math
import os
import signal
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import msgspec
import zmq

from bus import log
from bus.codec import Decoder, encode
from bus.hub_link import HubLink, Links
from bus.machine import machine_of, program_of
from bus.messages.base import Message, Topic, kind_of, topic
from bus.messages.operations import Heartbeat

RUN = Path("run")
BEAT_S = 5.0
MEMORY_EVERY_S = 60.0
HEARD_WITHIN_S = 10.0
UNREADABLE_LOGGED = 10

_log = log.logger(__name__)


class Stopped(SystemExit):
    """SIGTERM or SIGINT came; unwinds every `with` and leaves with 0."""


class Bus:
    """A process's place on the bus: one publisher, one subscriber, one beat."""

    def __init__(
        self,
        name: str,
        topics: tuple[Topic, ...],
        context: zmq.Context[zmq.Socket[bytes]],
        *,
        link: HubLink | None = None,
    ) -> None:
        """Connect; whether the hub is there already does not matter.

        Args:
            name: The process's own name, in its heartbeats and topics.
            topics: What to hear; other kinds of messages are not decoded.
            context: ZeroMQ's context, which makes the sockets.
            link: Where the hub is, if it is on another machine.
        """
        self.name = name
        self.program = program_of(name)
        self.last_round = ""
        self._started_at = datetime.datetime.now(datetime.UTC)
        self._stopping = False
        self._next_beat = 0.0
        self._next_memory = 0.0
        self._pss_kb = 0
        self._watched: set[int] = set()
        self._unreadable: Counter[str] = Counter()
        self._told_round = self._tidied_round = ""
        self._links = Links(link, run=RUN)
        self._publisher = self._links.connect(context.socket(zmq.PUB), "bus.in", linger_ms=500)
        self._subscriber = context.socket(zmq.SUB)
        self._heard: set[type[Message]] = {Heartbeat}  # one's own, see hear_yourself
        self.listen(*topics)
        self._links.connect(self._subscriber, "bus.out", linger_ms=0)
        self._wake_reader, self._wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poller = zmq.Poller()
        self._poller.register(self._subscriber, zmq.POLLIN)
        self._dozer = zmq.Poller()
        for each in (self._poller, self._dozer):
            each.register(self._wake_reader, zmq.POLLIN)

    def watch(self, descriptor: int) -> None:
        """Make `doze` end soon after a descriptor becomes readable; the caller reads it."""
        self._dozer.register(descriptor, zmq.POLLIN)
        self._watched.add(descriptor)

    def listen(self, *topics: Topic) -> None:
        """Hear these topics from now on too.

        Args:
            topics: From `bus.messages.base.topic`.
        """
        self._heard.update(each.kind for each in topics)
        self._decoder = Decoder(self._heard)
        for each in topics:
            self._subscriber.subscribe(each.prefix)

    def ignore(self, *topics: Topic) -> None:
        """Hear these topics no more; what has arrived already may still come.

        Args:
            topics: What `listen` was given.
        """
        for each in topics:
            self._subscriber.unsubscribe(each.prefix)

    def publish(self, message: Message) -> None:
        """Say a message; never blocks, and nobody may be listening.

        Args:
            message: The message; its kind and its source make the topic.
        """
        self._publisher.send_multipart(encode(message))

    def receive(self, wait_s: float) -> Message | None:
        """Wait for the next message, beating meanwhile.

        Args:
            wait_s: How long at most.

        Returns:
            A message; None when the time is over or `wake` was called.

        Raises:
            Stopped: The process was told to leave.
        """
        until = time.monotonic() + wait_s
        while True:
            if self._stopping:
                raise Stopped(0)
            self.heartbeat_if_due()
            message = self.next_message()
            now = time.monotonic()
            if message is not None or now >= until:
                return message
            pause_ms = max(0, math.ceil((min(until, self._next_beat) - now) * 1000))
            ready = dict(self._poller.poll(pause_ms))
            if self._wake_reader in ready and self._drain_wakes() and not self._stopping:
                return self.next_message()

    def doze(self, wait_s: float) -> None:
        """Let messages pile up until the time is over, a watched descriptor is readable, or it is time to leave.

        For who need not hear at once: each wake-up costs more than what it brings.

        Args:
            wait_s: How long at most.
        """
        until = time.monotonic() + wait_s
        while not self._stopping and (left_s := until - time.monotonic()) > 0:
            self.heartbeat_if_due()
            pause_ms = math.ceil(max(0.0, min(left_s, self._next_beat - time.monotonic())) * 1000)
            ready = dict(self._dozer.poll(pause_ms))
            if self._wake_reader in ready:
                self._drain_wakes()
            if not self._watched.isdisjoint(ready):
                return

    def next_message(self) -> Message | None:
        """Return a message that has already arrived, or None; what cannot be read is counted, logged and skipped."""
        while True:
            try:
                frames = self._subscriber.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return None
            try:
                return self._decoder.decode(frames[1])
            except (msgspec.DecodeError, IndexError) as error:
                self._count_unreadable(frames, error)

    def heartbeat_if_due(self) -> None:
        """Beat when the last beat is old enough."""
        now = time.monotonic()
        if now < self._next_beat:
            return
        self._links.tend()
        if now >= self._next_memory:
            self._pss_kb, self._next_memory = memory_kb(), now + MEMORY_EVERY_S
        self._next_beat = now + BEAT_S
        self._tidy()
        self.publish(
            Heartbeat(
                name=self.name,
                pid=os.getpid(),
                started_at=self._started_at,
                last_round=self.last_round,
                pss_kb=self._pss_kb,
                said_at=datetime.datetime.now(datetime.UTC) if machine_of(self.name) else None,
            )
        )

    def _count_unreadable(self, frames: list[bytes], error: Exception) -> None:
        """Count by kind, and log the first ones and then ever fewer: a flood must not become a flood of lines."""
        kind = frames[0].partition(b".")[0].decode("ascii", errors="replace")
        known = map(kind_of, self._heard)
        kind = kind if kind in known else "unknown"  # a stranger's words stay out of the log
        self._unreadable[kind] += 1
        count = self._unreadable[kind]
        if count <= UNREADABLE_LOGGED or count.bit_count() == 1:
            size, name = sum(map(len, frames)), type(error).__name__
            _log.warning("unreadable message", kind=kind, bytes=size, error=name, so_far=count)

    def _tidy(self) -> None:
        """Collect garbage once after each round, a beat later, when nobody waits for this process.

        SDKs leave reference cycles behind: left alone they grew a collector by 5 MB in 400 rounds. What the first
        round leaves is there for good, and no later collection walks it: 27 ms in the notifier, perhaps in a round.
        """
        if self.last_round == self._told_round != self._tidied_round:
            gc.collect()
            if not self._tidied_round:
                gc.freeze()
            self._tidied_round = self.last_round
        self._told_round = self.last_round

    def wake(self) -> None:
        """Make `receive` return soon; may be called from any thread."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_writer, b"\0")

    def fileno(self) -> int:
        """Return the subscriber's edge-triggered descriptor, for a loop that then calls `next_message` until None."""
        descriptor = self._subscriber.getsockopt(zmq.FD)
        if not isinstance(descriptor, int):
            raise TypeError("ZeroMQ gave no descriptor")
        return descriptor

    def hear_yourself(self) -> bool:
        """Beat until a beat of ours comes back through the hub: from then on nothing said is lost at the start.

        Returns:
            False when the hub stays away; everything is repeated, so the process goes on without it.
        """
        own = topic(Heartbeat, self.name)
        self._subscriber.subscribe(own.prefix)
        until = time.monotonic() + HEARD_WITHIN_S
        heard = False
        while not heard and time.monotonic() < until and not self._stopping:
            self._next_beat = 0.0
            self.heartbeat_if_due()
            message = self.next_message() if self._subscriber.poll(20) else None
            heard = isinstance(message, Heartbeat) and (message.name, message.pid) == (self.name, os.getpid())
        self._subscriber.unsubscribe(own.prefix)
        return heard

    def stop_on_signals(self) -> None:
        """Let SIGTERM and SIGINT end `receive` at once; only the main thread may call it."""
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            """Note that it is time to leave; the signal's wake-up byte ends the wait."""
            self._stopping = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def close(self) -> None:
        """Leave the bus; called by `join`."""
        self._links.close()
        self._subscriber.close(linger=0)
        self._publisher.close(linger=500)
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _drain_wakes(self) -> bool:
        """Empty the pipe that `wake` and signals write to, so that the next wait sleeps; return True."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake_reader, 4096):
                pass
        return True


def memory_kb(pid: int | str = "self") -> int:
    """Return a process's proportional share of memory in kB, 0 where the system does not tell.

    Args:
        pid: The process's id; `self` for this one.
    """
    try:
        for row in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if row.startswith("Pss:"):
                return int(row.split()[1])
    except OSError:
        pass
    return 0
