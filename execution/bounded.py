"""What is kept in memory and must not grow for ever."""

from typing import Final, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
MOST_KEPT: Final = 5000


def bound(kept: dict[Key, Value]) -> None:
    """Forget the oldest of what is kept, before something is added.

    Args:
        kept: In the order in which it came.
    """
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]
