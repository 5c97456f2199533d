"""A RabbitMQ of one's own: in a folder of its own, at ports of its own, gone at the end.

Debian's package is run as whoever asks, without its service (rabbitmq.com, "Configuration" and "File and Directory
Locations", read 2026-11). Quirks: Erlang's port mapper (epmd) is started beside it and outlives it, so it has a port of
its own and is ended by its process id; both listen everywhere unless they are told not to.
"""

import contextlib
import ctypes
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pika
from pika.exceptions import AMQPError

PROGRAMS: Final = Path("/usr/lib/rabbitmq/bin")
USER: Final = "bridge"
PASSWORD: Final = "let-me-in"
WITHIN_S: Final = 90.0
LOOK_S: Final = 0.05
OWN_PORTS: Final = range(20_000, 32_000)
ATTEMPTS: Final = 3
NO_ALARM: Final = "disk_free_limit.absolute = 1MB"


class NoServer(Exception):
    """There is none to run here; the text says what to install."""


class Server:
    """A server in a folder, which runs or not."""

    def __init__(self, folder: Path, *, certificate: Path | None = None) -> None:
        """Choose its ports; nothing runs yet.

        Args:
            folder: Where it is.
            certificate: The file with its certificate and its key; None where it speaks no TLS.
        """
        self._folder = folder
        self.port, self._tls_port, self._peers_port, self._mapper_port = (_free_port() for _ in range(4))
        self._process: subprocess.Popen[bytes] | None = None
        self._certificate = certificate
        (folder / "plugins").write_text("[].", encoding="ascii")

    @property
    def tls_port(self) -> int:
        """Where it listens by TLS, where it was given certificates."""
        return self._tls_port

    def start(self) -> None:
        """Start it, and wait until it can be used."""
        lines = [f"listeners.tcp.1 = 127.0.0.1:{self.port}", "distribution.listener.interface = 127.0.0.1"]
        lines += [f"default_user = {USER}", f"default_pass = {PASSWORD}", NO_ALARM]
        lines += ["log.console = false", "log.file.level = warning"]
        if self._certificate is not None:
            lines.append(f"listeners.ssl.1 = 127.0.0.1:{self._tls_port}")
            lines += [f"ssl_options.{name} = {self._certificate}" for name in ("certfile", "keyfile", "cacertfile")]
        (self._folder / "rabbit.conf").write_text("\n".join(lines) + "\n", encoding="ascii")
        for _ in range(ATTEMPTS):
            self._run()
            self._wait(lambda: self.answers() or self._has_ended(), "RabbitMQ answers")
            if not self._has_ended():
                return
        raise RuntimeError(f"RabbitMQ has ended: {(self._folder / 'said').read_text()[-2000:]}")

    def _run(self) -> None:
        """Run it."""
        with (self._folder / "said").open("ab") as said:
            self._process = subprocess.Popen(
                [PROGRAMS / "rabbitmq-server"],
                cwd=self._folder,
                env=self._environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=_leave_with_the_parent,  # noqa: PLW1509 - it takes no lock that another thread could hold
            )

    def _has_ended(self) -> bool:
        """Tell whether it has ended by itself."""
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, as a power cut does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it stand still: its connections stay, and nobody answers at them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl, and return what it prints.

        Args:
            arguments: As the shell would have them.
        """
        done = subprocess.run(
            [PROGRAMS / "rabbitmqctl", "--quiet", *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=True,
        )
        return done.stdout

    def fill_disk(self) -> None:
        """Let it find its disk full."""
        self.control("set_disk_free_limit", str(10**15))

    def clear_disk(self) -> None:
        """Let it find room on its disk again."""
        self.control("set_disk_free_limit", "1MB")

    def open(self, *, user: str = USER, password: str = PASSWORD) -> pika.BlockingConnection:
        """Connect past all code of ours.

        Args:
            user: Who logs in.
            password: With which password.
        """
        credentials = pika.PlainCredentials(user, password)
        return pika.BlockingConnection(
            pika.ConnectionParameters("127.0.0.1", self.port, credentials=credentials, heartbeat=0, socket_timeout=5)
        )

    def answers(self) -> bool:
        """Tell whether it can be used yet."""
        if self._has_ended() or self._is_free():
            return False
        with contextlib.suppress(AMQPError, OSError), contextlib.closing(self.open()):
            return True
        return False

    def end_mapper(self) -> None:
        """End its port mapper, which has outlived it."""
        wanted = f"ERL_EPMD_PORT={self._mapper_port}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                name = (process / "comm").read_text().strip()
                if name == "epmd" and wanted in (process / "environ").read_bytes().split(b"\0"):
                    os.kill(int(process.name), signal.SIGTERM)

    @property
    def _environment(self) -> dict[str, str]:
        """What its programs are told, and nothing of what this process was."""
        here = self._folder
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(here),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"t{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._peers_port),
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": f"{here}/mnesia",
            "RABBITMQ_LOG_BASE": f"{here}/log",
            "RABBITMQ_CONFIG_FILE": f"{here}/rabbit.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{here}/plugins",
            "RABBITMQ_PID_FILE": f"{here}/pid",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }

    def _signal(self, number: signal.Signals) -> None:
        """Signal it and what it has started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        """Signal it, and wait until it has ended."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(number)
        self._process.wait(WITHIN_S)
        self._process = None
        self._wait(self._is_free, "its port is free")

    def _is_free(self) -> bool:
        """Tell whether nobody listens at its port any more."""
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) != 0

    @staticmethod
    def _wait(true: Callable[[], bool], what: str) -> None:
        """Wait for a condition."""
        until = time.monotonic() + WITHIN_S
        while not true():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {WITHIN_S} s: {what}")
            time.sleep(LOOK_S)


@contextlib.contextmanager
def serve(*, certificate: Path | None = None) -> Iterator[Server]:
    """Run a server until the end of the `with`.

    Args:
        certificate: The file with its certificate and its key; None where it speaks no TLS.

    Yields:
        The server; its user is `USER`.

    Raises:
        NoServer: No server is installed.
    """
    if not (PROGRAMS / "rabbitmq-server").exists():
        raise NoServer("no RabbitMQ: apt install rabbitmq-server")
    logging.getLogger("pika").setLevel(logging.CRITICAL + 1)  # it writes down each attempt in a dozen lines
    folder = Path(tempfile.mkdtemp(prefix="mq-", dir="/tmp"))
    made = Server(folder, certificate=certificate)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        made.end_mapper()
        shutil.rmtree(folder, ignore_errors=True)


def _leave_with_the_parent() -> None:
    """Ask the system to end the server should its parent be killed."""
    death_signal = 1
    ctypes.CDLL(None).prctl(death_signal, signal.SIGTERM, 0, 0, 0)


def _free_port() -> int:
    """Return a port that nobody listens at, and that the system gives to no connection: it is used again and again."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as chosen:
            chosen.bind(("127.0.0.1", secrets.choice(OWN_PORTS)))
            return int(chosen.getsockname()[1])
