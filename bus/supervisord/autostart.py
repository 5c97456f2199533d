"""Programs that are not configured are left out at the start: no interpreter is launched to find that out.

    [rpcinterface:autostart]
    supervisor.rpcinterface_factory=bus.supervisord.autostart:leave_out

`launch.control` reads `.env` before it starts supervisord, and names them in the variable UNUSED. Where nobody names
them, each starts, finds that it is not configured, and leaves.

Follows supervisord.org, "Extending Supervisor's XML-RPC API", and supervisor 4.3.0's source (read 2026-11): `leave_out`
is called when all groups are made and before the first program is started.

Quirk: whether supervisord.conf has changed, supervisord asks of its group's own list of configurations. So the program
gets a copy, and the list stays as it was read.
"""

import copy
import os
from collections.abc import Mapping
from typing import Protocol

UNUSED = "UNUSED_PROGRAMS"
"""The variable with the names of the programs that are not configured, with commas between them."""


class Config(Protocol):
    """What is used of a program's configuration; supervisord ships no types."""

    name: str
    autostart: bool


class Process(Protocol):
    """What is used of a program."""

    config: Config


class Group(Protocol):
    """What is used of a group."""

    processes: Mapping[str, Process]


class Supervisord(Protocol):
    """What is used of supervisord."""

    process_groups: Mapping[str, Group]


def leave_out(supervisord: Supervisord) -> object:
    """Start none of the programs that UNUSED names; called by supervisord.

    Args:
        supervisord: supervisord itself.

    Returns:
        An interface without methods: nothing is added to supervisord's own.
    """
    unused = set(os.environ.get(UNUSED, "").split(","))
    for group in supervisord.process_groups.values():
        for process in group.processes.values():
            if process.config.name in unused:
                process.config = copy.copy(process.config)
                process.config.autostart = False
    return object()
