"""PostgreSQL's own programs: which of them fits the server, and how one is told where the database is.

Nothing of an address stands on their command lines, which everybody on the machine can read: they are told by
environment variables, which only the same user can (postgresql.org, "Environment Variables" of libpq, read 2026-11).
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL

from bus.log import logger
from ledger.backup import BadBackup

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian has every version's programs, most of them out of PATH."""
LONGEST_S = 3600
LONGEST_WORDS = 200

log = logger(__name__)


class Unable(BadBackup):
    """No backup can be made on this machine, or by this role; its text says what is missing."""


def tool(name: str, *, server: int) -> Path:
    """Find a program that fits the server: of its own version, else of the next newer one that there is.

    Args:
        name: Such as `pg_dump`.
        server: The server's major version.

    Returns:
        The program.

    Raises:
        Unable: There is none, or only older ones.
    """
    places = [*INSTALLED.glob(f"*/bin/{name}"), *map(Path, filter(None, [shutil.which(name)]))]
    found = {version: path for path in places if (version := _version(path))}
    cure = f"type: apt install postgresql-client-{server}"
    if not found:
        raise Unable(f"{name} is not installed; {cure}")
    fitting = [version for version in found if version >= server]
    if not fitting:
        raise Unable(f"{name} is of version {max(found)}, the server of {server}; {cure}")
    return found[min(fitting)]


def run(program: Path, place: URL, *arguments: str) -> None:
    """Run a program against a database.

    Args:
        program: As `tool` found it.
        place: The database's URL.
        arguments: What it is told besides.

    Raises:
        BadBackup: It failed; the text is the first line of what it said.
    """
    command = [str(program), *arguments]
    try:
        subprocess.run(
            command,
            check=True,
            env=os.environ | environment(place),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=LONGEST_S,
        )
    except subprocess.CalledProcessError as error:
        log.error("failed", program=program.name, said=error.stderr)
        said = (error.stderr.strip() or f"it ended with {error.returncode}").splitlines()[0][:LONGEST_WORDS]
        raise BadBackup(said if said.startswith(program.name) else f"{program.name}: {said}") from None
    except subprocess.TimeoutExpired:
        raise BadBackup(f"{program.name} took longer than an hour") from None


def environment(place: URL) -> dict[str, str]:
    """Return the variables that say what a URL says, its password too.

    Args:
        place: A URL of PostgreSQL.
    """
    from psycopg import pq  # 20 MB that a ledger in SQLite does not need

    names = {option.keyword.decode(): option.envvar for option in pq.Conninfo.get_defaults()}
    said = {"user": place.username, "password": place.password, "host": place.host, "port": place.port}
    said |= {"dbname": place.database, **{key: _joined(value) for key, value in place.query.items()}}
    return {
        variable.decode(): str(value)
        for key, value in said.items()
        if value is not None and (variable := names.get(key))
    }


def _joined(value: str | tuple[str, ...]) -> str:
    """Return an option that a URL names once or several times, as libpq writes it."""
    return value if isinstance(value, str) else ",".join(value)


def _version(program: Path) -> int:
    """Return a program's major version, 0 where it does not say."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0
