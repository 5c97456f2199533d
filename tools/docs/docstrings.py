"""Google-style docstrings, taken apart: the text, and what it says of parameters, result and errors.

Follows "Google Python Style Guide", section 3.8 (read 2026-11).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises):$")
_ENTRY = re.compile(r"^(\*{0,2}\w[\w., ]*?): (.*)$", re.DOTALL)
_CODE = re.compile(r"(`+[^`]+`+)")
_SAYS_THE_RESULT = re.compile(
    r"^(Returns?|Yields?|List|Count|Whether)\b|^(Tell|Ask|Say) (whether|which|who|what|how|when|where)\b"
    r"|([;,]| and) returns? ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Docstring:
    """What a docstring says.

    Attributes:
        text: What stands before the sections, a paragraph a line; empty without a docstring.
        arguments: The words for each parameter, by its name as the docstring writes it, stars included.
        returns: The words for what it returns or yields.
        raises: The words for each error, by its name.
    """

    text: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""
    raises: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """The first paragraph."""
        return self.text.partition("\n")[0]

    @property
    def says_the_result(self) -> bool:
        """Whether a reader learns what is returned: from a section, or from a summary like `Return …`."""
        return bool(self.returns or _SAYS_THE_RESULT.search(self.summary))


def read(docstring: str | None) -> Docstring:
    """Take a docstring apart.

    Args:
        docstring: As `ast.get_docstring` returns it, indentation cleaned; None for none.

    Returns:
        Its text and its sections, each joined to single lines.
    """
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in (docstring or "").splitlines():
        found = _SECTION.match(line)
        if found or (section and line and not line.startswith(" ")):
            section = found[1] if found else ""
        if not found:
            sections.setdefault(section, []).append(line)
    return Docstring(
        text="\n".join(_joined(block) for block in re.split(r"\n\s*\n", "\n".join(sections[""])) if block.strip()),
        arguments=_entries(sections.get("Args", [])),
        returns=_joined("\n".join(sections.get("Returns") or sections.get("Yields", []))),
        raises=_entries(sections.get("Raises", [])),
    )


def escaped(text: str) -> str:
    """Return a text in which Markdown finds no markup but code spans."""
    pieces = _CODE.split(text)
    for place in range(0, len(pieces), 2):
        piece = pieces[place].replace("&", "&amp;").replace("<", "&lt;")
        pieces[place] = piece.replace("*", "\\*").replace("__", "\\_\\_")
    return "".join(pieces)


def _joined(block: str) -> str:
    return " ".join(line.strip() for line in block.splitlines() if line.strip())


def _entries(lines: list[str]) -> dict[str, str]:
    """Return a section's entries: each begins at the section's own indentation, and goes on below it, deeper."""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    entries = re.split(r"\n(?=\S)", "\n".join(line[indent:] for line in lines).strip("\n"))
    found = [_ENTRY.match(_joined(entry)) for entry in entries]
    return {match[1]: match[2] for match in found if match}
