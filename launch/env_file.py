"""Reading `.env`, the owner's file, and seeing that nobody else can, nor what is written; for the launcher alone."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from dotenv.parser import parse_stream

from bus.settings import SettingsError

NOT_NEEDED = (
    *("REDIS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_DB", "REDIS_PASSWORD"),
    *("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"),
)
"""What systems that this one replaces wanted in `.env`; it may stay there, and nobody is told it."""


def read_file(path: Path) -> dict[str, str]:
    """Read a `.env` file, as python-dotenv understands it, without expanding `$`.

    Args:
        path: The file; UTF-8, with or without a byte order mark, any line ends.

    Returns:
        Values by variable name, without what is not needed.

    Raises:
        SettingsError: The file is missing, is not its owner's alone, or has a line that is not an assignment.
    """
    faults: list[str] = []
    values: dict[str, str] = {}
    try:
        with os.fdopen(_open_private(path), encoding="utf-8-sig", newline=None) as stream:
            bindings = list(parse_stream(stream))
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text; save it as UTF-8") from None
    for binding in bindings:
        text = binding.original.string  # begins with the empty lines before the binding
        line = binding.original.line + text.removesuffix(text.lstrip()).count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            faults.append(f"{path} line {line}: not an assignment; write NAME=value, with quotes around spaces")
        elif binding.key is not None and binding.value is not None:
            if values.get(binding.key):
                faults.append(f"{path} line {line}: {binding.key} is set twice; keep one")
            values[binding.key] = binding.value.strip()
    if faults:
        raise SettingsError("\n".join(faults))
    return {name: value for name, value in values.items() if name not in NOT_NEEDED}


def not_needed(path: Path) -> tuple[str, ...]:
    """Return which variables of other systems stand in a `.env` file that has been read.

    Args:
        path: The file.
    """
    names = {
        line.partition("=")[0].removeprefix("export ").strip() for line in path.read_text("utf-8-sig").splitlines()
    }
    return tuple(name for name in NOT_NEEDED if name in names)


def refuse_open_folders(folders: Iterable[Path], *, is_hardened: bool) -> None:
    """See that nobody else can look into the folders of what is written; what is in them is then closed as well.

    Args:
        folders: Those that need not be there yet.
        is_hardened: Whether `deploy/harden` made them: then groups share some, and others pass through.

    Raises:
        SettingsError: A line for each that others can read, with what to type.
    """
    others = stat.S_IROTH | stat.S_IWOTH if is_hardened else stat.S_IRWXG | stat.S_IRWXO
    cure = "deploy/harden" if is_hardened else "chmod 700 {}"
    wrong = [path for path in folders if os.path.isdir(path) and path.stat().st_mode & others]
    if wrong:
        raise SettingsError("\n".join(f"{path} can be read by others; type: {cure.format(path)}" for path in wrong))


def _open_private(path: Path) -> int:
    """Open a file, and look at what was opened: its mode and its owner, behind a link those of what it leads to."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError:
        raise SettingsError(f"{path} can be read by another user only; start this as that user") from None
    except OSError:
        raise SettingsError(f"{path} does not exist; make it with: install -m 600 .env.example {path}") from None
    found = os.fstat(descriptor)
    fault = ""
    if not stat.S_ISREG(found.st_mode):
        fault = f"{path} is no file; make it with: install -m 600 .env.example {path}"
    elif found.st_mode & 0o077:
        fault = f"{path} can be read by others; type: chmod 600 {path}"
    elif found.st_uid != os.geteuid():
        fault = f"{path} belongs to somebody else; type: chown {os.geteuid()} {path}, or start this as its owner"
    if fault:
        os.close(descriptor)
        raise SettingsError(fault)
    return descriptor
