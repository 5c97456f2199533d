"""Values with every sign in them, from `.env` through a real supervisord and the launcher to the program."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.system import clean_environment
from tests.running import wait_until

COUNT = 40
TINY = f"""
import os, sys
from pathlib import Path
import msgspec
from bus import settings
Settings = msgspec.defstruct(
    "Settings", [(f"value_{{number}}", settings.Secret) for number in range({COUNT})], module=__name__, frozen=True
)
if __name__ == "__main__":
    told = settings.take(Settings, os.environ)
    values = [getattr(told, name).reveal() for name in Settings.__struct_fields__]
    draft = Path("told.draft")
    draft.write_bytes(msgspec.json.encode(values))
    draft.rename("told")
    sys.stdin.read()
"""
LAUNCH = """
import sys
from launch import programs
programs.PROGRAMS += (programs.Program(name="tiny", module="tiny", declares="tiny", group="core"),)
from launch import __main__ as launch
sys.argv[1:] = ["tiny"]
launch.main()
"""
CONFIGURATION = """
[supervisord]
nodaemon=true
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
[unix_http_server]
file=%(here)s/supervisor.sock
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:tiny]
command=PYTHON launch_tiny.py
startsecs=0
autorestart=false
redirect_stderr=true
stdout_logfile=%(here)s/tiny.log
"""
OTHERS = "TELEGRAM_BOT_TOKEN=123456789:invented-0123456789-abcdefghijklmn\nTELEGRAM_CHAT_ID=1\n"
OTHERS += "IBKR_FLEX_TOKEN=1\nIBKR_FLEX_QUERY_ID=2\n"
NASTY = "%;#'\"\\$`{}()[]=&|<>~!*? ,:@^"
SIGNS = st.sampled_from(NASTY) | st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
VALUES = st.text(SIGNS, min_size=1, max_size=60).map(str.strip).filter(bool)


@pytest.fixture
def supervised(home: Path) -> Iterator[Path]:
    """Run supervisord with the tiny program in a home."""
    (home / "tiny.py").write_text(TINY)
    (home / "launch_tiny.py").write_text(LAUNCH)
    (home / "supervisord.conf").write_text(CONFIGURATION.replace("PYTHON", sys.executable))
    write(home, ["first"] * COUNT)
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", "supervisord.conf"]
    with subprocess.Popen(command, cwd=home, env=clean_environment(), stdout=subprocess.DEVNULL) as process:
        try:
            wait_until((home / "told").exists, what="the tiny program has started")
            yield home
        finally:
            process.terminate()


def write(home: Path, values: list[str]) -> None:
    """Write an `.env` as docs/settings.md says: in single quotes."""
    lines = [f"VALUE_{number}='{_quoted(value)}'\n" for number, value in enumerate(values)]
    path = home / ".env"
    path.unlink(missing_ok=True)
    path.touch(0o600)
    path.write_text(OTHERS + "".join(lines), encoding="utf-8")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def told_after_a_restart(home: Path) -> list[str]:
    """Start the program anew and return what it was told."""
    (home / "told").unlink()
    command = [sys.executable, "-m", "supervisor.supervisorctl", "-c", "supervisord.conf", "restart", "tiny"]
    subprocess.run(command, cwd=home, env=clean_environment(), check=True, capture_output=True, timeout=30)
    with contextlib.suppress(TimeoutError):
        wait_until((home / "told").exists, what="told", within_s=20)
    assert (home / "told").exists(), (home / "tiny.log").read_text()

    return msgspec.json.decode((home / "told").read_bytes(), type=list[str])


def test_every_value_reaches_its_program_as_it_was_written(supervised: Path) -> None:
    """Fault 69: signs that mean something to supervisord, to a shell or to a file of settings."""

    @settings(max_examples=3)
    @given(st.lists(VALUES, min_size=COUNT, max_size=COUNT))
    def play(values: list[str]) -> None:
        write(supervised, values)

        assert told_after_a_restart(supervised) == values

    play()
    expanded_by_supervisord = [f"%(ENV_PATH)s{sign}%(here)s{sign}ключ🔑" for sign in (NASTY * 2)[:COUNT]]
    write(supervised, expanded_by_supervisord)
    assert told_after_a_restart(supervised) == expanded_by_supervisord
