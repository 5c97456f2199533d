"""The language of everything that the bot says besides the message itself, which is the same in every language."""

from typing import Annotated, Literal

from msgspec import Meta

Language = Literal["en", "ru", "de"]

ChosenLanguage = Annotated[
    Language, Meta(description="en, ru or de: the language of everything in the chat but the message itself")
]
"""The type of LANGUAGE in the notifier's Settings."""
