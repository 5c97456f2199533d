"""The commands of trading that only read: how it is, what is held, what was ordered, what waits, what became of it."""

import re
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from ledger.trading.enumerations import OrderStatus
from ledger.trading.flow import signals
from ledger.trading.flow.records import SignalEvent
from ledger.trading.orders import finding
from ledger.trading.principal import Principal
from ledger.trading.words import one_of
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.desk import Desk, place
from notifier.trading.heard import Heard
from notifier.trading.pages import Page
from notifier.trading.position_page import PositionPage
from notifier.trading.position_reading import read_positions
from notifier.trading.queue_page import MOST as MOST_WAITING
from notifier.trading.queue_page import QueuePage, Waiting
from notifier.trading.status_page import StatusPage
from notifier.trading.status_reading import AroundStatus, read_status

NEWEST = 10
SIGNAL_ID = re.compile(r"[0-9a-fA-F]{6,32}", re.ASCII)


class ReadTrading:
    """Who answers `/status`, `/positions`, `/orders`, `/queue`, `/signals` and, of a signal, `/why`."""

    def __init__(self, desk: Desk, heard: Heard) -> None:
        """Answer from the books, and from what execution says of itself.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            heard: What execution has said.
        """
        self._desk = desk
        self._replies: Replies = desk.replies
        self._heard = heard

    @property
    def _page(self) -> Page:
        """The pages, as whoever asks now reads them."""
        return Page(self._desk.language, self._desk.zone)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {
            "status": self._read(self._status),
            "positions": self._read(self._positions),
            "orders": self._read(self._orders),
            "queue": self._read(self._queue),
            "signals": self._read(self._signals),
            "why": self._read(self._why),
        }

    def _read(self, word: Callable[[Principal, Connection, Interaction], str]) -> Handler:
        """Return the handler that answers with a page of the books."""

        async def answer(asked: Interaction) -> None:
            """Read, and say what was read."""
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                text = word(principal, connection, asked)
            await self._replies.say(asked.chat_id, text)

        return self._desk.told(answer)

    def _status(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the overview of the portfolio in use."""
        around = AroundStatus(now=self._desk.books.now(), heard=self._heard, language=self._desk.language)
        report = read_status(principal, connection, around)
        return StatusPage(self._desk.language, self._desk.zone).page(report)

    def _positions(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return what is held in all portfolios of the user, and what their venues hold besides."""
        report = read_positions(principal, connection, now=self._desk.books.now(), heard=self._heard)
        return PositionPage(self._desk.language, self._desk.zone).page(report)

    def _orders(self, principal: Principal, connection: Connection, asked: Interaction) -> str:
        """Return the newest orders of the portfolio in use."""
        status = _status_named("_".join(asked.arguments)) if asked.arguments else None
        mine = place(principal, connection)
        return self._page.orders(mine, finding.history(principal, connection, mine.uid, status=status, limit=NEWEST))

    def _queue(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the signals of the portfolio in use that wait, with what holds them."""
        mine = place(principal, connection)
        found = signals.open_signals(principal, connection, portfolio=mine.uid)
        waiting = [Waiting(each, _last(signals.life(principal, connection, each.uid))) for each in found[:MOST_WAITING]]
        page = QueuePage(self._desk.language, self._desk.zone)
        return page.page(mine, waiting, left=len(found) - len(waiting), now=self._desk.books.now())

    def _signals(self, principal: Principal, connection: Connection, _asked: Interaction) -> str:
        """Return the newest signals of the portfolio in use."""
        mine = place(principal, connection)
        return self._page.signals(mine, signals.history(principal, connection, mine.uid, limit=NEWEST))

    def _why(self, principal: Principal, connection: Connection, asked: Interaction) -> str:
        """Return the life of a signal."""
        signal = signals.find(principal, connection, "".join(asked.arguments))
        return self._page.life(signal, signals.life(principal, connection, signal.uid))


def _last(life: Sequence[SignalEvent]) -> SignalEvent | None:
    """Return the last step of a life; None where it has none."""
    return life[-1] if life else None


def _status_named(written: str) -> OrderStatus:
    """Return the state of orders that is meant; raises Invalid."""
    name: OrderStatus = written.upper().replace("-", "_")  # type: ignore[assignment]  # looked at in the next line
    one_of("a state", name, OrderStatus)
    return name
