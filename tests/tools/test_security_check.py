"""`make security-check` must see what it looks for: each check, given a bad world, says BROKEN."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from websockets.asyncio.client import connect

from brokers.bingx_venue.gate import Route
from sandbox.system import ROOT
from tests.running import wait_until
from tools.security import bingx_key, processes, still
from tools.security.keys import orders_are_refused, redirects_are_not_followed
from tools.security.rows import BROKEN, HOLDS, NOT_HERE, Broken, Check, NotHere, judge, summary, table
from tools.security.running import open_to_others
from tools.security.secrets import CANARIES, search

CANARY = CANARIES["OKX_API_SECRET"]
CARELESS = """
import os, sys, time
if len(sys.argv) > 1:
    os.execve(sys.executable, [sys.executable, "launch/__main__.py"], {"KEY": %r, "PATH": "/bin"})
print("event=started", flush=True)
time.sleep(0.5)
print("event=joined", flush=True)
time.sleep(60)
"""
"""A launcher that hands a secret over in the environment, and a program that never closes itself."""


def raising(error: Exception) -> Callable[[], str]:
    def run() -> str:
        raise error

    return run


@pytest.fixture
def careless() -> Iterator[int]:
    """Run a process with a secret in its environment, and give its id."""
    command = [sys.executable, "-c", "input()", "an argument"]
    with subprocess.Popen(command, env={"KEY": CANARY}, stdin=subprocess.PIPE) as child:
        environment = Path(f"/proc/{child.pid}/environ")
        wait_until(lambda: CANARY.encode() in environment.read_bytes(), what="the environment of what was just started")
        yield child.pid
        child.kill()


@pytest.mark.parametrize(
    ("run", "result", "seen"),
    [
        (lambda: "all of them", HOLDS, "all of them"),
        (raising(Broken("two listen")), BROKEN, "two listen"),
        (raising(NotHere("needs root")), NOT_HERE, "needs root"),
        (raising(TimeoutError("never came")), BROKEN, "TimeoutError at run"),
    ],
)
def test_a_row_says_what_came_of_it_and_an_error_on_the_way_counts_as_broken(
    run: Callable[[], str], result: str, seen: str
) -> None:
    row = judge(Check("a claim", "a way", run))

    assert row.result == result
    assert seen in row.seen
    assert row.is_broken == (result == BROKEN)
    assert f"{result}: {row.seen}" in table([row])


def test_the_rows_are_counted_by_result() -> None:
    rows = [judge(Check("", "", run)) for run in (str, str, raising(Broken("x")), raising(NotHere("y")))]

    assert summary(rows) == "2 hold, 1 BROKEN, 1 not here"


def test_a_secret_in_an_environment_is_seen(careless: int) -> None:
    with pytest.raises(Broken, match=r"OKX_API_SECRET.* in environ of okx"):
        processes.no_secret_in({"okx": careless})


def test_a_secret_on_a_command_line_is_seen() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()", CANARY], stdin=subprocess.PIPE) as child:
        command_line = Path(f"/proc/{child.pid}/cmdline")
        wait_until(
            lambda: CANARY.encode() in command_line.read_bytes(), what="the command line of what was just started"
        )
        with pytest.raises(Broken, match=r"OKX_API_SECRET.* in cmdline of okx"):
            processes.no_secret_in({"okx": child.pid})
        child.kill()


def test_a_secret_that_can_be_read_while_a_program_starts_is_seen(tmp_path: Path) -> None:
    (tmp_path / "launch").mkdir()
    (tmp_path / "launch" / "__init__.py").touch()
    (tmp_path / "launch" / "__main__.py").write_text(CARELESS % CANARY)

    with pytest.raises(Broken, match=r"OKX_API_SECRET could be read within \d"):
        processes.window_is_closed(tmp_path, "okx")


def test_a_process_that_may_leave_a_core_file_is_seen(careless: int) -> None:
    with pytest.raises(Broken, match="okx may"):
        processes.limited({"okx": careless})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_process_that_a_sibling_can_read_is_seen(careless: int) -> None:
    with pytest.raises(Broken, match="could be read: environ of okx"):
        processes.closed_to_siblings({"okx": careless})


def test_root_says_that_it_proves_nothing_about_siblings(careless: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(NotHere, match="root may read everything"):
        processes.closed_to_siblings({"okx": careless})


@pytest.mark.parametrize(
    ("family", "kind", "address"),
    [
        (socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1"),
        (socket.AF_INET6, socket.SOCK_STREAM, "::1"),
        (socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1"),
    ],
)
def test_a_socket_that_listens_is_seen(family: int, kind: int, address: str) -> None:
    with socket.socket(family, kind) as opened:
        opened.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            opened.listen()
        own = processes.inodes_of(os.getpid())
        ours = [each for each in processes.network_sockets() if each.inode in own]

        with pytest.raises(Broken, match="listening: "):
            processes.none_listens(ours)


def test_a_connection_that_leaves_this_machine_is_seen() -> None:
    away = processes.NetworkSocket("tcp", "0100007F:0001", "08080808:01BB", "01", 0, 1)

    with pytest.raises(Broken, match="leaves this machine: tcp to 08080808:01BB"):
        processes.none_listens([away])


def test_a_secret_that_is_handed_to_another_program_is_seen() -> None:
    with pytest.raises(Broken, match="OKX_API_KEY"):
        still.handed_over({**CANARIES, "TIMEZONE": CANARIES["OKX_API_KEY"]})


def test_a_further_account_is_told_its_own_keys_alone() -> None:
    assert still.further_account_is_apart({**CANARIES, "TRADING": "paper"}).startswith("its own keys")


def test_a_secret_that_does_not_reach_its_own_program_is_seen() -> None:
    with pytest.raises(Broken, match="tbank and TBANK_TOKEN"):
        still.handed_over({name: value for name, value in CANARIES.items() if name != "TBANK_TOKEN"})


def test_a_launcher_that_takes_an_open_file_is_seen() -> None:
    def launch(*_: str, home: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, f"{home} is right", "")

    with pytest.raises(Broken, match="mode 644"):
        still.env_is_refused(launch)


def test_an_endpoint_of_the_network_is_seen(tmp_path: Path) -> None:
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "hub.py").write_text('socket.bind("tcp://*:5555")\n')

    with pytest.raises(Broken, match=r"endpoints in hub\.py"):
        still.bus_stays_here(tmp_path)


def test_a_websocket_is_a_way_for_the_bus_only_where_its_sockets_are_made(tmp_path: Path) -> None:
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus" / "stream.py").write_text('URL = "ws://127.0.0.1:1"\n')

    assert still.bus_stays_here(tmp_path)

    (tmp_path / "bus" / "hub.py").write_text('import zmq\nsocket.bind("ws://*:5555")\n')

    with pytest.raises(Broken, match=r"endpoints in hub\.py"):
        still.bus_stays_here(tmp_path)


def test_a_call_of_bingx_that_is_not_listed_and_leaves_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brokers.bingx_venue.rest.route_of", Route)

    with pytest.raises(Broken, match="0 of 12 were refused"):
        bingx_key.only_listed_calls()


def test_a_redirect_of_bingx_that_is_followed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brokers.bingx_venue.stream._Connect.process_redirect", connect.process_redirect)

    with pytest.raises(Broken, match="1 followed"):
        bingx_key.redirects_are_not_followed()


def test_a_file_that_others_can_read_is_seen(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "portfolio.db-wal").touch()
    (tmp_path / "data" / "portfolio.db-wal").chmod(0o640)

    assert open_to_others(tmp_path) == ["data/portfolio.db-wal"]


def test_an_order_that_leaves_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.egress.allowlist.Allowlist.check", lambda *_: None)

    with pytest.raises(Broken, match=r"connections were made|did not end in an error"):
        orders_are_refused()


def test_a_secret_is_found_as_it_is_and_as_an_address_words_it() -> None:
    phrase = CANARIES["OKX_API_PASSPHRASE"]

    for form in (phrase, quote(phrase), quote(phrase, safe="")):
        with pytest.raises(Broken, match="OKX_API_PASSPHRASE in a log"):
            search([("a log", f"before {form} behind".encode())])


def test_a_search_that_finds_nothing_to_search_proves_nothing() -> None:
    with pytest.raises(Broken, match="nothing to search"):
        search([("an empty file", b"")])


def test_the_command_is_told_in_the_makefile() -> None:
    assert "tools.security" in (ROOT / "Makefile").read_text()


def test_a_redirect_that_is_followed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = requests.Session.get

    def follow(session: requests.Session, url: str, **options: object) -> requests.Response:
        session.max_redirects = 3
        return asked(session, url, **{**options, "allow_redirects": True})  # type: ignore[arg-type]

    monkeypatch.setattr("collectors.egress.allowlist.Allowlist.check", lambda *_: None)
    monkeypatch.setattr(requests.Session, "get", follow)

    with pytest.raises(Broken, match="followed"):
        redirects_are_not_followed()
