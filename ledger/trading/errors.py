"""Why a service refuses; each text is fit for the person who asked.

TradingError
  ├─ NotFound      there is none, or it is another user's: nobody learns which
  ├─ NotAllowed    the asker's role does not reach that far
  ├─ Taken         a name or number is in use already
  └─ Invalid       the request cannot be carried out as it stands
"""

from collections.abc import Mapping
from typing import Final, Self

from bus.language import Language, language_named
from ledger.trading import error_names, error_words_german
from ledger.trading.error_words import NOT_FOUND, REFUSALS

WHATS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {},
    "ru": error_names.WHATS,
    "de": error_words_german.WHATS,
}
NAMES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {},
    "ru": error_names.NAMES,
    "de": error_words_german.NAMES,
}


class TradingError(Exception):
    """A service of the trading books refuses; nothing was changed. Its text is English.

    Attributes:
        code: One of `REFUSALS`, by which a chat words it in its language; empty for what no chat can ask for.
        values: What it names.
    """

    code: str = ""
    values: dict[str, object]

    @classmethod
    def of(cls, code: str, /, **values: object) -> Self:
        """Return a refusal.

        Args:
            code: One of `REFUSALS`.
            **values: What its words name.
        """
        made = cls.__new__(cls)
        made.args = (REFUSALS[code].en.format_map(values),)
        made.code, made.values = code, values
        return made

    def worded(self, language: str) -> str:
        """Return it in a language.

        Args:
            language: Such as `ru`; English for one that has no words here, and where there is no code.
        """
        known = language_named(language)
        if not self.code:
            return str(self)
        shown = {name: _in(known, name, value) for name, value in self.values.items()}
        words = REFUSALS[self.code]
        texts = {"en": words.en, "ru": words.ru, "de": error_words_german.REFUSALS[self.code]}
        return texts[known].format_map(shown)


class NotFound(TradingError):
    """There is no such row that the asker may see."""

    def __init__(self, what: str, name: object) -> None:
        """Word it.

        Args:
            what: The kind of thing, such as `portfolio`.
            name: What was asked for.
        """
        self.code, self.values = NOT_FOUND, {"what": what, "name": name}
        super().__init__(REFUSALS[NOT_FOUND].en.format_map(self.values))


class NotAllowed(TradingError):
    """The asker's role does not allow it."""


class Taken(TradingError):
    """A name or number that must be unique is in use."""


class Invalid(TradingError):
    """What is asked for cannot be done; the text says what to write instead."""


def _in(language: Language, name: str, value: object) -> object:
    """Return a value as the words of a language name it; what is not ours to word stays."""
    if name == "what":
        return WHATS[language].get(str(value), value)
    return NAMES[language].get(str(value), value) if name == "name" else value
