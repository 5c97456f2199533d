"""`/market`: whether shares are traded now, and until or from when."""

import sys
from collections.abc import Mapping
from datetime import date, datetime, tzinfo

import msgspec

from bus.drawing_child import NotDrawn, drawn
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_market import WORDS, MarketWords
from notifier.trading.desk import Desk
from notifier.trading.market_child import MarketRequest, Session

COMMAND = (sys.executable, "-m", "notifier.trading.market_child")


class MarketCommand:
    """Who answers `/market`."""

    def __init__(self, desk: Desk, *, closed: tuple[date, ...]) -> None:
        """Ask a child for the hours each time.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            closed: The owner's extra days on which New York does not trade.
        """
        self._desk = desk
        self._closed = closed

    def typed(self) -> Mapping[str, Handler]:
        """Return who answers the command."""
        return {"market": self._desk.told(self.market)}

    def pressed(self) -> Mapping[str, Handler]:
        """Return nothing: there is no button."""
        return {}

    async def market(self, asked: Interaction) -> None:
        """Say how the markets are."""
        request = MarketRequest(now=self._desk.books.now(), closed=self._closed)
        try:
            said = await drawn(COMMAND, msgspec.json.encode(request))
        except NotDrawn as error:
            text = self._desk.words.not_now.format(reason=error.reason)
        else:
            text = page(msgspec.json.decode(said, type=Session), WORDS[self._desk.language], zone=self._desk.zone)
        await self._desk.replies.say(asked.chat_id, text)


def page(session: Session, words: MarketWords, *, zone: tzinfo) -> str:
    """Return the page of the markets, in Telegram's HTML.

    Args:
        session: New York's.
        words: The reader's.
        zone: The reader's.
    """
    lines = [words.title, words.shares_open if session.is_open else words.shares_closed]
    for template, at in ((words.opens, session.opens_at), (words.closes, session.closes_at)):
        lines += [] if at is None else [template.format(at=_moment(at, zone))]
    lines += [words.half_day] if session.is_half_day else []
    lines += [words.unknown] if session.closes_at is None else []
    return "\n".join([*lines, words.crypto, "", words.venues])


def _moment(at: datetime, zone: tzinfo) -> str:
    """Return a moment with its day."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
