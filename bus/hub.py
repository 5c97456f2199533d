"""The hub: everybody's messages in, everybody's messages out; the only process that binds.

    [program:hub]
    command=%(here)s/.venv/bin/python -m bus.launch bus.hub

ZeroMQ's own proxy does the work, in C. A thread beats like any process, through the proxy: a hub that forwards
nothing is a hub that nobody hears.
"""

import signal
import sys
import threading

import zmq

from bus import log
from bus.connection import RUN
from bus.service import join, run

NAME = "hub"
MOST_FRAME_BYTES = 1024 * 1024


def main() -> None:
    """Bind both ends and forward until told to leave."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    context = zmq.Context()
    incoming = _bind(context.socket(zmq.XSUB), "bus.in")
    outgoing = _bind(context.socket(zmq.XPUB), "bus.out")
    threading.Thread(target=_beat, name="beat", daemon=True).start()
    log.logger(__name__).info("forwarding")
    try:
        zmq.proxy(incoming, outgoing)
    finally:
        context.destroy(linger=0)


def _bind(chosen: "zmq.Socket[bytes]", endpoint: str) -> "zmq.Socket[bytes]":
    path = RUN / endpoint
    if path.is_dir():
        raise SystemExit(f"{path.absolute()} is a folder; remove it: the hub puts its socket there")
    chosen.setsockopt(zmq.MAXMSGSIZE, MOST_FRAME_BYTES)
    chosen.setsockopt(zmq.HEARTBEAT_IVL, 3000)
    chosen.setsockopt(zmq.HEARTBEAT_TIMEOUT, 7500)
    chosen.bind(f"ipc://{path}")
    return chosen


def _beat() -> None:
    with join(NAME, signals=False) as bus:
        while True:
            bus.receive(60)


if __name__ == "__main__":
    run(main, name=NAME)
