"""Asking supervisord, over its own socket: whom it runs, and to start, stop or kill one.

It alone knows which process is whose: it is their parent, so no number of one that has ended is given to another before
supervisord has noticed. What a file or a message says of a process id is never acted upon.

Follows supervisord.org, "XML-RPC API Documentation", and supervisor 4.3.0's source (read 2026-11).

Quirk: to load this costs 6 MB. Processes that stay have a child ask, `bus.supervisord.child`.
"""

import http.client
import socket
import xmlrpc.client
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bus.supervisord.state import CONTROL, Process

WITHIN_S = 10.0
SHUTTING_DOWN, BAD_NAME, ALREADY_STARTED, NOT_RUNNING = 6, 10, 60, 70


class NotThere(Exception):
    """Nobody answers on the socket, or not in time."""


class Refused(Exception):
    """supervisord does not do it; the text is its own.

    Attributes:
        code: One of `supervisor.xmlrpc.Faults`.
    """

    def __init__(self, code: int, text: str) -> None:
        """Keep what it answered.

        Args:
            code: One of `supervisor.xmlrpc.Faults`.
            text: supervisord's own words.
        """
        super().__init__(text)
        self.code = code


class Supervisord:
    """The one that runs in a folder."""

    def __init__(self, control: Path = CONTROL, *, within_s: float = WITHIN_S) -> None:
        """Ask nothing yet.

        Args:
            control: Its socket.
            within_s: How long an answer may take.
        """
        self._transport = _Transport(control, within_s)

    def ask(self, method: str, *parameters: str | bool) -> object:
        """Call a method of the interface `supervisor`.

        Args:
            method: Its name, such as `getProcessInfo`.
            parameters: What the method takes, in its order.

        Returns:
            What the method returns, not yet looked at.

        Raises:
            NotThere: There was no answer.
            Refused: It answered that it does not.
        """
        body = xmlrpc.client.dumps(parameters, f"supervisor.{method}").encode()
        try:
            answer: Sequence[object] = self._transport.request("localhost", "/RPC2", body)
        except xmlrpc.client.Fault as fault:
            raise Refused(fault.faultCode, fault.faultString) from None
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise NotThere(f"supervisord does not answer: {type(error).__name__}") from None
        finally:
            self._transport.close()
        return answer[0]

    def processes(self) -> tuple[Process, ...]:
        """List everybody, in the order of their start."""
        return msgspec.convert(self.ask("getAllProcessInfo"), tuple[Process, ...])

    def kill(self, program: str, *, pid: int = 0) -> bool:
        """Have a process killed by its parent; supervisord then starts another one.

        Args:
            program: `group:process`.
            pid: Which one is meant; 0 for whichever runs.

        Returns:
            False when it had gone already.
        """
        found = msgspec.convert(self.ask("getProcessInfo", program), Process)
        if not found.pid or (pid and found.pid != pid):
            return False
        self.ask("signalProcess", program, "KILL")
        return True

    def stop(self, program: str, *, wait: bool) -> None:
        """Stop one that runs; nothing is to be done for one that does not.

        Args:
            program: `group:process`.
            wait: Whether to return only when it has stopped.
        """
        try:
            self.ask("stopProcess", program, wait)
        except Refused as refused:
            if refused.code != NOT_RUNNING:
                raise

    def start(self, program: str) -> None:
        """Start one, without waiting until it has; nothing is to be done for one that runs.

        Args:
            program: `group:process`.
        """
        try:
            self.ask("startProcess", program, False)
        except Refused as refused:
            if refused.code != ALREADY_STARTED:
                raise


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, control: Path, within_s: float) -> None:
        """Keep the socket's path and how long an answer may take, in seconds."""
        super().__init__("localhost", timeout=within_s)
        self._control = control
        self._within_s = within_s

    def connect(self) -> None:
        """Connect to the Unix socket in place of a host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self._within_s)
        self.sock.connect(str(self._control))


class _Transport(xmlrpc.client.Transport):
    """Carries XML-RPC over supervisord's Unix socket."""

    def __init__(self, control: Path, within_s: float) -> None:
        """Keep what each connection is made with."""
        super().__init__()
        self._control = control
        self._within_s = within_s

    def make_connection(self, host: tuple[str, dict[str, str]] | str) -> http.client.HTTPConnection:
        """Return a new connection to the socket, whatever host is asked for."""
        connection = _Connection(self._control, self._within_s)
        self._connection = host, connection  # what `close` closes
        return connection
