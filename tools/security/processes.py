"""Looking at running processes through /proc, as another program of this machine could.

Follows proc(5), read 2026-11.

Quirks: root may read everything, so what must be closed to others is tried by who is not root.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from tools.security.rows import NotHere, expect
from tools.security.secrets import CANARIES, found_in

PROC = Path("/proc")
NETWORK = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
LISTENS, LOOPBACK = "0A", ("0100007F", "00000000000000000000000001000000")
WINDOW_S = 30.0
STANDARD = 3
"""Descriptors below are standard input and output."""


class NetworkSocket(msgspec.Struct, frozen=True):
    """One line of /proc/net/tcp and its like; addresses as the kernel writes them."""

    kind: str
    local: str
    remote: str
    state: str
    uid: int
    inode: int

    @property
    def waits_for_others(self) -> bool:
        """Whether anybody could begin to talk to it."""
        connected = self.remote.partition(":")[2] != "0000"
        return self.state == LISTENS if self.kind.startswith("tcp") else not connected

    @property
    def stays_here(self) -> bool:
        """Whether both ends are this machine."""
        return all(end.partition(":")[0] in LOOPBACK for end in (self.local, self.remote))


def network_sockets(proc: Path = PROC) -> Iterator[NetworkSocket]:
    """Yield all sockets of the network that this machine has."""
    for kind in NETWORK:
        path = proc / "net" / kind
        rows = path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []
        for row in rows:
            part = row.split()
            yield NetworkSocket(kind, part[1], part[2], part[3], int(part[7]), int(part[9]))


def inodes_of(pid: int, proc: Path = PROC) -> set[int]:
    """Return the inodes of a process's sockets; PermissionError where it is closed to us."""
    found = set()
    for link in (proc / str(pid) / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            target = os.readlink(link)
            if target.startswith("socket:["):
                found.add(int(target[8:-1]))
    return found


def none_listens(sockets: Iterable[NetworkSocket], *, connections: bool = True, but: int = 0) -> str:
    """Make sure that nobody could begin to talk to any of these sockets over the network.

    Args:
        sockets: Those of the system.
        connections: Whether those that are connected must stay on this machine, as they do in a pretend world.
        but: The port that may listen for this machine alone; 0 for none.

    Returns:
        How many there are.

    Raises:
        Broken: One listens, or leaves this machine.
    """
    own = {f"{address}:{but:04X}" for address in LOOPBACK} if but else set[str]()
    every = [each for each in sockets if not (each.waits_for_others and each.local in own)]
    open_ones = [f"{each.kind} {each.local}" for each in every if each.waits_for_others]
    expect(not open_ones, f"listening: {', '.join(open_ones)}")
    away = [f"{each.kind} to {each.remote}" for each in every if connections and not each.stays_here]
    expect(not away, f"leaves this machine: {', '.join(away)}")
    return f"{len(every)} connections to the pretend world, nothing listens"


def no_secret_in(pids: Mapping[str, int], proc: Path = PROC) -> str:
    """Search the environments and command lines of processes, as far as they can be read.

    Raises:
        Broken: A secret is in one.
    """
    closed = 0
    for name, pid in pids.items():
        for file in ("environ", "cmdline"):
            try:
                content = (proc / str(pid) / file).read_bytes()
            except PermissionError:
                closed += 1
                continue
            found = found_in(content)
            expect(not found, f"{found} in {file} of {name}")
    return f"{len(pids)} processes, {closed} environments are closed to this user"


def closed_to_siblings(pids: Mapping[str, int], proc: Path = PROC) -> str:
    """Try to read the environment, the memory and the descriptors of processes of one's own user.

    Raises:
        NotHere: We are root, who may.
        Broken: One could be read, or the try itself is worth nothing.
    """
    if os.geteuid() == 0:
        raise NotHere("root may read everything")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as control:
        readable = _opens(proc / str(control.pid))
        control.kill()
    expect("environ" in readable, "an ordinary process of this user cannot be read either: nothing is proven")
    open_ones = [f"{what} of {name}" for name, pid in pids.items() for what in _opens(proc / str(pid))]
    expect(not open_ones, f"could be read: {', '.join(open_ones)}")
    return f"{len(pids)} processes; an ordinary one can be read ({', '.join(readable)})"


def limited(pids: Mapping[str, int], proc: Path = PROC) -> str:
    """Make sure that processes leave no core file and can gain no rights.

    Raises:
        Broken: One could.
    """
    for name, pid in pids.items():
        limits = (proc / str(pid) / "limits").read_text(encoding="ascii").splitlines()
        core = next(row.split()[4:6] for row in limits if row.startswith("Max core file size"))
        expect(core == ["0", "0"], f"{name} may leave a core file of {core}")
        status = (proc / str(pid) / "status").read_text(encoding="utf-8")
        expect("NoNewPrivs:\t1" in status, f"{name} may gain rights")
    return f"{len(pids)} processes: core file size 0, NoNewPrivs 1"


def window_is_closed(home: Path, program: str) -> str:
    """Start a program and read, from its first moment on, whatever of it is still open.

    Args:
        home: A folder with an `.env` of canaries and an empty `run`.
        program: Its name.

    Returns:
        For how long it was open.

    Raises:
        Broken: A secret could be had.
    """
    command = [sys.executable, "-m", "launch", program]
    environment = {"PATH": os.environ["PATH"]}
    began = time.monotonic()
    open_s, reads, found = 0.0, 0, set[str]()
    said = home / "output"
    with (
        said.open("wb") as output,
        subprocess.Popen(command, cwd=home, env=environment, stdout=output, stderr=subprocess.STDOUT) as child,
    ):
        while b"event=joined" not in said.read_bytes() and time.monotonic() - began < WINDOW_S:
            seen = _everything_open(PROC / str(child.pid))
            if seen is not None:
                open_s, reads = time.monotonic() - began, reads + 1
                found.update(found_in(seen, CANARIES))
        child.kill()
    expect(b"event=started" in said.read_bytes(), f"{program} did not start: {said.read_text()[-300:]}")
    expect(not found, f"{', '.join(sorted(found))} could be read within {open_s:.2f} s")
    return f"{reads} reads in the first {open_s:.2f} s, then closed"


def _opens(process: Path) -> list[str]:
    return [name for name in ("environ", "mem", "maps", "fd") if _opens_one(process / name)]


def _opens_one(path: Path) -> bool:
    try:
        if path.is_dir():
            list(path.iterdir())
        else:
            path.open("rb").close()
    except OSError:
        return False
    return True


def _everything_open(process: Path) -> bytes | None:
    """Return the environment and what can be read through the descriptors, None where the process is closed."""
    try:
        content = (process / "environ").read_bytes()
        for link in (process / "fd").iterdir():
            if int(link.name) >= STANDARD:
                content += _content_of(link)
    except OSError:
        return None
    return content


def _content_of(link: Path) -> bytes:
    with contextlib.suppress(OSError):
        descriptor = os.open(link, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return os.read(descriptor, 65536)
        finally:
            os.close(descriptor)
    return b""
