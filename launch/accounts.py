"""Further accounts: `accounts/<name>.env` has the keys of one, and what is special of it; nothing comes from others.

A file is read as `.env` is, and is its owner's alone. `BROKER=` in it says whose account it is. What its broker
declares for itself counts from this file only, so that a key that is missing there is missing, and never the default
account's; what all programs of trading share, such as TRADING, counts from `.env` only.
"""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from bus.settings import NotConfigured, SettingsError, Variable, read, reject_unknown, variables
from bus.settings_change import ACCOUNTS
from bus.trading_settings import OffUntilConfigured
from launch.env_file import read_file
from launch.programs import PROGRAMS, Program, further

BROKER: Final = "BROKER"
SHARED: Final = frozenset(each.name for each in variables(OffUntilConfigured))
"""What a broker's program is told of `.env`, whichever account it serves."""
ENDING: Final = ".env"


class Further(msgspec.Struct, frozen=True, kw_only=True):
    """A further account: its file, the program that serves it, and what its file says but for BROKER."""

    path: Path
    program: Program
    own: Mapping[str, str]

    def values(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return what its program is told.

        Args:
            env: What `.env` says.
        """
        return {name: value for name, value in env.items() if name in SHARED} | dict(self.own)


def paths(*, folder: Path = ACCOUNTS) -> tuple[Path, ...]:
    """Return the files of all further accounts, by name.

    Args:
        folder: Where they are; it need not be there.
    """
    return tuple(sorted(path for path in folder.glob(f"*{ENDING}") if not path.name.startswith(".")))


def load(path: Path) -> Further:
    """Read the file of a further account.

    Args:
        path: The file.

    Returns:
        The account, with what the file says; whether its values are right, `faults_of` tells.

    Raises:
        SettingsError: The file or its folder is open to others, or it does not say whose account it is.
    """
    if path.parent.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"{path.parent} can be read by others; type: chmod 700 {path.parent}")
    own = read_file(path)
    code = own.pop(BROKER, "")
    program = further(code, path.name.removesuffix(ENDING))
    if program is None:
        known = ", ".join(brokers())
        raise SettingsError(
            f"{path}: {BROKER} is not one that can have further accounts ({known}), or the file's name has other signs "
            "than small letters, digits and single dashes, 20 at most"
        )
    return Further(path=path, program=program, own=own)


def brokers() -> tuple[str, ...]:
    """Return the codes of the brokers at which there may be further accounts, in small letters."""
    return tuple(each.name.partition("-")[2] for each in PROGRAMS if each.has_accounts)


def own_variables(program: Program) -> tuple[Variable, ...]:
    """Return the variables that the file of a further account may have.

    Args:
        program: The program that serves it, or the default one of its broker.
    """
    every = variables(program.settings) if program.settings else ()
    return tuple(each for each in every if each.name not in SHARED and "made_by" not in each.extra)


def faults_of(account: Further, env: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with a further account's settings, a line each, which begins with the file.

    Args:
        account: The account.
        env: What `.env` says.
    """
    faults: list[str] = []
    try:
        reject_unknown(account.own, own_variables(account.program))
        settings = account.program.settings
        if settings is not None:
            read(settings, account.values(env))
    except NotConfigured:
        if env.get("TRADING", "off") != "off":
            faults.append("there are no keys in it; write them, or remove the file")
    except SettingsError as error:
        faults += str(error).splitlines()
    yield from (f"{account.path}: {fault}" for fault in faults)


def same_keys(account: Further, others: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield a line for each secret of an account that stands in another file, too.

    Args:
        account: The account.
        others: What the other files say, `.env` among them, by their names.
    """
    secrets = {each.name for each in own_variables(account.program) if each.secret}
    for name in sorted(secrets & account.own.keys()):
        value = account.own[name]
        for where, values in others.items():
            if value and value in (text for other, text in values.items() if other in secrets):
                yield f"{account.path}: {name} is in {where} too; an account is served once: make a key of its own"


def check_all(env: Mapping[str, str], *, folder: Path = ACCOUNTS) -> tuple[list[str], tuple[Further, ...]]:
    """Check the files of all further accounts.

    Args:
        env: What `.env` says.
        folder: Where they are.

    Returns:
        A line for everything that is wrong, and the accounts whose files can be read.
    """
    faults, found = list[str](), list[Further]()
    for path in paths(folder=folder):
        try:
            found.append(load(path))
        except SettingsError as error:
            faults += str(error).splitlines()
    files: dict[str, Mapping[str, str]] = {".env": env}
    for each in found:
        faults += faults_of(each, env)
        faults += same_keys(each, files)
        files[str(each.path)] = each.own
    return faults, tuple(found)


def own_settings(program: Program, env: Mapping[str, str], *, folder: Path = ACCOUNTS) -> dict[str, str]:
    """Return what the program of a further account is told, where nothing is wrong with it.

    Args:
        program: The program.
        env: What `.env` says.
        folder: Where the files are.

    Raises:
        SettingsError: A line for everything that is wrong with its file.
    """
    account = load(folder / f"{program.account}{ENDING}")
    if account.program.name != program.name:
        raise SettingsError(f"{account.path} is of {account.program.name}, not of {program.name}")
    others: dict[str, Mapping[str, str]] = {".env": env}
    for path in paths(folder=folder):
        if path != account.path and (other := _readable(path)) is not None:
            others[str(path)] = other.own
    faults = [*faults_of(account, env), *same_keys(account, others)]
    if faults:
        raise SettingsError("\n".join(faults))
    return account.values(env)


def _readable(path: Path) -> Further | None:
    """Return another account; None where its own program is the one to say what is wrong with it."""
    try:
        return load(path)
    except SettingsError:
        return None
