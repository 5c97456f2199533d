"""What is said about one platform alone: its cures and advice in each language, from `collectors/<name>.words.json`.

They lie beside the platform's own file, so that a new platform brings its words along. The notifier never imports a
collector, which would bring its library too; these files are no code. A test holds them against the collectors.
"""

from functools import cache
from pathlib import Path

import msgspec

from bus.language import Language

FOLDER = Path(__file__).resolve().parents[2] / "collectors"
ENDING = ".words.json"


class Worded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in each language; the fields are those of `bus.language.Language`."""

    en: str
    ru: str
    de: str

    def said(self, language: Language) -> str:
        """Return it in a language."""
        return {"en": self.en, "ru": self.ru, "de": self.de}[language]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source's words: what to do about a reason of `bus.reasons`, and what its collector advises in alerts."""

    cures: dict[str, Worded] = {}
    advice: tuple[Worded, ...] = ()


@cache
def of_platforms() -> dict[str, Words]:
    """Read the words of all sources that have any, once.

    Returns:
        By the source's name, as its answers carry it.
    """
    return {
        path.name.removesuffix(ENDING): msgspec.json.decode(path.read_bytes(), type=Words)
        for path in sorted(FOLDER.glob(f"*{ENDING}"))
    }


def advice_in(language: Language, text: str) -> str:
    """Word a collector's advice in a language.

    Args:
        language: Of the chat.
        text: The advice in English.

    Returns:
        The advice in that language; one that is not known stays as it came.
    """
    known = (each for words in of_platforms().values() for each in words.advice)
    return next((each.said(language) for each in known if each.en == text), text)
