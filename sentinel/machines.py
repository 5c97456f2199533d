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
        self._beats[beat.name], self._heard_at[machine] = (beat, now), now
        if machine in self._silent:
            self._silent.remove(machine)
            self._alerts.append((machine, alert_text("machine_heard", machine=machine)))
        if beat.said_at is not None:
            self._note_skew(machine, (beat.said_at - at).total_seconds())
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

    def _note_skew(self, machine: str, ahead_s: float) -> None:
        """Note how far a machine's clock is ahead: told once, and again once it was right meanwhile."""
        if abs(ahead_s) <= MOST_SKEW_S:
            self._skewed.discard(machine)
        elif machine not in self._skewed:
            self._skewed.add(machine)
            told = {"machine": machine, "seconds": f"{abs(ahead_s):.0f}"}
            is_ahead = ahead_s > 0
            text = alert_text("machine_ahead", **told) if is_ahead else alert_text("machine_behind", **told)
            self._alerts.append((machine, text))
