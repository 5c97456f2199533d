"""The log of a real child process, read from the pipe that it writes into as supervisord would."""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bus.log import MOST_BYTES, line

KEY = "Ab1/c+d=e f"
QUOTED = 'it"s\\quoted'
TOKEN = "123456789:" + "AAF-_x9" * 5
FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"]+)')
READ_A_SECRET = """
    import logging, os, sys
    from typing import Annotated
    import msgspec
    from msgspec import Meta
    from bus import log
    from bus.settings import Secret, take

    class Settings(msgspec.Struct, frozen=True, kw_only=True):
        api_key: Annotated[Secret, Meta(description="the key", extra={"alias": "API_KEY_ID"})]

    log.set_up("sample", level="DEBUG")
    secret = take(Settings, os.environ).api_key.reveal()
    written = log.logger("tests")
"""
WRITE = """
    import logging, os, sys
    from bus import log
    log.set_up("sample", level="INFO")
    written = log.logger("tests")
"""


def program(*parts: str) -> str:
    """Put a child's program together."""
    return "\n".join(textwrap.dedent(part) for part in parts)


def printed(*parts: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """Run a child with its output in a pipe and return the lines."""
    environment = os.environ | dict(environment or {})
    ran = subprocess.run(
        [sys.executable, "-c", program(*parts)], capture_output=True, check=True, timeout=30, env=environment
    )

    assert ran.stderr == b""
    return ran.stdout.decode().splitlines()


def fields(text: str) -> dict[str, str]:
    """Read a line back."""
    assert FIELD.sub("", text).strip() == ""

    return {key: value.strip('"') for key, value in FIELD.findall(text)}


def test_an_event_is_worded_as_keys_and_values() -> None:
    text = line("round closed", {"round": "2026-02-11T09:00Z", "took_ms": 214, "pause_s": 0.12345, "reason": "bad key"})

    assert text == 'event="round closed" round=2026-02-11T09:00Z took_ms=214 pause_s=0.123 reason="bad key"'


@given(st.text(), st.text())
@example("round closed", "0\n")
def test_any_event_is_one_line_that_can_be_read_back(event: str, value: str) -> None:
    text = line(event, {"value": value})

    assert "\n" not in text
    assert "\r" not in text
    assert list(fields(text)) == ["event", "value"]


def test_a_line_says_when_who_and_how_grave() -> None:
    (text,) = printed(WRITE, "written.debug('unseen'); written.warning('round closed', round='2026-02-11T09:00Z')")

    found = fields(text)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found.pop("at"))
    assert found == {"process": "sample", "level": "warning", "event": "round closed", "round": "2026-02-11T09:00Z"}


def test_a_librarys_own_line_gets_the_same_form() -> None:
    (text,) = printed(WRITE, "logging.getLogger('some.library').warning('two\\nlines %s', 'here')")

    assert fields(text)["event"] == "two | lines here"
    assert fields(text)["logger"] == "some.library"


@pytest.mark.parametrize("library", ["httpx", "urllib3.connectionpool", "telegram.ext", "pybit", "requests"])
def test_libraries_that_print_addresses_stay_silent_even_when_all_is_asked_for(library: str) -> None:
    """Faults 70 and D5: what they shout too."""
    loud = """
        log.set_up('sample', level='DEBUG')
        for level in (logging.INFO, logging.CRITICAL):
            logging.getLogger(sys.argv[1]).log(level, 'GET https://example.com?key=1')
    """
    ran = subprocess.run(
        [sys.executable, "-c", program(WRITE, loud), library], capture_output=True, check=True, timeout=30
    )

    assert ran.stdout == b""


@pytest.mark.parametrize("secret", [KEY, QUOTED, TOKEN])
@pytest.mark.parametrize("name", ["API_KEY", "API_KEY_ID"])
def test_a_secret_that_was_read_is_masked_however_it_gets_into_a_line(secret: str, name: str) -> None:
    """Fault 70: the last net."""
    text = "\n".join(
        printed(
            READ_A_SECRET,
            """
            from urllib.parse import quote
            written.info("as a field", value=secret)
            written.info(f"in the event {secret}")
            written.info("in an address", url=f"https://example.com/bot{secret}/get")
            written.info("quoted", url="https://example.com/?key=" + quote(secret, safe=""))
            written.info("in a path", url="https://example.com/" + quote(secret))
            logging.getLogger("some.library").error("library %s", secret)
            def deeper():
                raise ValueError(f"https://example.com/?key={secret}")
            try:
                deeper()
            except ValueError as error:
                written.crash("unexpected", error)
            """,
            environment={name: secret},
        )
    )

    assert secret not in text
    assert secret.replace('"', "'").replace("\\", "\\\\") not in text
    assert "%2B" not in text
    assert text.count("***") == 7
    assert "traceback=" in text
    assert "in deeper" in text


@pytest.mark.parametrize("written", [TOKEN, TOKEN.replace(":", "%3A")])
def test_a_bots_token_is_masked_even_if_nobody_read_it_as_a_secret(written: str) -> None:
    """Fault 70."""
    (text,) = printed(WRITE, f"written.info('asked', url='https://api.telegram.org/bot{written}/getMe')")

    assert fields(text)["url"] == "https://api.telegram.org/bot***/getMe"


def test_who_logs_in_to_a_database_is_masked_in_its_address() -> None:
    """Fault 70."""
    (text,) = printed(
        WRITE, "written.info('opened', url='postgresql://owner:pass%40w0rd@db.example.org:5432/portfolio')"
    )

    assert fields(text)["url"] == "postgresql://***@db.example.org:5432/portfolio"


def test_a_line_too_long_for_one_write_is_cut_and_stays_one_line() -> None:
    first, second = printed(WRITE, f"written.info('x' * {2 * MOST_BYTES}); written.info('next')")

    assert len(first.encode()) == MOST_BYTES
    assert fields(second)["event"] == "next"


def test_a_full_pipe_blocks_nobody_and_what_was_dropped_is_counted() -> None:
    """Fault 23: one process."""
    lines = 3000
    noise = f"""
        for number in range({lines}):
            written.info("noise", number=number, padding="x" * 200)
        print("wrote all", file=sys.stderr, flush=True)
        sys.stdin.readline()
        written.info("last")
    """
    with subprocess.Popen(
        [sys.executable, "-c", program(WRITE, noise)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        said = child.stderr.readline()  # it comes although nobody has read a line of the log
        os.set_blocking(child.stdout.fileno(), False)
        arrived = child.stdout.read()
        os.set_blocking(child.stdout.fileno(), True)
        child.stdin.write(b"\n")
        child.stdin.flush()
        last = child.stdout.read()

    texts = arrived.decode().splitlines()
    assert said == b"wrote all\n"
    assert arrived.endswith(b"\n")
    assert [fields(text)["number"] for text in texts] == [str(number) for number in range(len(texts))]
    assert 0 < len(texts) < lines
    assert int(fields(last.decode())["dropped_lines"]) == lines - len(texts)
    assert child.returncode == 0


def test_lines_of_two_processes_in_one_pipe_do_not_mix(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    noise = "for number in range(200): written.info('noise', padding=sys.argv[1] * 3000)"
    children = [
        subprocess.Popen([sys.executable, "-c", program(WRITE, noise), letter], stdout=writer) for letter in "ab"
    ]
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        texts = stream.read().decode().splitlines()
    codes = [child.wait(30) for child in children]

    assert codes == [0, 0]
    assert {fields(text)["padding"] for text in texts} == {"a" * 3000, "b" * 3000}
