"""What the sentinel concludes from events and beats; pure: the moment (monotonic seconds) is always a parameter.

A process is *down* from its death until it beats again, *silent* when it runs but has not beaten for half a minute.
Who runs, and as which process, is what supervisord says: a beat of any other process is nobody's, whatever its name.
While our own beats do not come back through the hub nothing can be said about anybody else: only the hub is replaced,
and all counts of silence begin anew. So they do when we stood still ourselves. The owner is told of a trouble once,
and once more when it is over.
"""

from collections import deque
from collections.abc import Iterator

import msgspec

from bus.alert_texts import AlertText, alert_text
from bus.messages import Heartbeat, Program
from bus.supervisord.state import Process, full_name

HUB = "hub"
COLLECTORS = "collectors"
"""The group of supervisord whose programs the owner may restart from the chat."""
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
    """Have a program's process killed; supervisord starts it again."""

    program: str
    pid: int


class Start(msgspec.Struct, frozen=True, tag=True):
    """Ask supervisord to start a program that it has given up."""

    program: str


class Tell(msgspec.Struct, frozen=True, tag=True):
    """Tell the owner."""

    about: str
    alert_text: AlertText


Action = Kill | Start | Tell


class Seen(msgspec.Struct):
    """What is known of one process.

    `pid` is the one that supervisord tells. `beat` is the last one heard, at `beat_at`: of that process where one runs,
    else of one of which supervisord has still to tell that it runs. `left_at` is when it left by itself, as one does
    that is not configured. `waits` is whether it is still the launcher, which waits for right settings. `start_at` is
    when a program that was given up is ordered to start, and again while it does not; `starts` counts the orders.
    """

    program: str
    group: str = ""
    state: str = ""
    left_at: float | None = None
    pid: int = 0
    running: bool = False
    waits: bool = False
    beat: Heartbeat | None = None
    beat_at: float = 0.0
    quiet_since: float = 0.0
    down_since: float | None = None
    deaths: deque[float] = msgspec.field(default_factory=deque)
    told: bool = False
    well_since: float | None = None
    start_at: float | None = None
    starts: int = 0


class Watch:
    """The state of everybody, from events and beats."""

    def __init__(self, name: str, pid: int, *, now: float) -> None:
        """Know nobody yet but ourselves; our own echo counts from now.

        Args:
            name: Our own name.
            pid: Our own process's id.
        """
        self._seen: dict[str, Seen] = {}
        self._ourselves = Seen(program=name, state="RUNNING", pid=pid, running=True)
        self._echo_at = now
        self._turned_at = now
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Whether supervisord has listed everybody once: to who starts later it tells of changes alone."""
        return self._is_complete

    def find(self, process: str) -> Seen | None:
        """Return what is known of a process.

        Args:
            process: The process's name, without its group.
        """
        return self._seen.get(process)

    def health(self, now: float) -> tuple[Program, ...]:
        """Return everybody by name, ourselves included, the collectors last."""
        everybody = self._seen | {self._ourselves.program: self._ourselves}
        found = [_program(name, seen, now) for name, seen in everybody.items()]
        collectors = {name for name, seen in self._seen.items() if seen.group == COLLECTORS}
        return tuple(sorted(found, key=lambda program: (program.name in collectors, program.name)))

    def hear_list(self, listed: tuple[Process, ...], *, now: float) -> None:
        """Take in whom supervisord lists: the state of everybody who has not changed since we live.

        Of who has changed events tell more, and one that the list has overtaken says the same again.

        Args:
            listed: All programs, in supervisord's words.
        """
        for each in listed:
            if each.name == self._ourselves.program or each.name in self._seen:
                continue
            state = "EXITED" if each.is_unused else each.state
            event = Event(state=state, process=each.name, group=each.group, pid=each.pid, expected=each.is_unused)
            self.hear_event(event, now=now)
        self._is_complete = True

    def not_heard_yet(self) -> Iterator[Seen]:
        """Yield those that run and have not beaten yet."""
        yield from (seen for seen in self._seen.values() if seen.running and seen.beat is None)

    def hear_waiting(self, seen: Seen, *, now: float) -> None:
        """Note that a program has not begun: its launcher waits for right settings, and cannot beat meanwhile.

        Args:
            seen: What is known of the program; it is changed.
        """
        seen.waits, seen.quiet_since = True, now
        seen.down_since = now if seen.down_since is None else seen.down_since

    def hear_echo(self, beat: Heartbeat, *, now: float) -> None:
        """Note that a beat of ours came back through the hub."""
        self._echo_at = now
        self._ourselves.beat, self._ourselves.beat_at = beat, now

    def hear_heartbeat(self, beat: Heartbeat, *, now: float) -> None:
        """Note a process's beat; a process that supervisord does not run is nobody's concern."""
        seen = self._seen.get(beat.name)
        if seen is None or (seen.running and beat.pid != seen.pid):
            return
        seen.beat, seen.beat_at = beat, now
        if seen.running:
            _is_well(seen, now)

    def hear_event(self, event: Event, *, now: float) -> None:
        """Note a change of state that supervisord reports.

        Args:
            event: The change.
        """
        program = full_name(event.group, event.process)
        seen = self._seen.setdefault(event.process, Seen(program=program))
        seen.program, seen.state, seen.group = program, event.state, event.group
        seen.running, seen.waits, seen.start_at = event.state == "RUNNING", False, None
        if event.state == "RUNNING":
            seen.pid, seen.quiet_since = event.pid, now
            if seen.beat is not None and seen.beat.pid == event.pid:
                _is_well(seen, seen.beat_at)
            else:
                seen.beat = None
        elif event.state in {"STOPPING", "STOPPED"} or (event.state == "EXITED" and event.expected):
            left_at = now if event.state == "EXITED" else None
            fresh = Seen(program=program, group=seen.group, state=event.state, left_at=left_at)
            self._seen[event.process] = fresh  # on purpose
        elif event.state in {"EXITED", "BACKOFF", "FATAL"}:
            seen.well_since = None
            seen.down_since = now if seen.down_since is None else seen.down_since
            if event.state != "FATAL":  # which is no death of its own: a BACKOFF came before it
                seen.deaths.append(now)
            else:
                seen.start_at = now + _pause_s(seen.starts)

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
                actions.append(Kill(seen.program, seen.pid))
                actions += self._bad_news(
                    seen, Tell(name, alert_text("silent", program=name, seconds=f"{SILENT_S:.0f}"))
                )
            if seen.start_at is not None and now >= seen.start_at:
                seen.starts += 1
                seen.start_at = now + _pause_s(seen.starts)  # an order may be lost: again until supervisord starts it
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
        if hub is None or not hub.running or not hub.pid or hub.waits:
            return []
        hub.well_since = None
        return [Kill(hub.program, hub.pid), *self._bad_news(hub, Tell(HUB, alert_text("hub_silent")))]

    def _news(self, name: str, seen: Seen, now: float) -> list[Action]:
        while seen.deaths and now - seen.deaths[0] > DEATHS_WITHIN_S:
            seen.deaths.popleft()
        if seen.told:
            return self._good_news(name, seen, now)
        if seen.down_since is not None and now - seen.down_since > BACK_WITHIN_S:
            return self._bad_news(
                seen, Tell(name, alert_text("down", program=name, seconds=f"{now - seen.down_since:.0f}"))
            )
        if len(seen.deaths) >= DEATHS:
            return self._bad_news(seen, Tell(name, alert_text("died", program=name, count=f"{len(seen.deaths)}")))
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
        return [Tell(name, alert_text("well", program=name))]


def _is_well(seen: Seen, now: float) -> None:
    seen.quiet_since, seen.down_since, seen.waits = now, None, False
    if seen.well_since is None:
        seen.well_since = now


def _pause_s(starts: int) -> float:
    """Return how long to wait before the next order to start, after so many."""
    return min(LONGEST_START_S, FIRST_START_S * 2.0 ** min(starts, 20))


def _program(name: str, seen: Seen, now: float) -> Program:
    if seen.beat is None:
        return Program(name=name, state=seen.state, pid=seen.pid if seen.running else 0)
    return Program(
        name=name,
        state=seen.state,
        pid=seen.pid if seen.running else 0,
        started_at=seen.beat.started_at if seen.running else None,
        beat_age_s=now - seen.beat_at,
        pss_kb=seen.beat.pss_kb if seen.running else 0,
    )
