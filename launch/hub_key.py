"""The hub's own secret key, for links with other machines; hardened, root alone reads it."""

import os
import stat
from pathlib import Path

from bus import bus_key
from bus.settings import SettingsError
from bus.settings_change import HUB_KEY
from launch.machines import Machine
from launch.programs import Program

FILE = HUB_KEY
VARIABLE = "HUB_SECRET_KEY"


def hub_key(program: Program, machine: Machine, *, file: Path = FILE) -> dict[str, str]:
    """Return the key that a program is told.

    Args:
        program: The program.
        machine: This machine.
        file: Where the key is.

    Returns:
        The variable with its text; empty for who listens to nobody.

    Raises:
        SettingsError: Other machines may join, and there is no key, or others can read it.
    """
    if "hub key" not in program.needs or not machine.settings.hub_listen:
        return {}
    try:
        found = file.stat()
        text = file.read_text(encoding="ascii").strip()
        bus_key.for_zeromq(text)
    except FileNotFoundError:
        raise SettingsError("HUB_LISTEN is set, and the hub has no key; type: make keys") from None
    except (OSError, ValueError):
        raise SettingsError(f"{file} cannot be read, or holds no key; remove it and type: make keys") from None
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise SettingsError(f"{file} can be read by others; type: chmod 600 {file}")
    if found.st_uid != os.geteuid():
        raise SettingsError(f"{file} belongs to somebody else; type: chown {os.geteuid()} {file}")
    return {VARIABLE: text}
