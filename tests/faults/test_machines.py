"""Two machines: a collector and a broker beyond the line, at a hub that knows who may join."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
import zmq

from bus import bus_key
from sandbox import trading_demo
from sandbox.control.client import Sandbox, start
from sandbox.system import System, clean_environment, invented, prepare, supervised
from tests.faults.namespaces import Line, inside, passed_on, second_machine
from tests.running import flat, wait_until
from tests.system.asking import ask

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

THERE = ("bybit", "broker-paper")
SILENT, HEARD, WITHIN_S = "Machine b: nothing was heard", "Machine b is heard again", 120


class Machines(msgspec.Struct, frozen=True):
    """Two machines of one system: the one with the hub and `b`, the line between them, and the world outside."""

    sandbox: Sandbox
    line: Line
    a: System
    b: System


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    """Run machine b with Bybit's collector and the broker on paper, and the other one with all else."""
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(second_machine())
        home_a, home_b = (Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp")) for _ in "ab")
        for each in (home_a, home_b):
            stack.callback(shutil.rmtree, each, ignore_errors=True)
        sandbox = stack.enter_context(start(home_a))
        port = trading_demo.free_port()
        trading_demo.set_up(sandbox, port)
        settings = trading_demo.settings(sandbox, port)
        elsewhere = {"HUB_LISTEN": line.here, "RUNS_ELSEWHERE": ",".join(THERE)}
        prepare(home_a, sandbox, settings | elsewhere | {"BYBIT_API_KEY": "", "BYBIT_API_SECRET": ""})
        prepare(home_b, sandbox, settings_of_b(sandbox, home_a))
        a = stack.enter_context(supervised(home_a, sandbox))
        ports = {urlsplit(address).port for address in sandbox.addresses.values()}
        stack.enter_context(passed_on(line, filter(None, ports)))
        with inside(line):
            b = stack.enter_context(supervised(home_b, sandbox))
        for program in THERE:
            b.wait_for_log(program, "hub=heard", timeout_s=60)
        yield Machines(sandbox, line, a, b)


def settings_of_b(sandbox: Sandbox, home_a: Path) -> dict[str, str]:
    """Let machine b in, and return what its owner writes there: the file that was made, and Bybit's key."""
    every = invented(sandbox)
    told = make_keys(home_a, "--name", "b", "--runs", ",".join(THERE))
    lines = (home_a / "keys" / "for-b.env").read_text().splitlines()

    assert "RUNS_ELSEWHERE=bybit,broker-paper" in told
    return (
        dict.fromkeys(every, "")
        | {name: value for name, value in every.items() if name.startswith("BYBIT_")}
        | {"TRADING": "paper", "PAPER_QUOTES_URL": sandbox.addresses["bingx"]}
        | dict(line.split("=", 1) for line in lines)
    )


def make_keys(home: Path, *arguments: str) -> str:
    """Type `make keys` on the machine with the hub, and return what it says."""
    command = [sys.executable, "-m", "launch.keys", *arguments]
    return subprocess.run(command, cwd=home, env=clean_environment(), check=True, capture_output=True, text=True).stdout


def test_a_round_is_whole_with_a_platform_that_is_asked_on_another_machine(machines: Machines) -> None:
    answer = ask(machines.sandbox)

    assert "ERROR" not in answer.text
    assert "≥" not in answer.text
    assert machines.a.pid("bybit") == 0
    assert machines.b.pid("hub") == machines.b.pid("clock") == 0


def test_an_order_is_filled_by_a_broker_on_another_machine(machines: Machines) -> None:
    told: list[str] = []

    trading_demo.Scene(machines.sandbox, threading.Event(), text_s=60).play(told.append)

    assert "bought" in " ".join(told).lower()
    assert machines.a.pid("broker-paper") == 0


def test_what_was_signed_and_recorded_is_not_obeyed_when_it_is_said_again(machines: Machines) -> None:
    """Fault M6: by somebody who has machine b's key of the bus."""
    link = machines.b.home / ".env"
    values = dict(line.split("=", 1) for line in link.read_text().splitlines())
    with zmq.Context() as context, context.socket(zmq.SUB) as ear, context.socket(zmq.PUB) as mouth:
        for each, port in ((mouth, 5570), (ear, 5571)):
            each.curve_serverkey = bus_key.for_zeromq(values["HUB_PUBLIC"].strip("'"))
            secret = values["MACHINE_KEY"].strip("'")
            each.curve_secretkey = bus_key.for_zeromq(secret)
            each.curve_publickey = bus_key.for_zeromq(bus_key.public_of(secret))
            each.setsockopt(zmq.LINGER, 0)
            each.connect(f"tcp://{machines.line.here}:{port}")
        ear.subscribe(b"signed.broker-paper")
        assert ear.poll(30_000), "execution says nothing to its broker"
        recorded = ear.recv_multipart()
        before = machines.b.log("broker-paper").count("not_signed") + machines.b.log("broker-paper").count("not signed")

        def is_told() -> bool:
            mouth.send_multipart(recorded)
            log = machines.b.log("broker-paper")
            return log.count("not_signed") + log.count("not signed") + log.count("ignored") > before

        wait_until(is_told, what="the broker to say that it ignored one")


def test_a_line_that_is_cut_and_mended_is_taken_up_again_and_the_owner_is_told_of_the_machine(
    machines: Machines,
) -> None:
    """Fault M7: the platform is missing meanwhile, everything else goes on."""
    machines.line.cut()
    without = ask(machines.sandbox)
    silent = machines.sandbox.wait_for_message(lambda sent: SILENT in flat(sent.text), timeout_s=WITHIN_S)
    machines.line.mend()
    machines.sandbox.wait_for_message(lambda sent: HEARD in flat(sent.text), timeout_s=WITHIN_S)
    whole = ask(machines.sandbox)

    assert "ERROR" in without.text or "≥" in without.text or "≈" in without.text
    assert silent.text.startswith("⚠")
    assert "ERROR" not in whole.text
    assert "≥" not in whole.text


def test_a_machine_that_is_shut_out_is_cut_off_while_everything_runs(machines: Machines) -> None:
    """Fault M3: by `make keys NAME=b REMOVE=1`, without a restart; the last test, for nothing lets it in again."""
    make_keys(machines.a.home, "--name", "b", "--remove")

    machines.a.wait_for_log("hub", "may not join any more")
    machines.b.wait_for_log("bybit", "the hub does not know this machine's key")
    assert "bybit" not in ask(machines.sandbox).text or "ERROR" in ask(machines.sandbox).text
