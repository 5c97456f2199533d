"""What a link over TCP with keys costs beside one on the machine itself: round trips and throughput, in turns.

    python -m tools.bench.hub_links [--rounds 5]

One hub serves both; the messages are heartbeats of usual size. Over the loopback: a real line adds its own time.
"""

import argparse
import contextlib
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import zmq

from bus.codec import encode
from bus.hub_link import HubLink
from bus.messages.operations import Heartbeat
from tools.security.other_machines import Hub, hub

TRIPS, MESSAGES = 2000, 50_000
FRAMES = encode(Heartbeat(name="bench", pid=1, started_at=datetime(2026, 11, 28, tzinfo=UTC), pss_kb=18_234))
WITHIN_MS = 5000


class Pair:
    """Somebody who speaks and hears itself through the hub."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", found: Hub, link: HubLink | None) -> None:
        """Connect, and wait until what is said comes back."""
        self.mouth, self.ear = context.socket(zmq.PUB), context.socket(zmq.SUB)
        for chosen, end in ((self.mouth, "bus.in"), (self.ear, "bus.out")):
            chosen.setsockopt(zmq.LINGER, 0)
            chosen.setsockopt(zmq.SNDHWM, 0)
            chosen.setsockopt(zmq.RCVHWM, 0)
            if link:
                link.protect(chosen)
            chosen.connect(link.address(end) if link else f"ipc://{found.run}/{end}")
        self.topic = b"tcp." if link else b"ipc."
        self.ear.subscribe(self.topic)
        while not self.ear.poll(20):
            self.mouth.send_multipart((self.topic, FRAMES[1]))
        while self.ear.poll(200):
            self.ear.recv_multipart()

    def trip_us(self) -> list[float]:
        """Return how long each of many messages took there and back, one after another."""
        taken = []
        for _ in range(TRIPS):
            began = time.perf_counter()
            self.mouth.send_multipart((self.topic, FRAMES[1]))
            if not self.ear.poll(WITHIN_MS):
                raise SystemExit("a message did not come back")
            self.ear.recv_multipart()
            taken.append((time.perf_counter() - began) * 1e6)
        return taken

    def per_second(self) -> float:
        """Return how many messages a second come back, as many as the hub's links hold sent at a time."""
        began, heard = time.perf_counter(), 0
        for sent in range(0, MESSAGES, 500):
            for _ in range(500):
                self.mouth.send_multipart((self.topic, FRAMES[1]))
            while heard < sent + 500 and self.ear.poll(WITHIN_MS):
                self.ear.recv_multipart()
                heard += 1
        return heard / (time.perf_counter() - began)


@contextlib.contextmanager
def pairs() -> Iterator[dict[str, Pair]]:
    """Run a hub, and give a pair on its machine and one that comes over TCP."""
    with hub() as found, zmq.Context() as context:
        both = {"ipc": Pair(context, found, None), "tcp+curve": Pair(context, found, found.link())}
        yield both
        for pair in both.values():
            pair.mouth.close()
            pair.ear.close()


def main() -> None:
    """Measure in turns, and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.hub_links")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    trips: dict[str, list[float]] = {}
    rates: dict[str, list[float]] = {}
    with pairs() as both:
        for _ in range(rounds):
            for name, pair in both.items():
                trips.setdefault(name, []).extend(pair.trip_us())
                rates.setdefault(name, []).append(pair.per_second())
    for name, taken in trips.items():
        parts = statistics.quantiles(taken, n=100)
        rate = statistics.median(rates[name])
        print(f"{name:<10} round trip p50 {parts[49]:.0f} us, p99 {parts[98]:.0f} us; {rate:,.0f} messages a second")


if __name__ == "__main__":
    main()
