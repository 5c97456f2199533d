"""Lines that fit a phone: nothing but the message itself, whose lines are fixed, may wrap there.

Where the message wraps, no number is torn, nor a number from its name, sign or unit: `tied` says so with spaces that do
not break and with U+2060, which nobody sees (https://www.unicode.org/reports/tr14/, read 2026-11; Chromium, and so
Telegram in a browser, breaks behind the hyphens of a date and behind a slash as well).
"""

import html
import re

COLUMNS = 38
"""What a narrow phone shows of proportional letters; a block in monospace is 34 wide at most, and left alone."""

TIED_COLUMNS = 33
"""What a narrow phone shows of digits and commas; a number and its name that are longer are parted."""

_STRONG, _WEAK, _JOINER = "\u00a0", "\ue000", "\u2060"
_NUMBER = r"(?:[≥≈]\s)?[-+]?[$…]?\d"
_TIES = (
    (re.compile(r"(?<=[≥≈]) "), _STRONG),  # a mark and its number
    (re.compile(r"(?<=\d) (?=₽|RUB/USD|\d\d:\d\d)"), _STRONG),  # a number and its unit, a date and its time
    (re.compile(r"(?<=\d) (h|min) (?=ago)"), rf"{_STRONG}\1{_STRONG}"),
    (re.compile(r"(?<=⚠) (?=check)"), _STRONG),
    (re.compile(r"(?<=\w) (?=\((?:USD|RUB)\):)"), _WEAK),  # a heading
    # a name and its number; only `rate:` may end a line, for the rate and its time just fill the next one
    (re.compile(rf"(?<=[^\s,;|])(?<!rate:) (?={_NUMBER}|⚠\scheck|ERROR )"), _WEAK),
    (re.compile(r"(?<=\S) (?=\| )|(?<=ERROR) (?=\()"), _WEAK),
    (re.compile(r"(-(?=[$\d])|(?<=RUB/)(?=USD)|…(?=\w))"), rf"\1{_JOINER}"),
)
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(?=\d\d\b)")
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_TAG = re.compile(r"<[^<>]+>")
_WORD = re.compile(r"make [a-z-]+ [A-Z]+=\S+|(?:<[^<>]*>|[^\s<])+")  # a line to type is copied whole


def fitted(text: str) -> str:
    """Break the long lines of a text at its spaces.

    Args:
        text: HTML for Telegram.

    Returns:
        The same words; no line outside `<pre>` is longer than COLUMNS, but for a word that is longer by itself, and a
        phone that shows less tears no date.
    """
    parts = (
        part if part.startswith("<pre>") else _DATE.sub(rf"\1-{_JOINER}\2-{_JOINER}", _fitted(part))
        for part in _PRE.split(text)
    )
    return "".join(parts)


def tied(text: str) -> str:
    """Return a message that reads the same, and is not torn inside a number or between a number and its name.

    Args:
        text: Plain, as it is kept and printed.

    Returns:
        The text for the chat; longer by the joiners in it.
    """
    for where, tie in _TIES:
        text = where.sub(tie, text)
    return re.sub(rf"[^ \n]*{_WEAK}[^ \n]*", _short_enough, text).replace(_WEAK, _STRONG)


def _short_enough(found: re.Match[str]) -> str:
    """Part a number from its name where both together are too long for a line."""
    word = found[0]
    return word if len(word.replace(_JOINER, "")) <= TIED_COLUMNS else word.replace(_WEAK, " ")


def fitted_plain(text: str) -> str:
    """Break the long lines of a plain text at its spaces.

    Args:
        text: The text, without HTML.

    Returns:
        The same text in more lines.
    """
    return html.unescape(_fitted(html.escape(text, quote=False)))


def _fitted(text: str) -> str:
    """Return a text whose lines are broken where they are too wide."""
    return "\n".join(line if width(line) <= COLUMNS else _broken(line) for line in text.split("\n"))


def _broken(line: str) -> str:
    """Return a line broken between words into rows that fit; a word that is too wide keeps a row of its own."""
    rows: list[str] = []
    for word in _WORD.findall(line):
        if rows and width(f"{rows[-1]} {word}") <= COLUMNS:
            rows[-1] = f"{rows[-1]} {word}"
        else:
            rows.append(word)
    return "\n".join(rows)


def width(line: str) -> int:
    """Count the signs of a line that the reader sees.

    Args:
        line: The line, in Telegram's HTML.
    """
    return len(html.unescape(_TAG.sub("", line)))
