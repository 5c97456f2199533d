"""What the owner does with the whole system from a terminal, through `make`: start, run, stop, restart, ask.

    python -m launch.control start | run | stop | status
    python -m launch.control restart [WHAT]        everybody, one program or one group

Whether it runs, the lock of the whole system says, which its supervisord holds while it lives (`system_lock`).
The exit codes of `status` are those that init scripts have: 0 all is well, 1 something is wrong, 3 not running, 4 it
cannot be told. `make` itself makes a 2 of all but 0.
"""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bus.connection import RUN
from bus.settings import WRONG_SETTINGS, SettingsError
from bus.settings_change import ENV_FILE, is_waiting
from bus.supervisord.autostart import UNUSED
from bus.supervisord.client import SHUTTING_DOWN, NotThere, Refused, Supervisord
from bus.supervisord.lock_holder import holder
from bus.supervisord.state import Process
from bus.supervisord.system_lock import REFUSED
from launch.account_blocks import write_blocks
from launch.accounts import check_all
from launch.check import configured
from launch.env_file import read_file
from launch.restart import restart

WELL, WRONG, NOT_RUNNING, NOT_KNOWN, INTERRUPTED = 0, 1, 3, 4, 130
CONFIGURATION = "supervisord.conf"
FOLDERS = ("run", "data", "logs")
STOP_WITHIN_S = 60.0
LOOK_S = 0.1
DOES_NOT_RUN = "Not running; start it with: make start"
NOT_RIGHT = "What runs goes on with the settings that it has; make restart does nothing until that is right."


def main() -> None:
    """Do what the command line says.

    Raises:
        SystemExit: 0 when it is done and all is well; else see above.
    """
    verb, *what = sys.argv[1:] or ["status"]
    verbs: dict[str, Callable[[], int]] = {
        "start": start,
        "run": run,
        "stop": stop,
        "status": status,
        "restart": lambda: _restart("".join(what)),
    }
    try:
        code = verbs[verb]()
    except KeyError:
        raise SystemExit(__doc__) from None
    except PermissionError:
        code = _say(f"Not done: {_owner()}", NOT_KNOWN)
    except NotThere as error:
        code = _say(f"Not done: {error}; it is stuck, or stopping. If it stays so: make stop, make start", WRONG)
    except Refused as error:
        text = "it is stopping" if error.code == SHUTTING_DOWN else f"supervisord refuses: {error}"
        code = _say(f"Not done: {text}", WRONG)
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise SystemExit(code)


def start() -> int:
    """Start in the background.

    Returns:
        The exit code: 0 when it has started, else supervisord's own or that of what refused to start.
    """
    refused = _prepare()
    if not refused:
        refused = subprocess.run(_supervisord(), env=_environment(), check=False).returncode
        _say("Started; see: make status, make logs" if not refused else "Not started", refused)
    return refused


def run() -> int:
    """Become supervisord, in the foreground.

    Returns:
        The exit code of what refused to start; where nothing did, this process is supervisord from now on.
    """
    refused = _prepare()
    if not refused:
        os.execve(sys.executable, [*_supervisord(), "-n"], _environment())  # noqa: S606 - no shell
    return refused


def stop() -> int:
    """Stop everything, and wait until it has; what does not run is stopped.

    Returns:
        The exit code: 0 when nothing runs any more.
    """
    found = holder()
    if found is None:
        return _say("Not running; nothing to stop.", WELL)
    try:
        Supervisord().ask("shutdown")
    except Refused as refused:
        if refused.code != SHUTTING_DOWN:
            raise
    except NotThere:
        _terminate(found.pid)
    until = time.monotonic() + STOP_WITHIN_S
    while (left := holder()) is not None:
        if time.monotonic() > until:
            pid = left.pid or "PID"
            return _say(f"Not stopped within {STOP_WITHIN_S:.0f} s; if it stays so, type: kill -9 {pid}", WRONG)
        time.sleep(LOOK_S)
    return _say("Stopped.", WELL)


def status() -> int:
    """Say who runs, what is wrong with the settings, which messages wait and which could not be delivered.

    Returns:
        The exit code: 0 when everything is as it should be.
    """
    code = NOT_RUNNING
    if holder() is None:
        _say(DOES_NOT_RUN, code)
    else:
        processes = Supervisord().processes()
        width, elsewhere = max(len(each.program) for each in processes), _elsewhere()
        for each in processes:
            remark = "runs on another machine" if each.is_unused and each.name in elsewhere else _remark(each)
            _say(f"{each.program:<{width}}  {each.state:<8}  {remark}", WELL)
        code = WELL if all(map(is_well, processes)) else WRONG
    checked = _launch("--check")
    if checked.returncode:
        _say((checked.stdout + checked.stderr).strip(), WRONG)
        if code != NOT_RUNNING:
            _say(NOT_RIGHT, WRONG)
    outbox = _launch("ledger", "outbox")
    if outbox.returncode != WRONG_SETTINGS:  # which has just been said
        _say((outbox.stdout + outbox.stderr).strip(), WELL)
    return code or (WRONG if checked.returncode or outbox.returncode else WELL)


def is_well(process: Process) -> bool:
    """Tell whether a program is as it should be: it runs, starts, or is not configured.

    Args:
        process: The program, as supervisord tells of it.
    """
    if process.state == "RUNNING":
        return not is_waiting(process.pid)
    return process.state == "STARTING" or process.is_unused


def _restart(what: str) -> int:
    """Restart everybody, a group or a program, say how it went, and return the exit code."""
    if holder() is None:
        return _say(DOES_NOT_RUN, NOT_RUNNING)
    write_blocks()
    lines, processes = restart(Supervisord(), what, unused=_unused())
    bad = [each for each in processes if not is_well(each)]
    lines += [f"{each.program} does not run: {each.state}, {_remark(each)}; see logs/{each.name}.log" for each in bad]
    return _say("\n".join(lines), WELL if processes and not bad else WRONG)


def _remark(process: Process) -> str:
    """Return what `status` says behind a process's state: what it waits for, or supervisord's own words."""
    if process.state == "RUNNING" and is_waiting(process.pid):
        return "waits until .env is right; make check says what is wrong"
    if process.is_unused:
        return "not configured"
    return process.description


def _prepare() -> int:
    """Refuse a second copy, and make the folders."""
    found = holder()
    if found is not None:
        return _say(f"Not started: {found}", REFUSED)
    os.umask(0o077)
    for folder in FOLDERS:
        Path(folder).mkdir(exist_ok=True)
    write_blocks()
    return 0


def _supervisord() -> list[str]:
    """Return the command that starts supervisord with this folder's configuration."""
    return [sys.executable, "-m", "supervisor.supervisord", "-c", CONFIGURATION]


def _environment() -> dict[str, str]:
    """Return supervisord's environment, which names the programs that need not be started."""
    return {**os.environ, UNUSED: ",".join(_unused())}


def _unused() -> tuple[str, ...]:
    """Return the programs that are not configured or run on other machines; unknown while the settings are wrong."""
    try:
        values = read_file(ENV_FILE)
        further = [] if values.get("TRADING", "off") != "off" else [each.program.name for each in check_all(values)[1]]
        found = configured(values)
        return *found.unused, *found.elsewhere, *further
    except SettingsError:
        return ()


def _elsewhere() -> tuple[str, ...]:
    """Return the programs that run on other machines; while the settings are wrong that is not known of any."""
    try:
        return configured(read_file(ENV_FILE)).elsewhere
    except SettingsError:
        return ()


def _terminate(pid: int) -> None:
    """End a supervisord that cannot be asked; its pid is known only if that process holds the lock."""
    if pid:
        descriptor = os.pidfd_open(pid)
        found = holder()  # still the same, now that its number can be nobody else's
        if found is not None and found.pid == pid:
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)
        os.close(descriptor)


def _launch(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the launcher with these arguments and return its exit code and output."""
    command = [sys.executable, "-m", "launch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _owner() -> str:
    """Return why the files in `run` cannot be opened, and who should type the command instead."""
    try:
        uid = RUN.stat().st_uid
        name = pwd.getpwuid(uid).pw_name
    except (OSError, KeyError):
        return "this folder is another user's; type it as that user"
    if uid == os.geteuid():
        return f"the files in {RUN} cannot be opened; they are another user's"
    return f"this folder is the user {name}'s; type it as that user"


def _say(text: str, code: int) -> int:
    """Print the answer and return the exit code that goes with it."""
    print(text, flush=True)  # noqa: T201 - the command's answer
    return code


if __name__ == "__main__":
    main()
