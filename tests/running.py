"""Real child processes, and waiting for what they do; every wait has a deadline and ends as soon as it can."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from bus.connection import Bus
from bus.messages.base import Message, Topic, topic
from bus.process import join
from tests.fork_server import Process, fork_server
from tests.looks import looks

WITHIN_S = 45.0  # a machine may be busy; what has a limit of its own says so

Heard = TypeVar("Heard", bound=Message)


@contextlib.contextmanager
def on_the_bus(name: str, *topics: Topic, says: Iterable[type[Message]]) -> Iterator[Bus]:
    """Join the bus in a test's thread; whatever is said reaches everybody who has joined by then.

    A publisher drops what nobody is known to want, and learns only after a while that a process which has just joined
    wants it. Hence this one wants it too: then it is on its way to the hub always, and the hub knows who has joined.

    Args:
        name: In its beats.
        topics: What the test waits for, from `bus.messages.base.topic`.
        says: The kinds that it says, and hears as well.

    Yields:
        The bus.
    """
    with join(name, *topics, *map(topic, says), signals=False) as bus:
        yield bus


def wait_until(true: Callable[[], bool], *, what: str, within_s: float = WITHIN_S) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: It did not come true; names `what`.
    """
    for _ in looks(within_s):
        if true():
            return
    raise TimeoutError(f"not within {within_s} s: {what}")


def flat(text: str) -> str:
    """Return a text without its line breaks: where a phone's width puts them is tried elsewhere."""
    return " ".join(text.split())


class Child:
    """A running process and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes] | Process, output: Path) -> None:
        """Watch a process that prints into a file."""
        self.process = process
        self.pid = process.pid
        self._output = output

    def text(self) -> str:
        """Return everything printed so far, errors included."""
        return self._output.read_text(encoding="utf-8")

    def wait_for(self, wanted: str, *, within_s: float = WITHIN_S) -> str:
        """Return the first printed line that holds a text, once there is one.

        Raises:
            TimeoutError: There was none; the text of the error is what was printed.
        """
        for _ in looks(within_s):
            found = [line for line in self.text().splitlines() if wanted in line]
            if found:
                return found[0]
        raise TimeoutError(f"no {wanted!r} in {within_s} s, but: {self.text()}")

    def code(self, *, within_s: float = WITHIN_S) -> int:
        """Return the exit code, once the process has ended; subprocess.TimeoutExpired when it does not."""
        return self.process.wait(within_s)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End the process as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(home: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Run Python in the home folder; the process is killed at the end if it still runs.

    Args:
        home: Its folder, which also gets its output.
        arguments: Python's arguments, such as `-m`, `bus.hub`.
        environment: Variables beside PATH and HOME, nothing else is passed on.

    Yields:
        The child.
    """
    output = home / f"output-{len(list(home.glob('output-*')))}"
    outer = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | dict(environment or {})
    is_forked = arguments[0] == "-m" and "LD_PRELOAD" not in outer  # that is loaded at an interpreter's start alone
    started = _forked if is_forked else _started
    with started(home, *arguments, environment=outer, output=output) as process:
        try:
            yield Child(process, output)
        finally:
            process.kill()


@contextlib.contextmanager
def _forked(home: Path, *arguments: str, environment: Mapping[str, str], output: Path) -> Iterator[Process]:
    """Run a module whose imports are there already."""
    process = fork_server().start(home, *arguments[1:], environment=environment, output=output)
    yield process
    process.wait()


@contextlib.contextmanager
def _started(
    home: Path, *arguments: str, environment: Mapping[str, str], output: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run an interpreter that can be written to."""
    with (
        output.open("wb") as stream,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        yield process


def hear(
    bus: Bus, kind: type[Heard], *, where: Callable[[Heard], bool] = lambda _: True, within_s: float = WITHIN_S
) -> Heard:
    """Return the next message of a kind that fits.

    Raises:
        TimeoutError: None came; the text tells what came instead.
    """
    others: list[object] = []
    ends_at = time.monotonic() + within_s
    while (left_s := ends_at - time.monotonic()) > 0:
        message = bus.receive(left_s)
        if isinstance(message, kind) and where(message):
            return message
        others.append(message)
    raise TimeoutError(f"no such {kind.__name__} in {within_s} s, but {others}")
