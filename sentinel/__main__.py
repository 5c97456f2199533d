"""The sentinel: watches everybody by supervisord's events and their heartbeats, restarts who is silent, raises alerts.

    [eventlistener:sentinel]
    command="%(here)s/.venv/bin/python" -m launch sentinel
    events=PROCESS_STATE
    buffer_size=1000

Nobody but the aggregator watches the sentinel itself (`aggregator/sentinel_watchdog.py`).

Standard output belongs to supervisord's listener protocol (supervisord.org, "Event Listener Notification Protocol",
read 2026-11): one stray line there and no event ever comes again, so the log goes to standard error.
"""

import os
import sys
from collections.abc import Iterator
from itertools import islice

import msgspec

from bus.alerts import Alerts
from bus.connection import Bus
from bus.hub_link import hub_link
from bus.log import logger
from bus.machine import machine_of, own_name, runs_not_here
from bus.messages.base import topic
from bus.messages.delivery import AlertStored
from bus.messages.operations import Health, HealthRequested, Heartbeat, RestartRequested
from bus.process import join, run
from bus.settings_change import is_waiting
from bus.silence import HUB_SILENT_AFTER_S
from bus.supervisord.state import Process
from bus.time_source import SYSTEM_TIME, TimeSource
from sentinel.machines import Machines
from sentinel.restarts import Restart, Restarts
from sentinel.supervisor_commands import LIST, CommandResult, SupervisorCommands
from sentinel.watch import Watch
from sentinel.watched import Action, Event, Kill, RaiseAlert, Start

NAME = "sentinel"
IDLE_WAIT_S = 2.0
BUSY_WAIT_S = 0.2
"""While a command or a restart is under way."""
LIST_EVERY_S = 10.0
LIST_PATIENCE_S = 1.5
"""Who asks how everybody is waits no longer for those whom only supervisord can name."""
MOST_AT_ONCE = 1000

log = logger(__name__)


def main() -> None:
    """Watch until told to leave."""
    with join(NAME, topic(Heartbeat), topic(AlertStored), topic(HealthRequested), topic(RestartRequested)) as bus:
        sentinel = Sentinel(bus)
        events = EventListener(sys.stdin.fileno(), sys.stdout.fileno())
        bus.watch(sys.stdin.fileno())
        while True:
            bus.doze(sentinel.wait_s)
            for message in islice(iter(lambda: bus.receive(0), None), MOST_AT_ONCE):
                sentinel.handle(message)
            for event in events.arrived():
                sentinel.handle(event)
            sentinel.turn()


class Sentinel:
    """Carries out what the watch concludes, raises its alerts, answers questions."""

    def __init__(self, bus: Bus, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Begin to watch; our own echo counts from now.

        Args:
            bus: The sentinel's place on the bus.
            time: Says how long nobody was heard, and how long commands take.
        """
        self._bus = bus
        self._time = time
        self._watch = Watch(NAME, os.getpid(), now=time.monotonic())
        self._name = own_name(NAME)
        self._machines = Machines(machine_of(self._name))
        self._is_beside_hub = hub_link() is None
        self._not_here = runs_not_here()
        self._echo_at = 0.0
        self._restarts = Restarts()
        self._commands = SupervisorCommands(time=time)
        self._alerts = Alerts(bus, time=time)
        self._health_asked: dict[str, float] = {}
        self._list_at = 0.0

    @property
    def wait_s(self) -> float:
        """How long there is nothing to look at, as far as can be known."""
        return BUSY_WAIT_S if self._restarts.are_pending or self._commands.are_under_way else IDLE_WAIT_S

    def handle(self, message: object) -> None:
        """Take in a beat, an event, a question or an acknowledgement."""
        now = self._time.monotonic()
        if isinstance(message, Event) and message.process == NAME:
            return  # whoever hears of its own death is alive; its own beats are the echo
        if isinstance(message, Event):
            log.info("process changed", program=message.process, state=message.state, pid=message.pid)
            self._watch.note_event(message, now=now)
        elif isinstance(message, Heartbeat) and message.name == self._name:
            self._echo_at = now
            self._watch.note_echo(message, now=now)
        elif isinstance(message, Heartbeat):
            if not self._machines.note_heartbeat(message, now=now, at=self._time.now()):
                self._watch.note_heartbeat(message, now=now)
        elif isinstance(message, HealthRequested | RestartRequested):
            self._take_request(message, now)
        else:
            self._alerts.handle(message)

    def turn(self) -> None:
        """Do what is to be done now."""
        now = self._time.monotonic()
        for result in self._commands.results():
            self._take_result(result, now)
        if not self._watch.is_complete and now >= self._list_at:
            self._list_at = now + LIST_EVERY_S
            self._commands.send_list()
        for process in self._watch.not_heard_yet():
            if is_waiting(process.pid):
                self._watch.note_waiting(process, now=now)
        for action in self._watch.turn(now):
            self._carry_out(action)
        if self._is_beside_hub:
            self._tell_of_machines(now)
        self._answer(now)
        self._alerts.repeat()

    def _tell_of_machines(self, now: float) -> None:
        """Raise alerts about other machines, unless we hear nobody at all, ourselves included."""
        if now - self._echo_at > HUB_SILENT_AFTER_S:
            self._machines.begin_anew(now)
        for machine, told in self._machines.turn(now):
            self._alerts.tell(f"machine {machine}", told.key, **told.values)

    def _take_request(self, asked: HealthRequested | RestartRequested, now: float) -> None:
        """Note a question or a restart, answer what was answered before, and ask supervisord who runs.

        How everybody is, the one beside the hub tells; a program is restarted by the one of its own machine.
        """
        is_ours = self._is_beside_hub if isinstance(asked, HealthRequested) else asked.program not in self._not_here
        if not is_ours:
            return
        if isinstance(asked, HealthRequested):
            self._health_asked.setdefault(asked.id, now)
        elif (answer := self._restarts.handle(asked)) is not None:
            self._bus.publish(answer)
            return
        if not self._watch.is_complete:
            self._commands.send_list()

    def _take_result(self, result: CommandResult, now: float) -> None:
        """Take in how a command to supervisord ended."""
        text = result.text.decode(errors="replace").strip()
        if result.done and result.verb == LIST:
            self._watch.note_list(msgspec.json.decode(result.text, type=tuple[Process, ...]), now=now)
        elif result.done:
            log.info("command done", verb=result.verb, program=result.program, answer=text)
        else:
            log.warning("command failed", verb=result.verb, program=result.program, answer=text)

    def _answer(self, now: float) -> None:
        """Answer questions once supervisord's list is there or too late; carry restarts on and tell their ends."""
        waits = self._commands.is_listing
        for question, asked_at in tuple(self._health_asked.items()):
            if not waits or now - asked_at > LIST_PATIENCE_S:
                del self._health_asked[question]
                here = (each for each in self._watch.health(now) if each.name not in self._not_here)
                self._bus.publish(Health(id=question, programs=(*here, *self._machines.health(now))))
        if waits:
            return
        for each in self._restarts.turn(self._watch, now=now):
            if isinstance(each, Restart):
                self._carry_out(each)
            else:
                log.info("restarted", program=each.program, pid=each.pid, problem=each.problem)
                self._bus.publish(each)

    def _carry_out(self, action: Action | Restart) -> None:
        """Raise an alert, or send supervisord a command."""
        if isinstance(action, RaiseAlert):
            self._alerts.tell(action.about, action.alert_text.key, **action.alert_text.values)
        elif isinstance(action, Kill):
            log.warning("killing", program=action.program, pid=action.pid)
            self._commands.send("kill", action.program, pid=action.pid)
        elif isinstance(action, Start):
            log.warning("starting", program=action.program)
            self._commands.send("start", action.program)
        elif isinstance(action, Restart):
            log.info("restarting", program=action.program)
            self._commands.send("restart", action.program)


class EventListener:
    """supervisord's listener protocol, without waiting: whole events as they arrive."""

    def __init__(self, reader: int, writer: int) -> None:
        """Say that we are ready.

        Args:
            reader: The descriptor that events are read from; it waits for nothing from now on.
            writer: The descriptor that answers are written to.
        """
        self._reader = reader
        self._writer = writer
        self._buffer = b""
        os.set_blocking(reader, False)
        os.write(writer, b"READY\n")

    def arrived(self) -> Iterator[Event]:
        """Yield the events that have arrived, each one acknowledged."""
        try:
            while chunk := os.read(self._reader, 65536):
                self._buffer += chunk
        except BlockingIOError:
            pass
        while (parsed := self._parse()) is not None:
            os.write(self._writer, b"RESULT 2\nOKREADY\n")
            yield parsed

    def _parse(self) -> Event | None:
        """Return the first whole event of what was read, None where there is none yet."""
        header, separator, rest = self._buffer.partition(b"\n")
        if not separator:
            return None
        head = _pairs(header)
        length = int(head["len"])
        if len(rest) < length:
            return None
        self._buffer = rest[length:]
        body = _pairs(rest[:length].partition(b"\n")[0])
        return msgspec.convert(
            {
                "state": head["eventname"].removeprefix("PROCESS_STATE_"),
                "process": body["processname"],
                "group": body["groupname"],
                "pid": body.get("pid", 0),
                "expected": body.get("expected", "0") == "1",
            },
            Event,
            strict=False,
        )


def _pairs(row: bytes) -> dict[str, str]:
    """Return the `name:value` pairs of a line of supervisord's."""
    return dict(pair.split(":", 1) for pair in row.decode().split())


if __name__ == "__main__":
    run(main, name=NAME, log_to=sys.stderr)
