"""Waiting for the owner to mend the settings, in place of a program that cannot begin with those there are.

A program that left would be started again at once, and say the same again each second. So whoever finds the settings
wrong says so once and becomes `launch.wait_for_change`, small and without any secret, which leaves when `.env` or a
folder's mode is another one; then supervisord starts the program again. From a terminal nobody waits.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from bus.broker_names import PREFIX, name_of

ENV_FILE = Path(".env")
ACCOUNTS = Path("accounts")
"""The folder with the settings of further accounts, a file for each."""
WRITTEN = tuple(map(Path, ("run", "data", "data/state", "data/inbox", "logs", "backups")))
"""The folders that the programs write to."""
KEYS = tuple(map(Path, ("keys", "keys/clients")))
"""The folders with the keys of the bus, where it has several machines."""
HUB = "hub"
HUB_KEY = KEYS[0] / "hub.key"
KEPT = ("PATH", "HOME", "LANG", "SUPERVISOR_SERVER_URL", "PYTHONPYCACHEPREFIX", "PYTHONUTF8")
"""What a program sees of the outer environment; the rest is dropped."""
PARENT = "SUPERVISOR_PID"
"""The variable with the process that must still be our parent when we have begun; otherwise it has died."""

_MODULE = "launch.wait_for_change"


def marks(paths: Iterable[Path] = (ENV_FILE, *WRITTEN)) -> dict[str, str]:
    """Return what would be another one if the owner had changed something; to be taken before the settings are read.

    Args:
        paths: The file of the settings, and the folders whose modes matter.

    Returns:
        A mark for each, also for what is not there or cannot be looked at.
    """
    return {str(path): _mark(path) for path in paths}


def settings_of(program: str) -> tuple[Path, ...]:
    """Return the files with a program's settings, and the folders whose modes matter.

    Args:
        program: Its name.
    """
    own: tuple[Path, ...] = ()
    if program.startswith(PREFIX):
        own = (ACCOUNTS, ACCOUNTS / f"{program}.key")
    if program.startswith(PREFIX) and (name := name_of(program)):
        # the others' too: a key that stands in two files is wrong until it is in one
        own += (ACCOUNTS / f"{name}.env", *sorted(ACCOUNTS.glob("[!.]*.env")))
    if program == HUB:
        own = (HUB_KEY,)
    return (ENV_FILE, *dict.fromkeys(own), *WRITTEN, *KEYS)


def wait_instead(seen: Mapping[str, str], *, environment: Mapping[str, str] = os.environ) -> None:
    """Become a process that waits until the marks are others; return at once where it is not supervisord that runs us.

    Args:
        seen: The marks of the settings that were found to be wrong.
        environment: What supervisord has told us.
    """
    if "SUPERVISOR_SERVER_URL" in environment:
        kept = {name: value for name, value in environment.items() if name in KEPT}
        kept[PARENT] = str(os.getppid())
        for descriptor in map(int, os.listdir("/proc/self/fd")):
            with contextlib.suppress(OSError):  # the one that listed them is closed by now
                os.set_inheritable(descriptor, descriptor <= 2)
        command = [sys.executable, "-m", _MODULE, *(f"{path}={mark}" for path, mark in seen.items())]
        os.execve(sys.executable, command, kept)  # noqa: S606 - no shell


def is_waiting(pid: int) -> bool:
    """Tell whether a process waits in a program's place, as its command line says.

    Args:
        pid: The process's id.
    """
    try:
        return f"\0-m\0{_MODULE}\0".encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _mark(path: Path) -> str:
    """Return a text that differs once a file is another one, or a folder has another mode or owner."""
    try:
        found = path.stat()
    except OSError as error:
        return type(error).__name__
    if stat.S_ISDIR(found.st_mode):  # what is in it changes all the time
        return f"{found.st_mode:o}-{found.st_uid}-{found.st_gid}"
    return f"{found.st_dev}-{found.st_ino}-{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"
