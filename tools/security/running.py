"""The claims that a running system of one ordinary user must keep, tried from outside."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sandbox.bingx_scene import SERVICE
from sandbox.control.client import Sandbox
from sandbox.system import System, clean_environment
from tools.security import bingx_key, keys, other_machines, processes, still, trading
from tools.security.rows import Broken, Check, expect
from tools.security.secrets import CANARIES, files_in, listening, search

PROGRAMS = ("hub", "clock", "aggregator", "notifier", "sentinel", "bybit", "okx", "tbank", "ibkr", "fx")
SETTINGS = {**CANARIES, "LOG_LEVEL": "DEBUG", "COLLECT_DEADLINE_SECONDS": "6"}
REFUSALS = {"bybit": "10004", "okx": "50110", "tbank": "40003", "ibkr": "1015"}
"""A refusal in each platform's own words."""
BINGX_REFUSAL, NOT_PROVEN = "100001", 'event="not proven"'
ROUND_S = 120.0
STRANGER = 666
TRADERS = ("webhook", "execution", "broker-paper", "broker-bingx")
"""The programs of a system that trades."""
FOLDERS = ("run", "data", "logs", "backups")


class Demo(msgspec.Struct, frozen=True):
    """A running system and its pretend world.

    Attributes:
        before: The network's sockets of this machine from before it was started.
        python: What its owner runs commands with.
        port: Where its webhook listens; it trades on paper, and in BingX's demo.
    """

    system: System
    sandbox: Sandbox
    before: frozenset[int] = frozenset()
    python: str = sys.executable
    port: int = 0

    @property
    def pids(self) -> dict[str, int]:
        """Return the process of each program."""
        return {name: self.system.pid(name) for name in (*PROGRAMS, *TRADERS)}

    def ask(self) -> str:
        """Type /now and return the answer."""
        typed = self.sandbox.type("/now").message_id
        return self.sandbox.wait_for_message(
            lambda sent: sent.message_id > typed and "TOTAL" in sent.text, timeout_s=ROUND_S
        ).text

    def launch(self, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the launcher, in the system's folder or in another one."""
        command = [self.python, "-m", "launch", *arguments]
        return subprocess.run(
            command,
            cwd=home or self.system.home,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


def checks(demo: Demo) -> list[Check]:
    """List the claims, those that disturb the system last."""
    works = Check("the system works", "/now typed in the pretend Telegram", lambda: works_well(demo))
    traded = trading.checks(demo.system, demo.port)
    return [works, *traded, *_of_processes(demo), *_of_files(demo), *_of_keys(demo), *_of_leaks(demo)]


def works_well(demo: Demo) -> str:
    """Ask once: a system that does nothing would keep most of the claims.

    Raises:
        Broken: There is no answer, or none with all numbers.
    """
    try:
        text = demo.ask()
    except TimeoutError:
        raise Broken(f"no answer: {demo.system.control('status')}") from None
    expect("ERROR" not in text, text)
    return "a message with all numbers"


def _of_processes(demo: Demo) -> list[Check]:
    return [
        Check(
            "no process has a secret in its environment or on its command line",
            "/proc/<pid>/environ and cmdline of all, searched for the invented keys",
            lambda: processes.no_secret_in(demo.pids),
        ),
        Check(
            "… nor while it starts, nor in a descriptor that others could open",
            "read without a pause from the first moment until the program has closed itself",
            lambda: _window(demo),
        ),
        Check(
            "no process of the same user can look into another one",
            "environ, mem, maps and fd of all, opened by a process of the same user",
            lambda: processes.closed_to_siblings(demo.pids),
        ),
        Check(
            "no core files, no way to more rights",
            "/proc/<pid>/limits and status of all",
            lambda: processes.limited(demo.pids),
        ),
        Check(
            "nothing listens on the network but the webhook, where there is trading, for this machine alone",
            "/proc/net/tcp, udp and raw: what came with the system",
            lambda: processes.none_listens(_new_sockets(demo), but=demo.port),
        ),
        Check(
            "the bus cannot be moved to the network without keys",
            "no line of the product names a TCP endpoint but the two files that ask for keys",
            still.bus_stays_here,
        ),
        *other_machines.checks(),
        *_of_what_is_handed_over(),
    ]


def _of_what_is_handed_over() -> list[Check]:
    return [
        Check(
            "a secret is handed to its own program alone",
            "what the launcher hands to each program, searched for the others' keys",
            lambda: still.handed_over(SETTINGS),
        ),
        Check(
            "a further account's program is told its own keys and no other's",
            "what the launcher hands to it, beside and without a key in its own file",
            lambda: still.further_account_is_apart(SETTINGS | {"TRADING": "paper"}),
        ),
    ]


def _of_files(demo: Demo) -> list[Check]:
    return [
        Check(
            "the webhook is not told where the ledger is, and has no key that orders are signed with",
            "what the launcher hands to it",
            still.webhook_knows_no_ledger,
        ),
        Check(
            "an .env that others can read is refused",
            "modes 0644, 0640 and 0604, and a link to such a file",
            lambda: still.env_is_refused(demo.launch),
        ),
        Check(
            "everything that is written is for this user alone",
            "the modes of all sockets, locks, ledger files, backups, state and logs",
            lambda: _modes(demo),
        ),
        Check(
            "all packages are pinned with hashes",
            "requirements*.txt beside requirements*.in, and how the Makefile installs",
            still.pinned,
        ),
    ]


def _of_keys(demo: Demo) -> list[Check]:
    proofs = [
        Check(
            f"{keys.LINE[name]}: a key that can trade is refused",
            "the pretend platform says that the key can, the collector starts anew, its line is read",
            lambda name=name: keys.key_is_proven(demo.system, demo.sandbox, name, demo.ask),  # type: ignore[misc]
        )
        for name in keys.CAN_TRADE
    ]
    return [
        *proofs,
        Check("IBKR: a token that can trade is refused", "nothing", still.flex_cannot_trade),
        Check(
            "no order leaves",
            "order and withdrawal methods of the collectors' own clients, and who connects",
            keys.orders_are_refused,
        ),
        Check(
            "no redirect is followed",
            "each collector at a server that redirects to another port, and who connects there",
            keys.redirects_are_not_followed,
        ),
        Check(
            "a certificate that nobody vouches for is refused",
            "each collector at a TLS server with a certificate of its own making",
            keys.false_certificates_are_refused,
        ),
        *bingx_key.checks(demo.system, demo.sandbox),
    ]


def _of_leaks(demo: Demo) -> list[Check]:
    return [
        Check(
            "a stranger gets no answer",
            f"/now and /start typed in chat {STRANGER}",
            lambda: _stranger(demo),
        ),
        Check(
            "no secret in a log, the ledger, a backup, a state file, the bus or Telegram, at DEBUG, after failures",
            "all of them, after rounds of refusals, resets and HTML pages, searched for the invented keys",
            lambda: _leaks(demo),
        ),
    ]


def open_to_others(home: Path) -> list[str]:
    """Return what the group or others could reach of a home's files."""
    paths = [home / ".env", *(path for name in FOLDERS for path in (home / name, *(home / name).rglob("*")))]
    return [str(path.relative_to(home)) for path in paths if path.exists() and path.stat().st_mode & 0o077]


def _modes(demo: Demo) -> str:
    made = demo.launch("ledger", "backup")
    expect(made.returncode == 0, f"no backup: {made.stdout}{made.stderr}")
    wrong = open_to_others(demo.system.home)
    expect(not wrong, f"open to others: {', '.join(wrong)}")
    count = sum(len(list((demo.system.home / name).rglob("*"))) for name in FOLDERS)
    expect(count > len(PROGRAMS), "there are no files")
    return f"{count} files and sockets, .env and the folders themselves"


def _window(demo: Demo) -> str:
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as folder:
        home = Path(folder)
        (home / ".env").touch(0o600)
        (home / ".env").write_bytes((demo.system.home / ".env").read_bytes())
        (home / "run").mkdir(mode=0o700)
        return processes.window_is_closed(home, "okx")


def _new_sockets(demo: Demo) -> Iterator[processes.NetworkSocket]:
    """Yield the sockets of this user that came since, and are not the pretend world's."""
    world = processes.inodes_of(os.getpid()) | _pretend_world()
    for each in processes.network_sockets():
        if each.uid == os.geteuid() and each.inode not in (demo.before | world | {0}):
            yield each


def _pretend_world() -> set[int]:
    """Return the sockets of the pretend world, a child of this process."""
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            parent = (each / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"sandbox.serve" in (each / "cmdline").read_bytes():
                return processes.inodes_of(int(each.name))
    raise Broken("the pretend world is not there")


def _stranger(demo: Demo) -> str:
    for text in ("/now", "/start"):
        demo.sandbox.type(text, chat_id=STRANGER)
    demo.system.wait_for_log("notifier", f"chat_id={STRANGER}")
    demo.ask()
    sent = demo.sandbox.messages(STRANGER)
    expect(not sent, f"{len(sent)} messages")
    return "no message; a line in the log shows the chat's number to the owner"


def _leaks(demo: Demo) -> str:
    world = demo.sandbox
    with listening(demo.system.home) as frames:
        for kind in ("code", "reset", "html"):
            for name, code in REFUSALS.items():
                world.fault(name, kind, **({"code": code} if kind == "code" else {}))
            for method in ("getUpdates", "sendMessage"):
                world.fault("telegram", "reset", path=method, times=1)
            demo.ask()
            _let_bingx_fail(demo, kind)
            for name in REFUSALS:
                world.clear(name)
        demo.ask()
    expect(demo.launch("ledger", "backup").returncode == 0, "no backup")
    expect(len(frames) > len(PROGRAMS), "nothing was heard on the bus")
    messages = [("Telegram", message.html.encode()) for message in world.messages()]
    heard = [("the bus", frame) for frame in frames]
    return search([*files_in(demo.system.home, *FOLDERS), *messages, *heard])


def _let_bingx_fail(demo: Demo, kind: str) -> None:
    """Let BingX refuse its broker's proof, and wait until the broker has said so."""
    before = demo.system.log(bingx_key.PROGRAM).count(NOT_PROVEN)
    demo.sandbox.fault(SERVICE, kind, **({"code": BINGX_REFUSAL} if kind == "code" else {}))
    bingx_key.restart_until(
        demo.system,
        lambda: demo.system.log(bingx_key.PROGRAM).count(NOT_PROVEN) > before,
        f"the broker does not speak of {kind}",
    )
    demo.sandbox.clear(SERVICE)
