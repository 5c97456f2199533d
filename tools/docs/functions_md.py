"""Write functions.md: every function and method of the program, file by file, from signatures, types and docstrings.

    python -m tools.docs.functions_md            writes functions.md
    python -m tools.docs.functions_md --check    fails where functions.md is out of date, or words are missing

The sources are parsed, never imported, so that no SDK is needed and nothing runs.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.docs.docstrings import escaped, read
from tools.docs.generated import ROOT, compare_or_write
from tools.docs.missing_words import missing, words
from tools.docs.parameters import DESCRIBED_BY
from tools.docs.signatures import Definition, Parameter, definitions

TARGET = Path("functions.md")
PRODUCT = (
    "bus",
    "launch",
    "clock",
    "collectors",
    "aggregator",
    "notifier",
    "sentinel",
    "ledger",
    "webhook",
    "execution",
    "bridge",
    "brokers",
    "reports",
)
APPENDIX = ("sandbox", "tools")
HEAD = """\
# Functions

Every function, method and class of this program, file by file: what it does, its parameters, what it returns, and the
errors that it raises. What begins with an underscore is private to its file. `async` stands before what is awaited,
`with` before what is entered, and a name without parentheses is a property or a class. What the sandbox and the tools
describe stands in an [appendix](#appendix), a line each.

Made from signatures and docstrings by `python -m tools.docs.functions_md` (`make docs`); do not edit it by hand.
"""
COLUMNS = ("Function", "What it does", "Parameters", "Returns", "Raises")

Files = dict[Path, ast.Module]


def document(root: Path = ROOT) -> str:
    """Return the whole of functions.md.

    Args:
        root: The project's folder.

    Returns:
        Markdown: a list of files, a table for each file of the product, an appendix for everything else.
    """
    product, appendix = sources(root, PRODUCT), sources(root, APPENDIX)
    text = [HEAD, *_contents(product)]
    for package in PRODUCT:
        text += _package(package, root, level="##")
        for path in _files_of(package, product):
            text += _file(path, product[path])
    text.append("## Appendix\n")
    for package in APPENDIX:
        text += _appendix(package, appendix, root)
    return "\n".join(text)


def sources(root: Path, packages: tuple[str, ...]) -> Files:
    """Parse the files of packages.

    Args:
        root: The project's folder.
        packages: The packages' names.

    Returns:
        The parsed files by their path below the root, in order; those that only say what a package is are left out.
    """
    paths = [path for package in packages for path in sorted((root / package).rglob("*.py"))]
    parsed = {path.relative_to(root): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    return {path: tree for path, tree in parsed.items() if path.name != "__init__.py" or definitions(path, tree)}


def _files_of(package: str, files: Files) -> list[Path]:
    return [path for path in files if path.parts[0] == package]


def _contents(files: Files) -> Iterator[str]:
    for package in PRODUCT:
        links = [_link(path, str(path.relative_to(package))) for path in _files_of(package, files)]
        yield f"- [**{package}**](#{package}): {' · '.join(links)}"
    yield ""


def _package(package: str, root: Path, *, level: str) -> Iterator[str]:
    purpose = read(ast.get_docstring(ast.parse((root / package / "__init__.py").read_text(encoding="utf-8")))).summary
    yield f"{level} {package}\n"
    yield f"{escaped(purpose)}\n"


def _file(path: Path, tree: ast.Module) -> Iterator[str]:
    rows = [_row(definition) for definition in definitions(path, tree)]
    yield f"### {escaped(str(path))}\n"
    yield f"{escaped(read(ast.get_docstring(tree)).summary)}\n"
    if rows:
        shown = [place for place, _ in enumerate(COLUMNS) if any(row[place] for row in rows)]
        yield from _table([COLUMNS[place] for place in shown], [[row[place] for place in shown] for row in rows])


def _row(definition: Definition) -> tuple[str, ...]:
    docstring = definition.docstring
    text = docstring.summary if definition.kind == "class" else docstring.text
    parameters = [_described(_typed(each), words(definition, each)) for each in definition.named]
    if definition.dotted in DESCRIBED_BY:
        text = f"{text}\nIts parameters and its result: see `{DESCRIBED_BY[definition.dotted]}`."
    returns = _described(f"`{definition.returns}`", docstring.returns) if definition.returns else ""
    raises = [_described(f"`{error}`", said) for error, said in docstring.raises.items()]
    return (_call(definition), escaped(text), "<br>".join(parameters), returns, "<br>".join(raises))


def _call(definition: Definition) -> str:
    """Return how a function is written where it is called; the types of its parameters stand beside their words."""
    if definition.kind == "class":
        return f"class `{definition.name}`"
    if definition.kind == "property":
        return f"`{definition.name}`"
    names = ", ".join(each.name for each in definition.parameters)
    return f"{definition.kind} `{definition.name}({names})`".strip()


def _typed(parameter: Parameter) -> str:
    kind = f": {parameter.annotation}" if parameter.annotation else ""
    return f"`{parameter.name}{kind}{f' = {parameter.default}' if parameter.default else ''}`"


def _described(code: str, said: str) -> str:
    return f"{code}: {escaped(said)}" if said else code


def _appendix(package: str, files: Files, root: Path) -> Iterator[str]:
    yield from _package(package, root, level="###")
    found = [each for path in _files_of(package, files) for each in definitions(path, files[path])]
    rows = [[_call(each), str(each.path), escaped(each.docstring.summary)] for each in found if each.docstring.text]
    yield from _table(["Function", "File", "What it does"], rows)


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), '<br>') for cell in row)} |"
    yield ""


def _link(path: Path, text: str) -> str:
    """Return a link to a file's heading, by the anchor that GitHub and GitLab make of it."""
    anchor = "".join(sign for sign in str(path).lower() if sign.isalnum() or sign in "-_")
    return f"[{escaped(text)}](#{anchor})"


def main() -> None:
    """Write functions.md and tell which words are missing, or only check both."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs.functions_md", description="Write functions.md.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing, fail where it is out of date or incomplete"
    )
    check = parser.parse_args().check
    compare_or_write({TARGET: document()}, check=check, command="tools.docs.functions_md")
    files = sources(ROOT, PRODUCT)
    faults = [fault for path, tree in files.items() for fault in missing(definitions(path, tree))]
    if faults and check:
        raise SystemExit("\n".join(faults))
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)


if __name__ == "__main__":
    main()
