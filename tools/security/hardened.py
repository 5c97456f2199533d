"""The hardened installation in a temporary folder, with real users that are removed again; root alone can do this."""

import contextlib
import functools
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from launch.programs import named, supervised
from sandbox import system as pretend
from sandbox.control.client import start
from sandbox.system import ROOT, System
from sandbox.trading_demo import free_port
from tools.security import processes, trading
from tools.security.rows import NOT_HERE, Check, Row, expect, judge
from tools.security.running import PROGRAMS, SETTINGS, TRADERS, Demo, works_well
from tools.security.secrets import let_the_world_know

CLAIM = "hardened: every program has a user of its own"
ANYBODY = 61_234
"""A user id that nobody has."""
READ = """
import pathlib, sys
for name in sys.argv[1:]:
    try:
        with pathlib.Path(name).open("rb") as stream:
            stream.read(0)
    except OSError:
        continue
    print(name)
"""


def python_for_all(folder: Path) -> Path:
    """Return a Python that every user of this machine can run, with this project's packages.

    Args:
        folder: Where one is made if need be: a virtual environment of the system's own Python.

    Returns:
        Its path; raises RuntimeError where there is none.
    """
    ours = Path(sys.prefix, "bin", "python")
    system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    if _runs(ours, ANYBODY):
        return ours
    if not system.exists():
        raise RuntimeError(f"{ours} can be run by root alone, and there is no {system}")
    folder.chmod(0o755)
    made = folder / "venv"
    subprocess.run([str(system), "-m", "venv", "--without-pip", str(made)], check=True, umask=0o022)
    (made / "lib" / system.name / "site-packages" / "portfolio.pth").write_text(
        f"{Path(sys.prefix, 'lib', system.name, 'site-packages')}\n{ROOT}\n"
    )
    (made / "pycache").symlink_to(Path(sys.prefix, "pycache"))
    python = made / "bin" / "python"
    if not _runs(python, ANYBODY):
        raise RuntimeError(f"other users cannot enter {ROOT}")
    return python


def rows(python: Path) -> list[Row]:
    """Harden a folder, run the system in it, and try what users of their own are for."""
    for tool in ("useradd", "setpriv", "flock"):
        if shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            return [Row(CLAIM, "nothing", NOT_HERE, f"there is no {tool}")]
    with running(python) as (demo, prefix):
        return [judge(check) for check in _checks(demo, prefix)]


@contextlib.contextmanager
def running(python: Path) -> Iterator[tuple[Demo, str]]:
    """Run a hardened system for as long as the `with` lasts.

    Args:
        python: What its programs run with; every user must be able to.

    Yields:
        The system, its programs perhaps still starting, and the prefix of its users.
    """
    prefix = f"pb{secrets.token_hex(3)}"
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as folder, start(Path(folder)) as sandbox:
        home = Path(folder)
        sandbox.set_state("ibkr", polls_before_ready=0)
        let_the_world_know(sandbox)
        port = free_port()
        pretend.prepare(home, sandbox, SETTINGS | trading.settings(sandbox, port), prefix=python.parent.parent)
        home.chmod(0o755)
        try:
            harden(home, prefix)
            with pretend.supervised(home, sandbox, python=python) as system:
                yield Demo(system, sandbox, python=str(python), port=port), prefix
        finally:
            remove_users(prefix)


def harden(home: Path, prefix: str) -> None:
    """Run `deploy/harden` for a folder."""
    subprocess.run([str(ROOT / "deploy" / "harden"), prefix, str(home)], check=True, capture_output=True, text=True)


def remove_users(prefix: str) -> None:
    """Remove what `deploy/harden` has made."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    for name in (each.name for each in supervised()):
        subprocess.run(["userdel", f"{prefix}-{name}"], capture_output=True, check=False, env={"PATH": path})
    for name in ("bus", "ledger", "inbox"):
        subprocess.run(["groupdel", f"{prefix}-{name}"], capture_output=True, check=False, env={"PATH": path})


def _checks(demo: Demo, prefix: str) -> list[Check]:
    bybit = f"{prefix}-bybit"
    forger = (bybit, _group_of(bybit), os.getgrouplist(bybit, _group_of(bybit)))
    traded = trading.checks(demo.system, demo.port, forger=forger)
    return [
        *(msgspec.structs.replace(each, claim=f"hardened: {each.claim}") for each in traded[:2]),
        Check(
            "hardened: the webhook's user reaches no ledger, no .env, no key, nothing of others",
            "as that user: ledger, .env, order.key, backups, logs, state, the others' environ and mem",
            lambda: _closed(demo, prefix, ("webhook",)),
        ),
        Check("hardened: the system works", "/now typed in the pretend Telegram", lambda: works_well(demo)),
        Check(CLAIM, "/proc/<pid>/status of all, beside the list of users", lambda: _own_users(demo, prefix)),
        Check(
            "hardened: no environment or command line holds a secret",
            "/proc/<pid>/environ and cmdline of all, read by root",
            lambda: processes.no_secret_in(demo.pids),
        ),
        Check(
            "hardened: no program can look into another one, nor into its files, .env or the logs",
            "as each program's user: the others' environ and mem, .env, state, ledger, backups, logs",
            lambda: _closed(demo, prefix),
        ),
        Check(
            "hardened: nobody else can reach the bus, the ledger or supervisord",
            "the same files and all sockets, as a user of no group",
            lambda: _closed_to_strangers(demo),
        ),
        Check(
            "hardened: nothing listens but the webhook, for this machine alone; nothing leaves but to the platforms",
            "every descriptor of every process, beside /proc/net",
            lambda: processes.none_listens(sockets_of(demo.system), but=demo.port),
        ),
        Check(
            "hardened: no core files, no way to more rights",
            "/proc/<pid>/limits and status of all",
            lambda: processes.limited(demo.pids),
        ),
    ]


def sockets_of(system: System) -> Iterator[processes.NetworkSocket]:
    """Yield the network's sockets of a system: supervisord's and its programs'; root alone can tell."""
    supervisord = int((system.home / "run" / "supervisord.pid").read_text())
    pids = [supervisord, *(system.pid(name) for name in PROGRAMS)]
    pids += [pid for name in TRADERS if (pid := system.pid(name))]
    own = set().union(*(processes.inodes_of(pid) for pid in pids))
    yield from (each for each in processes.network_sockets() if each.inode in own)


def _own_users(demo: Demo, prefix: str) -> str:
    for name, pid in demo.pids.items():
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        found = next(row.split()[1:] for row in status.splitlines() if row.startswith("Uid:"))
        expect(set(found) == {str(pwd.getpwnam(f"{prefix}-{name}").pw_uid)}, f"{name} runs as {found}")
        said = f'privileges="own user {prefix}-{name}"'
        expect(said in demo.system.log(name), f"{name} does not say so")
    return f"{len(demo.pids)} programs, as many users; each says so in its log"


def _closed(demo: Demo, prefix: str, names: Sequence[str] = (*PROGRAMS, *TRADERS)) -> str:
    home, pids = demo.system.home, demo.pids
    state = {path.name.partition(".")[0]: path for path in (home / "data" / "state").glob("*.*")}
    expect(state, "there is no state file")
    tried = 0
    for name in names:
        others = [
            Path(f"/proc/{pid}/{file}") for other, pid in pids.items() if other != name for file in ("environ", "mem")
        ]
        files = [home / ".env", home / "data" / "order.key", *(home / "logs").glob("*")]
        files += [path for stem, path in state.items() if stem != name]
        for need, folder in (("ledger", home / "data"), ("inbox", home / "data" / "inbox")):
            if need not in named(name).needs:
                found = list(folder.glob("*.db*"))
                expect(found, f"there is nothing in {folder.name}")
                files += found
        if name != "aggregator":
            files += [home / "backups"]
        if name != "sentinel":
            expect(not _connects(home / "run" / "supervisor.sock", f"{prefix}-{name}"), f"{name} reaches supervisord")
        opened = _opened_by(f"{prefix}-{name}", [*others, *files])
        expect(not opened, f"{name} can read {', '.join(opened)}")
        tried += len(others) + len(files)
    own = _opened_by(f"{prefix}-{next(iter(state))}", [next(iter(state.values()))])
    expect(own, "a program cannot read its own state file either: nothing is proven")
    return f"{tried} tries, none succeeded"


def _closed_to_strangers(demo: Demo) -> str:
    home = demo.system.home
    files = [path for name in ("run", "data", "logs") for path in (home / name).rglob("*") if path.is_file()]
    opened = _opened_by(pwd.getpwnam("nobody").pw_uid, [home / ".env", *files])
    expect(not opened, f"can be read by all: {', '.join(opened)}")
    for path in ("bus.in", "bus.out", "supervisor.sock"):
        expect(not _connects(home / "run" / path, "nobody"), f"{path} can be connected to by all")
    return f"{len(files)} files and 3 sockets"


def _opened_by(user: str | int, paths: list[Path]) -> list[str]:
    return _run_as(user, READ, *map(str, paths)).stdout.split()


def _connects(path: Path, user: str) -> bool:
    program = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('connected')"
    return "connected" in _run_as(user, program, str(path)).stdout


def _run_as(user: str | int, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a small program as somebody, with that user's groups and nobody else's."""
    python = sys.executable if _runs(Path(sys.executable), ANYBODY) else "/usr/bin/python3"
    groups = [] if isinstance(user, int) else os.getgrouplist(user, _group_of(user))
    return subprocess.run(
        [python, "-I", "-c", program, *arguments],
        cwd="/",
        user=user,
        group=_group_of(user),
        extra_groups=groups,
        capture_output=True,
        text=True,
        check=False,
    )


def _group_of(user: str | int) -> int:
    return user if isinstance(user, int) else pwd.getpwnam(user).pw_gid


@functools.cache
def _runs(python: Path, user: int) -> bool:
    try:
        done = subprocess.run(
            [str(python), "-c", "import bus"],
            cwd="/",
            user=user,
            group=user,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0
