"""What is wrong with settings that are each right by themselves: two that do not go together, and days that are over.

That a key's day is over depends on the moment. Whoever types `make check`, or starts the system, is told and stopped;
a program that is started again alone is not: all other platforms and the message go on, the platform itself refuses
the key, and its collector alerts the chat (`collectors.notices`).
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec

from bus.settings import SettingsError, Variable

WEST_H = 12
"""A day is over when it is over in the last time zone: whoever wrote it down meant the own one."""


def today_in_the_west() -> date:
    """Return the day that it still is somewhere; days before it are over for everybody."""
    return (datetime.now(UTC) - timedelta(hours=WEST_H)).date()


def over(settings: msgspec.Struct, *, today: date) -> Iterator[str]:
    """Yield a line for each variable whose day is over.

    Args:
        settings: What one program is told.
        today: As `today_in_the_west` says.
    """
    for field in settings.__struct_fields__:
        day = getattr(settings, field)
        if isinstance(day, date) and day < today:
            yield f"{field.upper()} is a day that is over; make a new key, and write the day on which that one ends"


def same_twice(among: Iterable[Variable], values: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each two keys that are one and the same: one of them was pasted twice.

    Args:
        among: All variables.
        values: What `.env` says.
    """
    first: dict[str, str] = {}
    for variable in among:
        written = next((name for name in (variable.name, variable.alias) if name and values.get(name)), "")
        if written and variable.secret and "letters" in variable.extra:
            other = first.setdefault(values[written], written)
            if other != written:
                yield f"{written} is the same as {other}; one of them was pasted twice: write each from its own place"


@contextlib.contextmanager
def gathered(faults: list[str]) -> Iterator[None]:
    """Add the lines of a SettingsError inside the `with` to the faults, and go on."""
    try:
        yield
    except SettingsError as error:
        faults += str(error).splitlines()
