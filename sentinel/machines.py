"""What the sentinel beside the hub knows of other machines, from the beats of their programs; pure.

Each machine's sentinel watches its own programs. That a whole machine is silent, or that its clock is another one, only
somebody elsewhere can see. A machine that was never heard is not missed.
"""

from datetime import datetime

from bus.alert_texts import AlertText, alert_text
from bus.machine import machine_of
from bus.messages.operations import Heartbeat, Program

MACHINE_SILENT_AFTER_S = 60.0
FORGOTTEN_AFTER_S = 600.0
"""A program of another machine that has not beaten for so long is shown no more."""
MOST_SKEW_S = 2.5
"""Signed words live for five seconds; half of that a clock may be off."""
STEADY_S = 15.0
"""What a line that was broken brings late looks like a clock that is behind; for so long it does not last."""
MOST_MACHINES, MOST_BEATS = 64, 1000
"""How many machines, and programs of theirs, are remembered: who speaks under ever new names takes no more memory."""
RUNS, SILENT = "RUNNING", "EXITED"


class Machines:
    """The other machines, by what was heard of them; moments are monotonic seconds."""

    def __init__(self, machine: str) -> None:
        """Know none.

        Args:
            machine: The own one's name.
        """
        self._own = machine
        self._beats: dict[str, tuple[Heartbeat, float]] = {}
        self._heard_at: dict[str, float] = {}
        self._silent: set[str] = set()
        self._skewed: set[str] = set()
        self._behind_since: dict[str, float] = {}
        self._alerts: list[tuple[str, AlertText]] = []

    def note_heartbeat(self, beat: Heartbeat, *, now: float, at: datetime) -> bool:
        """Note a beat.

        Args:
            beat: Anybody's.
            now: When it was heard.
            at: The same by this machine's clock, aware UTC.

        Returns:
            Whether it is of another machine.
        """
        machine = machine_of(beat.name)
        if machine == self._own:
            return False
        if not self._has_room(beat.name, machine, now):
            return True
        self._beats[beat.name], self._heard_at[machine] = (beat, now), now
        if machine in self._silent:
            self._silent.remove(machine)
            self._alerts.append((machine, alert_text("machine_heard", machine=machine)))
        if beat.said_at is not None:
            self._note_skew(machine, (beat.said_at - at).total_seconds(), now)
        return True

    def turn(self, now: float) -> list[tuple[str, AlertText]]:
        """Return what the owner is to be told now: about whom, and what.

        Args:
            now: The present moment.
        """
        for machine, heard_at in self._heard_at.items():
            if machine not in self._silent and now - heard_at > MACHINE_SILENT_AFTER_S:
                self._silent.add(machine)
                seconds = f"{MACHINE_SILENT_AFTER_S:.0f}"
                self._alerts.append((machine, alert_text("machine_silent", machine=machine, seconds=seconds)))
        told, self._alerts = self._alerts, []
        return told

    def begin_anew(self, now: float) -> None:
        """Count silence from now on: we stood still ourselves, or heard nobody.

        Args:
            now: The present moment.
        """
        self._heard_at = dict.fromkeys(self._heard_at, now)

    def health(self, now: float) -> tuple[Program, ...]:
        """Return the other machines' programs by name, as far as their beats tell.

        Args:
            now: The present moment.
        """
        recent = ((beat, now - at) for beat, at in self._beats.values() if now - at < FORGOTTEN_AFTER_S)
        found = (
            Program(
                name=beat.name,
                state=RUNS if age_s <= MACHINE_SILENT_AFTER_S else SILENT,
                pid=beat.pid,
                started_at=beat.started_at,
                beat_age_s=age_s,
                pss_kb=beat.pss_kb,
            )
            for beat, age_s in recent
        )
        return tuple(sorted(found, key=lambda program: program.name))

    def _has_room(self, name: str, machine: str, now: float) -> bool:
        """Tell whether a program can be remembered; for a new one those are forgotten that are shown no more."""
        if machine not in self._heard_at and len(self._heard_at) >= MOST_MACHINES:
            return False
        if name not in self._beats and len(self._beats) >= MOST_BEATS:
            self._beats = {known: each for known, each in self._beats.items() if now - each[1] < FORGOTTEN_AFTER_S}
        return name in self._beats or len(self._beats) < MOST_BEATS

    def _note_skew(self, machine: str, ahead_s: float, now: float) -> None:
        """Note how far a machine's clock is ahead: told once, and again once it was right meanwhile."""
        if ahead_s >= -MOST_SKEW_S:
            self._behind_since.pop(machine, None)
        if abs(ahead_s) <= MOST_SKEW_S:
            self._skewed.discard(machine)
            return
        is_ahead = ahead_s > 0
        if machine in self._skewed or not (is_ahead or now - self._behind_since.setdefault(machine, now) >= STEADY_S):
            return
        self._skewed.add(machine)
        seconds = f"{abs(ahead_s):.0f}"
        if is_ahead:
            self._alerts.append((machine, alert_text("machine_ahead", machine=machine, seconds=seconds)))
        else:
            self._alerts.append((machine, alert_text("machine_behind", machine=machine, seconds=seconds)))
