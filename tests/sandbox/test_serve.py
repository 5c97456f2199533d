"""The sandbox as a process, and its control port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from sandbox.control.client import ControlError, Sandbox


def test_the_control_port_says_what_is_wrong_with_a_request(sandbox: Sandbox) -> None:
    with pytest.raises(ControlError, match="telegram has no fault 'sulk'; it has accept_then_hang"):
        sandbox.fault("telegram", "sulk")
    with pytest.raises(ControlError, match="there are bybit"):
        sandbox.clear("nobody")
    with pytest.raises(ControlError, match="minutes"):
        sandbox.fault("telegram", "slow", minutes=1)


def test_the_control_port_changes_settings_and_shows_them(sandbox: Sandbox) -> None:
    sandbox.settings("bybit", latency_s=0.25)
    sandbox.settings("bybit", skew_s=-5)
    shown = sandbox.service("bybit")

    assert (shown.latency_s, shown.skew_s) == (0.25, -5)


def test_a_page_of_another_name_cannot_reach_the_control_port(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.addresses['control']}/services", headers={"Host": "evil.example"}, trust_env=False)

    assert answer.status_code == 403


def test_every_service_of_the_sandbox_listens_on_loopback(sandbox: Sandbox) -> None:
    names = {"control", "bybit", "okx", "tbank", "ibkr", "cbr", "frankfurter", "erapi", "telegram"} | {
        "bingx",
        "tradingview",
        "ibgateway",
    }

    assert set(sandbox.addresses) == names
    assert sandbox.addresses["ibgateway"].startswith("tcp://127.0.0.1:")
    assert all("://127.0.0.1:" in address for address in sandbox.addresses.values())


def serve(addresses: Path, *, with_parent: bool = False) -> list[str]:
    """Return the command that runs the sandbox."""
    options = ["--with-parent"] if with_parent else []
    return [sys.executable, "-m", "sandbox.serve", "--addresses", str(addresses), *options]


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody has waited for yet does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_serve_ends_at_once_on_a_signal_even_with_a_request_that_hangs(tmp_path: Path) -> None:
    addresses = tmp_path / "addresses.json"
    with subprocess.Popen(serve(addresses), stdout=subprocess.DEVNULL) as process:
        while not addresses.exists():
            assert process.poll() is None
        sandbox = Sandbox(msgspec.json.decode(addresses.read_bytes(), type=dict[str, str]))
        sandbox.fault("cbr", "hang")
        with socket.create_connection(("127.0.0.1", int(sandbox.addresses["cbr"].rsplit(":", 1)[1]))) as hanging:
            hanging.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            while not sandbox.service("cbr").request_count:
                assert process.poll() is None
            began = time.monotonic()
            process.terminate()
            code = process.wait(15)

    assert code == 0
    assert time.monotonic() - began < 5


def test_serve_leaves_when_its_parent_is_gone(tmp_path: Path) -> None:
    addresses = tmp_path / "addresses.json"
    child = f"subprocess.Popen({serve(addresses, with_parent=True)!r}, stdout=subprocess.DEVNULL)"
    parent = [sys.executable, "-c", f"import subprocess, sys; print({child}.pid, flush=True); sys.stdin.read()"]
    with subprocess.Popen(parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        while not addresses.exists():
            assert alive(pid)
        process.kill()
    ends_at = time.monotonic() + 5
    while alive(pid) and time.monotonic() < ends_at:
        os.sched_yield()
    stayed = alive(pid)
    if stayed:
        os.kill(pid, signal.SIGKILL)

    assert not stayed
