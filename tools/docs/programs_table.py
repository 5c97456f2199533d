"""Write what follows from the table of programs: supervisord.conf, the users of deploy/harden, the README's table.

python -m tools.docs.programs_table            writes them
python -m tools.docs.programs_table --check    fails with the first differing line of each that is out of date
"""

import argparse
import ast
from pathlib import Path

from launch.programs import Program, supervised
from tools.docs.generated import ROOT, between, compare_or_write

SUPERVISORD, HARDEN, README = Path("supervisord.conf"), Path("deploy/harden"), Path("README.md")
COMMAND = "tools.docs.programs_table"
MADE = f"made by `python -m {COMMAND}` (`make docs`)"
HARDEN_MARKS = f"# The programs: {MADE}; do not edit them here.", "# End of the programs."
README_MARKS = f"<!-- The programs: {MADE}; do not edit them here. -->", "<!-- End of the programs. -->"

HEAD = f"""\
; Everything that runs, {MADE} from `launch/programs.py`; do not edit it.
; `make start` uses this file as it is; so does the demo, in a folder of its own. Each program reads .env through the
; launcher and sees its own variables only. A program that is not configured is not started, or leaves with 3 and stays
; down; one whose settings are wrong waits until they are others; everything else is started again, whatever its exit
; code.

[supervisord]
nodaemon=false
umask=077
directory=%(here)s
pidfile=%(here)s/run/supervisord.pid
logfile=%(here)s/logs/supervisord.log
logfile_maxbytes=1MB
logfile_backups=2
loglevel=info
environment=PYTHONPYCACHEPREFIX="%(here)s/.venv/pycache"

[unix_http_server]
file=%(here)s/run/supervisor.sock
chmod=0700

[supervisorctl]
serverurl=unix://%(here)s/run/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

; The whole system's lock: a second supervisord in this folder is refused.
[rpcinterface:lock]
supervisor.rpcinterface_factory=bus.supervisord.system_lock:hold

; What is not configured is not started.
[rpcinterface:autostart]
supervisor.rpcinterface_factory=bus.supervisord.autostart:leave_out

; Further accounts, a file for each, written by `make account` and at each start; there may be none.
[include]
files=accounts/*.conf
"""
LISTENER = """
[eventlistener:{name}]
command="%(here)s/.venv/bin/python" -m launch {name}
events=PROCESS_STATE
buffer_size=1000
priority={priority}
autorestart=unexpected
exitcodes=3
startretries=10
stopwaitsecs=5
stderr_logfile=%(here)s/logs/{name}.log
stderr_logfile_maxbytes=5MB
stderr_logfile_backups=2
"""
PROGRAM = """
[program:{name}]
command="%(here)s/.venv/bin/python" -m launch {name}
priority={priority}
autorestart=unexpected
exitcodes=3
startretries=10
stopwaitsecs=5
redirect_stderr=true
stdout_logfile=%(here)s/logs/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""


def configuration(programs: tuple[Program, ...]) -> str:
    """Return the text of supervisord.conf.

    Args:
        programs: Those that supervisord runs.
    """
    groups: dict[str, list[str]] = {}
    for program in programs:
        groups.setdefault(program.group, []).append(program.name)
    blocks = [f"\n[group:{group}]\nprograms={','.join(names)}\n" for group, names in groups.items() if names != [group]]
    for program in programs:
        block = LISTENER if "supervisord" in program.needs else PROGRAM
        blocks.append(block.format(name=program.name, priority=program.priority))
    return "".join((HEAD, *blocks))


def users(programs: tuple[Program, ...]) -> str:
    """Return what deploy/harden must know: who gets a user, and who of them opens the ledger and the inbox.

    Args:
        programs: Those that supervisord runs.
    """
    names = " ".join(program.name for program in programs)
    keepers = " ".join(program.name for program in programs if "ledger" in program.needs)
    takers = " ".join(program.name for program in programs if "inbox" in program.needs)
    return f'programs="{names}"\nledger_programs="{keepers}"\ninbox_programs="{takers}"\n'


def table(programs: tuple[Program, ...]) -> str:
    """Return the README's table: a row for each program, with the first line of its module.

    Args:
        programs: Those that supervisord runs.
    """
    rows = (f"| `{each.name}` | {each.group} | `{each.module}` | {_purpose(each.module)} |" for each in programs)
    return "\n".join(["| Program | Group | Module | What it does |", "| --- | --- | --- | --- |", *rows, ""])


def _purpose(module: str) -> str:
    path = ROOT / module.replace(".", "/")
    source = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    first = (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    _, _, what = first.partition(": ")
    return (what or first).rstrip(".")


def main() -> None:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(prog=f"python -m {COMMAND}", description="Write what follows from the programs.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is out of date")
    options = parser.parse_args()
    programs = supervised()
    made = {SUPERVISORD: configuration(programs)}
    for path, marks, text in ((HARDEN, HARDEN_MARKS, users(programs)), (README, README_MARKS, table(programs))):
        made[path] = between((ROOT / path).read_text(encoding="utf-8"), *marks, text, where=str(path))
    compare_or_write(made, check=options.check, command=COMMAND)


if __name__ == "__main__":
    main()
