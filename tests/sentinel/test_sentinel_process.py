"""A real sentinel under a real supervisord: who is stopped comes back, who is given up is started, it is told."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bus.messages.base import topic
from bus.messages.delivery import Alert, AlertStored
from bus.messages.operations import Heartbeat
from bus.process import join
from sandbox.control.client import start
from sandbox.system import running
from tests.running import flat, hear, on_the_bus, wait_until
from tests.sentinel.supervised import supervised

pytestmark = pytest.mark.faults  # its timings are real: half a minute of silence

SILENCE_S = 60
REPEAT_S = 2


@pytest.mark.timeout(150)
def test_a_stopped_collector_is_killed_comes_back_and_the_owner_is_told(tmp_path: Path, home: Path) -> None:
    """Fault I6: a freeze."""
    with start(tmp_path) as sandbox, running(home, sandbox) as system:
        system.wait_for_log("notifier", "listening")
        wait_until(lambda: system.pid("bybit") > 0 < system.pid("okx"), what="collectors")
        system.wait_for_log("okx", "joined")
        system.control("restart", "collectors:okx")
        stopped = system.pid("bybit")
        os.kill(stopped, signal.SIGSTOP)
        alert = sandbox.wait_for_message(lambda sent: "bybit" in sent.text, timeout_s=SILENCE_S)
        wait_until(lambda: system.pid("bybit") not in {0, stopped}, what="bybit to run again")
        texts = [sent.text for sent in sandbox.messages()]

    assert flat(alert.text) == "⚠ bybit was silent for 30 s and was killed"
    assert texts == [alert.text]


@pytest.mark.timeout(120)
def test_a_stopped_hub_is_replaced_a_program_given_up_is_started_and_both_alerts_arrive_at_last(home: Path) -> None:
    """Faults 7, 15 and I6."""
    (home / "broken").touch()
    with supervised(home) as system:
        system.wait_for_log("sentinel", "state=FATAL")
        stopped = system.wait_for_pid("hub")
        os.kill(stopped, signal.SIGSTOP)
        (home / "broken").unlink()
        system.wait_for_pid("mayfly")
        system.wait_for_pid("hub", other_than=stopped)
        with join("probe", topic(Alert), signals=False) as bus:
            hub = hear(bus, Alert, where=lambda alert: "hub" in alert.text)
            mayfly = hear(bus, Alert, where=lambda alert: "mayfly" in alert.text)
            hub_again = hear(bus, Alert, where=lambda alert: alert.id == hub.id)
            for alert in (hub, mayfly):
                bus.publish(AlertStored(id=alert.id))
            system.wait_for_log("mayfly", "joined")
            wait_until(lambda: bus.receive(2 * REPEAT_S) is None, what="silence once both are stored")

    assert hub_again == hub
    assert hub.text == "⚠ hub forwarded nothing and was killed"
    assert mayfly.text.startswith("⚠ mayfly is down since")
    assert system.log("sentinel").count("event=killing") == 1
    assert system.log("sentinel").count("event=starting") == 1


@pytest.mark.timeout(150)
def test_a_beat_with_another_process_s_pid_and_then_silence_kills_nobody_but_the_silent_one(home: Path) -> None:
    """Fault P1: on the real bus; the silent one is replaced, the process whose pid was said lives."""
    with (
        supervised(home, ["steady"]) as system,
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander,
        on_the_bus("forger", topic(Alert), says=[Heartbeat]) as bus,
    ):
        system.wait_for_log("steady", "joined")
        silent = system.pid("steady")
        beat = Heartbeat(name="steady", pid=bystander.pid, started_at=datetime.now(UTC))
        bus.publish(beat)
        os.kill(silent, signal.SIGSTOP)
        alert = hear(bus, Alert, where=lambda alert: "steady" in alert.text, within_s=SILENCE_S)
        replaced = system.wait_for_pid("steady", other_than=silent)
        bystander_lives = bystander.poll() is None
        bystander.kill()

    assert replaced != silent
    assert alert.text == "⚠ steady was silent for 30 s and was killed"
    assert bystander_lives
    assert f"event=killing program=collectors:steady pid={silent}" in system.log("sentinel")
    assert system.log("sentinel").count("event=killing") == 1


@pytest.mark.timeout(150)
def test_a_program_given_up_is_ordered_again_until_it_runs_also_by_a_sentinel_that_came_later(home: Path) -> None:
    """Fault P2: supervisord refuses two orders, to two sentinels; the third one is carried out."""
    (home / "broken").touch()
    with supervised(home) as system:
        system.wait_for_log("sentinel", "state=FATAL")
        (home / "mayfly.sh").rename(home / "away")
        system.wait_for_log("sentinel", "command failed")
        first = system.log("sentinel").count("command failed")
        died = system.pid("sentinel")
        os.kill(died, signal.SIGKILL)
        wait_until(lambda: system.log("sentinel").count("command failed") > first, what="a later sentinel's order")
        (home / "away").rename(home / "mayfly.sh")
        (home / "broken").unlink()
        runs = system.wait_for_pid("mayfly", within_s=SILENCE_S)

    assert first == 1
    assert runs
    assert "answer=NO_FILE" in system.log("sentinel").replace('"', "")
