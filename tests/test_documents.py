"""The documents: what they link to and the commands, variables, files and modules that they name exist."""

import re
import subprocess
from pathlib import Path

import pytest

from bus.reasons import FIXED
from execution.refusal import CODES
from launch.check import declared
from launch.programs import supervised

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    *(ROOT / f"{name}.md" for name in ("README", "SECURITY", "FAULTS", "CHANGELOG")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)([^)#]*)(?:#([^)]*))?\)")
OTHERS = {"SSL_CERT_FILE", "SSL_CERT_DIR", "TWS_MAJOR_VRSN", "TWOFA_TIMEOUT_ACTION"}  # OpenSSL's and IBC's
WRITTEN_WHILE_IT_RUNS = ("data", "logs", "run", "backups")
MOST_LINES_OF_THE_README = 180  # with the picture of the tables


def text_of(path: Path) -> str:
    """Return a document."""
    return path.read_text(encoding="utf-8")


def named(pattern: str) -> set[str]:
    """Return what a pattern's group finds in any document."""
    return {found for path in DOCUMENTS for found in re.findall(pattern, text_of(path), re.MULTILINE)}


def anchors(path: Path) -> set[str]:
    """Return what a link can name in a document: its headings, as GitHub and GitLab turn them into anchors."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file_and_a_heading_that_exist(name: str) -> None:
    page = ROOT / name
    broken = []
    for path, anchor in LINK.findall(FENCE.sub("", text_of(page))):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}" if anchor else path)

    assert not broken


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in DOCUMENTS and page not in reached:
            reached.add(page)
            ahead += [(page.parent / path).resolve() for path, _ in LINK.findall(text_of(page)) if path]

    assert reached == set(DOCUMENTS)


def test_the_readme_stays_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= MOST_LINES_OF_THE_README


def test_the_documents_name_only_files_that_exist() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - set(WRITTEN_WHILE_IT_RUNS)
    below = {path for path in named(r"`([\w-][\w.-]*/[\w./-]*)`") if path.partition("/")[0] in folders}
    paths = below | named(r"`([\w./-]+\.(?:py|md|conf))`")

    assert {"collectors/errors.py", "notifier/incoming/"} <= paths
    assert not [path for path in sorted(paths) if not (ROOT / path).exists()]


def test_the_documents_name_only_modules_that_exist() -> None:
    modules = named(r"python -m ([a-z_.]+)")
    missing = [
        module
        for module in sorted(modules)
        if not (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()
        and not (ROOT / module.replace(".", "/") / "__main__.py").is_file()
    ]

    assert modules
    assert not missing


def test_the_documents_name_only_variables_and_refusals_that_exist() -> None:
    known = {name for variable in declared() for name in (variable.name, variable.alias)}
    variables = named(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`")

    assert "TELEGRAM_CHAT_ID" in variables
    assert variables <= known | OTHERS | set(CODES)


def test_the_documents_name_only_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    commands = named(r"(?:`|^ *|&& )make ([a-z-]+)")

    assert {"demo", "test", "check", "start", "restore"} <= commands
    assert commands <= targets


def test_make_lists_the_owners_commands_apart_from_the_developers() -> None:
    command = ["make", "--no-print-directory", "help"]  # which make would print where another make runs the tests
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    owner, _, developer = answer.partition("For the developer:")
    listed = [set(re.findall(r"^  make ([a-z-]+) ", part, re.MULTILINE)) for part in (owner, developer)]

    assert owner.startswith("For the owner:")
    assert {"demo", "start", "status", "restore"} <= listed[0]
    assert {"test", "lint", "docs", "bench"} <= listed[1]
    assert not listed[0] & listed[1]


def test_the_page_of_messages_explains_every_reason_and_no_other() -> None:
    page = text_of(ROOT / "docs" / "messages.md")
    table = page.partition("| Reason | What to do |\n| --- | --- |\n")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)) == FIXED | {"time skew +12 s"}


def test_the_page_of_operations_names_every_program() -> None:
    page = text_of(ROOT / "docs" / "operations.md")

    assert not [program.name for program in supervised() if not re.search(rf"[`:]{program.name}`", page)]


def test_each_question_of_the_design_names_a_file_that_holds_its_answer() -> None:
    rows = re.findall(
        r"^\| [^|]+\? \| \[`([^`]+)`\]\([^)]*\) `(\w+)` \|", text_of(ROOT / "docs" / "design.md"), re.MULTILINE
    )
    definition = r"^(?:class |def )?{name}\b"
    wrong = [
        f"{path} {name}"
        for path, name in rows
        if not re.search(definition.format(name=name), text_of(ROOT / path), re.MULTILINE)
    ]

    assert len(rows) == 10
    assert not wrong
