"""Keys of the bus between machines, made on the machine with the hub by `make keys`.

    python -m launch.keys                          the hub's own pair: keys/hub.key, keys/hub.pub
    python -m launch.keys --name b --runs fx       lets machine b in; what goes into its .env is in keys/for-b.env
    python -m launch.keys --name b --remove        shuts it out; its links end within a second

What is there already stays as it is. Hardened, root types this: the hub reads the list, and nothing else in the folder.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bus import bus_key
from bus.broker_names import code_of, name_of
from bus.gate import CLIENTS
from bus.hub_settings import Settings, listed
from bus.settings import SettingsError, read
from bus.settings_change import ENV_FILE, KEYS
from launch.env_file import read_file, refuse_open_folders
from launch.hub_key import FILE
from launch.order_key import signing_key
from launch.privileges import user_for
from launch.programs import further, named
from launch.whole_file import FILE_MODE, write_whole

PUBLIC = FILE.with_suffix(".pub")
HUB_USER = "hub"
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - compared, not listened at
ON_SEVERAL = ("execution", "webhook", "bridge")
"""What may run on several machines at once, with one PostgreSQL."""


def main() -> int:
    """Do what the command line says.

    Returns:
        0 when it is done.
    """
    parser = argparse.ArgumentParser(prog="make keys")
    parser.add_argument("--name", default="", help="the other machine")
    parser.add_argument("--runs", default="", help="the programs that run on it")
    parser.add_argument("--remove", action="store_true", help="shut it out")
    told = parser.parse_args()
    try:
        if told.name and not re.match(r"[a-z0-9-]{1,16}\Z", told.name):
            raise SettingsError("NAME is not valid; write small letters, digits and -, at most 16")
        refuse_open_folders(KEYS, is_hardened=bool(user_for("")))
        lines = remove(told.name) if told.remove else add(told.name, runs=told.runs)
        print("\n".join(lines))  # noqa: T201 - the command's answer
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the same
        return 1
    except OSError as error:
        why = f"{error.filename or KEYS[0]} cannot be used: {error.strerror}; see that it is this user's own"
        print(why, file=sys.stderr)  # noqa: T201 - the same
        return 1
    return 0


def add(name: str, *, runs: str = "") -> list[str]:
    """Make the hub's keys where there are none, and let a machine in.

    Args:
        name: The machine; empty for the hub's keys alone.
        runs: The programs that run on it, separated by commas.

    Returns:
        What was done and what is to be done, a line each.

    Raises:
        SettingsError: The machine has a key whose file for it is gone, a program is unknown, or the hub is elsewhere.
    """
    settings = _settings()
    if settings.hub_host:
        raise SettingsError(f"The hub is at {settings.hub_host} (HUB_HOST); make keys is for that machine")
    os.umask(0o077)
    _make_folders()
    lines = [] if FILE.exists() else [f"The hub's keys are made: {FILE}, {PUBLIC}"]
    if not FILE.exists():
        write_whole(FILE, f"{bus_key.new_secret()}\n")
    public = bus_key.public_of(FILE.read_text(encoding="ascii").strip())
    if not PUBLIC.exists():
        write_whole(PUBLIC, f"{public}\n", mode=_public_mode())
    if not settings.hub_listen:
        lines.append(
            f"Write HUB_LISTEN= and this machine's address for the others into {ENV_FILE}; then: make restart WHAT=hub"
        )
    if not name:
        return lines or ["The hub has its keys. For a machine: make keys NAME=b"]
    return [*lines, *_let_in(name, public, settings, runs=runs)]


def remove(name: str) -> list[str]:
    """Take a machine off the list; the hub ends its links.

    Args:
        name: The machine.

    Returns:
        What was done, a line each.

    Raises:
        SettingsError: It is not on the list.
    """
    listed_as = CLIENTS / f"{name}.pub"
    if not name or not listed_as.exists():
        there = ", ".join(sorted(path.stem for path in CLIENTS.glob("*.pub"))) or "none"
        raise SettingsError(f"There is no machine {name} on the list; there are: {there}")
    listed_as.unlink()
    _file_for(name).unlink(missing_ok=True)
    return [
        f"Machine {name} is off the list; its links end within a second.",
        "If its keys were stolen and it signed orders, also: make stop, remove data/order.key, make start,",
        "and make keys for the other machines anew.",
    ]


def _let_in(name: str, public: str, settings: Settings, *, runs: str) -> list[str]:
    """Put a machine on the list, write what goes into its `.env`, and return what is to be done."""
    file, on_list = _file_for(name), CLIENTS / f"{name}.pub"
    if on_list.exists() and not file.exists():
        raise SettingsError(
            f"Machine {name} has its key; for a new one: make keys NAME={name} REMOVE=1, then this again"
        )
    before = read_file(file) if file.exists() else {}
    secret = before.get("MACHINE_KEY") or bus_key.new_secret()
    runs = ",".join(listed(runs)) or before.get("RUNS_HERE", "")
    values = {
        "MACHINE": name,
        "HUB_HOST": before.get("HUB_HOST") or ("" if settings.hub_listen == EVERY_ADDRESS else settings.hub_listen),
        "HUB_PORT": str(settings.hub_port),
        "HUB_PUBLIC": public,
        "MACHINE_KEY": secret,
        "RUNS_HERE": runs,
        "ORDER_KEYS": ",".join(_order_keys(runs)),
    }
    write_whole(file, "".join(f"{variable}={value}\n" for variable, value in values.items()))
    write_whole(on_list, f"{bus_key.public_of(secret)}\n", mode=_public_mode())
    return [
        f"Machine {name} may join. On that machine, put the lines of {file} into {ENV_FILE}.",
        "It holds secrets: copy it by scp or the like, and remove it here and there once it is done.",
        *([] if values["HUB_HOST"] else ["Write into HUB_HOST there at which address it reaches this machine"]),
        *([] if runs else ["Write into RUNS_HERE there what it runs, for example fx,broker-paper"]),
        *_elsewhere(listed(runs), listed(settings.runs_elsewhere)),
        "docs/machines.md says the rest.",
    ]


def _elsewhere(runs: tuple[str, ...], before: tuple[str, ...]) -> Iterator[str]:
    """Yield what the owner is to write of what leaves this machine; what other machines run already stays so."""
    moved = tuple(name for name in runs if name not in ON_SEVERAL)
    if moved or not runs:
        written = ",".join(dict.fromkeys((*before, *moved))) if moved else "… the same …"
        yield f"Here, write RUNS_ELSEWHERE={written} into {ENV_FILE}; then: make restart"
    if both := [name for name in runs if name in ON_SEVERAL]:
        yield f"{', '.join(both)} may run on both; only what shall not run here any more goes into RUNS_ELSEWHERE, too"


def _order_keys(runs: str) -> Iterator[str]:
    """Yield `program:key` for each of the programs that signs orders; raises SettingsError for unknown ones."""
    for name in listed(runs):
        try:
            program = named(name)
        except KeyError as error:
            raise SettingsError(_how_to_make(name) or str(error.args[0])) from None
        if {"order key", "master key"} & set(program.needs):
            yield f"{name}:{signing_key(program)}"


def _how_to_make(name: str) -> str:
    """Return how the key of a further account's broker is made; empty for what is called otherwise."""
    if (account := further(code_of(name), name_of(name))) is None:
        return ""
    command = f"make account NAME={account.account} BROKER={code_of(name).lower()} ELSEWHERE=1 OWNER=… NUMBER=…"
    return f"{name} is a further account's: leave it out here, and have its key written by: {command}"


def _settings() -> Settings:
    """Return what `.env` says of machines, nothing where there is none yet; raises SettingsError for a wrong one.

    A file that cannot be read is not as good as none: it may say that the hub is elsewhere.
    """
    return read(Settings, read_file(ENV_FILE)) if ENV_FILE.exists() else Settings()


def _file_for(name: str) -> Path:
    """Return the file that is to be copied to a machine."""
    return KEYS[0] / f"for-{name}.env"


def _make_folders() -> None:
    """Make the folders: this user's alone; hardened, the hub passes through the first and reads the second."""
    for folder, mode in zip(KEYS, (0o2710, 0o2750), strict=True):
        folder.mkdir(mode=0o700, exist_ok=True)
        if user := user_for(HUB_USER):
            import pwd

            os.chown(folder, 0, pwd.getpwnam(user).pw_gid)
            folder.chmod(mode)


def _public_mode() -> int:
    """Return the mode of what is no secret: hardened, the hub reads it by its group."""
    return 0o640 if user_for(HUB_USER) else FILE_MODE


if __name__ == "__main__":
    sys.exit(main())
