"""Reading `.env`, the owner's file, and seeing that nobody else can; used by the launcher alone."""

import os
import stat
from pathlib import Path

from dotenv.parser import parse_stream

from bus.settings import SettingsError


def read_file(path: Path) -> dict[str, str]:
    """Read a `.env` file, as python-dotenv understands it, without expanding `$`.

    Args:
        path: The file; UTF-8, with or without a byte order mark, any line ends.

    Returns:
        Values by variable name.

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
    return values


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
