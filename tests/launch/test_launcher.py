"""The launcher, run for real: what a program gets to see, and how a wrong `.env` is told."""

import contextlib
import time
from pathlib import Path

import msgspec
import pytest

from bus.hub_settings import KNOWN_TO
from bus.messages.rounds import Platform
from bus.settings import variables
from bus.settings_change import KEPT
from launch.__main__ import environment_for, settings_for
from launch.programs import PROGRAMS, Program
from tests.running import Child, running

RIGHT = """
TELEGRAM_BOT_TOKEN=123456789:telegram-s3cret-0123456789-abcdefg
TELEGRAM_CHAT_ID=-1001234
OKX_API_KEY=okx-key-s3cret
OKX_API_SECRET=okx-s3cret$1#2
OKX_API_PASSPHRASE="okx pass phrase"
POLL_INTERVAL_MINUTES=60
BYBIT_API_KEY=
"""
TINY = """
import json, os
from pathlib import Path
from typing import Annotated
import msgspec
from msgspec import Meta
from bus.settings import Secret, take

class Settings(msgspec.Struct, frozen=True, kw_only=True):
    tiny_key: Annotated[Secret, Meta(description="the key", extra={"alias": "TINY_KEY_ID"})]
    tiny_minutes: Annotated[int, Meta(description="minutes")] = 5
    timezone: Annotated[str, Meta(description="a zone")] = "UTC"

if __name__ == "__main__":
    began_with = Path("/proc/self/environ").read_text()
    told = take(Settings, os.environ)
    seen = dict(os.environ) | {"debug": __debug__, "pid": os.getpid(), "began_with": began_with}
    print(json.dumps(seen | {"TINY_KEY": told.tiny_key.reveal(), "TINY_MINUTES": str(told.tiny_minutes)}))
"""
LAUNCH_TINY = """
import sys
from launch import programs
programs.PROGRAMS += (programs.Program(name="tiny", module="tiny", declares="tiny", group="core"),)
from launch import __main__ as launch
sys.argv[1:] = ["tiny"]
launch.main()
"""

CHECK_WITHOUT_AUTHORITIES = """
import sys
from pathlib import Path
from bus import certificates
from launch import __main__ as launch
certificates.find.__kwdefaults__["root"] = Path("bare-machine").absolute()
sys.argv[1:] = ["--check"]
launch.main()
"""


def write_env(home: Path, text: str) -> None:
    """Write the owner's file as it should be."""
    (home / ".env").touch(0o600)
    (home / ".env").write_text(text, encoding="utf-8")


def seen_by_tiny(child: Child) -> dict[str, object]:
    """Return the environment that the launched program printed."""
    assert child.code() == 0, child.text()

    seen: dict[str, object] = msgspec.json.decode(child.text())
    return seen


def launched(home: Path, *arguments: str, code: int) -> str:
    """Run the launcher until it ends and return what it printed."""
    with running(home, "-m", "launch", *arguments) as child:
        assert child.code() == code
        return child.text()


def test_a_program_sees_its_own_variables_and_nobody_elses(home: Path) -> None:
    write_env(home, RIGHT + "TINY_KEY_ID=tiny-key\nTINY_MINUTES=7\nLOG_LEVEL=DEBUG\n")
    (home / "tiny.py").write_text(TINY)
    outer = {"TINY_MINUTES": "9", "OKX_API_KEY": "from outside", "PYTHONPATH": str(home), "HTTPS_PROXY": "http://proxy"}
    with running(home, "-c", LAUNCH_TINY, environment=outer | {"PYTHONDONTWRITEBYTECODE": "1"}) as child:
        seen = seen_by_tiny(child)

    own = {name: seen.pop(name, None) for name in ("TINY_KEY", "TINY_MINUTES", "LOG_LEVEL", "PYTHONOPTIMIZE")}
    assert own == {"TINY_KEY": "tiny-key", "TINY_MINUTES": "7", "LOG_LEVEL": "DEBUG", "PYTHONOPTIMIZE": "2"}
    assert "tiny-key" not in str(seen.pop("began_with"))
    others = {name for name in seen if not name.startswith("PYTHON")}
    assert others <= {*KEPT, "PLATFORMS", "SUPERVISOR_PID", "SSL_CERT_DIR", "SSL_CERT_FILE", "LC_CTYPE", "debug", "pid"}
    assert "PYTHONPATH" not in seen
    assert "s3cret" not in str(seen)


def test_the_program_takes_the_launchers_place_and_learns_which_platforms_are_in_use(home: Path) -> None:
    write_env(home, RIGHT + "TINY_KEY=tiny-key\n")
    (home / "tiny.py").write_text(TINY)
    with running(home, "-c", LAUNCH_TINY) as child:
        seen = seen_by_tiny(child)

    in_use = msgspec.json.decode(str(seen["PLATFORMS"]), type=tuple[Platform, ...])
    assert seen["pid"] == child.pid
    assert seen["debug"] is False
    assert [platform.name for platform in in_use] == ["okx"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_no_program_is_given_another_ones_keys(program: Program) -> None:
    """Fault 70: the environment."""
    every = {variable.name: variable for each in PROGRAMS if each.settings for variable in variables(each.settings)}
    values = {name: f"value of {name}" for name in every}
    declared = variables(program.settings) if program.settings else ()
    own = {variable.name for variable in declared if variable.extra.get(KNOWN_TO) != "launch"}

    told = settings_for(program, values)

    assert set(told) == own
    assert not set(told.values()) & set(environment_for(()).values())


def test_every_key_of_every_platform_is_a_secret() -> None:
    words = ("KEY", "SECRET", "PASSPHRASE", "TOKEN")
    named = [
        variable
        for program in PROGRAMS
        if program.settings
        for variable in variables(program.settings)
        if variable.name.endswith(words) and not variable.name.endswith("ROUTING_KEY")  # which is an address
    ]

    assert len(named) >= 8
    assert not [variable.name for variable in named if not variable.secret]


def test_a_right_file_is_told_with_what_is_in_use(home: Path) -> None:
    write_env(home, RIGHT)

    told = launched(home, "--check", code=0).splitlines()

    assert told[0] == ".env is right; in use: OKX"
    assert told[1].startswith("privileges: shared user, not dumpable")


def test_what_only_other_systems_need_may_stay_and_is_told_in_one_line(home: Path) -> None:
    write_env(home, f"{RIGHT}\nREDIS_URL=redis://127.0.0.1:6379/0\nCELERY_BROKER_URL=redis://127.0.0.1\n")

    told = launched(home, "--check", code=0).splitlines()

    assert told[2] == "not needed here, and told to nobody: REDIS_URL, CELERY_BROKER_URL"


def test_a_machine_without_certificate_authorities_is_told_with_the_cure(home: Path) -> None:
    """Fault P6: nothing that could be trusted is found."""
    write_env(home, RIGHT)

    nowhere = {"SSL_CERT_FILE": str(home / "missing.pem"), "SSL_CERT_DIR": str(home)}
    with running(home, "-c", CHECK_WITHOUT_AUTHORITIES, environment=nowhere) as child:
        assert child.code() == 1
        told = child.text()

    assert "no certificate authorities are found" in told
    assert "sudo apt install ca-certificates" in told
    assert "Traceback" not in told


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("OKX_API_PASSPHRASE", "#"), "OKX_API_PASSPHRASE is missing; write the passphrase that you chose"),
        (("BYBIT_API_KEY=", "BYBIT_API_KEY=bybit-s3cret"), "BYBIT_API_SECRET is missing; write "),
        (
            ("BYBIT_API_KEY=", "BYBIT_API_KYE=bybit-s3cret"),
            "BYBIT_API_KYE is not a variable of this program; did",
        ),
        (("BYBIT_API_KEY=", "OKX_API_KEY=s3cret"), "OKX_API_KEY is set twice; keep one"),
        (("=60", "=s3cret"), "POLL_INTERVAL_MINUTES is not valid; write minutes between messages, 1 to 720"),
        (("=-1001234", "=@s3cret"), "TELEGRAM_CHAT_ID is not valid; a chat id is a whole number, not a name;"),
        (("TELEGRAM_CHAT_ID=-1001234", ""), "TELEGRAM_CHAT_ID is missing; write the number of the chat"),
        (("BYBIT_API_KEY=", "WINDOW_START_HOUR=21"), "WINDOW_START_HOUR is 21 and WINDOW_END_HOUR is 20: write hours"),
        (("BYBIT_API_KEY=", "TIMEZONE=Paris"), "TIMEZONE is not known; write an IANA name such as"),
        (
            ("=60", "=1\nCOLLECT_DEADLINE_SECONDS=60"),
            "COLLECT_DEADLINE_SECONDS is not shorter than POLL_",
        ),
        (("BYBIT_API_KEY=", "LOG_LEVEL=loud"), "LOG_LEVEL is not valid; write DEBUG, INFO, WARNING or ERROR"),
        (("OKX_", "# OKX_"), "no platform is configured; set the variables of at least one"),
    ],
)
def test_a_wrong_file_is_told_by_variable_and_cure_and_starts_nothing(
    home: Path, change: tuple[str, str], line: str
) -> None:
    """Fault 69."""
    write_env(home, RIGHT.replace(*change))

    told = launched(home, "--check", code=1)
    logged = launched(home, "hub", code=2)

    assert line in told
    assert told.count("\n") == 1
    assert 'event="wrong settings" program=hub cure=' in logged
    assert line in logged
    assert "s3cret" not in told + logged
    assert not (home / "run" / "hub.lock").exists()


def test_bybits_misspelled_key_is_told_with_the_right_name(home: Path) -> None:
    write_env(home, RIGHT.replace("BYBIT_API_KEY=", "BYBIT_API_KYE=bybit-s3cret"))

    assert "did you mean BYBIT_API_KEY?" in launched(home, "--check", code=1)


def test_a_file_that_all_can_read_starts_nothing(home: Path) -> None:
    """Fault 69: mode 0644."""
    write_env(home, RIGHT)
    (home / ".env").chmod(0o644)

    assert "can be read by others; type: chmod 600 .env" in launched(home, "--check", code=1)
    assert "type: chmod 600 .env" in launched(home, "clock", code=2)


@pytest.mark.parametrize("folder", ["data", "logs", "backups", "run"])
def test_a_folder_that_others_can_look_into_starts_nothing(home: Path, folder: str) -> None:
    write_env(home, RIGHT)
    (home / folder).mkdir(exist_ok=True)
    (home / folder).chmod(0o750)

    assert f"{folder} can be read by others; type: chmod 700 {folder}" in launched(home, "--check", code=1)
    assert f"type: chmod 700 {folder}" in launched(home, "clock", code=2)


def test_no_file_starts_nothing_and_is_told_with_the_command_that_makes_one(home: Path) -> None:
    """Fault 69."""
    assert "make it with: install -m 600 .env.example .env" in launched(home, "--check", code=1)
    assert "install -m 600 .env.example .env" in launched(home, "clock", code=2)


def test_a_name_that_is_no_program_is_told_with_those_there_are(home: Path) -> None:
    write_env(home, RIGHT)
    told = launched(home, "bus.hub", code=1)

    assert told.startswith("bus.hub is not a program; there are: sentinel, hub, clock, aggregator, notifier, ")
    assert "okx" in told


def test_a_platform_that_is_not_in_use_leaves_with_3_after_more_than_a_second(home: Path) -> None:
    write_env(home, RIGHT)
    started = time.monotonic()
    told = launched(home, "bybit", code=3)

    assert time.monotonic() - started > 1
    assert 'process=bybit level=info event="not configured" variables="BYBIT_API_KEY, BYBIT_API_SECRET"' in told


def test_the_hub_runs_when_launched_and_keeps_no_key_in_its_environment(home: Path) -> None:
    write_env(home, RIGHT)
    with running(home, "-m", "launch", "hub") as child:
        child.wait_for("joined")
        environment = b""
        with contextlib.suppress(PermissionError):  # for all but root it is closed anyway
            environment = Path(f"/proc/{child.pid}/environ").read_bytes()

    assert b"s3cret" not in environment
