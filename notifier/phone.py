"""Lines that fit a phone: nothing but the message itself, whose lines are fixed, may wrap there."""

import html
import re

COLUMNS = 38
"""What a narrow phone shows of proportional letters; a block in monospace is 34 wide at most, and left alone."""

_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_TAG = re.compile(r"<[^<>]+>")
_WORD = re.compile(r"make [a-z-]+ [A-Z]+=\S+|(?:<[^<>]*>|[^\s<])+")  # a line to type is copied whole


def fitted(text: str) -> str:
    """Break the long lines of a text at its spaces.

    Args:
        text: HTML for Telegram.

    Returns:
        The same words; no line outside `<pre>` is longer than COLUMNS, but for a word that is longer by itself.
    """
    return "".join(part if part.startswith("<pre>") else _fitted(part) for part in _PRE.split(text))


def fitted_plain(text: str) -> str:
    """Break the long lines of a plain text at its spaces."""
    return html.unescape(_fitted(html.escape(text, quote=False)))


def _fitted(text: str) -> str:
    return "\n".join(line if width(line) <= COLUMNS else _broken(line) for line in text.split("\n"))


def _broken(line: str) -> str:
    rows: list[str] = []
    for word in _WORD.findall(line):
        if rows and width(f"{rows[-1]} {word}") <= COLUMNS:
            rows[-1] = f"{rows[-1]} {word}"
        else:
            rows.append(word)
    return "\n".join(rows)


def width(line: str) -> int:
    """Count the signs of a line that the reader sees."""
    return len(html.unescape(_TAG.sub("", line)))
