"""What is wrong with the settings of all programs together, and who is configured.

That a key's day is over depends on the moment. Whoever types `make check`, or starts the system, is told and stopped;
a program that is started again alone is not: all other platforms and the message go on, the platform itself refuses
the key, and its collector alerts the chat (`collectors.notices`).
"""

import contextlib
import importlib
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from bus import certificates
from bus.hub_settings import listed
from bus.messages.rounds import Platform
from bus.settings import NotConfigured, SettingsError, Variable, read, reject_unknown, variables
from bus.settings_change import ENV_FILE, KEYS, WRITTEN
from launch.accounts import check_all
from launch.env_file import read_file, refuse_open_folders
from launch.folders import folder_faults, path_faults
from launch.hub_key import hub_key
from launch.machines import Machine, this_machine
from launch.order_key import handed_key
from launch.privileges import user_for
from launch.programs import PROGRAMS, Program

WEST_H = 12
"""A day is over when it is over in the last time zone: whoever wrote it down meant the own one."""


def today_in_the_west() -> date:
    """Return the day that it still is somewhere; days before it are over for everybody."""
    return (datetime.now(UTC) - timedelta(hours=WEST_H)).date()


def over(settings: msgspec.Struct, *, today: date) -> Iterator[str]:
    """Yield a line for each variable whose day is over.

    Args:
        settings: What one program is told.
        today: As `today_in_the_west` says.
    """
    for field in settings.__struct_fields__:
        day = getattr(settings, field)
        if isinstance(day, date) and day < today:
            yield f"{field.upper()} is a day that is over; make a new key, and write the day on which that one ends"


def same_twice(among: Iterable[Variable], values: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each two keys that are one and the same: one of them was pasted twice.

    Args:
        among: All variables.
        values: What `.env` says.
    """
    first: dict[str, str] = {}
    for variable in among:
        written = next((name for name in (variable.name, variable.alias) if name and values.get(name)), "")
        if written and variable.secret and "letters" in variable.extra:
            other = first.setdefault(values[written], written)
            if other != written:
                yield f"{written} is the same as {other}; one of them was pasted twice: write each from its own place"


@contextlib.contextmanager
def gathered(faults: list[str]) -> Iterator[None]:
    """Add the lines of a SettingsError inside the `with` to the faults, and go on.

    Args:
        faults: The faults found so far; the lines are added to it.
    """
    try:
        yield
    except SettingsError as error:
        faults += str(error).splitlines()


def declared(among: tuple[Program, ...] = PROGRAMS) -> tuple[Variable, ...]:
    """List the variables of all programs, each once.

    Args:
        among: The programs whose variables are wanted.
    """
    by_name: dict[str, Variable] = {}
    for program in among:
        settings = program.settings
        for variable in variables(settings) if settings else ():
            if "made_by" not in variable.extra:  # what the launcher makes is not the owner's to write
                by_name.setdefault(variable.name, variable)
    return tuple(by_name.values())


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What `.env` makes of the programs: the `platforms` in use, in the order of the message, and who is `unused`.

    `elsewhere` are the programs that run on other machines, `where` a line that says so, if there are several.
    """

    platforms: tuple[Platform, ...]
    unused: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    where: str = ""


def configured(
    environment: Mapping[str, str], *, among: tuple[Program, ...] = PROGRAMS, today: date | None = None
) -> Configured:
    """Check all settings of all programs; return which platforms are in use, and which programs are not configured.

    Args:
        environment: What `.env` says.
        among: The programs.
        today: Days in the settings that are before it are faults; None where a day that is over stops nothing.

    Raises:
        SettingsError: With a line for everything that is wrong.
    """
    faults = list[str]()
    every = declared(among)
    with gathered(faults):
        reject_unknown(environment, every)
    faults += same_twice(every, environment)
    faults += importlib.import_module("ledger.settings").inbox_faults(environment)
    try:
        machine = this_machine(environment, among=among)
    except SettingsError as error:  # what else is missing depends on it
        raise SettingsError("\n".join([*faults, str(error)])) from None
    here = [program for program in among if program.name not in machine.not_here]
    found = _read_all(here, environment, today)
    elsewhere = listed(machine.settings.runs_elsewhere)
    in_use = [*found.platforms, *(each.platform for each in among if each.platform and each.name in elsewhere)]
    faults += found.faults
    if not in_use and not found.tried and machine.has_hub:
        faults.append("no platform is configured; set the variables of at least one (.env.example lists them)")
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    in_use.sort(key=lambda platform: platform.position)
    return Configured(
        platforms=tuple(in_use),
        unused=tuple(found.unused),
        elsewhere=machine.not_here,
        where=_where(machine, here, found.unused),
    )


class _Found(msgspec.Struct):
    """What was found of programs: platforms in use, who is not configured, faults; how many platforms were tried."""

    platforms: list[Platform] = []
    unused: list[str] = []
    faults: list[str] = []
    tried: int = 0


def _read_all(programs: Iterable[Program], environment: Mapping[str, str], today: date | None) -> _Found:
    """Read the settings of programs, each as its launcher would."""
    found = _Found()
    for program, struct in ((program, program.settings) for program in programs if program.settings):
        platform = program.platform
        try:
            settings = read(struct, environment)
            found.faults += over(settings, today=today) if today else ()
            if platform is not None:
                found.platforms.append(platform)
        except NotConfigured as error:
            found.unused.append(program.name)
            found.faults += () if platform is not None or program.is_optional else error.missing
        except SettingsError as error:
            found.tried += platform is not None
            found.faults += str(error).splitlines()
    return found


def _where(machine: Machine, here: Iterable[Program], unused: Container[str]) -> str:
    """Return a line that says what runs on this machine and what on others; empty where there is one machine."""
    settings = machine.settings
    if not (machine.not_here or settings.hub_listen or settings.hub_host):
        return ""
    runs = ", ".join(each.name for each in here if each.group and each.name not in unused)
    name = f" {settings.machine}" if settings.machine else ""
    hub = f"the hub is at {settings.hub_host}:{settings.hub_port}" if settings.hub_host else "the hub is here"
    listens = f", and listens at {settings.hub_listen}:{settings.hub_port}" if settings.hub_listen else ""
    others = f"; on others: {', '.join(machine.not_here)}" if machine.not_here else ""
    return f"machine{name}: {hub}{listens}; here run: {runs}{others}\n"


def check(every: tuple[Program, ...] = PROGRAMS) -> Configured:
    """Check all that a person can be told before the start: also what may change while the programs run.

    Args:
        every: The programs.

    Returns:
        What `.env` makes of the programs.

    Raises:
        SettingsError: With a line for everything that is wrong.
    """
    is_hardened = bool(user_for(""))
    faults = [*path_faults(Path.cwd()), *folder_faults(WRITTEN, is_hardened=is_hardened)]
    found = Configured(platforms=(), unused=())
    if certificates.find(os.environ) is None:
        faults.append(certificates.MISSING)
    with gathered(faults):
        refuse_open_folders((*WRITTEN, *KEYS), is_hardened=is_hardened)
    with gathered(faults):
        values = read_file(ENV_FILE)
        urls = importlib.import_module("ledger.url_check")
        faults += urls.faults(values.get("DATABASE_URL", ""))
        wrong, further = check_all(values)
        faults += wrong
        found = configured(values, among=every, today=today_in_the_west())
        faults += urls.faults_of_inbox(values)
        machine = this_machine(values, among=every)
        further = further if values.get("TRADING", "off") != "off" else ()
        for program in (*every, *(each.program for each in further)):
            if program.name not in machine.not_here and program.name not in found.unused:
                hub_key(program, machine)
                handed_key(program, machine=machine)
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))
    return found
