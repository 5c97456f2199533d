"""What no value of a variable can be, beyond its type: a stand-in, a key with letters that no key has, a website.

A Settings Struct says in `Meta(extra=)` what its own variables are like; nothing here knows any of them:

    "letters"  a pattern that the whole value fits, for example KEY
    "instead"  websites by host, with the address of the API that is meant; a host includes its `www.`
    "no_path"  True for an address that is a host alone

An error never repeats what was written, since a key may stand in any place; it counts signs instead.
"""

import re
from collections.abc import Mapping

KEY = r"""(?!['"`])[!-~]+(?<!['"`])"""
PHRASE = r"[ -~]+"
"""The letters of a key, and of what is like one but may have spaces: they travel in a header of HTTP."""
LONGEST = 4096

_STAND_INS = re.compile(
    r"your[-_ ].*|(insert|paste|enter|replace|put)[-_ ](your|here|me|with|the|in|it|token|key)\b.*"
    r"|.*(your|key|token|secret|phrase|id|it)[-_ ]here|change[-_ ]?(me|this|it)|<.*>|\$\{?[A-Z_]+\}?|\.{2,}|…"
    r"|[x*.•_-]{3,}|0{3,}|todo|fixme|tbd|none|null|undefined|n/?a|example|sample|placeholder|dummy|secret|token|key"
    r"|api[-_ ]?key|123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11|110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    re.IGNORECASE,
)
"""The last two are Telegram's own examples of a token."""
_QUOTES = "'\"`"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def why_not(name: str, text: str, *, extra: Mapping[str, object]) -> str:
    """Tell why a text cannot be the value of a variable.

    Args:
        name: The variable.
        text: What stands in `.env`, not empty.
        extra: What its declaration says of it.

    Returns:
        A clause to stand behind `NAME is not valid;`, without the text itself; empty when nothing is wrong with it.
    """
    if len(text) > LONGEST:
        return f"it has more than {LONGEST} signs"
    if found := _CONTROL.search(text):
        return f"its sign {found.start() + 1} is a line break or another sign that nobody can see"
    if text.upper().startswith(f"{name}="):
        return f"it begins with {name}= once more"
    if isinstance(letters := extra.get("letters"), str):
        if _STAND_INS.fullmatch(text) or text.upper() == name:
            return "it stands in for the real one"
        if not re.fullmatch(letters, text):
            return _which_letter(text, has_spaces=letters == PHRASE)
    instead = extra.get("instead")
    host, _, path = text.lower().partition("://")[2].partition("/")
    if isinstance(instead, Mapping) and host in instead:
        return f"it is a website and not the API, which is {instead[host]}"
    if extra.get("no_path") and path:
        return "it has a path"
    return ""


def _which_letter(text: str, *, has_spaces: bool) -> str:
    """Return what is wrong with a key's signs, by their place and never by what they are."""
    place = next((place for place, sign in enumerate(text, start=1) if not sign.isascii()), 0)
    if place:
        return f"its sign {place} is from another alphabet or no letter at all, though it may look like one"
    if not has_spaces and " " in text:
        return f"its sign {text.index(' ') + 1} is a space"
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        return "it has a quotation mark of its own at an end"
    return "it does not look like one: a part may be missing, or it is something else"
