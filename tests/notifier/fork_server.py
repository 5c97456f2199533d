"""Real notifier processes without their start: one process imports the program, and forks for each that a test wants.

Importing the notifier takes most of a second, hundreds of times what a test then needs of it. A child of this server is
a process like any other: it has its own folder, environment, output and pid, and runs the program's own `run(main)`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tests.running import Child

LOOK_S = 0.01


class Command(msgspec.Struct):
    """A line to the fork server: start a notifier in a home, or, with a pid, tell whether that one has ended."""

    home: str = ""
    output: str = ""
    environment: dict[str, str] = {}
    pid: int = 0


class Process:
    """What `Child` needs to know of a process that is no child of ours."""

    def __init__(self, fork_server: "ForkServer", pid: int) -> None:
        """Remember who can tell how it ended."""
        self.pid = pid
        self._fork_server = fork_server
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self._code is None:
            self._code = self._fork_server.ask(Command(pid=self.pid))
        return self._code

    def wait(self, timeout: float = 15.0) -> int:
        """Return the exit code, once it has ended; subprocess.TimeoutExpired when it does not."""
        ends_at = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > ends_at:
                raise subprocess.TimeoutExpired("notifier", timeout)
            time.sleep(LOOK_S)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that has imported the notifier."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Talk to it through its pipes."""
        self._process = process

    def ask(self, command: Command) -> int | None:
        """Send a line, return the answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise TypeError("the fork server has no pipes")
        stdin.write(msgspec.json.encode(command) + b"\n")
        stdin.flush()
        return msgspec.json.decode(stdout.readline(), type=int | None)

    @contextlib.contextmanager
    def running(self, home: Path, environment: Mapping[str, str]) -> Iterator[Child]:
        """Run a notifier in a home; it is killed at the end if it still runs."""
        output = home / f"output-{len(list(home.glob('output-*')))}"
        pid = self.ask(Command(home=str(home), output=str(output), environment=dict(environment)))
        process = Process(self, pid or 0)
        try:
            yield Child(process, output)  # type: ignore[arg-type]  # it has all that Child uses of a Popen
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def fork_server() -> Iterator[ForkServer]:
    """Run the fork server; it ends with the `with`, or with us."""
    command = [sys.executable, "-m", "tests.notifier.fork_server"]
    root = Path(__file__).parent.parent.parent
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield ForkServer(process)


def _serve() -> None:
    import notifier.__main__  # noqa: F401 - imported once, for all children

    while line := os.read(0, 65536):
        command = msgspec.json.decode(line, type=Command)
        answer: int | None
        if command.pid:
            ended, status = os.waitpid(command.pid, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        else:
            Path(command.output).touch()
            answer = os.fork()
            if answer == 0:
                _become(command)
        os.write(1, msgspec.json.encode(answer) + b"\n")


def _become(command: Command) -> None:
    from bus.process import run
    from notifier.__main__ import NAME, main

    code = 1
    try:
        os.chdir(command.home)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        output = os.open(command.output, os.O_WRONLY | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.clear()
        os.environ.update(command.environment)
        run(main, name=NAME)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
