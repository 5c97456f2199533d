"""Canary secrets through everything that the pretend world can do to the system, and through crashes."""

import os
import signal

import pytest

from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.system.asking import ask, wait_until
from tests.system.leaks import SERVICES, everywhere, play
from tools.security.secrets import CANARIES, let_the_world_know, listening, search

pytestmark = pytest.mark.faults

KINDS = ("slow", "hang", "drip", "reset_after", "cut", "empty", "truncated", "huge", "gzip_bomb", "html", "garbage")
ECHO = "the key {} is wrong"
TELEGRAM = ("code", "accept_then_hang", "ok_false", "reset", "reset_after", "html", "garbage", "truncated", "redirect")
METHODS = ("getUpdates", "sendMessage", "editMessageText")
CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT)
VICTIMS = ("bybit", "okx", "tbank", "ibkr", "notifier", "aggregator")


@pytest.fixture(scope="module")
def extra_settings(world: Sandbox) -> dict[str, str]:
    """Run at DEBUG with the canaries as keys, and a deadline that makes failures quick."""
    let_the_world_know(world)
    return {"LOG_LEVEL": "DEBUG", "COLLECT_DEADLINE_SECONDS": "3", **CANARIES}


def secrets_of(service: str) -> str:
    """Return a platform's own secrets, as it might repeat them."""
    return " ".join(value for name, value in CANARIES.items() if name.lower().startswith(service))


@pytest.mark.timeout(900)
def test_no_secret_gets_out_whatever_the_platforms_and_telegram_do_and_however_a_process_ends(
    system: System, world: Sandbox
) -> None:
    """Faults 70 and I5: every trouble, an answer that repeats the keys, and crashes."""
    with listening(system.home) as frames:
        for kind in KINDS:
            seconds = {"seconds": 10} if kind == "slow" else {}
            play(system, world, {service: {"kind": kind, **seconds} for service in SERVICES})
        for status in (400, 401, 500):
            said = {
                name: {"kind": "status", "status": status, "body": ECHO.format(secrets_of(name))} for name in SERVICES
            }
            play(system, world, said)
        for kind in TELEGRAM:
            for method in METHODS:
                world.fault("telegram", kind, path=method, times=1, **({"code": "400"} if kind == "code" else {}))
            ask(world, timeout_s=120)
            world.clear("telegram")
        for number in CRASHES:
            for victim in VICTIMS:
                pid = system.pid(victim)
                os.kill(pid, number)
                wait_until(lambda victim=victim, pid=pid: system.pid(victim) not in {0, pid})  # type: ignore[misc]
        ask(world, timeout_s=120)

    assert search(everywhere(system, world, frames))
    assert not list(system.home.rglob("core*"))
