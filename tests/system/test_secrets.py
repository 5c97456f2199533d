"""Canary secrets: the system at DEBUG through failures leaks none of them, nowhere."""

import contextlib
import threading
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
ACCOUNTS = ("U7654321canary", "2000777888")


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
        "COLLECT_DEADLINE_SECONDS": "6",
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


@pytest.mark.timeout(180)
def test_no_secret_is_in_any_file_on_the_bus_in_telegram_or_on_a_command_line_after_failures_at_debug(
    system: System, world: Sandbox
) -> None:
    """Faults 70 and I5."""
    faults = (
        [("bybit", "code", code) for code in ("10004", "10003", "10002")]
        + [("okx", "code", code) for code in ("50110", "50111")]
        + [("tbank", "code", "40003"), ("ibkr", "code", "1015")]
    )
    with listening(system) as frames:
        for service, kind, code in faults:
            world.fault(service, kind, code=code)
            ask(world)
            world.clear(service)
        for kind in ("reset", "html", "garbage", "redirect", "refuse"):
            for service in ("bybit", "okx", "tbank", "ibkr", "cbr"):
                world.fault(service, kind)
            ask(world)
            for service in ("bybit", "okx", "tbank", "ibkr", "cbr"):
                world.clear(service)
        for kind in ("html", "reset", "garbage"):
            world.fault("telegram", kind, times=3)
            ask(world)
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
