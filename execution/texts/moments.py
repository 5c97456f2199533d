"""Moments in words: with the zone that they are told in; English and Russian."""

from datetime import UTC, datetime
from typing import Final

from execution.texts.refusals import Language

NOT_KNOWN: Final[dict[Language, str]] = {"en": "a day that nobody knows", "ru": "неизвестного дня"}
"""Stands behind `until`."""


def moment(at: datetime | None, language: Language) -> str:
    """Return a moment to the minute.

    Args:
        at: Aware; None where nobody knows it.
        language: Which.
    """
    return NOT_KNOWN[language] if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
