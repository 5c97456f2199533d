"""What a line may hold besides numbers: how old something is, and texts that others wrote."""

from datetime import datetime, timedelta


def age(fetched_at: datetime, closed_at: datetime) -> str:
    """Word how old something was when its round closed: `12 min ago` under an hour, else `5 h ago`, rounded down.

    Returns:
        The age, in English.
    """
    length = max(closed_at - fetched_at, timedelta(0))
    if length < timedelta(hours=1):
        return f"{length // timedelta(minutes=1)} min ago"
    return f"{length // timedelta(hours=1)} h ago"


def cut(text: str, length: int) -> str:
    """Shorten a text that others wrote to one printable line.

    Args:
        text: The text, in as many lines as it likes.
        length: How many signs it may have at most.

    Returns:
        The line; it ends in `…` where something is left out.
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
