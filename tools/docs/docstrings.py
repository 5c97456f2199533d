"""Google-style docstrings as Markdown: text, then a list for each of the sections.

Follows "Google Python Style Guide", section 3.8 (read 2026-11). Text that is indented stays as it is, in a code block.
"""

import re
from collections.abc import Iterator

SECTIONS = {
    "Args:": "Parameters",
    "Attributes:": "Attributes",
    "Returns:": "Returns",
    "Yields:": "Yields",
    "Raises:": "Raises",
}
NAMED = ("Args:", "Attributes:", "Raises:")
_CODE = re.compile(r"(`+[^`]+`+)")
_ENTRY = re.compile(r"^(\*{0,2}[\w., ]+?)(?: \([^)]*\))?: (.*)$", re.DOTALL)


def markdown(docstring: str | None) -> Iterator[str]:
    """Turn a docstring into Markdown.

    Args:
        docstring: As `ast.get_docstring` returns it, indentation cleaned; None for none.

    Yields:
        Blocks, each with a blank line at its end.
    """
    section = ""
    for block in _blocks(docstring or ""):
        first, _, rest = block.partition("\n")
        if first in SECTIONS:
            section = first
            yield _section(first, _dedented(rest))
        elif first.startswith("    ") and not section:
            yield f"```text\n{_dedented(block)}\n```\n"
        else:
            yield f"{escaped(_joined(block))}\n"


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines, each paragraph joined to one line."""
    return [_joined(block) for block in _blocks(text)]


def escaped(text: str) -> str:
    """Escape what Markdown would read as markup, outside of code spans."""
    pieces = _CODE.split(text)
    for place in range(0, len(pieces), 2):
        piece = pieces[place].replace("&", "&amp;").replace("<", "&lt;")
        pieces[place] = piece.replace("*", "\\*").replace("__", "\\_\\_")
    return "".join(pieces)


def _blocks(text: str) -> list[str]:
    return [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]


def _joined(block: str) -> str:
    return " ".join(line.strip() for line in block.splitlines())


def _dedented(block: str) -> str:
    lines = block.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] for line in lines)


def _section(name: str, text: str) -> str:
    if name not in NAMED:
        return f"{SECTIONS[name]}: {escaped(_joined(text))}\n"
    entries = re.split(r"\n(?=\S)", text)  # a line that is not indented begins one
    return "".join([f"{SECTIONS[name]}:\n", *(f"- {_entry(_joined(entry))}\n" for entry in entries)])


def _entry(text: str) -> str:
    found = _ENTRY.match(text)
    return f"`{found[1]}`: {escaped(found[2])}" if found else escaped(text)
