"""Who watches the watcher: a sentinel that has fallen silent is killed, and supervisord starts another one.

The sentinel watches everybody but itself. Pure but for the last step, which it takes only against a child of the same
supervisord. Where each program has a user of its own, this one may not kill another's: then the owner is told so.
"""

import os
import signal
from pathlib import Path

from bus.alert_words import News, news
from bus.log import logger

SENTINEL = "sentinel"
SILENT_S = 30.0
OTHERS_WITHIN_S = 12.0
"""When nobody else is heard either, it is the hub that is silent, and the sentinel's own to replace."""
STOOD_STILL_S = 5.0

log = logger(__name__)


class Watchman:
    """When the sentinel was last heard, and anybody else; moments are monotonic seconds.

    Attributes:
        news: What the owner must be told.
    """

    def __init__(self) -> None:
        """Know nobody: a sentinel that was never heard is not missed."""
        self._pid = 0
        self._heard_at = 0.0
        self._others_at = 0.0
        self._turned_at = 0.0
        self._told = False
        self.news: list[News] = []

    def hear(self, name: str, pid: int, *, now_s: float) -> None:
        """Note a beat."""
        if name != SENTINEL:
            self._others_at = now_s
            return
        self._pid, self._heard_at = pid, now_s
        if self._told:
            self._told = False
            self.news.append(news("well", program=SENTINEL))

    def turn(self, now_s: float) -> int:
        """Return the pid of a sentinel that must be killed now, 0 while all is well; to be called every few seconds."""
        stood_still = now_s - self._turned_at > STOOD_STILL_S
        self._turned_at = now_s
        if stood_still:  # we, or the whole machine: all counts begin anew
            self._heard_at = now_s
        if not self._pid or now_s - self._heard_at <= SILENT_S or now_s - self._others_at > OTHERS_WITHIN_S:
            return 0
        self._heard_at = now_s
        return self._pid

    def killed(self, *, done: bool) -> None:
        """Note whether it could be killed; the owner is told once until it is well."""
        if not self._told:
            self._told = True
            seconds = f"{SILENT_S:.0f}"
            self.news.append(
                news("silent", program=SENTINEL, seconds=seconds)
                if done
                else news("silent_still", program=SENTINEL, seconds=seconds)
            )


def kill(pid: int, *, supervisord: int) -> bool:
    """Kill a process, if it is a child of this supervisord.

    Args:
        pid: The process.
        supervisord: The one whose child it must be: our own parent.

    Returns:
        Whether it was killed; one that is gone already counts as killed.
    """
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        if parent != supervisord:
            return True  # another process has its number by now
        os.kill(pid, signal.SIGKILL)  # a stopped process does not hear TERM
    except (FileNotFoundError, ProcessLookupError):
        return True
    except PermissionError:
        log.error("may not kill", program=SENTINEL, pid=pid)
        return False
    log.warning("killing", program=SENTINEL, pid=pid)
    return True
