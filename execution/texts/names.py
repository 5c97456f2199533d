"""Names that people and venues have given, as they stand in a message: on one line, short, and without any effect.

Messages are plain text, escaped where they are sent. What is left for a name is to hide what stands around it, by signs
that nobody sees or that turn the direction of writing, and to be a command or a person that Telegram makes pressable.
(Unicode Standard Annex 9; core.telegram.org/bots/api, "MessageEntity", read 2026-11.)
"""

import re
import unicodedata
from typing import Final

LONGEST: Final = 64
"""Signs of a name; the rest is cut off."""
_FIRST_STRONG_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_WORD_JOINER: Final = "\u2060"
_JOINER: Final = "\u200d"
"""Stands between the parts of one picture."""
_PRESSABLE: Final = re.compile(r"(?<!\w)([/@#$])(?=\w)")
_LINK: Final = re.compile(r"(?<=\w)(\.(?=[a-z]{2,}/)|:(?=//))")
"""An address; not every full stop, since many a symbol has one and is copied from a message into a command."""


def shown(name: str, *, longest: int = LONGEST) -> str:
    """Return a name, or what else others have written, as it stands in a message.

    Args:
        name: Any text.
        longest: So many signs are kept.
    """
    seen = "".join(_visible(sign) for sign in name)
    short = " ".join(seen.split())
    short = short if len(short) <= longest else f"{short[: longest - 1]}…"
    inert = _LINK.sub(rf"\1{_WORD_JOINER}", _PRESSABLE.sub(rf"\1{_WORD_JOINER}", short))
    turns = any(unicodedata.bidirectional(sign) in {"R", "AL", "AN"} for sign in inert)
    return f"{_FIRST_STRONG_ISOLATE}{inert}{_END_OF_ISOLATE}" if turns else inert


def _visible(sign: str) -> str:
    """Return a sign, a space for one that only divides, and nothing for one that nobody sees."""
    if sign == _JOINER:
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Zs", "Zl", "Zp"} or sign in "\t\n\r":
        return " "
    return "" if kind.startswith("C") else sign
