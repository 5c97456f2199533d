"""What may be written into the columns of text: PostgreSQL refuses what is too long, SQLite does not, so we do."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import get_args

from ledger.canonical_json import NotCanonical, canonical
from ledger.exact import InexactNumber
from ledger.trading.errors import Invalid

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 500
LONGEST_DOCUMENT = 10_000
_CURRENCY = re.compile(r"[A-Z0-9]{2,8}", re.ASCII)


def a_name(what: str, text: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a name of one line that can be kept.

    Args:
        what: What it is, as a refusal calls it.
        text: The name.
        longest: How many signs it may have.

    Raises:
        Invalid: It is empty, too long, or has signs that nobody sees.
    """
    if not 0 < len(text) <= longest or not text.isprintable() or text != text.strip():
        raise Invalid.of("bad_name", what=what, longest=longest, text=text)
    return text


def a_stripped_name(what: str, text: str) -> str:
    """Return a name without the spaces around it, as a person may type them.

    Args:
        what: What it is, as a refusal calls it.
        text: What was typed.

    Raises:
        Invalid: It is empty, too long, or has signs that nobody sees.
    """
    return a_name(what, text.strip())


def a_description(text: str) -> str:
    """Return a text of any number of lines that can be kept.

    Args:
        text: The text; it may be empty.

    Raises:
        Invalid: It is too long, or has signs that cannot be kept.
    """
    lines = text.splitlines()
    if len(text) > LONGEST_DESCRIPTION or not all(line.isprintable() for line in lines):
        raise Invalid.of("bad_description", longest=LONGEST_DESCRIPTION)
    return "\n".join(lines)


def a_currency(code: str) -> str:
    """Return the code of a currency or a coin.

    Args:
        code: Such as `USD` or `USDT`.

    Raises:
        Invalid: It is none.
    """
    if not _CURRENCY.fullmatch(code):
        raise Invalid.of("bad_currency", code=code)
    return code


def one_of(what: str, word: str, words: object) -> None:
    """Make sure that a word is in a closed list.

    Args:
        what: What it is, as a refusal calls it.
        word: The word.
        words: The Literal that lists them.

    Raises:
        Invalid: It is not; the text names the nearest, or all.
    """
    known = get_args(words)
    if word in known:
        return
    near = get_close_matches(str(word), known, n=1)
    raise Invalid.of("not_one_of", what=what, known=near[0] if near else ", ".join(known), word=word)


def a_document(what: str, document: Mapping[str, object]) -> str:
    """Return the one text of a document.

    Args:
        what: What it is, as a refusal calls it.
        document: Names and what they stand for, without floats.

    Returns:
        Its canonical JSON, by which two documents are the same or not.

    Raises:
        Invalid: It holds what cannot be kept, is no mapping, or is too long.
    """
    if not isinstance(document, Mapping):
        raise Invalid.of("no_document", what=what, kind=type(document).__name__)
    try:
        text = canonical(document)
    except (NotCanonical, InexactNumber) as error:
        raise Invalid.of("no_text", what=what, error=error) from None
    except RecursionError:
        raise Invalid.of("too_deep", what=what) from None
    if len(text) > LONGEST_DOCUMENT:
        raise Invalid.of("too_long", what=what, count=len(text), most=LONGEST_DOCUMENT)
    return text


def nearest(name: str, known: Sequence[str]) -> str:
    """Return what to write instead of a name that is unknown.

    Args:
        name: The name.
        known: The names that there are.
    """
    found = get_close_matches(name.lower(), known, n=1)
    return f"write {found[0]}" if found else f"write one of {', '.join(known)}"
