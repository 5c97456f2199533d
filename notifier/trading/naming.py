"""Which of a user's own things is meant by what was typed: names may have spaces; pure."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ledger.trading.errors import NotFound


class Named(Protocol):
    """What has a name, which no other one of its user has."""

    @property
    def name(self) -> str:
        """The name."""


Thing = TypeVar("Thing", bound=Named)


def named(things: Sequence[Thing], written: str, *, what: str) -> Thing:
    """Return the thing of a name; in other letters, small or capital, where only one is meant by that.

    Args:
        things: The asker's own.
        written: The name, as it was typed.
        what: What they are, as a refusal calls it.

    Raises:
        NotFound: There is none.
    """
    found = next((each for each in things if each.name == written), None)
    alike = [each for each in things if each.name.casefold() == written.casefold()]
    if found is None and len(alike) != 1:
        raise NotFound(what, written)
    return found or alike[0]


def renaming(things: Sequence[Thing], words: Sequence[str]) -> tuple[Thing, str] | None:
    """Return what is to be renamed, and to what.

    Args:
        things: The asker's own.
        words: The old name and the new one behind it, either of one word or more.

    Returns:
        None where no name stands before another one, or where it can be read in two ways.
    """
    splits = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
    found = [(each, new) for old, new in splits for each in things if each.name.casefold() == old.casefold()]
    return found[0] if len(found) == 1 else None


def with_place(places: Sequence[Thing], words: Sequence[str]) -> tuple[str, Thing | None]:
    """Return a new name and the place behind it.

    Args:
        places: The asker's own.
        words: The name, and the name of a place or none.

    Returns:
        The name, and the place with the longest name that stands behind it; None where there is none.
    """
    for at in range(1, len(words)):
        behind = " ".join(words[at:]).casefold()
        place = next((each for each in places if each.name.casefold() == behind), None)
        if place is not None:
            return " ".join(words[:at]), place
    return " ".join(words), None
