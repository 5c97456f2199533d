"""The language of everything that the bot says besides the message itself, which is the same in every language."""

from typing import Annotated, Final, Literal, get_args

from msgspec import Meta

Language = Literal["en", "ru", "de"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

ChosenLanguage = Annotated[
    Language, Meta(description="en, ru or de: the language of everything in the chat but the message itself")
]
"""The type of LANGUAGE in the notifier's Settings."""


def language_named(name: str) -> Language:
    """Return the language of a name, English where there are no texts in it.

    Args:
        name: Such as `ru`.
    """
    return next((each for each in LANGUAGES if each == name), "en")
