"""The alerts that a collector raises: about its key, and about calls that its egress gate has blocked.

Pure. The id of a notice says what it is about and for which day, so that each is in the outbox once, whoever restarts.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bus.alert_texts import AlertText, alert_text
from collectors.key import CAN_TRADE, Key

DAYS_BEFORE = (1, 7, 14)
LONGEST_ATTEMPT = 80


class Notice(NamedTuple):
    """An alert to raise: whom it concerns, its wording, and its id, which makes it come once."""

    about: str
    wording: AlertText
    once: str


def key_notices(name: str, key: Key, now: datetime) -> Iterator[Notice]:
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
        yield from _key_end(name, key, ends_at=key.state.expires_at, now=now)


def blocked_call_notice(name: str, attempt: str, now: datetime) -> Notice:
    """Make the notice of a call that the egress gate has blocked.

    Args:
        name: The platform, or whose gate it is.
        attempt: Method and path, or method and host; no query.
        now: The time, aware UTC.

    Returns:
        A notice for this attempt and this day.
    """
    tried = attempt[:LONGEST_ATTEMPT]
    once = f"{name}-stopped-{tried.replace(' ', '-')}-{now:%Y-%m-%d}"
    return Notice(name, alert_text("call_stopped", program=name, attempt=tried), once)


def _can_trade(name: str, key: Key, now: datetime) -> Notice:
    """Return the notice that a key can do more than read, and whether it is used all the same."""
    label, advice = key.label, key.advice.rights
    used = key.policy != "enforce"
    wording = (
        alert_text("key_used", label=label, advice=advice)
        if used
        else alert_text("key_not_used", label=label, advice=advice)
    )
    return Notice(name, wording, f"{name}-key-can-trade-{now:%Y-%m-%d}")


def _key_end(name: str, key: Key, *, ends_at: datetime, now: datetime) -> Iterator[Notice]:
    """Yield the notice that a key has ended or soon will; its id names the mark, so that each is told once."""
    left = ends_at - now
    passed = [days for days in (0, *DAYS_BEFORE) if left <= timedelta(days=days)]
    if passed:
        wording = _end_wording(key.label, ends_at, advice=key.advice.renewal, now=now)
        yield Notice(name, wording, f"{name}-key-{passed[0]}-{ends_at:%Y-%m-%d}")


def _end_wording(label: str, ends_at: datetime, *, advice: str, now: datetime) -> AlertText:
    """Return the sentence for a key's end: past, today, tomorrow, or in some days."""
    day, days = f"{ends_at:%Y-%m-%d}", (ends_at.date() - now.date()).days
    if ends_at <= now:
        return alert_text("key_ended", label=label, day=day, advice=advice)
    if days == 0:
        return alert_text("key_ends_today", label=label, day=day, advice=advice)
    if days == 1:
        return alert_text("key_ends_tomorrow", label=label, day=day, advice=advice)
    return alert_text("key_ends", label=label, day=day, days=str(days), advice=advice)
