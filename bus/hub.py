"""The hub: everybody's messages in, everybody's messages out; the only process that binds.

    [program:hub]
    command="%(here)s/.venv/bin/python" -m launch hub

ZeroMQ's own proxy does the work, in C and in a thread of its own: it returns to Python only when a signal happens to
interrupt it, so the main thread must be free to hear SIGTERM. The main thread beats like any process, through the
proxy: a hub that forwards nothing is a hub that nobody hears.
"""

import os
import signal
import threading

import zmq

from bus import log
from bus.connection import RUN
from bus.process import join, run

NAME = "hub"
MOST_FRAME_BYTES = 1024 * 1024

_log = log.logger(__name__)


def main() -> None:
    """Bind both ends and forward until told to leave."""
    context = zmq.Context()
    incoming = _bind(context.socket(zmq.XSUB), "bus.in")
    outgoing = _bind(context.socket(zmq.XPUB), "bus.out")
    threading.Thread(target=_forward, args=(incoming, outgoing), name="proxy", daemon=True).start()
    with join(NAME) as bus:
        while True:
            bus.receive(60)


def _bind(chosen: "zmq.Socket[bytes]", endpoint: str) -> "zmq.Socket[bytes]":
    """Bind a socket in the bus's folder and return it; a folder in the socket's place ends the program."""
    path = RUN / endpoint
    if path.is_dir():
        raise SystemExit(f"{path.absolute()} is a folder; remove it: the hub puts its socket there")
    chosen.setsockopt(zmq.MAXMSGSIZE, MOST_FRAME_BYTES)
    chosen.bind(f"ipc://{path}")
    return chosen


def _forward(incoming: "zmq.Socket[bytes]", outgoing: "zmq.Socket[bytes]") -> None:
    """Pass messages on for as long as the proxy lives; end this process when it does not."""
    _log.info("forwarding")
    try:
        zmq.proxy(incoming, outgoing)
    except zmq.ZMQError as error:
        _log.crash("proxy ended", error)
    os.kill(os.getpid(), signal.SIGTERM)  # without the proxy there is no hub: leave, and be started again


if __name__ == "__main__":
    run(main, name=NAME)
