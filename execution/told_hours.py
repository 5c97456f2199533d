"""The opening hours that venues have told of their instruments, for who shows them; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bus.messages.trading import VenueHours, VenueSession
from bus.messages.venues import InstrumentState

Session = tuple[datetime, datetime]
MOST: Final = 8
"""Different hours that are told."""
MOST_SESSIONS: Final = 3
MOST_SYMBOLS: Final = 3


def told_hours(said: Iterable[tuple[str, InstrumentState]], *, now: datetime) -> tuple[VenueHours, ...]:
    """Return the hours that venues have told and that are not over, each with whose they are.

    Args:
        said: What venues have said of instruments, with their brokers' programs.
        now: The moment, aware.

    Returns:
        At most `MOST`; what is of several instruments of one venue and kind is told once.
    """
    symbols: dict[tuple[str, str, tuple[Session, ...]], dict[str, None]] = {}
    for broker, each in said:
        coming = tuple(_joined(session for session in each.sessions if session[1] > now))[:MOST_SESSIONS]
        if each.instrument is not None and coming:
            names = symbols.setdefault((broker, each.instrument.asset_type, coming), {})
            names[each.instrument.symbol] = None
    found = sorted(symbols.items(), key=lambda each: (each[0][0], each[0][2]))
    return tuple(
        VenueHours(
            broker=broker,
            asset_type=kind,
            symbols=tuple(names)[:MOST_SYMBOLS],
            sessions=tuple(VenueSession(*each) for each in sessions),
        )
        for (broker, kind, sessions), names in found[:MOST]
    )


def _joined(sessions: Iterable[Session]) -> list[Session]:
    """Return sessions in their order; those of which one begins where another ends are one."""
    joined: list[Session] = []
    for opens, closes in sorted(sessions):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined
