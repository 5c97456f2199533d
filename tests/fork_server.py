"""Real processes of ours without their start: one process imports what a program needs, and forks for each that a test
wants.

Importing a program takes half a second and more of a core, many times what a test then needs of it. A child of this
server is a process like any other: it has its own folder, environment, output and pid, and runs its module as Python's
`-m` does. The whole systems of other tests start the way a machine starts them.
"""

import atexit
import functools
import gc
import importlib.util
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from tests.looks import looks

ROOT = Path(__file__).resolve().parent.parent


class Command(msgspec.Struct):
    """A line to the fork server: run a module in a folder, or, with a pid, tell whether that one has ended.

    Attributes:
        arguments: The module and what follows it on its command line.
        folder: The current one.
        output: The file to which its standard output is appended.
        errors: The same for its standard error.
        environment: All of it.
        pid: The process that is asked about; 0 to run one.
    """

    arguments: list[str] = []
    folder: str = ""
    output: str = ""
    errors: str = ""
    environment: dict[str, str] = {}
    pid: int = 0


class Process:
    """What tests need to know of a process that is no child of theirs, as a `subprocess.Popen` would tell it."""

    stdin = None

    def __init__(self, server: "ForkServer", pid: int) -> None:
        """Remember who can tell how it ended."""
        self.pid = pid
        self._server = server
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self._code is None:
            self._code = self._server.ask(Command(pid=self.pid))
        return self._code

    def wait(self, timeout: float = 15.0) -> int:
        """Return the exit code, once it has ended; subprocess.TimeoutExpired when it does not."""
        for _ in looks(timeout):
            if (code := self.poll()) is not None:
                return code
        raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process that has imported programs; it ends with the one that started it."""

    def __init__(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "tests.fork_server"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._one_at_a_time = threading.Lock()
        atexit.register(self._process.communicate)  # its input ends, and so does it

    def ask(self, command: Command) -> int | None:
        """Send a line, return the answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise TypeError("the fork server has no pipes")
        with self._one_at_a_time:
            stdin.write(msgspec.json.encode(command) + b"\n")
            stdin.flush()
            return msgspec.json.decode(stdout.readline(), type=int | None)

    def start(
        self, folder: Path, *arguments: str, environment: Mapping[str, str], output: Path, errors: Path | None = None
    ) -> Process:
        """Run a module.

        Args:
            folder: In which it runs.
            arguments: The module, and what follows it on its command line.
            environment: All of it.
            output: The file to which it prints.
            errors: The file for its errors, if that is another one.

        Returns:
            The process.
        """
        command = Command(
            arguments=list(arguments),
            folder=str(folder),
            output=str(output),
            errors=str(errors or output),
            environment=dict(environment),
        )
        for printed in {command.output, command.errors}:
            Path(printed).touch()  # it may be read at once
        return Process(self, self.ask(command) or 0)


@functools.cache
def fork_server() -> ForkServer:
    """Return the fork server of this process, started when first asked for."""
    return ForkServer()


def run(
    *arguments: str, folder: Path | None = None, environment: Mapping[str, str] | None = None, within_s: float = 60.0
) -> "subprocess.CompletedProcess[str]":
    """Run a module to its end.

    Args:
        arguments: The module, and what follows it on its command line.
        folder: In which it runs; the current one, unless told.
        environment: All of it; ours, unless told.
        within_s: How long it may take.

    Returns:
        How it ended, and what it printed.
    """
    with tempfile.TemporaryDirectory() as printed:
        output, errors = Path(printed, "output"), Path(printed, "errors")
        process = fork_server().start(
            folder or Path.cwd(),
            *arguments,
            environment=os.environ if environment is None else environment,
            output=output,
            errors=errors,
        )
        try:
            code = process.wait(within_s)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, output.read_text("utf-8"), errors.read_text("utf-8"))


class _Replaced(BaseException):
    """A child would replace itself by another program."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Remember by which.

        Args:
            command: The interpreter, `-m`, a module and what follows it.
            environment: All of it.
        """
        super().__init__(command)
        self.arguments = list(command[2:])
        self.environment = dict(environment)


def _serve() -> None:
    """Answer commands until there are no more; a child leaves this function, as the module that it has become."""
    while line := sys.stdin.buffer.readline():
        command = msgspec.json.decode(line, type=Command)
        answer: int | None
        if command.pid:
            ended, status = os.waitpid(command.pid, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        else:
            _import(command.arguments)
            answer = os.fork()
            if answer == 0:
                _become(command)
                return
        os.write(1, msgspec.json.encode(answer) + b"\n")


def _import(arguments: Sequence[str]) -> None:
    """Import what a module needs, but not the module: a child runs it anew, as `-m` does."""
    for module in (arguments[0], *_launched(arguments)):
        found = importlib.util.find_spec(module)
        name = f"{module}.__main__" if found is not None and found.submodule_search_locations is not None else module
        if found is not None and name not in _imported:
            importlib.import_module(name)
            del sys.modules[name]
            _imported.add(name)
            gc.freeze()  # what all children share stays shared


_imported: set[str] = set()


def _launched(arguments: Sequence[str]) -> list[str]:
    """Return the module that the launcher will become."""
    if arguments[0] != "launch" or len(arguments) < 2:
        return []
    from launch.programs import PROGRAMS

    return [program.module for program in PROGRAMS if program.name == arguments[1]]


def _become(command: Command) -> None:
    """Run a module as a process of its own does, then whatever it would replace itself by."""
    os.chdir(command.folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in (1, command.output), (2, command.errors):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    os.execve = _replace  # type: ignore[assignment]
    arguments, environment = command.arguments, command.environment
    while arguments:
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[:] = arguments
        try:
            arguments = []
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        except _Replaced as other:
            arguments, environment = other.arguments, other.environment


def _replace(path: str, command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Do what `os.execve` does, without loading the interpreter and all its modules again."""
    if path != sys.executable or command[1] != "-m":
        raise NotImplementedError(f"the tests' fork server runs modules of ours alone, not {command}")
    raise _Replaced(command, environment)


if __name__ == "__main__":
    _serve()
