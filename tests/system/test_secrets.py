"""Canary secrets: the system at DEBUG through failures leaks none of them, nowhere."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from sandbox.control import Sandbox
from sandbox.system import System
from tests.system.asking import ask

CANARIES = {
    "telegram": "123456789:CANARYtelegram0123456789abcdefghijk",
    "bybit_key": "canaryBybitKey0001",
    "bybit_secret": "canaryBybitSecret0123456789abcdefABC",
    "okx_key": "00000000-0000-4000-8000-canaryokx001",
    "okx_secret": "CANARYOKXSECRET0123456789",
    "okx_passphrase": "canary-Pass phrase#1",
    "tbank": "t.canary" + "TbankToken0123456789" * 4,
    "ibkr_token": "9999888877776666555544443",
    "ibkr_query": "31415926",
}
REFUSALS = {
    "html": {"bybit": "10004", "okx": "50110", "tbank": "40003", "ibkr": "1015"},
    "reset": {"bybit": "10003", "okx": "50111"},
    "garbage": {"bybit": "10002"},
}
"""Telegram's fault in a round, and the platforms' codes in it."""
KINDS = ("reset", "html", "garbage", "redirect", "refuse")
SERVICES = ("bybit", "okx", "tbank", "ibkr", "cbr")
PAUSES_S = 60.0
ONCE_A_DAY = {"ibkr": "ibkr", "cbr": "fx"}
"""Services that are asked once a day, or seldom, and who asks them."""


@pytest.fixture(scope="module")
def world_with_canaries(world: Sandbox) -> Sandbox:
    """Let the pretend platforms know the canaries as their keys."""
    world.set_state("telegram", token=CANARIES["telegram"])
    world.set_state("bybit", api_key=CANARIES["bybit_key"], api_secret=CANARIES["bybit_secret"])
    world.set_state(
        "okx",
        api_key=CANARIES["okx_key"],
        api_secret=CANARIES["okx_secret"],
        passphrase=CANARIES["okx_passphrase"],
    )
    world.set_state("tbank", token=CANARIES["tbank"])
    world.set_state("ibkr", token=CANARIES["ibkr_token"], query_id=CANARIES["ibkr_query"])
    return world


@pytest.fixture(scope="module")
def extra_settings(world_with_canaries: Sandbox) -> dict[str, str]:
    """Run at DEBUG with the canaries as keys, and a deadline that makes failures quick."""
    return {
        "LOG_LEVEL": "DEBUG",
        "COLLECT_DEADLINE_SECONDS": "3",
        "TELEGRAM_BOT_TOKEN": CANARIES["telegram"],
        "BYBIT_API_KEY": CANARIES["bybit_key"],
        "BYBIT_API_SECRET": CANARIES["bybit_secret"],
        "OKX_API_KEY": CANARIES["okx_key"],
        "OKX_API_SECRET": CANARIES["okx_secret"],
        "OKX_API_PASSPHRASE": CANARIES["okx_passphrase"],
        "TBANK_TOKEN": CANARIES["tbank"],
        "IBKR_FLEX_TOKEN": CANARIES["ibkr_token"],
        "IBKR_FLEX_QUERY_ID": CANARIES["ibkr_query"],
    }


@contextlib.contextmanager
def listening(system: System) -> Iterator[list[bytes]]:
    """Keep every frame that the hub forwards while the `with` lasts."""
    frames: list[bytes] = []
    over = threading.Event()

    def listen() -> None:
        with zmq.Context() as context, context.socket(zmq.SUB) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.SUBSCRIBE, b"")
            socket.connect(f"ipc://{system.home}/run/bus.out")
            while not over.is_set():
                while socket.poll(100):
                    frames.extend(socket.recv_multipart())

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield frames
    finally:
        over.set()
        thread.join()


def everything_written(system: System, world: Sandbox) -> Iterator[tuple[str, bytes]]:
    for folder in ("logs", "data", "run"):
        for path in (system.home / folder).rglob("*"):
            if path.is_file():
                yield str(path.relative_to(system.home)), path.read_bytes()
    for message in world.messages():
        yield "Telegram", message.html.encode()
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield f"command line {process.parent.name}", process.read_bytes()
        except OSError:
            continue


def begin_anew(system: System, name: str) -> None:
    """Let a collector forget that it need not ask yet."""
    victim = system.pid(name)
    os.kill(victim, signal.SIGKILL)
    (system.home / "data" / "state" / f"{name}.json").unlink(missing_ok=True)


def play(system: System, world: Sandbox, faults: dict[str, dict[str, str]]) -> None:
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
        world.fault(name, **fault)
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


@pytest.mark.timeout(300)
def test_no_secret_is_in_any_file_on_the_bus_in_telegram_or_on_a_command_line_after_failures_at_debug(
    system: System, world: Sandbox
) -> None:
    """Faults 70 and I5."""
    with listening(system) as frames:
        for kind, said in REFUSALS.items():
            for method in ("getUpdates", "sendMessage", "editMessageText"):
                world.fault("telegram", kind, path=method, times=1)
            play(system, world, {service: {"kind": "code", "code": code} for service, code in said.items()})
        for kind in KINDS:
            play(system, world, {service: {"kind": kind} for service in SERVICES})
    found = [
        (where, name)
        for where, content in (*everything_written(system, world), *(("bus", frame) for frame in frames))
        for name, secret in CANARIES.items()
        if secret.encode() in content
    ]

    assert found == []
    assert {frame.partition(b".")[0] for frame in frames} >= {
        b"tick",
        b"balance",
        b"failure",
        b"snapshot",
        b"delivered",
    }
