"""What a collector must remember over a restart: `data/state/<name>.json`, 0600, replaced atomically, no secrets."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

from bus.log import logger

Remembered = TypeVar("Remembered", bound=msgspec.Struct)

FOLDER = Path("data/state")

log = logger(__name__)


def load_state(name: str, kind: type[Remembered], *, folder: Path = FOLDER) -> Remembered:
    """Read what was remembered.

    Args:
        name: The collector's name.
        kind: The Struct it was kept in; all its fields have defaults.
        folder: Where state files are.

    Returns:
        The Struct; a fresh one when there is no file, or none that can be read: it is a convenience, not the truth.
    """
    try:
        return msgspec.json.decode((folder / f"{name}.json").read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return kind()


def save_state(name: str, state: msgspec.Struct, *, folder: Path = FOLDER) -> None:
    """Replace what is remembered, whole or not at all.

    A full or read-only disk is logged and costs no number: what is not kept is lost at the next restart only.

    Args:
        name: The collector's name.
        state: What to keep.
        folder: Where state files are; made when missing.
    """
    draft = folder / f".{name}.json.draft"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(state)))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(folder / f"{name}.json")
    except OSError as error:
        log.warning("state not saved", because=os.strerror(error.errno or 0))
