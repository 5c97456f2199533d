"""The hours that venues have told, for who shows them."""

from datetime import UTC, datetime, timedelta

from bus.messages.trading import VenueHours, VenueSession
from bus.messages.venues import InstrumentState, Traded
from execution.told_hours import MOST, MOST_SESSIONS, told_hours

NOW = datetime(2026, 11, 27, 15, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def said(symbol: str, *opens: datetime, is_known: bool = True) -> tuple[str, InstrumentState]:
    """Return what a venue says of a share that trades for three hours at a time."""
    traded = Traded(symbol=symbol, asset_type="EQUITY", currency="USD") if is_known else None
    sessions = tuple((each, each + 3 * HOUR) for each in opens)
    return "broker-far", InstrumentState(id=symbol, account="1", symbol=symbol, instrument=traded, sessions=sessions)


def test_hours_that_are_not_over_are_told_once_for_all_that_have_them() -> None:
    days = [NOW + number * DAY for number in (-1, 1, 0)]
    (told,) = told_hours(
        [said("AAPL", *days), said("MSFT", *days), said("SPY"), said("X", NOW, is_known=False)], now=NOW
    )

    sessions = tuple(VenueSession(NOW + number * DAY, NOW + number * DAY + 3 * HOUR) for number in (0, 1))
    assert told == VenueHours(broker="broker-far", asset_type="EQUITY", symbols=("AAPL", "MSFT"), sessions=sessions)


def test_sessions_without_a_break_between_them_are_one() -> None:
    (told,) = told_hours([said("EUR.USD", NOW, NOW + 3 * HOUR, NOW + 6 * HOUR, NOW + DAY)], now=NOW)

    assert told.sessions == (VenueSession(NOW, NOW + 9 * HOUR), VenueSession(NOW + DAY, NOW + DAY + 3 * HOUR))


def test_no_more_is_told_than_anybody_reads() -> None:
    told = told_hours(
        [said(f"S{number}", *(NOW + (number + day) * DAY for day in range(9))) for number in range(20)], now=NOW
    )

    assert len(told) == MOST
    assert {len(each.sessions) for each in told} == {MOST_SESSIONS}
