"""What memory holds of things that come again: the last of them, each once, and never more than so many."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)

MOST_KEPT = 200
"""How many things of a kind live in memory at most."""


class Recent(Generic[Thing]):
    """The things that were noted last; ask with `in`."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._things: dict[Thing, None] = {}

    def __contains__(self, thing: object) -> bool:
        """Tell whether a thing was noted lately."""
        return thing in self._things

    def note(self, thing: Thing) -> None:
        """Remember a thing, and forget the oldest where there are too many.

        Args:
            thing: What is noted.
        """
        self._things[thing] = None
        while len(self._things) > MOST_KEPT:
            del self._things[next(iter(self._things))]
