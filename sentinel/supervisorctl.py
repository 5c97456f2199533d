"""supervisorctl, each time in a child process: loaded here it would cost megabytes, and subprocess half of one."""

import os
import signal
import sys
import time

import msgspec

from sentinel.watch import Listed

LIST_WITHIN_S = 10.0

_COMMAND = (sys.executable, "-m", "supervisor.supervisorctl", "-c", "supervisord.conf")


class Listing(msgspec.Struct):
    """A `status` under way: the child, the pipe that it writes to, what came so far."""

    pid: int
    reader: int
    until: float
    text: bytes = b""


class Supervisorctl:
    """The children that run, and what the last one listed."""

    def __init__(self) -> None:
        """Run nothing yet."""
        self._children: list[int] = []
        self._listing: Listing | None = None

    @property
    def is_listing(self) -> bool:
        """Whether a list is under way."""
        return self._listing is not None

    def order(self, verb: str, program: str) -> None:
        """Order something, such as `start`, and do not wait for it."""
        self._children.append(_spawn([*_COMMAND, verb, program], output=None))

    def begin_list(self) -> None:
        """Ask whom supervisord runs, unless that is under way."""
        if self._listing is None:
            reader, writer = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(reader, False)
            pid = _spawn([*_COMMAND, "status"], output=writer)
            os.close(writer)
            self._children.append(pid)
            self._listing = Listing(pid=pid, reader=reader, until=time.monotonic() + LIST_WITHIN_S)

    def take_list(self) -> tuple[Listed, ...] | None:
        """Return the list once, when it has come; empty when it has not come in time, None while it may still come."""
        listing = self._listing
        if listing is None:
            return None
        ended = False
        try:
            while chunk := os.read(listing.reader, 65536):
                listing.text += chunk
            ended = True
        except BlockingIOError:
            pass
        if not ended and time.monotonic() < listing.until:
            return None
        os.close(listing.reader)
        self._listing = None
        if not ended:
            os.kill(listing.pid, signal.SIGKILL)  # not reaped yet, so it is still the same
            return ()
        return read_list(listing.text)

    def reap(self) -> None:
        """Let children that have ended go."""
        self._children = [pid for pid in self._children if os.waitpid(pid, os.WNOHANG) == (0, 0)]


def read_list(text: bytes) -> tuple[Listed, ...]:
    """Read what `supervisorctl status` prints: `group:process`, the state, and words for people.

    Args:
        text: Its output; where supervisord does not answer it is a sentence without any state.

    Returns:
        The programs.
    """
    found = []
    for line in text.decode(errors="replace").splitlines():
        name, _, rest = line.partition(" ")
        state = rest.split()[0] if rest.split() else ""
        if state.isupper():
            group, _, process = name.rpartition(":")
            found.append(Listed(process=process, group=group or process, state=state))
    return tuple(found)


def _spawn(command: list[str], *, output: int | None) -> int:
    """Start a command that says nothing, or into a pipe: standard output belongs to supervisord."""
    nowhere = [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_RDWR, 0) for each in (0, 1, 2)]
    into = [] if output is None else [(os.POSIX_SPAWN_DUP2, output, 1)]
    return os.posix_spawn(command[0], command, dict(os.environ), file_actions=[*nowhere, *into])
