"""What the watch is told, what it knows of each process, and what it wants done."""

from collections import deque

import msgspec

from bus.alert_texts import AlertText
from bus.messages.operations import Heartbeat


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A change of state that supervisord reports: RUNNING, EXITED, STOPPING, FATAL … of `group:process`."""

    state: str
    process: str
    group: str = ""
    pid: int = 0
    expected: bool = False


class Kill(msgspec.Struct, frozen=True, tag=True):
    """Have a program's process killed; supervisord starts it again."""

    program: str
    pid: int


class Start(msgspec.Struct, frozen=True, tag=True):
    """Ask supervisord to start a program that it has given up."""

    program: str


class RaiseAlert(msgspec.Struct, frozen=True, tag=True):
    """Raise an alert for the owner."""

    about: str
    alert_text: AlertText


Action = Kill | Start | RaiseAlert


class WatchedProcess(msgspec.Struct):
    """What is known of one process.

    `pid` is the one that supervisord tells, `running_since` when it told so. `beat` is the last one heard, at
    `beat_at`: of that process where one runs, else of one of which supervisord has still to tell that it runs.
    `left_at` is when it left by itself, as one does that is not configured. `awaits_settings` is whether it is still
    the launcher, which waits for right settings. `start_at` is when a program that supervisord has given up is to be
    started, and again while it does not; `starts` counts these commands. `alerted` is whether the owner was told of a
    trouble that is not over.
    """

    program: str
    group: str = ""
    state: str = ""
    left_at: float | None = None
    pid: int = 0
    running: bool = False
    running_since: float = 0.0
    awaits_settings: bool = False
    beat: Heartbeat | None = None
    beat_at: float = 0.0
    silent_since: float = 0.0
    down_since: float | None = None
    deaths: deque[float] = msgspec.field(default_factory=deque)
    alerted: bool = False
    well_since: float | None = None
    start_at: float | None = None
    starts: int = 0
