"""A PostgreSQL of one's own: in a folder of its own, reached through a socket in it, gone at the end."""

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

OWNER = "bot"
BASIC = ("listen_addresses=", "port=5432", "log_min_messages=panic")
WITHIN_S = 45.0
LOOK_S = 0.01


class NoServer(Exception):
    """There is none to run here; the text says what to install."""


class Server:
    """A server in a folder, which runs or not."""

    def __init__(self, folder: Path, programs: Path, *settings: str) -> None:
        """Make its files; nothing runs yet.

        Args:
            folder: Where it is; a socket's path has 107 bytes at most.
            programs: The folder of its programs.
            settings: Of the server, such as `fsync=off`.
        """
        self._folder = folder
        self._programs = programs
        self._settings = (*BASIC, *settings)
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        shutil.chown(folder, _user())
        made = [f"{programs}/initdb", "-D", "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        subprocess.run(made, cwd=folder, user=_other(), check=True, stdout=subprocess.DEVNULL, timeout=WITHIN_S)

    def start(self) -> None:
        """Start it; what lives on of one that was killed ends within moments, and keeps it from starting till then."""
        until = time.monotonic() + WITHIN_S
        while not self._started():
            if time.monotonic() > until:
                raise TimeoutError("no PostgreSQL that answers")

    def _started(self) -> bool:
        """Run it once, and tell whether it got so far as to answer."""
        run = [f"{self._programs}/postgres", "-D", "data", "-k", str(self._folder)]
        process = self._process = subprocess.Popen(
            [*run, *(part for setting in self._settings for part in ("-c", setting))],
            cwd=self._folder,
            env={name: value for name, value in os.environ.items() if name != "LD_PRELOAD"},  # its clock is nobody's
            user=_other(),
            preexec_fn=_leave_with_the_parent,  # noqa: PLW1509 - it takes no lock that another thread could hold
        )
        ends_at = time.monotonic() + WITHIN_S
        while not self.answers() and process.poll() is None and time.monotonic() < ends_at:
            time.sleep(LOOK_S)
        return process.poll() is None

    def stop(self) -> None:
        """End it: "fast shutdown", whoever is connected is cut off."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it with all that belongs to it, as a power cut does."""
        pid = self._process.pid if self._process else 0
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        self._end(signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        """Signal it, and wait until it has ended."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(WITHIN_S)
            self._process = None

    def url(self, database: str) -> str:
        """Return where a database is, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self._folder}"

    @property
    def socket(self) -> Path:
        """Where it is reached."""
        return self._folder / ".s.PGSQL.5432"

    def connect(
        self, database: str = "postgres", *, application_name: str = "test"
    ) -> psycopg.Connection[tuple[object, ...]]:
        """Connect past all code of ours; each statement is committed at once."""
        return psycopg.connect(
            host=str(self._folder), dbname=database, user=OWNER, autocommit=True, application_name=application_name
        )

    def new_database(self, *, like: str = "template0", on: Path | None = None) -> str:
        """Make a database and return its name.

        Args:
            like: The one that it is a copy of, in use by nobody.
            on: The folder for its files; None for the server's own.
        """
        name = f"ledger{next(self._numbers)}"
        with self.connect() as connection:
            if on is not None:
                shutil.chown(on, _user())
                connection.execute(f"CREATE TABLESPACE {name} LOCATION '{on}'".encode())
            place = f"TABLESPACE {name}" if on else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like} {place}".encode())
        return name

    def answers(self) -> bool:
        """Tell whether it can be used yet."""
        with contextlib.suppress(psycopg.OperationalError), self.connect():
            return True
        return False


@contextlib.contextmanager
def serve(*settings: str) -> Iterator[Server]:
    """Run a server until the end of the `with`, or of this process.

    Args:
        settings: More of its settings, such as `fsync=off`.

    Yields:
        The server; its user is `bot`.

    Raises:
        NoServer: No server is installed.
    """
    programs = _programs()
    if programs is None:
        raise NoServer("no PostgreSQL: apt install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        made = Server(folder, programs, *settings)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """Return the folder with the newest server's programs, which Debian keeps out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("postgres")
    return found[-1].parent if found else Path(named).parent if named else None


def _user() -> str:
    """Return whose the server is: it refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _other() -> str | None:
    """Return the user that it must be run as, None for our own."""
    return _user() if os.geteuid() == 0 else None


def _leave_with_the_parent() -> None:
    """Ask the system to end the server should its parent be killed."""
    death_signal = 1
    ctypes.CDLL(None).prctl(death_signal, signal.SIGINT, 0, 0, 0)
