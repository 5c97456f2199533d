"""The hub: everybody's messages in, everybody's messages out; the only process that binds.

    [program:hub]
    command="%(here)s/.venv/bin/python" -m launch hub

ZeroMQ's own proxy does the work, in C and in a thread of its own: it returns to Python only when a signal happens to
interrupt it, so the main thread must be free to hear SIGTERM. The main thread beats like any process, through the
proxy: a hub that forwards nothing is a hub that nobody hears.

Where HUB_LISTEN names an address, programs of other machines are let in too (`bus.gate`). While that address is not
there, as before a tunnel is up, this machine's own programs are served alone.
"""

import os
import signal
import socket
import threading

import zmq

from bus import log
from bus.connection import RUN
from bus.hub_settings import Settings
from bus.process import join, run
from bus.settings import SettingsError, take

NAME = "hub"
MOST_FRAME_BYTES = 1024 * 1024
LOOK_S = 15.0
ON_THIS_MACHINE = 1
"""A thread of ZeroMQ, as bits: what strangers send is worked off on the other one."""

_log = log.logger(__name__)


def main() -> None:
    """Bind both ends and forward until told to leave."""
    settings = take(Settings, os.environ)
    context = zmq.Context(io_threads=2 if settings.hub_listen else 1)
    incoming = _bind(context.socket(zmq.XSUB), "bus.in", settings)
    outgoing = _bind(context.socket(zmq.XPUB), "bus.out", settings)
    is_open = _open_gate(settings, context, {"bus.in": incoming, "bus.out": outgoing})
    threading.Thread(target=_forward, args=(incoming, outgoing), name="proxy", daemon=True).start()
    with join(NAME) as bus:
        while is_open or not _is_free(settings):
            bus.receive(60 if is_open else LOOK_S)
    _log.info("starts anew", because=f"{settings.hub_listen} is there now")


def _bind(chosen: "zmq.Socket[bytes]", endpoint: str, settings: Settings) -> "zmq.Socket[bytes]":
    """Bind a socket in the bus's folder and return it; a folder in the socket's place ends the program."""
    path = RUN / endpoint
    if path.is_dir():
        raise SystemExit(f"{path.absolute()} is a folder; remove it: the hub puts its socket there")
    chosen.setsockopt(zmq.MAXMSGSIZE, MOST_FRAME_BYTES)
    if settings.hub_listen:
        chosen.setsockopt(zmq.AFFINITY, ON_THIS_MACHINE)
    chosen.bind(f"ipc://{path}")
    return chosen


def _open_gate(
    settings: Settings, context: "zmq.Context[zmq.Socket[bytes]]", ends: "dict[str, zmq.Socket[bytes]]"
) -> bool:
    """Let other machines in, where that is wanted; return False where their address is not there yet."""
    if not settings.hub_listen:
        return True
    if settings.hub_secret_key is None:
        raise SettingsError("HUB_LISTEN is set, and the hub has no key; type: make keys")
    if not _is_free(settings):
        cure = f"see that this machine has {settings.hub_listen}, and that nobody else has port {settings.hub_port}"
        _log.error("nobody of another machine can join", cure=cure)
        return False
    from bus.gate import Gate  # nothing that one machine alone needs

    gate = Gate(context, host=settings.hub_listen, port=settings.hub_port, secret_key=settings.hub_secret_key.reveal())
    for end, chosen in ends.items():
        gate.listen(chosen, end)
    gate.open()
    return True


def _is_free(settings: Settings) -> bool:
    """Tell whether the address is there, and nobody listens at its two ports."""
    try:
        for port in (settings.hub_port, settings.hub_port + 1):
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind((settings.hub_listen, port))
    except OSError:
        return False
    return True


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
