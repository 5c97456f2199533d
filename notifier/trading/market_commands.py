"""`/market`: whether shares are traded now, and until or from when."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

import msgspec

from bus.drawing_child import NotDrawn, drawn
from bus.messages.trading import VenueHours
from ledger.trading.people.accounts import list_accounts
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_market import WORDS, MarketWords
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.heard import Heard
from notifier.trading.market_child import MarketRequest, Session, ShortDay
from notifier.trading.venue_lines import shown

COMMAND = (sys.executable, "-m", "notifier.trading.market_child")


class MarketCommand:
    """Who answers `/market`."""

    def __init__(self, desk: Desk, heard: Heard, *, closed: tuple[date, ...]) -> None:
        """Ask a child for the hours each time.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            heard: What execution has said, such as the hours that venues have told.
            closed: The owner's extra days on which New York does not trade.
        """
        self._desk = desk
        self._heard = heard
        self._closed = closed

    def typed(self) -> Mapping[str, Handler]:
        """Return who answers the command."""
        return {"market": self._desk.told(self.market)}

    def pressed(self) -> Mapping[str, Handler]:
        """Return nothing: there is no button."""
        return {}

    async def market(self, asked: Interaction) -> None:
        """Say how the markets are."""
        now = self._desk.books.now()
        request = MarketRequest(now=now, closed=self._closed)
        try:
            said = await drawn(COMMAND, msgspec.json.encode(request))
        except NotDrawn as error:
            text = self._desk.words.not_now.format(reason=error.reason)
        else:
            session, words = msgspec.json.decode(said, type=Session), WORDS[self._desk.language]
            text = page(session, words, zone=self._desk.zone, now=now, venues=self._venues(asked))
        await self._desk.replies.say(asked.chat_id, text)

    def _venues(self, asked: Interaction) -> tuple[VenueHours, ...]:
        """Return the hours told by venues at which the asker has accounts; they say by themselves for when."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            user = place(principal, connection).user
            programs = {each.served_by for each in list_accounts(principal, connection, user=user)}
        hours = () if self._heard.last is None else self._heard.last.hours
        return tuple(each for each in hours if each.broker in programs)


def page(
    session: Session, words: MarketWords, *, zone: tzinfo, now: datetime, venues: Sequence[VenueHours] = ()
) -> str:
    """Return the page of the markets, in Telegram's HTML.

    Args:
        session: New York's.
        words: The reader's.
        zone: The reader's.
        now: The moment, aware.
        venues: The hours that venues have told, of the reader's own brokers.
    """
    lines = [words.title, words.shares_open if session.is_open else words.shares_closed]
    for template, at in ((words.opens, session.opens_at), (words.closes, session.closes_at)):
        lines += [] if at is None else [template.format(at=_moment(at, zone))]
    lines += [words.half_day] if session.is_half_day else []
    lines += [words.unknown] if session.closes_at is None else []
    lines += [_then(*session.then, words, zone)] if session.then is not None and session.is_open else []
    lines += [words.crypto, ""]
    for each in venues:
        lines += _venue(each, words, zone=zone, now=now)
    lines.append(words.venues if venues else words.no_venues)
    days = [_day(each, words, zone) for each in session.short_days]
    return "\n".join([*lines, *(["", words.closed_days, *days] if days else [])])


def _venue(hours: VenueHours, words: MarketWords, *, zone: tzinfo, now: datetime) -> list[str]:
    """Return the hours that a venue itself has told; nothing where all of them are over."""
    coming = [each for each in hours.sessions if each.closes_at > now]
    if not coming:
        return []
    first, is_open = coming[0], coming[0].opens_at <= now
    kind = words.kinds.get(hours.asset_type, hours.asset_type)
    name = f"{escaped(shown(hours.broker))}, {kind}"
    lines = [f"{name}: {words.open if is_open else words.closed}"]
    lines += [] if is_open else [words.opens.format(at=_moment(first.opens_at, zone))]
    lines.append(words.closes.format(at=_moment(first.closes_at, zone)))
    lines += [_then(coming[1].opens_at, coming[1].closes_at, words, zone)] if is_open and len(coming) > 1 else []
    return [*lines, f"  {escaped(', '.join(hours.symbols))}"]


def _then(opens: datetime, closes: datetime, words: MarketWords, zone: tzinfo) -> str:
    """Return the session after one that runs."""
    return words.then.format(opens=_moment(opens, zone), closes=f"{closes.astimezone(zone):%H:%M}")


def _day(day: ShortDay, words: MarketWords, zone: tzinfo) -> str:
    """Return a day on which New York does not trade, or from when on it does not."""
    if day.closes_at is None:
        return f"  {day.day:%Y-%m-%d}"
    return f"  {words.until.format(day=f'{day.day:%Y-%m-%d}', at=f'{day.closes_at.astimezone(zone):%H:%M}')}"


def _moment(at: datetime, zone: tzinfo) -> str:
    """Return a moment with its day."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
