"""Reading `.env` as people write it: on Windows, with quotes and signs in it, twice the same, readable by all."""

import os
from pathlib import Path

import pytest

from bus.settings import SettingsError
from launch.env_file import read_file

WRONG = "wr0ng-val1e"


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """Give a `.env` that only its owner can read."""
    path = tmp_path / ".env"
    path.touch(0o600)
    return path


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("A = spaced ", "spaced"),
        ("export A=exported", "exported"),
        ("A=", ""),
        ("A=pa$$word${B}$B", "pa$$word${B}$B"),
        ("A='pa$word'", "pa$word"),
        ('A="pa$word"', "pa$word"),
        ("A=pass#word", "pass#word"),
        ("A=value # said behind it", "value"),
        ("A='value # inside'", "value # inside"),
        ('A="it\'s"', "it's"),
        ("A='say \"hi\"'", 'say "hi"'),
        (r'A="back\\slash"', r"back\slash"),
        (r"A=back\slash", r"back\slash"),
        ("A=a=b==", "a=b=="),
        ("A=ключ-🔑", "ключ-🔑"),
        ("A=0 8-20/2 * * *", "0 8-20/2 * * *"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_value_is_read_as_it_is_written(env: Path, line: str, value: str, line_end: str) -> None:
    """Fault 69: CRLF at the ends of lines is as good as LF."""
    env.write_bytes(line_end.join(["", "# a comment", line, "B=2", ""]).encode())

    assert read_file(env) == {"A": value, "B": "2"}


def test_a_byte_order_mark_does_not_become_part_of_the_first_name(env: Path) -> None:
    """Fault 69: BOM and CRLF."""
    env.write_bytes("A=1\r\nB=2\r\n".encode("utf-8-sig"))

    assert read_file(env) == {"A": "1", "B": "2"}


def test_a_missing_file_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    """Fault 69."""
    with pytest.raises(SettingsError, match=r"does not exist; make it with: install -m 600 \.env\.example"):
        read_file(tmp_path / ".env")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_told_with_the_command_that_closes_it(env: Path, mode: int) -> None:
    """Fault 69: mode 0644 and its like."""
    env.write_text(f"A={WRONG}\n")
    env.chmod(mode)

    with pytest.raises(SettingsError, match=r"can be read by others; type: chmod 600 ") as refused:
        read_file(env)
    assert WRONG not in str(refused.value)


def test_behind_a_link_the_file_itself_is_looked_at(env: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(env)
    env.write_text("A=1\n")

    assert read_file(link) == {"A": "1"}

    env.chmod(0o644)
    with pytest.raises(SettingsError, match="link can be read by others; type: chmod 600 "):
        read_file(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_told_with_the_command_that_takes_it(env: Path) -> None:
    env.write_text(f"A={WRONG}\n")
    os.chown(env, 61_234, -1)

    with pytest.raises(SettingsError, match=r"belongs to somebody else; type: chown 0 ") as refused:
        read_file(env)
    assert WRONG not in str(refused.value)


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    with pytest.raises(SettingsError, match="is no file; make it with"):
        read_file(tmp_path / "pipe")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_only_its_owner_can_read_is_right(env: Path, mode: int) -> None:
    env.write_text("A=1\n")
    env.chmod(mode)

    assert read_file(env) == {"A": "1"}


@pytest.mark.parametrize("broken", [WRONG, f"'{WRONG}", f'A="{WRONG}', f"A B={WRONG}", f"={WRONG}"])
def test_a_line_that_is_no_assignment_is_told_by_its_number(env: Path, broken: str) -> None:
    """Fault 69."""
    env.write_text(f"Z=1\n\n{broken}\n")

    with pytest.raises(SettingsError, match=r"line 3: not an assignment; write NAME=value") as refused:
        read_file(env)
    assert WRONG not in str(refused.value)


def test_a_variable_that_is_set_twice_is_told_even_if_both_agree(env: Path) -> None:
    """Fault 69."""
    env.write_text(f"A={WRONG}\nB=2\nA={WRONG}\n")

    with pytest.raises(SettingsError, match="line 3: A is set twice; keep one") as refused:
        read_file(env)
    assert WRONG not in str(refused.value)


def test_an_empty_line_of_the_example_may_stand_before_the_real_one(env: Path) -> None:
    env.write_text("A=\nA=1\n")

    assert read_file(env) == {"A": "1"}


def test_all_wrong_lines_are_told_at_once(env: Path) -> None:
    env.write_text("A=1\nA=2\nnonsense\n")

    with pytest.raises(SettingsError) as refused:
        read_file(env)
    assert [line.partition(": ")[0][-6:] for line in str(refused.value).splitlines()] == ["line 2", "line 3"]


@pytest.mark.parametrize("content", [b"A=\xff\xfe\n", "A=1\n".encode("utf-16")])
def test_a_file_in_another_encoding_is_told(env: Path, content: bytes) -> None:
    """Fault 69."""
    env.write_bytes(content)

    with pytest.raises(SettingsError, match="is not UTF-8 text; save it as UTF-8"):
        read_file(env)
