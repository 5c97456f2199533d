"""Write the last column of FAULTS.md: which tests play a fault, from the first line of their docstrings.

    python -m tools.docs.faults_md            writes FAULTS.md
    python -m tools.docs.faults_md --check    fails with the first differing line when FAULTS.md is out of date

A test names what it plays by beginning its docstring with `Fault 9: …`, `Faults 11 and 12.`, `Faults 27 to 29, …` or
`Faults 54 and I2.` or `Fault T13a.`; what is in brackets, and what follows the first colon, semicolon or full stop, is
only read by people. The other columns are written by hand. A row that no test plays needs its reason in the column
before the last.
"""

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.docs.generated import ROOT, compare_or_write

TARGET = Path("FAULTS.md")
CELLS = 5
_ROW = re.compile(r"\| ([DIMNPT]?\d+[a-z]?) \|")
_NAMED = re.compile(r"\b([DIMNPT]?)(\d+)([a-z]?)\b(?: to [DIMNPT]?(\d+))?")
_BRACKETS = re.compile(r"\([^)]*\)")


def document(root: Path = ROOT) -> str:
    """Return the whole of FAULTS.md: as it is, with its last column anew.

    Args:
        root: The project's folder.

    Returns:
        Markdown.

    Raises:
        SystemExit: A test names a fault that has no row, or a row has neither a test nor a reason.
    """
    played: dict[str, dict[Path, list[str]]] = {}
    for path, name, numbers in tests(root):
        for number in numbers:
            played.setdefault(number, {}).setdefault(path, []).append(name)
    lines = (root / TARGET).read_text(encoding="utf-8").splitlines()
    rows = [match[1] for line in lines if (match := _ROW.match(line))]
    strange = [f"{min(played[each])} names fault {each}, which has no row" for each in played if each not in rows]
    written = [_row(line, played) if _ROW.match(line) else line for line in lines]
    bare = [
        f"nobody plays fault {line.split()[1]}, and no reason is given" for line in written if line.endswith("|  |")
    ]
    if strange or bare:
        raise SystemExit("\n".join(f"{TARGET}: {each}" for each in (*strange, *bare)))
    return "\n".join([*written, ""])


def tests(root: Path) -> Iterator[tuple[Path, str, list[str]]]:
    """Find the tests that play faults.

    Args:
        root: The project's folder.

    Yields:
        The test's file below the root, its name, and the numbers of the faults.
    """
    for path in sorted((root / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            if found := numbers(ast.get_docstring(node) or ""):
                yield path.relative_to(root), node.name, found


def numbers(docstring: str) -> list[str]:
    """Read which faults a docstring names.

    Args:
        docstring: Any; only one that begins with `Fault` or `Faults` names some.

    Returns:
        Their numbers as they stand in the table, in order.
    """
    if not re.match(r"Faults? [DIMNPT]?\d", docstring):
        return []
    said = re.split(r"[:;.]", _BRACKETS.sub("", docstring.splitlines()[0]))[0]
    return [
        f"{letter}{number}{part}"
        for letter, first, part, last in _NAMED.findall(said)
        for number in range(int(first), int(last or first) + 1)
    ]


def _row(line: str, played: dict[str, dict[Path, list[str]]]) -> str:
    cells = line.strip("|").split(" | ")
    if len(cells) != CELLS:
        raise SystemExit(f"{TARGET}: not {CELLS} cells in: {line}")
    number, *_, reason, _ = (cell.strip() for cell in cells)
    files = [
        f"[{path.relative_to('tests')}]({path}) " + ", ".join(f"`{name}`" for name in names)
        for path, names in sorted(played.get(number, {}).items())
    ]
    last = "; ".join(files) or ("nobody" if reason else "")
    return f"|{' | '.join([*cells[:-1], last])} |"


def main() -> None:
    """Write FAULTS.md, or compare it with the tests."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs.faults_md", description="Write FAULTS.md.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail when FAULTS.md is out of date")
    compare_or_write({TARGET: document()}, check=parser.parse_args().check, command="tools.docs.faults_md")


if __name__ == "__main__":
    main()
