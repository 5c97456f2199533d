"""How whoever is answered now is spoken to; nobody in particular, where no user of trading asks.

A context variable, since each answer is a task of its own, and words are needed in every corner of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

import msgspec

from bus.language import Language


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """The language of words, and the zone in which hours are named."""

    language: Language
    zone: ZoneInfo


_NOW: ContextVar[Speech | None] = ContextVar("speech", default=None)


def speech_now() -> Speech | None:
    """Return how the one who is answered now is spoken to; None where the chat's own way holds."""
    return _NOW.get()


@contextmanager
def speaking(speech: Speech) -> Iterator[None]:
    """Speak so to whoever is answered in the `with`.

    Args:
        speech: The asker's.
    """
    before = _NOW.set(speech)
    try:
        yield
    finally:
        _NOW.reset(before)
