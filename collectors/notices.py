"""What a collector tells the owner unasked: about its key, and about calls that its gate has stopped.

Pure. The id of a notice says what it is about and for which day, so that each is in the outbox once, whoever restarts.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from collectors.key import CAN_TRADE, Key

DAYS_BEFORE = (1, 7, 14)
LONGEST_ATTEMPT = 120


class Notice(NamedTuple):
    """An alert to raise: whom it concerns, its text, and its id, which makes it come once."""

    about: str
    text: str
    once: str


def about_key(name: str, key: Key, now: datetime) -> Iterator[Notice]:
    """Yield what the owner must know about a key today.

    Args:
        name: The platform, as its answers carry it.
        key: The key.
        now: The time, aware UTC.

    Yields:
        That it can do more than read, once a day. That it ends: only for the nearest mark that has passed.
    """
    if key.state.rights == CAN_TRADE:
        yield _can_trade(name, key, now)
    if key.state.expires_at is not None:
        yield from _ends(name, key, ends_at=key.state.expires_at, now=now)


def about_attempt(name: str, attempt: str, now: datetime) -> Notice:
    """Tell of a call that was stopped at the gate.

    Args:
        name: The platform, or whoever owns the gate.
        attempt: Method and path, or method and host; no query.
        now: The time, aware UTC.

    Returns:
        A notice for this attempt and this day.
    """
    tried = attempt[:LONGEST_ATTEMPT]
    text = (
        f"{name}: something in this program tried {tried}, which it never needs. It was stopped and nothing was sent. "
        "If it comes again, stop the bot and revoke the key."
    )
    return Notice(name, text, f"{name}-stopped-{tried.replace(' ', '-')}-{now:%Y-%m-%d}")


def _can_trade(name: str, key: Key, now: datetime) -> Notice:
    then = "so it is not used" if key.policy == "enforce" else "and is used, as READ_ONLY_CHECK=warn says"
    text = f"{key.label}: the key can do more than read, {then}. {key.advice.rights}."
    return Notice(name, text, f"{name}-key-can-trade-{now:%Y-%m-%d}")


def _ends(name: str, key: Key, *, ends_at: datetime, now: datetime) -> Iterator[Notice]:
    day = f"{ends_at:%Y-%m-%d}"
    left = ends_at - now
    passed = [days for days in (0, *DAYS_BEFORE) if left <= timedelta(days=days)]
    if not passed:
        return
    days = (ends_at.date() - now.date()).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    says = f"the key ends {when}, on {day}" if passed[0] else f"the key ended on {day}"
    yield Notice(name, f"{key.label}: {says}. {key.advice.renewal}.", f"{name}-key-{passed[0]}-{day}")
