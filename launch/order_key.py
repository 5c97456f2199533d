"""The keys that orders are signed with: one master key, made at the first start, and of it one for each broker.

A broker on another machine than execution has a file with its own key, `accounts/<program>.key`, which `make account`
writes on the machine with the master key; where there is such a file, it counts.

Execution is told the master key, so that a new account needs no restart of it; a broker is told its own one alone.
Where each program has a user of its own, only root, as which the launcher runs, can read the file.
"""

import contextlib
import secrets
import stat
from pathlib import Path

from bus.broker_names import code_of
from bus.settings import SettingsError
from bus.settings_change import ACCOUNTS
from bus.signing import KEY_BYTES, derive_key
from launch.machines import Machine
from launch.programs import Program
from launch.whole_file import write_whole

FILE = Path("data/order.key")
VARIABLE = "ORDER_KEY"


def order_key(
    program: Program, *, machine: Machine | None = None, file: Path = FILE, folder: Path = ACCOUNTS
) -> dict[str, str]:
    """Return the key that a program is told.

    Args:
        program: The program.
        machine: This machine; where the hub is on another one, the keys come from there (`make keys`).
        file: Where the master key is; it is made where it is missing.
        folder: Where the keys of brokers of another machine's execution are.

    Returns:
        The variable with its text; empty for who signs nothing.

    Raises:
        SettingsError: The file cannot be read or made, or holds no key, or others can read a key that came from
            another machine; or the other machine's key is missing.
    """
    if not {"master key", "order key"} & set(program.needs):
        return {}
    return {VARIABLE: handed_key(program, machine=machine, folder=folder) or signing_key(program, file=file)}


def handed_key(program: Program, *, machine: Machine | None = None, folder: Path = ACCOUNTS) -> str:
    """Return the key that another machine has made for a program here; empty where it is made here, or none is needed.

    Args:
        program: The program.
        machine: This machine.
        folder: Where the keys of brokers of another machine's execution are.

    Raises:
        SettingsError: It is missing, holds no key, or others can read it.
    """
    own = key_file(program, folder=folder)
    if "order key" in program.needs and own.exists():
        _refuse_open(own)
        return _read(own).hex()
    if {"master key", "order key"} & set(program.needs) and machine is not None and not machine.has_hub:
        return _from_elsewhere(program, machine)
    return ""


def signing_key(program: Program, *, file: Path = FILE) -> str:
    """Return what a program signs with, in hexadecimal digits.

    Args:
        program: One that signs.
        file: Where the master key is; it is made where it is missing.

    Raises:
        SettingsError: The file cannot be read or made, or holds no key.
    """
    master = _master(file)
    return (master if "master key" in program.needs else derive_key(master, program.name)).hex()


def _from_elsewhere(program: Program, machine: Machine) -> str:
    """Return the key that the machine with the hub has made for a program here; raises SettingsError."""
    key = machine.order_keys().get(program.name)
    if key is None and program.account:
        broker = code_of(program.name).lower()
        cure = f"on the hub's machine type: make account NAME={program.account} BROKER={broker} ELSEWHERE=1 …"
        raise SettingsError(f"{key_file(program)} is missing; {cure}; then copy that file")
    if key is None:
        cure = f"on the hub's machine type: make keys NAME={machine.settings.machine} RUNS={machine.settings.runs_here}"
        raise SettingsError(f"ORDER_KEYS has no key for {program.name}; {cure}; then take over what stands in its file")
    return key


def derived(program: Program, *, file: Path = FILE) -> bytes:
    """Return the key of a broker, as it follows from the master key.

    Args:
        program: The broker's program.
        file: Where the master key is; it is made where it is missing.

    Raises:
        SettingsError: The file cannot be read or made, or holds no key.
    """
    return derive_key(_master(file), program.name)


def key_file(program: Program, *, folder: Path = ACCOUNTS) -> Path:
    """Return where the key of a broker is whose execution is on another machine.

    Args:
        program: The broker's program.
        folder: Where such keys are.
    """
    return folder / f"{program.name}.key"


def _master(file: Path) -> bytes:
    """Return the master key, made where there is none; raises SettingsError."""
    try:
        _make(file)
    except OSError as error:
        raise _unusable(file, error) from None
    return _read(file)


def _refuse_open(file: Path) -> None:
    """See that a key that somebody has copied here is its owner's alone; raises SettingsError."""
    for path in (file.parent, file):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{path} can be read by others; type: chmod {'700' if path.is_dir() else '600'} {path}")


def _read(file: Path) -> bytes:
    """Return the key in a file; raises SettingsError."""
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise _unusable(file, error) from None
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{file} holds no key; stop everything and remove it, then a new one is made")
    return key


def _unusable(file: Path, error: Exception) -> SettingsError:
    """Return what is wrong with a file of a key."""
    return SettingsError(f"{file} cannot be used: {_why(error)}; see that it is this user's own, or remove it")


def _make(file: Path) -> None:
    """Make the file where it is missing; of two who try at once, one does."""
    if not file.exists():
        with contextlib.suppress(FileExistsError):
            write_whole(file, secrets.token_hex(KEY_BYTES), is_new=True)


def _why(error: Exception) -> str:
    """Return what is wrong with the file, without what is in it."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "it holds no key"
