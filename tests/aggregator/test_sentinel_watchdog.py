"""Who watches the sentinel: one that fell silent is killed, and nothing else is."""

import os
import signal
from pathlib import Path

import pytest

from aggregator.sentinel_watchdog import SentinelWatchdog, kill
from bus.alert_texts import alert_text
from bus.silence import HUB_SILENT_AFTER_S, KILLED_AFTER_S
from tests.sentinel.supervised import supervised

SILENT = alert_text("silent", program="sentinel", seconds="30")


def watched(*, seconds: int, others: bool = True, sentinel: bool = True) -> tuple[SentinelWatchdog, bool]:
    """Let time pass after one beat of the sentinel, a turn a second; return whether it is to be killed too."""
    watchdog, wanted = SentinelWatchdog(), False
    watchdog.turn(0)
    if sentinel:
        watchdog.note_heartbeat("sentinel", now_s=0)
    for second in range(1, seconds + 1):
        if others:
            watchdog.note_heartbeat("clock", now_s=second)
        wanted = watchdog.turn(second) or wanted
    return watchdog, wanted


def test_a_sentinel_that_beats_or_was_never_heard_is_left_alone() -> None:
    assert watched(seconds=int(KILLED_AFTER_S))[1] is False
    assert watched(seconds=600, sentinel=False)[1] is False


def test_a_silent_one_is_killed_and_told_once_until_it_is_well() -> None:
    watchdog, wanted = watched(seconds=int(KILLED_AFTER_S) + 1)
    for _ in range(2):
        watchdog.note_kill(done=True)
    watchdog.note_heartbeat("sentinel", now_s=60)

    assert wanted
    assert watchdog.alert_texts == [SILENT, alert_text("well", program="sentinel")]


def test_one_that_may_not_be_killed_is_told_so() -> None:
    watchdog, _ = watched(seconds=int(KILLED_AFTER_S) + 1)
    watchdog.note_kill(done=False)

    assert [each.key for each in watchdog.alert_texts] == ["silent_still"]


def test_when_nobody_is_heard_it_is_not_the_sentinels_silence() -> None:
    assert HUB_SILENT_AFTER_S < KILLED_AFTER_S
    assert watched(seconds=600, others=False)[1] is False


def test_after_a_standstill_of_our_own_the_count_begins_anew() -> None:
    watchdog, _ = watched(seconds=10)
    watchdog.note_heartbeat("clock", now_s=1000)

    assert not watchdog.turn(1000)


@pytest.mark.timeout(120)
def test_the_sentinel_is_killed_by_supervisord_and_another_one_comes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault P1: the watcher's watcher knows no process id at all."""
    monkeypatch.chdir(home)
    with supervised(home) as system:
        before = system.pid("sentinel")
        os.kill(before, signal.SIGSTOP)
        done = kill()
        after = system.wait_for_pid("sentinel", other_than=before)

    assert done
    assert after != before


def test_without_supervisord_it_cannot_be_killed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)

    assert not kill()
