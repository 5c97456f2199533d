"""Starting and stopping the program of one further account in a system that runs; no other program is touched.

Not `supervisorctl update`, which restarts all groups that have changed: the configuration is read again, and this one
group is added, or taken away.
"""

import time
from typing import Final

from bus.supervisord.client import BAD_NAME, Refused, Supervisord
from bus.supervisord.lock_holder import holder
from launch.restart import ENDED

ALREADY_ADDED: Final = 90
STILL_RUNNING: Final = 91
WITHIN_S: Final = 30.0
LOOK_S: Final = 0.1


def begin(program: str) -> str:
    """Start a program that supervisord may not know yet.

    Args:
        program: Its name; it is in a group of its own.

    Returns:
        What to tell.

    Raises:
        NotThere: supervisord does not answer.
        Refused: It does not do it.
    """
    if holder() is None:
        return f"Nothing runs here now; {program} starts with all others: make start"
    supervisord = Supervisord()
    supervisord.ask("reloadConfig")
    try:
        supervisord.ask("addProcessGroup", program)
    except Refused as refused:
        if refused.code != ALREADY_ADDED:
            raise
    supervisord.start(program)
    return f"{program} is started; nothing else was touched. See: make status"


def end(program: str) -> str:
    """Stop a program, and have supervisord forget it.

    Args:
        program: Its name.

    Returns:
        What to tell.

    Raises:
        NotThere: supervisord does not answer.
        Refused: It does not do it.
    """
    if holder() is None:
        return f"Nothing runs here; {program} will not be started again."
    supervisord = Supervisord()
    try:
        supervisord.stop(program, wait=False)
        _wait(supervisord, program)
        supervisord.ask("removeProcessGroup", program)
    except Refused as refused:
        if refused.code != BAD_NAME:
            raise
    return f"{program} is stopped; nothing else was touched."


def _wait(supervisord: Supervisord, program: str) -> None:
    """Wait until a program has ended, for a limited time; who has not by then is refused by supervisord."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        found = [each.state for each in supervisord.processes() if each.name == program]
        if all(state in ENDED for state in found):
            return
        time.sleep(LOOK_S)
