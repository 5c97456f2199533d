"""A PostgreSQL of the tests' own: in a folder of its own, reached through a socket in it, gone at the end."""

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import WITHIN_S, wait_until

try:
    import psycopg
except ModuleNotFoundError:
    psycopg = None  # type: ignore[assignment]  # then who asks for a server is skipped

OWNER = "bot"
SETTINGS = ("listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=30", "log_min_messages=panic")


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        """Take the folder with its socket."""
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """Return where a database is, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self._folder}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        """Connect past all code of ours; each statement is committed at once."""
        return psycopg.connect(host=str(self._folder), dbname=database, user=OWNER, autocommit=True)

    def new_database(self, *, like: str = "template0") -> str:
        """Make a database and return its name; `like` is the one that it is a copy of, in use by nobody."""
        name = f"ledger{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        return name

    def answers(self) -> bool:
        """Tell whether it can be used yet."""
        with contextlib.suppress(psycopg.OperationalError), self.connect():
            return True
        return False


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Run a server; skips where there is none to run or no driver for it, and fails there in CI."""
    programs = _programs()
    if programs is None or psycopg is None:
        reason = "no PostgreSQL: apt install postgresql; its driver comes with: make setup"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has 107 bytes at most
    shutil.chown(folder, user)
    made = [f"{programs}/initdb", "-D", "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    run = [f"{programs}/postgres", "-D", "data", "-k", str(folder)]
    run += [part for setting in SETTINGS for part in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # its clock is nobody's
    try:
        subprocess.run(made, cwd=folder, user=_other(user), check=True, stdout=subprocess.DEVNULL, timeout=WITHIN_S)
        with subprocess.Popen(
            run,
            cwd=folder,
            env=environment,
            user=_other(user),
            preexec_fn=_leave_with_the_tests,  # noqa: PLW1509 - it takes no lock that another thread could hold
        ) as process:
            try:
                started = Server(folder)
                wait_until(started.answers, what="a PostgreSQL that answers")
                yield started
            finally:
                process.send_signal(signal.SIGINT)  # "fast shutdown": whoever is connected is cut off
                process.wait(WITHIN_S)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """Return the folder with the newest server's programs, which Debian keeps out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("postgres")
    return found[-1].parent if found else Path(named).parent if named else None


def _other(user: str) -> str | None:
    return user if os.geteuid() == 0 else None


def _leave_with_the_tests() -> None:
    """Ask the system to end the server should the tests be killed."""
    death_signal = 1
    ctypes.CDLL(None).prctl(death_signal, signal.SIGINT, 0, 0, 0)
