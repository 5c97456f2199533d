"""An alert's text as a document: UTF-8 JSON, one object, in which every number is still what was written.

Python's own reader takes more than JSON allows - NaN, UTF-16, a mark before the first sign, a key that stands there
twice - and makes floats of numbers. Each of these is closed here. What is odd but can be named is kept for whoever
looks at the fields: he can say which one it is.
"""

import codecs
import json

import msgspec

DEEPEST = 8
EXAMPLE = '{"symbol": "{{ticker}}", "action": "buy"}'


class Number(str):
    """A number without quotes, as it was written; NaN and Infinity, which are none, too."""

    __slots__ = ()


class Wrong(Exception):
    """An alert cannot be taken; says where and what to write, and never what stood there."""

    def __init__(self, field: str, cure: str, *, code: str = "WRONG_FIELD") -> None:
        """Keep what to answer.

        Args:
            field: Its name, empty where it is none that is known, or the alert as a whole.
            cure: What to write instead.
            code: In one word.
        """
        super().__init__(code)
        self.field = field
        self.cure = cure
        self.code = code


class Document(msgspec.Struct, frozen=True):
    """What an alert says.

    Attributes:
        fields: By name; texts, Numbers, booleans, None, and lists and mappings of these.
        repeated: Names that stand there more than once, wherever.
    """

    fields: dict[str, object]
    repeated: frozenset[str]


def document(raw: bytes) -> Document:
    """Read an alert's text, whatever its content type says.

    Args:
        raw: The body as it came.

    Returns:
        The document.

    Raises:
        Wrong: It is none; with the code NOT_JSON.
    """
    text = _text(raw)
    repeated: set[str] = set()

    def read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Make an object of its pairs, and note which names it has twice."""
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.update(name for name in found if names.count(name) > 1)
        return found

    try:
        fields = json.loads(
            text, object_pairs_hook=read_object, parse_float=Number, parse_int=Number, parse_constant=Number
        )
    except json.JSONDecodeError as error:
        cure = f"it is no JSON at line {error.lineno}, sign {error.colno}: mind quotes and commas; {_LIKE}"
        raise Wrong("", cure, code="NOT_JSON") from None
    except RecursionError:
        raise Wrong("", f"it is nested too deep; {_LIKE}", code="NOT_JSON") from None
    if not isinstance(fields, dict):
        raise Wrong("", _LIKE, code="NOT_JSON")
    return Document(fields, frozenset(repeated))


def texts_in(value: object, *, deep: int = 0) -> list[str]:
    """Return all texts of a document, names too.

    Args:
        value: The document, or a part of it.
        deep: In how many others it stands.

    Raises:
        Wrong: It is nested too deep.
    """
    if deep > DEEPEST:
        raise Wrong("", f"it is nested too deep; {_LIKE}", code="NOT_JSON")
    match value:
        case str():
            return [value]
        case dict():
            inner = [text for each in value.values() for text in texts_in(each, deep=deep + 1)]
            return [*value, *inner]
        case list():
            return [text for each in value for text in texts_in(each, deep=deep + 1)]
    return []


_LIKE = f"write one JSON object like {EXAMPLE}"


def _text(raw: bytes) -> str:
    """Return the text of a body; raises Wrong for an empty one and for any encoding but plain UTF-8."""
    if not raw.strip():
        raise Wrong("", f"it is empty; {_LIKE}", code="NOT_JSON")
    if b"\0" in raw or raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Wrong("", "send it as UTF-8 without a byte order mark", code="NOT_JSON")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Wrong("", "send it as UTF-8", code="NOT_JSON") from None
