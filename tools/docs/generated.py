"""Generated files: written, or compared with what is there."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def compare_or_write(texts: Mapping[Path, str], *, check: bool, command: str, root: Path = ROOT) -> None:
    """Write the files, or only tell whether they are what they should be.

    Args:
        texts: What each file should hold, by its path below the root.
        check: Compare and change nothing.
        command: The module that makes the files, to say what to type.
        root: The project's folder.

    Raises:
        SystemExit: With `check`, a line for each file that is out of date.
    """
    faults = []
    for path, text in texts.items():
        target = root / path
        found = target.read_text(encoding="utf-8") if target.is_file() else ""
        if found == text:
            print(f"{path} is up to date")
        elif check:
            faults.append(f"{path} is out of date, first at line {_differs_at(found, text)}; type: make docs")
        else:
            target.write_text(text, encoding="utf-8")
            print(f"{path} written by python -m {command}")
    if faults:
        raise SystemExit("\n".join(faults))


def between(text: str, begin: str, end: str, made: str, *, where: str) -> str:
    """Put what was made between two markers of a text.

    Args:
        text: The whole text.
        begin: The line before.
        end: The line behind.
        made: What goes between them.
        where: The file, for the error.

    Returns:
        The new text.

    Raises:
        SystemExit: A marker is missing.
    """
    before, found, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise SystemExit(f"{where} lacks a marker; write these two lines where it belongs:\n{begin}\n{end}")
    return f"{before}{begin}\n\n{made}\n{end}{after}"


def _differs_at(found: str, text: str) -> int:
    pairs = zip_longest(found.splitlines(keepends=True), text.splitlines(keepends=True))
    return next(number for number, (old, new) in enumerate(pairs, start=1) if old != new)
