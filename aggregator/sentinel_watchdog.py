"""Who watches the watcher: a sentinel that has fallen silent is killed, and supervisord starts another one.

The sentinel watches everybody but itself. Pure but for the last step. Where each program has a user of its own, this
one may not speak to supervisord: then the owner is told so.
"""

import subprocess
import sys

from bus.alert_texts import AlertText, alert_text
from bus.log import logger
from bus.machine import own_name
from bus.silence import HUB_SILENT_AFTER_S, KILLED_AFTER_S, STOOD_STILL_S

SENTINEL = "sentinel"
ANSWER_WITHIN_S = 5.0

log = logger(__name__)


class SentinelWatchdog:
    """When the sentinel was last heard, and anybody else; moments are monotonic seconds.

    Attributes:
        alert_texts: What the owner must be told.
    """

    def __init__(self) -> None:
        """Begin without any beat: a sentinel that was never heard is not missed."""
        self._heard_at: float | None = None
        self._others_at = 0.0
        self._turned_at = 0.0
        self._reported = False
        self.alert_texts: list[AlertText] = []

    def note_heartbeat(self, name: str, *, now_s: float) -> None:
        """Note a beat.

        Args:
            name: The process that beats.
            now_s: The present moment in monotonic seconds.
        """
        if name != own_name(SENTINEL):
            self._others_at = now_s
            return
        self._heard_at = now_s
        if self._reported:
            self._reported = False
            self.alert_texts.append(alert_text("well", program=SENTINEL))

    def turn(self, now_s: float) -> bool:
        """Return whether the sentinel must be killed now; to be called every few seconds.

        When nobody else is heard either, it is the hub that is silent, and the sentinel's own to replace.
        """
        stood_still = now_s - self._turned_at > STOOD_STILL_S
        self._turned_at = now_s
        if self._heard_at is None:
            return False
        if stood_still:  # we, or the whole machine: all counts begin anew
            self._heard_at = now_s
        if now_s - self._heard_at <= KILLED_AFTER_S or now_s - self._others_at > HUB_SILENT_AFTER_S:
            return False
        self._heard_at = now_s
        return True

    def note_kill(self, *, done: bool) -> None:
        """Note whether it could be killed; the owner is told once until it is well.

        Args:
            done: Whether `kill` killed it.
        """
        if not self._reported:
            self._reported = True
            seconds = f"{KILLED_AFTER_S:.0f}"
            self.alert_texts.append(
                alert_text("silent", program=SENTINEL, seconds=seconds)
                if done
                else alert_text("silent_still", program=SENTINEL, seconds=seconds)
            )


def kill() -> bool:
    """Have supervisord kill the sentinel that it runs.

    Whatever a beat or a file says of a process id could be false or out of date; whose child is whose, supervisord
    knows. It is asked by a child of ours, see `bus.supervisord.child`, for as long as we can stand still.

    Returns:
        Whether there is none that is silent any more.
    """
    command = [sys.executable, "-m", "bus.supervisord.child", "kill", SENTINEL]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        log.error("kill failed", program=SENTINEL, answer="no answer in time")
        return False
    if done.returncode:
        log.error("kill failed", program=SENTINEL, answer=done.stdout.strip())
        return False
    log.warning("killing", program=SENTINEL, answer=done.stdout.strip())
    return True
