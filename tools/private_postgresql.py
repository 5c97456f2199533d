"""A PostgreSQL of one's own: in a folder of its own, reached through a socket in it, gone at the end."""

import contextlib
import ctypes
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
BASIC = ("listen_addresses=", "log_min_messages=panic")
WITHIN_S = 45.0
LOOK_S = 0.01


class NoServer(Exception):
    """There is none to run here; the text says what to install."""


@contextlib.contextmanager
def serve(*settings: str) -> Iterator[Path]:
    """Run a server until the end of the `with`, or of this process.

    Args:
        settings: More of its settings, such as `fsync=off`.

    Yields:
        The folder with its socket, which is also libpq's `host`; its user is `bot`.

    Raises:
        NoServer: No server is installed.
    """
    programs = _programs()
    if programs is None:
        raise NoServer("no PostgreSQL: apt install postgresql")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has 107 bytes at most
    shutil.chown(folder, user)
    made = [f"{programs}/initdb", "-D", "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    run = [f"{programs}/postgres", "-D", "data", "-k", str(folder)]
    run += [part for setting in (*BASIC, *settings) for part in ("-c", setting)]
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # its clock is nobody's
    as_user = user if os.geteuid() == 0 else None
    try:
        subprocess.run(made, cwd=folder, user=as_user, check=True, stdout=subprocess.DEVNULL, timeout=WITHIN_S)
        with subprocess.Popen(
            run,
            cwd=folder,
            env=environment,
            user=as_user,
            preexec_fn=_leave_with_the_parent,  # noqa: PLW1509 - it takes no lock that another thread could hold
        ) as process:
            try:
                _wait_for(folder)
                yield folder
            finally:
                process.send_signal(signal.SIGINT)  # "fast shutdown": whoever is connected is cut off
                process.wait(WITHIN_S)
    finally:
        shutil.rmtree(folder)


def url_of(folder: Path, database: str) -> str:
    """Return where a database of a server is, as SQLAlchemy writes it.

    Args:
        folder: The folder of its socket.
        database: The database's name.
    """
    return f"postgresql+psycopg://{OWNER}@/{database}?host={folder}"


def _wait_for(folder: Path) -> None:
    """Wait until a server answers; raises TimeoutError."""
    ends_at = time.monotonic() + WITHIN_S
    while True:
        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres"),
        ):
            return
        if time.monotonic() >= ends_at:
            raise TimeoutError("the PostgreSQL does not answer")
        time.sleep(LOOK_S)


def _programs() -> Path | None:
    """Return the folder with the newest server's programs, which Debian keeps out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("postgres")
    return found[-1].parent if found else Path(named).parent if named else None


def _leave_with_the_parent() -> None:
    """Ask the system to end the server should its parent be killed."""
    death_signal = 1
    ctypes.CDLL(None).prctl(death_signal, signal.SIGINT, 0, 0, 0)
