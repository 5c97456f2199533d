"""Showing a system every trouble while it holds canary secrets, and every place where one could have got to."""

import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sandbox.control.client import Sandbox
from sandbox.system import System
from tests.system.asking import ask
from tools.security.running import FOLDERS
from tools.security.secrets import files_in

SERVICES = ("bybit", "okx", "tbank", "ibkr", "cbr")
PAUSES_S = 60.0
ONCE_A_DAY = {"ibkr": "ibkr", "cbr": "fx"}
"""Services that are asked once a day, or seldom, and who asks them."""
CLOSED = {"environ", "cmdline"}


def everywhere(system: System, world: Sandbox, frames: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield whatever is written, said or shown: files, core files, Telegram, the bus, environments, command lines."""
    yield from files_in(system.home, *FOLDERS)
    yield "supervisord's own words", (system.home / "supervisord.out").read_bytes()
    for path in (*system.home.glob("core*"), *system.home.glob("*.dmp")):
        yield path.name, path.read_bytes()
    yield from (("Telegram", message.html.encode()) for message in world.messages())
    yield from (("the bus", frame) for frame in frames)
    for process in Path("/proc").glob("[0-9]*"):
        for name in CLOSED:
            try:
                yield f"{name} of {process.name}", (process / name).read_bytes()
            except OSError:
                continue


def begin_anew(system: System, name: str) -> None:
    """Let a collector forget that it need not ask yet."""
    victim = system.pid(name)
    os.kill(victim, signal.SIGKILL)
    (system.home / "data" / "state" / f"{name}.json").unlink(missing_ok=True)


def play(system: System, world: Sandbox, faults: Mapping[str, Mapping[str, object]]) -> None:
    """Show each of these services' faults to whoever asks it, in one round, or in more if somebody still pauses."""
    before = {name: world.service(name).request_count for name in faults}

    def unasked() -> list[str]:
        # who is refused a connection has not been seen
        return [
            name
            for name, fault in faults.items()
            if fault["kind"] != "refuse" and world.service(name).request_count == before[name]
        ]

    for name, fault in faults.items():
        world.fault(name, str(fault["kind"]), **{field: value for field, value in fault.items() if field != "kind"})
    for name in ONCE_A_DAY.keys() & faults.keys():
        begin_anew(system, ONCE_A_DAY[name])
    ask(world)
    ends_at = time.monotonic() + PAUSES_S
    while unasked() and time.monotonic() < ends_at:
        ask(world)
    left_out = unasked()
    for name in faults:
        world.clear(name)

    assert left_out == []
