"""A real sentinel under a real supervisord: who is stopped comes back, who is given up is started, it is told."""

import os
import signal
from pathlib import Path

import pytest

from bus.messages import Alert, AlertStored, topic
from bus.service import join
from sandbox.control import start
from sandbox.system import running
from tests.running import flat, hear, wait_until
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
    assert system.log("sentinel").count('event="starting again"') == 1
