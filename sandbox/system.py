"""A whole system in a folder of its own, pointed at the sandbox: for the demo, the tests and the benchmarks.

The product is unmodified: its own supervisord.conf (but for where the interpreter is), its own programs, an `.env` with
invented keys and the sandbox's addresses. Nothing outside the folder is read or written.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.bybit import account as bybit_account
from sandbox.control.client import Sandbox
from sandbox.ibkr import service as ibkr
from sandbox.okx import account as okx_account
from sandbox.tbank import account as tbank_account
from sandbox.telegram import chat

ROOT = Path(__file__).resolve().parent.parent
START_S = 15.0
STOP_S = 20.0
LOOK_S = 0.02
UNUSED = {"UNUSED_PROGRAMS": "webhook,execution,bridge,broker-paper,broker-ibkr,broker-bingx"}
"""What `make start` tells supervisord where nothing trades: these are not started only to find that out."""


class NotStarted(RuntimeError):
    """The system did not do what was asked; the text holds its own words."""


class System:
    """One running copy of the product."""

    def __init__(self, home: Path, sandbox: Sandbox) -> None:
        """Remember where it lives and which outside world it sees."""
        self.home = home
        self.sandbox = sandbox

    def control(self, *arguments: str, timeout_s: float = 30) -> str:
        """Run supervisorctl, as an owner would.

        Args:
            arguments: For example `restart`, `collectors:bybit`.
            timeout_s: How long it may take.

        Returns:
            What it printed; its exit code is not looked at, `status` has one of its own for stopped programs.
        """
        return supervisorctl(self.home, *arguments, timeout_s=timeout_s)

    def pid(self, program: str) -> int:
        """Return a program's process id, 0 while it does not run."""
        lock = self.home / "run" / f"{program.rsplit(':', maxsplit=1)[-1]}.lock"
        try:
            found = int(lock.read_text())
            os.kill(found, 0)
        except (OSError, ValueError):
            return 0
        return found

    def log(self, program: str) -> str:
        """Return what a program has logged so far."""
        path = self.home / "logs" / f"{program}.log"
        return path.read_text() if path.exists() else ""

    def wait_for_log(self, program: str, wanted: str, *, timeout_s: float = 30) -> None:
        """Wait until a program has logged a text.

        Raises:
            TimeoutError: It has not; the text ends with the log.
        """
        until = time.monotonic() + timeout_s
        while wanted not in self.log(program):
            if time.monotonic() > until:
                raise TimeoutError(f"{program} never logged {wanted!r}: {self.log(program)[-2000:]}")
            time.sleep(LOOK_S)


def prepare(
    home: Path, sandbox: Sandbox, settings: Mapping[str, str] | None = None, *, prefix: Path | None = None
) -> None:
    """Make a home: `.env` with invented keys, the programs' configuration, empty folders.

    Args:
        home: The folder; an earlier run's data, logs and further accounts in it are removed.
        sandbox: Whose addresses go into `.env`.
        settings: Variables that replace or add to the invented ones; an empty value leaves one out.
        prefix: The virtual environment that the programs run in; None for this one.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in ("run", "data", "logs", "accounts"):
        shutil.rmtree(home / folder, ignore_errors=True)
        (home / folder).mkdir(mode=0o700)
    (home / "accounts" / "_.conf").touch(mode=0o600)  # as by `make start`: supervisord warns where it includes nothing
    for name in ("supervisord.conf", ".venv"):
        (home / name).unlink(missing_ok=True)
    # By its own path: under another one Python finds none of the files compiled for it, and compiles in memory.
    text = (ROOT / "supervisord.conf").read_text().replace("%(here)s/.venv", str(prefix or Path(sys.prefix).resolve()))
    (home / "supervisord.conf").write_text(text)
    values = invented(sandbox) | dict(settings or {})
    lines = [f"{name}='{value}'" for name, value in values.items() if value]
    path = home / ".env"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")


def invented(sandbox: Sandbox) -> dict[str, str]:
    """Return settings that fit the sandbox as it is seeded."""
    at = sandbox.addresses
    return {
        "TELEGRAM_BOT_TOKEN": chat.TOKEN,
        "TELEGRAM_CHAT_ID": str(chat.CHAT_ID),
        "TELEGRAM_BASE_URL": at["telegram"],
        "BYBIT_API_KEY": bybit_account.API_KEY,
        "BYBIT_API_SECRET": bybit_account.API_SECRET,
        "BYBIT_BASE_URL": at["bybit"],
        "OKX_API_KEY": okx_account.API_KEY,
        "OKX_API_SECRET": okx_account.API_SECRET,
        "OKX_API_PASSPHRASE": okx_account.PASSPHRASE,
        "OKX_BASE_URL": at["okx"],
        "TBANK_TOKEN": tbank_account.TOKEN,
        "TBANK_BASE_URL": f"{at['tbank']}/rest",
        "IBKR_FLEX_TOKEN": ibkr.TOKEN,
        "IBKR_FLEX_QUERY_ID": ibkr.QUERY_ID,
        "IBKR_FLEX_BASE_URL": at["ibkr"],
        "CBR_BASE_URL": at["cbr"],
        "FRANKFURTER_BASE_URL": at["frankfurter"],
        "ERAPI_BASE_URL": at["erapi"],
    }


@contextlib.contextmanager
def running(home: Path, sandbox: Sandbox, settings: Mapping[str, str] | None = None) -> Iterator[System]:
    """Run the system under its supervisord for as long as the `with` lasts.

    Args:
        home: Its folder.
        sandbox: The outside world.
        settings: As for `prepare`.

    Yields:
        The system, its supervisord accepting commands; its programs may still be starting.

    Raises:
        NotStarted: supervisord did not start.
    """
    prepare(home, sandbox, settings)
    with supervised(home, sandbox, environment=unused(settings)) as system:
        yield system


@contextlib.contextmanager
def supervised(
    home: Path, sandbox: Sandbox, *, python: Path = Path(sys.executable), environment: Mapping[str, str] | None = None
) -> Iterator[System]:
    """Run the system in a home that `prepare` has made, for as long as the `with` lasts.

    Args:
        home: Its folder.
        sandbox: The outside world.
        python: What supervisord runs with.
        environment: Variables that supervisord sees besides.

    Yields:
        The system, as `running` does.

    Raises:
        NotStarted: supervisord did not start.
    """
    command = [str(python), "-m", "supervisor.supervisord", "-n", "-c", "supervisord.conf"]
    with (home / "supervisord.out").open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=clean_environment() | dict(environment or {}),
            start_new_session=True,
            umask=0o077,  # supervisord's own setting reaches neither its pid file nor its first logs
        )
        try:
            _wait_for_socket(home, process)
            yield System(home, sandbox)
        finally:
            _stop(process)


def unused(settings: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return what supervisord is told of programs that settings leave unused.

    Args:
        settings: As for `prepare`.
    """
    return {} if "TRADING" in (settings or {}) else UNUSED


def supervisorctl(home: Path, *arguments: str, timeout_s: float = 30) -> str:
    """Run supervisorctl for the system in a folder; as `System.control`."""
    command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", "supervisord.conf", *arguments]
    done = subprocess.run(
        command,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env=clean_environment(),
    )
    return done.stdout + done.stderr


def clean_environment() -> dict[str, str]:
    """Return the little that supervisord needs of the environment: nothing of the caller's reaches the programs."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def _wait_for_socket(home: Path, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while not (home / "run" / "supervisor.sock").exists():
        if process.poll() is not None or time.monotonic() > until:
            raise NotStarted(f"supervisord did not start: {(home / 'supervisord.out').read_text()}")
        time.sleep(LOOK_S)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
