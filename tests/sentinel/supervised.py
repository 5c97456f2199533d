"""A real supervisord with a hub, a sentinel and a program of the test's own; everything else is left out."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.running import Child, wait_until

HEAD = """\
[supervisord]
nodaemon=true
umask=077
logfile=%(here)s/supervisord.log
pidfile=%(here)s/run/supervisord.pid
[unix_http_server]
file=%(here)s/run/supervisor.sock
chmod=0700
[supervisorctl]
serverurl=unix://%(here)s/run/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
MAYFLY = """\
import sys
from pathlib import Path
if Path("broken").exists():
    sys.exit(1)
from bus.process import join, run

def main():
    with join("mayfly") as bus:
        while True:
            bus.receive(60)

run(main, name="mayfly")
"""
"""A process that beats and does nothing; while the file `broken` is there it leaves at once."""
SCRIPT = f"""\
#!/bin/sh
exec {sys.executable} mayfly.py
"""
"""What supervisord starts as the mayfly; without it there is nothing to be started."""


COLLECTOR = """\
import sys
from pathlib import Path
from bus.process import join, run
from bus.settings import NotConfigured

name = sys.argv[1]

def main():
    if Path(f"{name}.absent").exists():
        raise NotConfigured(())
    with join(name) as bus:
        while True:
            bus.receive(60)

run(main, name=name)
"""
"""A process that beats and does nothing; while a file says that it is absent, it is not configured."""


def configuration(collectors: Sequence[str] = ()) -> str:
    """Return a supervisord.conf; the mayfly is given up as soon as it fails once."""
    python = sys.executable
    settings = "autorestart=unexpected\nexitcodes=3\nredirect_stderr=true\n"
    programs = "".join(
        f"[program:{name}]\ncommand={python} collector.py {name}\nstdout_logfile=%(here)s/{name}.log\n{settings}"
        for name in collectors
    )
    group = f"[group:collectors]\nprograms={','.join(collectors)}\n" if collectors else ""
    return (
        f"{HEAD}{group}"
        f"[program:hub]\ncommand={python} -m bus.hub\nstdout_logfile=%(here)s/hub.log\n{settings}"
        f"[program:mayfly]\ncommand=%(here)s/mayfly.sh\nstdout_logfile=%(here)s/mayfly.log\nstartretries=0\n"
        f"startsecs=3\n{settings}{programs}"
        f"[eventlistener:sentinel]\ncommand={python} -m sentinel\nevents=PROCESS_STATE\nbuffer_size=1000\n"
        f"priority=5\nstderr_logfile=%(here)s/sentinel.log\nautorestart=unexpected\n"
    )


class Supervised:
    """A running supervisord in a home."""

    def __init__(self, home: Path, process: Child) -> None:
        """Remember where it lives."""
        self.home = home
        self.process = process

    def control(self, *arguments: str) -> str:
        """Run supervisorctl; return what it printed."""
        command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", "supervisord.conf", *arguments]
        return subprocess.run(command, cwd=self.home, capture_output=True, text=True, timeout=30, check=False).stdout

    def pid(self, name: str) -> int:
        """Return the process id in a lock, 0 when it runs no more."""
        try:
            found = int((self.home / "run" / f"{name}.lock").read_text())
            os.kill(found, 0)
        except (OSError, ValueError):
            return 0
        return found

    def wait_for_pid(self, name: str, *, other_than: int = 0, within_s: float = 20) -> int:
        """Wait until a program runs, with another process id than the given one; return it."""
        wait_until(lambda: self.pid(name) not in {0, other_than}, what=f"{name} to run", within_s=within_s)
        return self.pid(name)

    def log(self, name: str) -> str:
        """Return what a program has logged."""
        path = self.home / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def wait_for_log(self, name: str, wanted: str, *, within_s: float = 20) -> None:
        """Wait until a program has logged a text."""
        wait_until(lambda: wanted in self.log(name), what=f"{wanted!r} from {name}", within_s=within_s)


@contextlib.contextmanager
def supervised(home: Path, collectors: Sequence[str] = ()) -> Iterator[Supervised]:
    """Run supervisord in a home for as long as the `with` lasts; the collectors are a group."""
    (home / "supervisord.conf").write_text(configuration(collectors))
    (home / "collector.py").write_text(COLLECTOR)
    (home / "mayfly.py").write_text(MAYFLY)
    (home / "mayfly.sh").write_text(SCRIPT)
    (home / "mayfly.sh").chmod(0o700)
    output = home / "supervisord.out"
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", "supervisord.conf"]
    with output.open("wb") as stream, subprocess.Popen(command, cwd=home, stdout=stream, stderr=stream) as process:
        try:
            running = Supervised(home, Child(process, output))
            running.wait_for_log("sentinel", "joined")
            yield running
        finally:
            process.terminate()
            process.wait(20)
