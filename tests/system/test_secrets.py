"""Canary secrets: the system at DEBUG through failures leaks none of them, nowhere."""

import contextlib
from pathlib import Path

import pytest

from launch.check import declared
from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.running import running
from tests.system.leaks import SERVICES, everywhere, play
from tools.security.secrets import CANARIES, found_in, let_the_world_know, listening, search

pytestmark = pytest.mark.faults
REFUSALS = {
    "html": {"bybit": "10004", "okx": "50110", "tbank": "40003", "ibkr": "1015"},
    "reset": {"bybit": "10003", "okx": "50111"},
    "garbage": {"bybit": "10002"},
}
"""Telegram's fault in a round, and the platforms' codes in it."""
KINDS = ("reset", "html", "garbage", "redirect", "refuse")
DATABASE = "canaryDatabasePassw0rd"


@pytest.fixture(scope="module")
def extra_settings(world: Sandbox) -> dict[str, str]:
    """Run at DEBUG with the canaries as keys, and a deadline that makes failures quick."""
    let_the_world_know(world)
    return {"LOG_LEVEL": "DEBUG", "COLLECT_DEADLINE_SECONDS": "3", **CANARIES}


def test_there_is_a_canary_for_every_secret() -> None:
    secrets = {variable.name for variable in declared() if variable.secret}

    # these have tests of their own: the system needs its ledger, its way to Telegram, and a hub on this machine
    elsewhere = {"DATABASE_URL", "DATABASE_PASSWORD", "INBOX_DATABASE_URL", "TELEGRAM_PROXY_URL"}
    assert secrets == {*CANARIES, *elsewhere, "MACHINE_KEY", "ORDER_KEYS"}


@pytest.mark.timeout(300)
def test_no_secret_is_in_any_file_on_the_bus_in_telegram_or_on_a_command_line_after_failures_at_debug(
    system: System, world: Sandbox
) -> None:
    """Faults 70 and I5."""
    with listening(system.home) as frames:
        for kind, said in REFUSALS.items():
            for method in ("getUpdates", "sendMessage", "editMessageText"):
                world.fault("telegram", kind, path=method, times=1)
            play(system, world, {service: {"kind": "code", "code": code} for service, code in said.items()})
        for kind in KINDS:
            play(system, world, {service: {"kind": kind} for service in SERVICES})

    assert search(everywhere(system, world, frames))
    assert {frame.partition(b".")[0] for frame in frames} >= {
        b"tick",
        b"balance",
        b"failure",
        b"snapshot",
        b"delivered",
    }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql://owner:{}@127.0.0.1:9/portfolio",
            'event="ledger unavailable" reason="the ledger cannot be reached"',
        ),
        ("oracle://owner:{}@127.0.0.1:9/portfolio", "DATABASE_URL begins with oracle"),
        ("owner:{}@127.0.0.1:9/portfolio", "DATABASE_URL is not valid"),
    ],
)
def test_the_password_of_a_database_is_in_no_log_and_in_no_environment(home: Path, url: str, said: str) -> None:
    """Fault 70: a URL that nothing can be reached at."""
    (home / ".env").touch(0o600)
    (home / ".env").write_text(
        "TELEGRAM_BOT_TOKEN=123456789:invented-0123456789-abcdefghijklmn\nTELEGRAM_CHAT_ID=1\nLOG_LEVEL=DEBUG\n"
        "IBKR_FLEX_TOKEN=1\nIBKR_FLEX_QUERY_ID=2\n"
        f"DATABASE_URL={url.format(DATABASE)}\n"
    )
    secret = {"DATABASE_URL": DATABASE}
    with running(home, "-m", "launch", "aggregator") as child:
        seen = set[str]()
        while child.process.poll() is None and "level=error" not in child.text():
            for name in ("environ", "cmdline"):
                with contextlib.suppress(OSError):  # it may end at any moment; to all but root the one is closed
                    seen.update(found_in(Path(f"/proc/{child.pid}/{name}").read_bytes(), secret))

        assert said in child.text()
        assert not seen
        assert not found_in(child.text().encode(), secret)
