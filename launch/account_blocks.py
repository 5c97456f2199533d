"""What supervisord knows of the programs of further accounts: `accounts/<name>.conf`, made of `accounts/<name>.env`.

Each is the block of its broker's default program with another name, so that it runs as that one does here. They are
written anew at each start and restart, and follow what has become of `supervisord.conf` by then; a file whose account
is gone goes. One file is always there, and empty: supervisord warns of a folder in which there is nothing to read.
"""

import contextlib
import re
from pathlib import Path

from bus.broker_names import code_of, default_program
from bus.settings import SettingsError
from bus.settings_change import ACCOUNTS
from launch.accounts import load, paths
from launch.programs import Program
from launch.whole_file import write_whole

CONFIGURATION = Path("supervisord.conf")
NONE = "_.conf"
"""No account can be called so."""
EMPTY = "; Nothing; `make account` puts a file for each further account beside this one.\n"
MADE = "; Made by `make account` and at each start from supervisord.conf; do not edit it.\n"


def block(program: Program, configuration: str) -> str:
    """Return the block of a further account's program.

    Args:
        program: The program.
        configuration: What supervisord.conf says.

    Raises:
        SettingsError: Nothing is said there of its broker's default program.
    """
    usual = default_program(code_of(program.name))
    found = re.search(rf"^\[program:{re.escape(usual)}\]\n(?:[^\[\n].*\n)*", configuration, re.MULTILINE)
    if found is None:
        raise SettingsError(f"{CONFIGURATION} has no program {usual}; bring it back as it was delivered")
    text = re.sub(rf"{re.escape(usual)}(?![a-z0-9-])", program.name, found[0])
    return MADE + text.replace("%(here)s", "%(here)s/..")


def write_block(program: Program, *, folder: Path = ACCOUNTS) -> Path:
    """Write the block of a further account's program into its file.

    Args:
        program: The program.
        folder: Where the files are.

    Returns:
        The file.

    Raises:
        SettingsError: Nothing is said in supervisord.conf of its broker's default program.
        OSError: The file cannot be written.
    """
    text = block(program, CONFIGURATION.read_text(encoding="utf-8"))
    return _write_if_another(folder / f"{program.account}.conf", text)


def write_blocks(*, folder: Path = ACCOUNTS) -> None:
    """Write the blocks of all further accounts, and remove those whose account is gone.

    Args:
        folder: Where the files are; made where it is missing.

    Raises:
        OSError: The file of an account cannot be written.
    """
    wanted = {folder / NONE}
    with contextlib.suppress(OSError):  # it is there to spare a warning, and keeps nobody from starting
        _write_if_another(folder / NONE, EMPTY)
    for path in paths(folder=folder):
        try:
            wanted.add(write_block(load(path).program, folder=folder))
        except SettingsError:  # `make check` has said it
            wanted.add(path.with_suffix(".conf"))
    for left in set(folder.glob("*.conf")) - wanted:
        left.unlink()


def _write_if_another(path: Path, text: str) -> Path:
    """Write a file that says something else or is not there, and return it."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text)
    return path
