"""The launcher: reads `.env`, keeps what one program declares, drops the rest, and becomes that program.

    python -m launch hub                  becomes the hub
    python -m launch ledger backup        becomes a program that takes arguments
    python -m launch --check              says what is wrong with `.env`, or lists what is configured

It never runs the programs' work: it imports the light files that declare their Settings (`launch.programs`), so that a
wrong or misspelled variable stops everything before anything is half started. Under supervisord it then waits until the
owner has changed something (`bus.settings_change`).

What a program may know goes to it through a socket that only it holds, never through its environment: that would stand
in `/proc/<pid>/environ` for all who run as the same user, until the program has closed it. Where the installation is
hardened, the launcher is root and becomes the program's own user.
"""

import os
import sys
import time
from collections.abc import Mapping

import msgspec

from bus import broker_names, certificates, log
from bus.hub_link import HANDED_LINK
from bus.hub_settings import KNOWN_TO
from bus.messages.rounds import Platform
from bus.process import OWN_USER, STARTSECS_S, close_to_siblings
from bus.settings import HANDED_OVER, NOT_CONFIGURED, WRONG_SETTINGS, SettingsError, hand_over, variables
from bus.settings_change import ENV_FILE, KEPT, KEYS, WRITTEN, marks, settings_of, wait_instead
from launch.accounts import check_all, own_settings
from launch.check import Configured, check, configured
from launch.env_file import not_needed, read_file, refuse_open_folders
from launch.hub_key import hub_key
from launch.machines import Machine, this_machine
from launch.order_key import order_key
from launch.privileges import become, give_up_more, user_for
from launch.programs import Program, named

_log = log.logger(__name__)


LEAN = {"PYTHONOPTIMIZE": "2", "PYTHONNODEBUGRANGES": "1"}
"""How programs run: without docstrings, asserts and column numbers, which cost all together some 20 MB."""


def settings_for(program: Program, values: Mapping[str, str]) -> dict[str, str]:
    """Choose what one program is told: what it declares and nothing else.

    Args:
        program: The program.
        values: What `.env` says.

    Returns:
        Its own variables that are set.
    """
    settings = program.settings
    own = (each for each in (variables(settings) if settings else ()) if each.extra.get(KNOWN_TO) != "launch")
    wanted = {name for variable in own for name in (variable.name, variable.alias)}
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
    seen = marks(settings_of(chosen))
    try:
        if chosen == "--check":
            _tell(check())
            return
        program = named(chosen)
        values = read_file(ENV_FILE)
        refuse_open_folders((*WRITTEN, *KEYS), is_hardened=bool(user_for("")))
        platforms = configured(values).platforms
        machine = this_machine(values)
        _leave_if_elsewhere(program, machine)
        _become(program, values, platforms, machine=machine)
    except KeyError as error:
        raise SystemExit(error.args[0]) from None
    except SettingsError as error:
        if chosen == "--check":
            raise SystemExit(f"{error}") from None
        _log.error("wrong settings", program=chosen, cure=error)
        wait_instead(seen)
        raise SystemExit(WRONG_SETTINGS) from None


def _leave_if_elsewhere(program: Program, machine: Machine) -> None:
    """Leave as a program does that is not configured, where it runs on another machine."""
    if program.name in machine.not_here:
        _log.info("runs on another machine", program=program.name)
        time.sleep(STARTSECS_S)  # supervisord counts an earlier exit as a failed start
        raise SystemExit(NOT_CONFIGURED)


def _become(program: Program, values: Mapping[str, str], platforms: tuple[Platform, ...], *, machine: Machine) -> None:
    """Give up what the program does not need, hand its settings over, and replace this process by it."""
    told = own_settings(program, values) if program.account else values
    own = settings_for(program, told)
    own |= order_key(program, machine=machine) | hub_key(program, machine)  # root alone reads the files of keys
    user = user_for(program.runs_as or program.name)
    if user:
        become(user, watches="supervisord" in program.needs)
    give_up_more()
    environment = environment_for(platforms, log_level=values.get("LOG_LEVEL", ""))
    environment |= machine.environment()
    if user:
        environment[OWN_USER] = user
    if program.group and (link := machine.link()):
        environment[HANDED_LINK] = str(hand_over(link))
    if program.account:
        environment[broker_names.CALLED] = program.name
    if own:
        environment[HANDED_OVER] = str(hand_over(own))
    command = [sys.executable, "-m", program.module, *sys.argv[2:]]
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell


def _tell(found: Configured) -> None:
    """Print which platforms and further accounts there are, what runs elsewhere, and as whom they run."""
    prefix = user_for("")
    privileges = f"own users {prefix}*" if prefix else "shared user, not dumpable (deploy/harden gives each its own)"
    in_use = ", ".join(platform.label for platform in found.platforms) or "no platform"
    others = ", ".join(not_needed(ENV_FILE))
    spare = f"\nnot needed here, and told to nobody: {others}" if others else ""
    further = ", ".join(each.program.name for each in check_all(read_file(ENV_FILE))[1])
    accounts = f"further accounts: {further}\n" if further else ""
    print(f"{ENV_FILE} is right; in use: {in_use}\n{accounts}{found.where}privileges: {privileges}{spare}")  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
