"""Commands to supervisord, each in a child process: to speak to it costs more memory than all else that we do."""

import os
import signal
import sys
from collections.abc import Iterator

import msgspec

from bus.time_source import SYSTEM_TIME, TimeSource

WITHIN_S = 20.0
LIST = "list"


class Child(msgspec.Struct):
    """A command under way: the process, the pipe that it writes to, until when it may take, what came so far."""

    pid: int
    reader: int
    verb: str
    program: str
    until: float
    text: bytes = b""


class CommandResult(msgspec.Struct, frozen=True):
    """How a command ended: `text` is its output, or why it was not done."""

    verb: str
    program: str
    done: bool
    text: bytes


class SupervisorCommands:
    """The commands under way, each the child that carries it out."""

    def __init__(self, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin with no command under way.

        Args:
            time: Says how long a command takes.
        """
        self._time = time
        self._children: list[Child] = []

    @property
    def is_listing(self) -> bool:
        """Whether a list is under way."""
        return any(child.verb == LIST for child in self._children)

    @property
    def are_under_way(self) -> bool:
        """Whether any has not ended."""
        return bool(self._children)

    def send(self, verb: str, program: str = "", *, pid: int = 0) -> None:
        """Begin a command and do not wait for it.

        Args:
            verb: One of `bus.supervisord.child`.
            program: `group:process`; empty for a list.
            pid: The process that is meant; 0 for whichever runs.
        """
        arguments = [verb, *([program] if program else []), *([str(pid)] if pid else [])]
        reader, writer = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(reader, False)
        child = _spawn([sys.executable, "-m", "bus.supervisord.child", *arguments], output=writer)
        os.close(writer)
        self._children.append(
            Child(pid=child, reader=reader, verb=verb, program=program, until=self._time.monotonic() + WITHIN_S)
        )

    def send_list(self) -> None:
        """Ask whom supervisord runs, unless that is under way."""
        if not self.is_listing:
            self.send(LIST)

    def results(self) -> Iterator[CommandResult]:
        """Yield how commands have ended since the last call; one that takes too long is killed and has no answer."""
        for child in tuple(self._children):
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            child.text += _read(child.reader)
            if not ended and self._time.monotonic() >= child.until:
                os.kill(child.pid, signal.SIGKILL)  # our own child, not reaped yet: it is still the same
                _, status = os.waitpid(child.pid, 0)
            elif not ended:
                continue
            os.close(child.reader)
            self._children.remove(child)
            done = status == 0
            yield CommandResult(
                child.verb, child.program, done, child.text if done or child.text else b"no answer in time"
            )


def _read(reader: int) -> bytes:
    """Read what is there; all of it once the child has ended."""
    found = b""
    try:
        while chunk := os.read(reader, 65536):
            found += chunk
    except BlockingIOError:
        pass
    return found


def _spawn(command: list[str], *, output: int) -> int:
    """Start a command that writes into a pipe and nowhere else: standard output belongs to supervisord."""
    nowhere = [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in (0, 2)]
    return os.posix_spawn(
        command[0], command, dict(os.environ), file_actions=[*nowhere, (os.POSIX_SPAWN_DUP2, output, 1)]
    )
