"""Writing a file that only its owner may read, so that it is there with all of its content, or as it was before."""

import os
import secrets
from pathlib import Path
from typing import Final

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600


def write_whole(path: Path, text: str, *, is_new: bool = False, mode: int = FILE_MODE) -> None:
    """Write a file; whatever ends this half-way, there is no half of it.

    Args:
        path: The file; its folder is made where it is missing.
        text: What it says.
        is_new: Whether one that is there meanwhile stays as it is.
        mode: Who may read it, from the moment at which it is there.

    Raises:
        FileExistsError: It is there, and stays.
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            os.fchmod(stream.fileno(), mode)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            os.link(new, path)
        else:
            new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Let a new name in a folder survive the machine's end."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
