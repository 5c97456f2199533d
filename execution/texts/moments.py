"""Who reads a text, and moments in words: with the zone that they are told in; in each language."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row

from bus.language import Language, language_named

NOT_KNOWN: Final[dict[Language, str]] = {
    "en": "a day that nobody knows",
    "ru": "неизвестного дня",
    "de": "auf Weiteres",
}
"""Stands behind `until`, `до`, `bis`."""


class Reader(msgspec.Struct, frozen=True):
    """Who reads a text: the language, and the IANA name of the zone that moments are told in."""

    language: Language
    zone: str


def reader_of(user: Row[Any]) -> Reader:
    """Return a user as the reader of a text, in their language as far as the texts have it.

    Args:
        user: A row with `language` and `timezone`.
    """
    return Reader(language_named(user.language), user.timezone)


def moment(at: datetime | None, reader: Reader) -> str:
    """Return a moment to the minute, with its zone.

    Args:
        at: Aware; None where nobody knows it.
        reader: Who reads it.
    """
    return NOT_KNOWN[reader.language] if at is None else f"{at.astimezone(ZoneInfo(reader.zone)):%Y-%m-%d %H:%M %Z}"


def local(at: datetime, user: Row[Any]) -> datetime:
    """Return a moment on the clock of a user.

    Args:
        at: Aware.
        user: A row with `timezone`.
    """
    return at.astimezone(ZoneInfo(user.timezone))
