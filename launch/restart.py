"""Restarting programs from a terminal: everybody, one or one group; takes up a `supervisord.conf` that has changed.

Whether the settings are right is asked before, by `make`: what runs is not touched while they are wrong.
"""

import time
from collections.abc import Container

import msgspec

from bus.supervisord.client import BAD_NAME, Refused, Supervisord
from bus.supervisord.state import Process

WITHIN_S = 30.0
LOOK_S = 0.1
ENDED = {"STOPPED", "EXITED", "FATAL", "UNKNOWN"}
UNDER_WAY = {"STARTING", "STOPPING"}
EVERYBODY = {"", "all"}


class Changes(msgspec.Struct, frozen=True, array_like=True):
    """The groups of a `supervisord.conf` that has been read again, which are other ones than those that run."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def restart(supervisord: Supervisord, what: str, *, unused: Container[str] = ()) -> tuple[list[str], list[Process]]:
    """Restart programs, and wait until they run or it is clear that they do not.

    Args:
        supervisord: Who runs them.
        what: A program, with its group or without, or a group; empty for everybody.
        unused: The programs that are not configured; those that never ran are left alone.

    Returns:
        What to tell the owner, and how those are now that were to be restarted; none where `what` is unknown.

    Raises:
        Refused: supervisord.conf cannot be read, for example; then nothing was touched.
    """
    running = supervisord.processes()
    chosen = [each for each in running if what in EVERYBODY or what in _names(each)]
    if not chosen:
        names = ", ".join(each.program for each in running)
        return [f"There is no program {what}; there are: {names}"], []
    changes = msgspec.convert(supervisord.ask("reloadConfig"), list[Changes])[0]
    lines: list[str] = []
    if changes.added or changes.changed or changes.removed:
        lines = _take_up(supervisord, changes, what)
        running = supervisord.processes()
        chosen = [each for each in running if what in EVERYBODY or what in _names(each)]
    _stop(supervisord, {each.program for each in chosen})
    left_out = [each.program for each in chosen if not each.started and each.name in unused]
    chosen = [each for each in chosen if each.program not in left_out]
    if not chosen:
        return [*lines, f"Not configured, so not started: {', '.join(left_out)}; write its keys into .env"], []
    for each in chosen:
        _start(supervisord, each.program)
    after = _settled(supervisord, {each.program for each in chosen}, within_s=WITHIN_S)
    return [*lines, f"Restarted: {', '.join(each.program for each in chosen)}"], after


def _names(process: Process) -> set[str]:
    """Return all the names that a process may be called by: its program, itself, its group."""
    return {process.program, process.name, process.group, f"{process.group}:*"}


def _take_up(supervisord: Supervisord, changes: Changes, what: str) -> list[str]:
    """Put the groups of the changed file in the place of the old ones, if everybody is restarted."""
    if what not in EVERYBODY:
        return ["supervisord.conf has changed; to take that up: make restart, without WHAT"]
    for group in (*changes.changed, *changes.removed):
        supervisord.ask("stopProcessGroup", group)
        supervisord.ask("removeProcessGroup", group)
    for group in (*changes.changed, *changes.added):
        supervisord.ask("addProcessGroup", group)
    return [f"supervisord.conf has changed: {', '.join((*changes.changed, *changes.added, *changes.removed))}"]


def _stop(supervisord: Supervisord, programs: set[str]) -> None:
    """Stop programs at once and wait until they have ended, for a limited time."""
    for program in programs:
        supervisord.stop(program, wait=False)
    until = time.monotonic() + WITHIN_S
    while any(each.program in programs and each.state not in ENDED for each in supervisord.processes()):
        if time.monotonic() > until:
            break  # who has not ended by now cannot be started, and that is told
        time.sleep(LOOK_S)


def _start(supervisord: Supervisord, program: str) -> None:
    """Start one; where it cannot be, its state tells so afterwards."""
    try:
        supervisord.start(program)
    except Refused as refused:
        if refused.code == BAD_NAME:
            raise


def _settled(supervisord: Supervisord, programs: set[str], *, within_s: float) -> list[Process]:
    """Return the programs' processes once none is starting or stopping, or as they are when the time is over."""
    until = time.monotonic() + within_s
    while True:
        found = [each for each in supervisord.processes() if each.program in programs]
        if time.monotonic() > until or not any(each.state in UNDER_WAY for each in found):
            return found
        time.sleep(LOOK_S)
