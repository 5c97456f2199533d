"""What the sentinel concludes from events and beats; pure: the moment (monotonic seconds) is always a parameter.

A process is *down* from its death until it beats again, *silent* when it runs but has not beaten for half a minute.
Who runs, and as which process, is what supervisord says: a beat of any other process is nobody's, whatever its name.
While our own beats do not come back through the hub nothing can be said about anybody else: only the hub is replaced,
and all counts of silence begin anew. So they do when we stood still ourselves. The owner is told of a trouble once,
and once more when it is over.
"""

from collections.abc import Iterator

from bus.alert_texts import AlertText, alert_text
from bus.backoff import pause_s
from bus.machine import program_of
from bus.messages.operations import Heartbeat, Program
from bus.silence import HUB_SILENT_AFTER_S, KILLED_AFTER_S, NOT_RUNNING_AFTER_S, STOOD_STILL_S
from bus.supervisord.state import Process, full_name
from sentinel.watched import Action, Event, Kill, RaiseAlert, Start, WatchedProcess

HUB = "hub"
COLLECTORS = "collectors"
"""The group of supervisord whose programs the owner may restart from the chat."""
REPORTED_DOWN_AFTER_S = 10.0
DEATHS, DEATHS_WITHIN_S = 3, 600.0
WELL_AFTER_S = 60.0
FIRST_START_PAUSE_S, LONGEST_START_PAUSE_S = 10.0, 300.0


class Watch:
    """The state of everybody, from events and beats."""

    def __init__(self, name: str, pid: int, *, now: float) -> None:
        """Know nobody yet but ourselves; our own echo counts from now.

        Args:
            name: Our own name.
            pid: Our own process's id.
        """
        self._processes: dict[str, WatchedProcess] = {}
        self._ourselves = WatchedProcess(program=name, state="RUNNING", pid=pid, running=True, running_since=now)
        self._echo_at = now
        self._turned_at = now
        self._is_complete = False

    @property
    def is_complete(self) -> bool:
        """Whether supervisord has listed everybody once: to who starts later it tells of changes alone."""
        return self._is_complete

    def find(self, process: str) -> WatchedProcess | None:
        """Return what is known of a process.

        Args:
            process: The process's name, without its group.
        """
        return self._processes.get(process)

    def health(self, now: float) -> tuple[Program, ...]:
        """Return everybody by name, ourselves included, the collectors last.

        Who runs but has not beaten yet is STARTING for its first ten seconds; a beat is due every five.
        """
        everybody = self._processes | {self._ourselves.program: self._ourselves}
        found = [_program(name, process, now) for name, process in everybody.items()]
        collectors = {name for name, process in self._processes.items() if process.group == COLLECTORS}
        return tuple(sorted(found, key=lambda program: (program.name in collectors, program.name)))

    def note_list(self, listed: tuple[Process, ...], *, now: float) -> None:
        """Take in whom supervisord lists: the state of everybody who has not changed since we live.

        Of who has changed events tell more, and one that the list has overtaken says the same again.

        Args:
            listed: All programs, in supervisord's words.
        """
        for each in listed:
            if each.name == self._ourselves.program or each.name in self._processes:
                continue
            state = "EXITED" if each.is_unused else each.state
            event = Event(state=state, process=each.name, group=each.group, pid=each.pid, expected=each.is_unused)
            self.note_event(event, now=now)
        self._is_complete = True

    def not_heard_yet(self) -> Iterator[WatchedProcess]:
        """Yield those that run and have not beaten yet."""
        yield from (process for process in self._processes.values() if process.running and process.beat is None)

    def note_waiting(self, process: WatchedProcess, *, now: float) -> None:
        """Note that a program has not begun: its launcher waits for right settings, and cannot beat meanwhile.

        Args:
            process: What is known of the program; it is changed.
        """
        process.awaits_settings, process.silent_since = True, now
        process.down_since = now if process.down_since is None else process.down_since

    def note_echo(self, beat: Heartbeat, *, now: float) -> None:
        """Note that a beat of ours came back through the hub."""
        self._echo_at = now
        self._ourselves.beat, self._ourselves.beat_at = beat, now

    def note_heartbeat(self, beat: Heartbeat, *, now: float) -> None:
        """Note a process's beat; a process that supervisord does not run is nobody's concern."""
        process = self._processes.get(program_of(beat.name))
        if process is None or (process.running and beat.pid != process.pid):
            return
        process.beat, process.beat_at = beat, now
        if process.running:
            _mark_well(process, now)

    def note_event(self, event: Event, *, now: float) -> None:
        """Note a change of state that supervisord reports.

        Args:
            event: The change.
        """
        program = full_name(event.group, event.process)
        process = self._processes.setdefault(event.process, WatchedProcess(program=program))
        process.program, process.state, process.group = program, event.state, event.group
        process.running, process.awaits_settings, process.start_at = event.state == "RUNNING", False, None
        if event.state == "RUNNING":
            process.pid, process.running_since, process.silent_since = event.pid, now, now
            if process.beat is not None and process.beat.pid == event.pid:
                _mark_well(process, process.beat_at)
            else:
                process.beat = None
        elif event.state in {"STOPPING", "STOPPED"} or (event.state == "EXITED" and event.expected):
            left_at = now if event.state == "EXITED" else None
            fresh = WatchedProcess(program=program, group=process.group, state=event.state, left_at=left_at)
            self._processes[event.process] = fresh  # on purpose
        elif event.state in {"EXITED", "BACKOFF", "FATAL"}:
            process.well_since = None
            process.down_since = now if process.down_since is None else process.down_since
            if event.state != "FATAL":  # which is no death of its own: a BACKOFF came before it
                process.deaths.append(now)
            else:
                process.start_at = now + _start_pause_s(process.starts)

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
            self._reset_silence(now)
        if now - self._echo_at > HUB_SILENT_AFTER_S:
            return self._replace_hub(now)
        actions: list[Action] = []
        for name, process in self._processes.items():
            if process.running and process.pid and now - process.silent_since > KILLED_AFTER_S:
                process.silent_since, process.well_since = now, None
                actions.append(Kill(process.program, process.pid))
                silent = alert_text("silent", program=name, seconds=f"{KILLED_AFTER_S:.0f}")
                actions += _alert_once(name, process, silent)
            if process.start_at is not None and now >= process.start_at:
                process.starts += 1
                process.start_at = now + _start_pause_s(process.starts)  # a command may be lost: again until it starts
                actions.append(Start(process.program))
            actions += _alerts_about(name, process, now)
        return actions

    def _reset_silence(self, now: float) -> None:
        """Begin every process's count of silence anew, the hub's too."""
        self._echo_at = now
        for process in self._processes.values():
            process.silent_since = now

    def _replace_hub(self, now: float) -> list[Action]:
        """Return the order to kill the hub, and the alert about it; nothing where the hub does not run."""
        self._reset_silence(now)
        hub = self._processes.get(HUB)
        if hub is None or not hub.running or not hub.pid or hub.awaits_settings:
            return []
        hub.well_since = None
        return [Kill(hub.program, hub.pid), *_alert_once(HUB, hub, alert_text("hub_silent"))]


def _alerts_about(name: str, process: WatchedProcess, now: float) -> list[Action]:
    """Return what the owner must be told of a process: a trouble once, and once more that it is over."""
    while process.deaths and now - process.deaths[0] > DEATHS_WITHIN_S:
        process.deaths.popleft()
    if process.alerted:
        return _recovered(name, process, now)
    if process.down_since is not None and now - process.down_since > REPORTED_DOWN_AFTER_S:
        seconds = f"{now - process.down_since:.0f}"
        return _alert_once(name, process, alert_text("down", program=name, seconds=seconds))
    if len(process.deaths) >= DEATHS:
        return _alert_once(name, process, alert_text("died", program=name, count=f"{len(process.deaths)}"))
    return []


def _alert_once(name: str, process: WatchedProcess, trouble: AlertText) -> list[Action]:
    """Return the alert, unless the owner was told of a trouble of this process already."""
    if process.alerted:
        return []
    process.alerted = True
    return [RaiseAlert(name, trouble)]


def _recovered(name: str, process: WatchedProcess, now: float) -> list[Action]:
    """Return the alert that a process is well again, once it has been well for long enough."""
    well = process.well_since is not None and process.down_since is None and now - process.well_since > WELL_AFTER_S
    if not well:
        return []
    process.alerted, process.starts = False, 0
    process.deaths.clear()
    return [RaiseAlert(name, alert_text("well", program=name))]


def _mark_well(process: WatchedProcess, now: float) -> None:
    """End a process's silence and death; it has been well since now, unless it was so before."""
    process.silent_since, process.down_since, process.awaits_settings = now, None, False
    if process.well_since is None:
        process.well_since = now


def _start_pause_s(starts: int) -> float:
    """Return how long to wait before the next command to start, after so many."""
    return pause_s(starts, first_s=FIRST_START_PAUSE_S, longest_s=LONGEST_START_PAUSE_S)


def _program(name: str, process: WatchedProcess, now: float) -> Program:
    """Return what the health page is told of a process: its state, and its age and memory by its last beat."""
    if process.beat is None:
        is_starting = process.running and now - process.running_since < NOT_RUNNING_AFTER_S
        state = "STARTING" if is_starting else process.state
        return Program(name=name, state=state, pid=process.pid if process.running else 0)
    return Program(
        name=name,
        state=process.state,
        pid=process.pid if process.running else 0,
        started_at=process.beat.started_at if process.running else None,
        beat_age_s=now - process.beat_at,
        pss_kb=process.beat.pss_kb if process.running else 0,
    )
