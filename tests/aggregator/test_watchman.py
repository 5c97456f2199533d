"""Who watches the sentinel: one that fell silent is killed, and nothing else is."""

import os
import signal
import subprocess
import sys

from aggregator.watchman import OTHERS_WITHIN_S, SILENT_S, Watchman, kill
from bus.alert_words import news

SILENT = news("silent", program="sentinel", seconds="30")


def watched(*, seconds: int, others: bool = True, sentinel: bool = True) -> tuple[Watchman, int]:
    """Let time pass after one beat of the sentinel, a turn a second; return whom the watchman wants killed too."""
    watchman, wanted = Watchman(), 0
    watchman.turn(0)
    if sentinel:
        watchman.hear("sentinel", 7, now_s=0)
    for second in range(1, seconds + 1):
        if others:
            watchman.hear("clock", 8, now_s=second)
        wanted = watchman.turn(second) or wanted
    return watchman, wanted


def test_a_sentinel_that_beats_or_was_never_heard_is_left_alone() -> None:
    assert watched(seconds=int(SILENT_S))[1] == 0
    assert watched(seconds=600, sentinel=False)[1] == 0


def test_a_silent_one_is_killed_and_told_once_until_it_is_well() -> None:
    watchman, wanted = watched(seconds=int(SILENT_S) + 1)
    for _ in range(2):
        watchman.killed(done=True)
    watchman.hear("sentinel", 9, now_s=60)

    assert wanted == 7
    assert watchman.news == [SILENT, news("well", program="sentinel")]


def test_one_that_may_not_be_killed_is_told_so() -> None:
    watchman, _ = watched(seconds=int(SILENT_S) + 1)
    watchman.killed(done=False)

    assert [each.key for each in watchman.news] == ["silent_still"]


def test_when_nobody_is_heard_it_is_not_the_sentinels_silence() -> None:
    assert OTHERS_WITHIN_S < SILENT_S
    assert watched(seconds=600, others=False)[1] == 0


def test_after_a_standstill_of_our_own_the_count_begins_anew() -> None:
    watchman, _ = watched(seconds=10)
    watchman.hear("clock", 8, now_s=1000)

    assert watchman.turn(1000) == 0


def test_only_a_child_of_the_same_supervisord_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        strangers = kill(child.pid, supervisord=1)
        lives = child.poll() is None
        ours = kill(child.pid, supervisord=os.getpid())
        code = child.wait(10)

    assert strangers
    assert lives
    assert ours
    assert code == -signal.SIGKILL
    assert kill(child.pid, supervisord=os.getpid())
