"""What supervisord says of a program that it runs; light, for those who only read it."""

import msgspec

from bus.connection import RUN
from bus.settings import NOT_CONFIGURED

CONTROL = RUN / "supervisor.sock"
"""Where supervisord answers."""


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A program and its process: `pid` is 0 where none runs, `exitstatus` is how the last one ended.

    `started` is when the last one was started, in seconds since 1970; 0 where none ever was.

    `state` is supervisord's word: RUNNING, EXITED, FATAL … `group` is the program's own name where it has none.
    `description` is for people: the process id and since when, or what went wrong.
    """

    name: str
    group: str
    state: str = msgspec.field(name="statename")
    pid: int = 0
    exitstatus: int = 0
    started: int = msgspec.field(name="start", default=0)
    description: str = ""

    @property
    def is_unused(self) -> bool:
        """Whether it is not configured: it was left out at the start, or it has left and said so."""
        if self.state == "STOPPED":
            return not self.started
        return self.state == "EXITED" and self.exitstatus == NOT_CONFIGURED

    @property
    def program(self) -> str:
        """How supervisord wants it named."""
        return full_name(self.group, self.name)


def full_name(group: str, name: str) -> str:
    """Name a program as supervisord wants it: `group:process`, and one without a group by its own name alone.

    Args:
        group: Its group; empty, or its own name, where it has none.
        name: Its own name.

    Returns:
        The name that supervisord knows it by.
    """
    return f"{group}:{name}" if group not in {"", name} else name
