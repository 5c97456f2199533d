"""The launcher: reads `.env`, keeps what one program declares, drops the rest, and becomes that program.

    python -m bus.launch bus.hub          becomes the hub
    python -m bus.launch ledger backup    becomes a program that takes arguments
    python -m bus.launch --check          says what is wrong with `.env`, or lists what is configured

It is the only code that knows all programs. It never runs their work: it imports the light files that declare their
Settings, so that a wrong or misspelled variable stops everything before anything is half started. Under supervisord it
then waits until the owner has changed something (`bus.waiting`).

What a program may know goes to it through a socket that only it holds, never through its environment: that would stand
in `/proc/<pid>/environ` for all who run as the same user, until the program has closed it. Where the installation is
hardened, the launcher is root and becomes the program's own user.
"""

import importlib
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import msgspec

from bus import certificates, log
from bus.check import gathered, over, same_twice, today_in_the_west
from bus.env_file import read_file, refuse_open_folders
from bus.messages import Platform
from bus.own_user import WATCHES, become, give_up_more, user_for
from bus.place import folder_faults, path_faults
from bus.service import OWN_USER, close_to_siblings
from bus.settings import (
    HANDED_OVER,
    WRONG_SETTINGS,
    NotConfigured,
    SettingsError,
    Variable,
    hand_over,
    read,
    reject_unknown,
    variables,
)
from bus.waiting import ENV_FILE, KEPT, WRITTEN, marks, wait_instead

COLLECTORS = Path(__file__).resolve().parent.parent / "collectors"
SETTINGS_OF = {
    "bus.hub": "bus.log",
    "clock": "clock.settings",
    "aggregator": "aggregator.settings",
    "notifier": "notifier.settings",
    "sentinel": None,
    "ledger": "ledger.settings",
}
"""Programs that are no collectors, and the module that holds their Settings; a collector's are in its own file.

`ledger` is the owner's: it runs once, from a terminal.
"""

_log = log.logger(__name__)


LEAN = {"PYTHONOPTIMIZE": "2", "PYTHONNODEBUGRANGES": "1"}
"""How programs run: without docstrings, asserts and column numbers, which cost all together some 20 MB."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One program: its module, the Struct of its settings if it has any, the platform if it collects one."""

    module: str
    settings: type[msgspec.Struct] | None = None
    platform: Platform | None = None


def programs() -> tuple[Program, ...]:
    """List every program of the system; importing the collectors' files costs no SDK.

    Returns:
        The core programs, then the collectors by name.
    """
    found = [
        Program(module=module, settings=_settings_in(importlib.import_module(holder)) if holder else None)
        for module, holder in SETTINGS_OF.items()
    ]
    for path in sorted(COLLECTORS.glob("*.py")):
        if b"class Settings(" in path.read_bytes():  # its neighbours need not be imported: some cost a library
            module = importlib.import_module(f"collectors.{path.stem}")
            platform = getattr(module, "PLATFORM", None)
            found.append(Program(module=module.__name__, settings=_settings_in(module), platform=platform))
    return tuple(found)


def declared(among: tuple[Program, ...]) -> tuple[Variable, ...]:
    """List the variables of all programs, each once."""
    by_name: dict[str, Variable] = {}
    for program in among:
        for variable in variables(program.settings) if program.settings else ():
            by_name.setdefault(variable.name, variable)
    return tuple(by_name.values())


def configured(
    among: tuple[Program, ...], environment: Mapping[str, str], *, today: date | None = None
) -> tuple[Platform, ...]:
    """Check all settings of all programs and tell which platforms are in use.

    Args:
        among: The programs.
        environment: What `.env` says.
        today: Days in the settings that are before it are faults; None where a day that is over stops nothing.

    Returns:
        The platforms whose keys are set, in the order of the message.

    Raises:
        SettingsError: With a line for everything that is wrong.
    """
    faults: list[str] = []
    in_use: list[Platform] = []
    tried = 0
    with gathered(faults):
        reject_unknown(environment, declared(among))
    faults += same_twice(declared(among), environment)
    for program in among:
        if program.settings is None:
            continue
        try:
            settings = read(program.settings, environment)
            faults += over(settings, today=today) if today else ()
            if program.platform is not None:
                in_use.append(program.platform)
        except NotConfigured as error:
            faults += error.missing if program.platform is None else ()
        except SettingsError as error:
            tried += program.platform is not None
            faults += str(error).splitlines()
    if not in_use and not tried:
        faults.append("no platform is configured; set the variables of at least one (.env.example lists them)")
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    return tuple(sorted(in_use, key=lambda platform: platform.position))


def check(every: tuple[Program, ...]) -> tuple[Platform, ...]:
    """Check all that a person can be told before the start: also what may change while the programs run.

    Args:
        every: The programs.

    Returns:
        The platforms in use.

    Raises:
        SettingsError: With a line for everything that is wrong.
    """
    is_hardened = bool(user_for(""))
    faults = [*path_faults(Path.cwd()), *folder_faults(WRITTEN, is_hardened=is_hardened)]
    platforms: tuple[Platform, ...] = ()
    if certificates.find(os.environ) is None:
        faults.append(certificates.MISSING)
    with gathered(faults):
        refuse_open_folders(WRITTEN, is_hardened=is_hardened)
    with gathered(faults):
        values = read_file(ENV_FILE)
        faults += importlib.import_module("ledger.url_check").faults(values.get("DATABASE_URL", ""))
        platforms = configured(every, values, today=today_in_the_west())
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    return platforms


def settings_for(program: Program, values: Mapping[str, str]) -> dict[str, str]:
    """Choose what one program is told: what it declares and nothing else.

    Args:
        program: The program.
        values: What `.env` says.

    Returns:
        Its own variables that are set.
    """
    wanted = {
        name
        for variable in (variables(program.settings) if program.settings else ())
        for name in (variable.name, variable.alias)
    }
    return {name: value for name, value in values.items() if name in wanted and value}


def environment_for(platforms: tuple[Platform, ...], *, log_level: str = "") -> dict[str, str]:
    """Make the environment that every program sees; there is nothing in it that anybody may not know.

    Args:
        platforms: The platforms in use.
        log_level: What `.env` says of it.

    Returns:
        The list of platforms (names and labels, no keys), the log level, and what Python needs.
    """
    environment = {name: value for name, value in os.environ.items() if name in KEPT}
    environment["SUPERVISOR_PID"] = str(os.getppid())  # `run` leaves when it finds another parent: ours has died
    environment["LOG_LEVEL"] = log_level or "INFO"
    environment["PLATFORMS"] = msgspec.json.encode(platforms).decode()
    environment |= LEAN
    authorities = certificates.find(os.environ)
    environment |= authorities.variables() if authorities else {}
    return environment


def main() -> None:
    """Check the whole file, then become the program named on the command line."""
    log.set_up("launch", stream=sys.stderr)  # the sentinel's standard output belongs to supervisord
    close_to_siblings()  # before anything is read
    chosen = sys.argv[1] if len(sys.argv) > 1 else "--check"
    every = programs()
    seen = marks()
    try:
        if chosen == "--check":
            _tell(check(every))
            return
        values = read_file(ENV_FILE)
        refuse_open_folders(WRITTEN, is_hardened=bool(user_for("")))
        platforms = configured(every, values)
        program = next((each for each in every if each.module == chosen), None)
        if program is None:
            raise SystemExit(f"{chosen} is not a program; there are: {', '.join(each.module for each in every)}")
        _become(program, values, platforms)
    except SettingsError as error:
        if chosen == "--check":
            raise SystemExit(f"{error}") from None
        _log.error("wrong settings", program=chosen, cure=error)
        wait_instead(seen)
        raise SystemExit(WRONG_SETTINGS) from None


def _become(program: Program, values: Mapping[str, str], platforms: tuple[Platform, ...]) -> None:
    user = user_for(program.module)
    if user:
        become(user, watches=program.module == WATCHES)
    give_up_more()
    environment = environment_for(platforms, log_level=values.get("LOG_LEVEL", ""))
    if user:
        environment[OWN_USER] = user
    own = settings_for(program, values)
    if own:
        environment[HANDED_OVER] = str(hand_over(own))
    command = [sys.executable, "-m", program.module, *sys.argv[2:]]
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell


def _tell(platforms: tuple[Platform, ...]) -> None:
    prefix = user_for("")
    privileges = f"own users {prefix}*" if prefix else "shared user, not dumpable (deploy/harden gives each its own)"
    in_use = ", ".join(platform.label for platform in platforms)
    print(f"{ENV_FILE} is right; in use: {in_use}\nprivileges: {privileges}")  # noqa: T201 - the check's answer


def _settings_in(module: ModuleType) -> type[msgspec.Struct]:
    settings = module.Settings
    if not isinstance(settings, type) or not issubclass(settings, msgspec.Struct):
        raise TypeError(f"{module.__name__}.Settings is not a Struct")
    return settings


if __name__ == "__main__":
    main()
