"""How long something has waited, in a few signs of each language."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bus.language import Language

_UNITS: Final[Mapping[Language, tuple[str, str, str, str]]] = {
    "en": ("s", "min", "h", "d"),
    "ru": ("с", "мин", "ч", "д"),
    "de": ("s", "min", "Std.", "T."),
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def age_told(age: timedelta, language: Language) -> str:
    """Return how long something has waited, rounded down: `12 s`, `3 min`, `2 h 5 min`, `1 d 4 h`.

    Args:
        age: Since when; below zero it is nothing.
        language: The reader's.
    """
    seconds, minutes, hours, days = _UNITS[language]
    age = max(age, timedelta(0))
    if age < _MINUTE:
        return f"{age // timedelta(seconds=1)} {seconds}"
    if age < _HOUR:
        return f"{age // _MINUTE} {minutes}"
    if age < _DAY:
        return f"{age // _HOUR} {hours} {age % _HOUR // _MINUTE} {minutes}"
    return f"{age // _DAY} {days} {age % _DAY // _HOUR} {hours}"
