"""The generated files say what the code says, and what they tell an owner to write is right."""

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bus.settings import variables
from bus.version import VERSION
from launch.check import configured, declared
from launch.env_file import read_file
from launch.programs import PROGRAMS
from tools.docs import env_example
from tools.docs.generated import between, compare_or_write

ROOT = Path(__file__).parent.parent
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
REQUIRED = {
    "TELEGRAM_BOT_TOKEN": "123456789:0123456789-0123456789-0123456789abc",
    "TELEGRAM_CHAT_ID": "42",
    "TBANK_TOKEN": "t.0123456789",
}


def filled_in(tmp_path: Path, text: str, values: dict[str, str]) -> dict[str, str]:
    """Return what a `.env` made of this example reads as, after these values are written behind their names."""
    for name, value in values.items():
        text = re.sub(rf"^{name}=$", f"{name}='{value}'", text, flags=re.MULTILINE)
    path = tmp_path / ".env"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return read_file(path)


TOOLS = [
    "functions_md",
    "env_example",
    "faults_md",
    "commands_table",
    "programs_table",
    "tables_picture",
    "meaning_table",
]


@pytest.mark.timeout(300)  # functions.md reads every function there is
@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_generated_is_what_the_code_says(tool: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", f"tools.docs.{tool}", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr


def test_an_outdated_file_is_named_with_its_first_wrong_line(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("one\ntwo\n")

    with pytest.raises(SystemExit, match=r"page\.md is out of date, first at line 2; type: make docs"):
        compare_or_write({Path("page.md"): "one\nthree\n"}, check=True, command="tools.page", root=tmp_path)

    assert (tmp_path / "page.md").read_text() == "one\ntwo\n"


def test_every_variable_stands_once_in_the_example_with_its_description() -> None:
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(names) == sorted(variable.name for variable in declared())


def test_every_variable_says_what_to_write() -> None:
    silent = [variable.name for variable in declared() if not variable.description]

    assert not silent


def test_a_variable_of_several_programs_is_declared_alike_though_some_may_do_without_it() -> None:
    every = declared()
    of_programs = [variables(program.settings) for program in PROGRAMS if program.settings]
    owners = [other for members in of_programs for other in members if "made_by" not in other.extra]
    others = [other for other in owners if other not in every]
    differing = {other.name for other in others if msgspec.structs.replace(other, required=True) not in every}

    assert not differing


def test_the_untouched_example_lists_what_telegram_needs(tmp_path: Path) -> None:
    values = filled_in(tmp_path, env_example.example(env_example.groups(PROGRAMS)), {})

    with pytest.raises(ValueError, match="TELEGRAM_BOT_TOKEN is missing"):
        configured(values)


def test_the_example_is_right_once_its_empty_lines_are_filled_and_its_defaults_uncommented(tmp_path: Path) -> None:
    text = env_example.example(env_example.groups(PROGRAMS))
    text = re.sub(r"^# ([A-Z][A-Z0-9_]+=)", r"\1", text, flags=re.MULTILINE)
    needed = [variable.name for variable in declared() if variable.required]
    required = {name: f"1234567890{number}" for number, name in enumerate(needed)}
    values = filled_in(tmp_path, text, required | REQUIRED)
    values["TBANK_BASE_URL"] = "http://127.0.0.1:1"  # the bank's own host needs a certificate of theirs
    platforms = configured(values).platforms
    every = [program.platform for program in PROGRAMS if program.platform is not None]

    assert list(platforms) == sorted(every, key=lambda platform: platform.position)


def test_secrets_have_an_empty_line_and_never_a_default() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    secrets = [variable.name for variable in declared() if variable.secret]

    assert all(re.search(rf"^{name}=$", text, re.MULTILINE) for name in secrets)


def test_a_page_without_markers_is_refused_with_what_to_write() -> None:
    with pytest.raises(SystemExit, match="lacks a marker"):
        between("# Nothing here\n", env_example.BEGIN, env_example.END, "table", where="page.md")


def test_the_version_is_the_same_wherever_it_stands() -> None:
    project = re.findall(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    newest = re.findall(r"^## (\d+\.\d+\.\d+)$", CHANGES, re.MULTILINE)[0]

    assert [VERSION] == project == [newest]
