"""Whether the system can live in this folder: its path, and the folders and files that it writes to.

All of it is as it is at this moment, so a person who types `make check` or starts the system is told; a program that is
started again alone is not: a disk that has turned read-only meanwhile costs the ledger and not the messages.
"""

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

SOCKET = "run/supervisor.sock"
LONGEST_PID = 8
"""A dot and the digits of a process's number: under that name supervisord makes its socket."""
LONGEST_SOCKET = 107
NOT_OURS = {".pem", ".crt"}
"""Files in `data/` that are only read, and may belong to whoever put them there."""
_WRITES = {
    errno.EROFS: "its disk is mounted read-only; mount it for writing",
    errno.ENOSPC: "its disk is full; make room there",
    errno.EDQUOT: "its user's share of the disk is used up; make room there",
}


def path_faults(folder: Path) -> Iterator[str]:
    """Yield what in a folder's path keeps supervisord from starting anything, a line each.

    Args:
        folder: The project's, absolute.
    """
    cure = "move it to another folder, for example /opt/portfolio-bot"
    text = str(folder)
    found = [sign for sign in '%"\\' if sign in text]
    if found:
        yield f"the project's folder has {' and '.join(found)} in its path, which supervisord reads otherwise; {cure}"
    if not text.isprintable():
        yield f"the project's folder has signs in its path that are no UTF-8 text, or that nobody can see; {cure}"
    most = LONGEST_SOCKET - LONGEST_PID - len(SOCKET) - 1
    if (length := len(os.fsencode(folder))) > most:
        yield f"the project's folder has a path of {length} bytes, and sockets in it can have {most} at most; {cure}"


def folder_faults(folders: Iterable[Path], *, is_hardened: bool) -> Iterator[str]:
    """Yield which folders and files cannot be written, a line each, with what to do.

    Args:
        folders: Those that the programs write to, relative to the project's; missing ones are made at the start.
        is_hardened: Whether each program has a user of its own: then `deploy/harden` says who owns what.
    """
    if is_hardened:
        return
    told: set[Path] = set()
    for folder in folders:
        if os.path.isdir(folder):  # unlike pathlib's it takes what is behind a closed door for missing
            if why := _why_not_written(folder):
                told.add(folder)
                yield f"{folder} cannot be written: {why}"
        elif os.path.lexists(folder):
            yield f"{folder} is no folder; move it away, then one is made"
        elif os.path.isdir(folder.parent) and folder.parent not in told and (why := _why_not_written(folder.parent)):
            told.add(folder.parent)
            yield f"{folder} cannot be made: {why}"


def _why_not_written(folder: Path) -> str:
    """Tell why a folder, or a file in it, cannot be written: tried with a file that has no name and is gone at once."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            files = sorted(folder.iterdir()) if folder.name else []
    except OSError as error:
        return _WRITES.get(error.errno or 0) or _cure(folder)
    regular = (path for path in files if os.path.isfile(path) and path.suffix not in NOT_OURS)
    closed = next((path for path in regular if not os.access(path, os.W_OK, effective_ids=True)), None)
    return f"{closed.name} in it is closed: {_cure(closed)}" if closed else ""


def _cure(path: Path) -> str:
    """Return what to type so that a folder or a file can be written to."""
    if path.stat().st_uid != os.geteuid():
        return f"it belongs to somebody else; type: sudo chown -R {os.geteuid()} {path}, or start this as its owner"
    return f"its mode does not let its owner; type: chmod u+rwX {path}"
