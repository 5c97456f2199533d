"""What the sentinel concludes from events and beats; pure: the moment (monotonic seconds) is always a parameter.

A process is *down* from its death until it beats again, *silent* when it runs but has not beaten for half a minute.
While our own beats do not come back through the hub nothing can be said about anybody else: only the hub is replaced,
and all counts of silence begin anew. So they do when we stood still ourselves. The owner is told of a trouble once,
and once more when it is over.
"""

from collections import deque

import msgspec

from bus.alert_words import News, news

HUB = "hub"
SILENT_S = 30.0
ECHO_MISSING_S = 12.0
BACK_WITHIN_S = 10.0
DEATHS, DEATHS_WITHIN_S = 3, 600.0
WELL_AFTER_S = 60.0
STOOD_STILL_S = 5.0
FIRST_START_S, LONGEST_START_S = 10.0, 300.0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A change of state that supervisord reports: RUNNING, EXITED, STOPPING, FATAL … of `group:process`."""

    state: str
    process: str
    group: str = ""
    pid: int = 0
    expected: bool = False


class Kill(msgspec.Struct, frozen=True, tag=True):
    """Kill a process; supervisord starts it again."""

    process: str
    pid: int


class Start(msgspec.Struct, frozen=True, tag=True):
    """Ask supervisord to start a program that it has given up."""

    program: str


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Tell the owner."""

    about: str
    news: News


Action = Kill | Start | Tell


class Seen(msgspec.Struct):
    """What is known of one process."""

    program: str
    pid: int = 0
    running: bool = False
    quiet_since: float = 0.0
    down_since: float | None = None
    deaths: deque[float] = msgspec.field(default_factory=deque)
    told: bool = False
    well_since: float | None = None
    start_at: float | None = None
    starts: int = 0


class Watch:
    """The state of everybody, from events and beats."""

    def __init__(self, *, now: float) -> None:
        """Know nobody yet; our own echo counts from now."""
        self._seen: dict[str, Seen] = {}
        self._echo_at = now
        self._turned_at = now

    def hear_echo(self, now: float) -> None:
        """Note that a beat of ours came back through the hub."""
        self._echo_at = now

    def hear_beat(self, name: str, pid: int, *, now: float) -> None:
        """Note a process's beat; a process that supervisord does not run is nobody's concern."""
        seen = self._seen.get(name)
        if seen is None:
            return
        seen.pid, seen.quiet_since = pid, now
        seen.down_since, seen.start_at = None, None
        if seen.well_since is None:
            seen.well_since = now

    def hear_event(self, event: Event, *, now: float) -> None:
        """Note a change of state that supervisord reports."""
        program = f"{event.group}:{event.process}" if event.group not in {"", event.process} else event.process
        seen = self._seen.setdefault(event.process, Seen(program=program))
        seen.program = program
        if event.state == "RUNNING":
            seen.running, seen.pid, seen.quiet_since, seen.start_at = True, event.pid, now, None
        elif event.state in {"STOPPING", "STOPPED"} or (event.state == "EXITED" and event.expected):
            self._seen[event.process] = Seen(program=program)  # on purpose
        elif event.state in {"EXITED", "BACKOFF", "FATAL"}:
            seen.running, seen.well_since = False, None
            seen.down_since = now if seen.down_since is None else seen.down_since
            if event.state != "FATAL":  # which is no death of its own: a BACKOFF came before it
                seen.deaths.append(now)
            else:
                seen.start_at = now + min(LONGEST_START_S, FIRST_START_S * 2.0**seen.starts)
                seen.starts += 1

    def turn(self, now: float) -> list[Action]:
        """Return what is to be done now.

        Args:
            now: Monotonic seconds.

        Returns:
            Processes to kill or start, and what to tell the owner.
        """
        stood_still = now - self._turned_at > STOOD_STILL_S
        self._turned_at = now
        if stood_still:
            self._count_anew(now)
        if now - self._echo_at > ECHO_MISSING_S:
            return self._replace_hub(now)
        actions: list[Action] = []
        for name, seen in self._seen.items():
            if seen.running and seen.pid and now - seen.quiet_since > SILENT_S:
                seen.quiet_since, seen.well_since = now, None
                actions.append(Kill(name, seen.pid))
                actions += self._bad_news(seen, Tell(name, news("silent", program=name, seconds=f"{SILENT_S:.0f}")))
            if seen.start_at is not None and now >= seen.start_at:
                seen.start_at = None
                actions.append(Start(seen.program))
            actions += self._news(name, seen, now)
        return actions

    def _count_anew(self, now: float) -> None:
        self._echo_at = now
        for seen in self._seen.values():
            seen.quiet_since = now

    def _replace_hub(self, now: float) -> list[Action]:
        self._count_anew(now)
        hub = self._seen.get(HUB)
        if hub is None or not hub.running or not hub.pid:
            return []
        hub.well_since = None
        return [Kill(HUB, hub.pid), *self._bad_news(hub, Tell(HUB, news("hub_silent")))]

    def _news(self, name: str, seen: Seen, now: float) -> list[Action]:
        while seen.deaths and now - seen.deaths[0] > DEATHS_WITHIN_S:
            seen.deaths.popleft()
        if seen.told:
            return self._good_news(name, seen, now)
        if seen.down_since is not None and now - seen.down_since > BACK_WITHIN_S:
            return self._bad_news(seen, Tell(name, news("down", program=name, seconds=f"{now - seen.down_since:.0f}")))
        if len(seen.deaths) >= DEATHS:
            return self._bad_news(seen, Tell(name, news("died", program=name, count=f"{len(seen.deaths)}")))
        return []

    def _bad_news(self, seen: Seen, bad: Tell) -> list[Action]:
        if seen.told:
            return []
        seen.told = True
        return [bad]

    def _good_news(self, name: str, seen: Seen, now: float) -> list[Action]:
        well = seen.well_since is not None and seen.down_since is None and now - seen.well_since > WELL_AFTER_S
        if not well:
            return []
        seen.told, seen.starts = False, 0
        seen.deaths.clear()
        return [Tell(name, news("well", program=name))]
