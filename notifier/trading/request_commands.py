"""What a person asks of execution: closing, cancelling, trying again. Rows, so that nothing is lost or done twice.

The chat says at once that it is taken; what came of it is told by execution, in a message of its own.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.books.positions import list_positions
from ledger.trading.flow import requests, signals
from ledger.trading.flow.records import NewRequest, RequestKind
from ledger.trading.flow.venue_positions import list_for
from ledger.trading.meant import is_meant
from ledger.trading.orders import finding
from ledger.trading.people.accounts import get_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.principal import Principal, must_trade
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_closing import WORDS, ClosingWords
from notifier.trading.closing_texts import SHOWN, AtStake, away_line, sell_all_text
from notifier.trading.confirming import PLACE_DIGITS, Confirmation
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.heard import Heard
from notifier.trading.pages import number

CLOSINGS = frozenset({"sell", "close"})
"""What an alert asks for that may take exposure away."""

log = logger(__name__)


class RequestCommands:
    """Who answers `/close`, `/sell_all`, `/cancel`, `/clear_queue`, and the buttons under execution's messages."""

    def __init__(self, desk: Desk, heard: Heard) -> None:
        """Write requests.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            heard: What execution has said, such as which venues are away.
        """
        self._desk = desk
        self._heard = heard
        self._replies = desk.replies

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        told = self._desk.told
        return {
            "close": told(self.close),
            "sell_all": told(self.sell_all),
            "cancel": told(self.cancel),
            "clear_queue": told(self.clear_queue),
        }

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons under messages about an order; their data names the order."""
        told = self._desk.told
        return {"close": told(self.close_of), "retry": told(self.again), "place_again": told(self.again)}

    async def close(self, asked: Interaction) -> None:
        """Ask whether to close a position of the portfolio in use; what is not there is not asked about."""
        written = " ".join(asked.arguments)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            known = _symbols(principal, connection, mine)
            held = _quantities(principal, connection, mine, meant=written)
            away = self._away(principal, connection, mine)
        symbols = escaped(", ".join(list(known)[:SHOWN]) or "–")
        symbol = next(
            (each for each in known if each.upper() == written.upper()), written.upper() if written and held else None
        )
        if symbol is None:
            text = self._words.close_unknown if written else self._words.close_what
            said = text.format(symbol=escaped(written[:40]), portfolio=escaped(mine.name), symbols=symbols)
            await self._replies.say(asked.chat_id, said)
            return
        quantity = f" ({', '.join(held.values())})" if held else ""
        text = self._words.close_ask.format(symbol=escaped(symbol), portfolio=self._named(mine), held=quantity)
        text = "\n".join([text, *away_line(away, self._words)])
        label = self._words.close_button.format(symbol=symbol)
        await self._desk.confirm(asked, text, does=self._does(asked, mine, symbol), label=label)

    async def sell_all(self, asked: Interaction) -> None:
        """Ask whether to close all positions of the portfolio in use, naming all that this does."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            stake = self._stake(principal, connection, mine)
        text = sell_all_text(stake, self._words)
        if stake.is_nothing:
            await self._replies.say(asked.chat_id, text)
            return
        label = self._words.sell_all_button.format(count=len(stake.held))
        await self._desk.confirm(asked, text, does=self._does(asked, mine), label=label)

    async def clear_queue(self, asked: Interaction) -> None:
        """Ask whether to refuse all signals of the portfolio in use that wait."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            count = len(signals.open_signals(principal, connection, portfolio=mine.uid))
        if not count:
            await self._replies.say(asked.chat_id, self._words.clear_queue_nothing.format(portfolio=self._named(mine)))
            return
        text = self._words.clear_queue_ask.format(portfolio=self._named(mine), count=count)
        label = self._words.clear_queue_button.format(count=count)
        await self._desk.confirm(asked, text, does=self._does(asked, mine), label=label)

    async def cancel(self, asked: Interaction) -> None:
        """Ask execution to cancel an order or a signal; at once, since nothing is bought by it."""
        if not asked.arguments:
            await self._replies.say(asked.chat_id, self._desk.words.cancel_what)
            return
        said = {"id": "".join(asked.arguments).lower()}
        what = self._ask(asked, "cancel", said, key=f"update-{asked.update_id}")
        await self._replies.say(asked.chat_id, self._desk.words.taken.format(what=what))

    async def confirmed(self, asked: Interaction, does: Confirmation) -> None:
        """Ask execution for what a button said, and put that in the question's place.

        Args:
            asked: The press.
            does: What the button does.
        """
        kinds: dict[str, RequestKind] = {"close": "close", "sell_all": "sell_all", "clear_queue": "clear_queue"}
        said = {"symbol": does.argument} if does.argument else {}
        key = f"press-{asked.chat_id}-{asked.message_id}"
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            is_another = not place(principal, connection).uid.startswith(does.place)
        if is_another:
            text = self._desk.words.other_portfolio.format(command=does.what)
        else:
            text = self._desk.words.taken.format(what=self._ask(asked, kinds[does.what], said, key=key))
        await self._replies.edit(asked.chat_id, asked.message_id, text)

    async def again(self, asked: Interaction) -> None:
        """Ask execution to send the rest of a closing again, or to place an order again that is nowhere."""
        kind: RequestKind = "retry" if asked.what == "retry" else "place_again"
        await self._of_order(asked, kind, with_symbol=False)

    async def close_of(self, asked: Interaction) -> None:
        """Ask execution to close the position that an order belongs to."""
        await self._of_order(asked, "close", with_symbol=True)

    async def _of_order(self, asked: Interaction, kind: RequestKind, *, with_symbol: bool) -> None:
        """Ask something about the order that a button names, once for each message."""
        uid = "".join(asked.arguments)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            must_trade(principal)
            order = finding.find(principal, connection, uid)
            portfolio = finding.portfolio_of(principal, connection, uid)
        if not await self._desk.toast(asked, self._desk.words.toast_taken):
            text = self._replies.words.too_old.format(command=kind)
            await self._replies.say(asked.chat_id, text)
            return
        said = {"order": uid, **({"symbol": order.symbol} if with_symbol else {})}
        key = f"press-{asked.chat_id}-{asked.message_id}-{kind}"
        self._ask(asked, kind, said, key=key, portfolio=portfolio)

    def _ask(
        self,
        asked: Interaction,
        kind: RequestKind,
        said: Mapping[str, object],
        *,
        key: str,
        portfolio: str | None = None,
    ) -> str:
        """Write a request for a portfolio, or the one in use, wake execution, and return it in a few words."""
        with self._desk.books.writing(asked.user_id) as (principal, work):
            uid = portfolio or place(principal, work.connection).uid
            new = NewRequest(kind=kind, portfolio=uid, key=key, arguments=said)
            request = requests.ask(principal, work, new).request
        log.info("asked of execution", kind=kind, request=request.uid)
        self._desk.wake(request.uid)
        return escaped(" ".join([f"/{kind}", *map(str, said.values())]))

    def _does(self, asked: Interaction, mine: Portfolio, argument: str = "") -> Confirmation:
        """Return what a button does in a portfolio."""
        return Confirmation(
            what=asked.what,
            asked_at=self._desk.books.now(),
            user_id=asked.user_id or 0,
            place=mine.uid[:PLACE_DIGITS],
            argument=argument,
        )

    def _stake(self, principal: Principal, connection: Connection, mine: Portfolio) -> AtStake:
        """Return what closing everything in a portfolio is about."""
        waiting = signals.open_signals(principal, connection, portfolio=mine.uid)
        outside = [each for each in list_for(principal, connection, mine.account) if each.external]
        return AtStake(
            portfolio=self._named(mine),
            held=_quantities(principal, connection, mine),
            orders=len(finding.open_orders(principal, connection, portfolio=mine.uid)),
            waiting=sum(each.action not in CLOSINGS for each in waiting),
            external=[f"{each.symbol} {number(each.external)}" for each in outside],
            away=self._away(principal, connection, mine),
        )

    def _away(self, principal: Principal, connection: Connection, mine: Portfolio) -> str:
        """Return the code of a portfolio's broker where that is known not to be connected, else nothing."""
        state = self._heard.now
        account = get_account(principal, connection, mine.account)
        brokers = () if state is None else state.brokers
        is_away = any(each.name == account.served_by and each.state != "connected" for each in brokers)
        return account.broker if is_away else ""

    @property
    def _words(self) -> ClosingWords:
        """The words, in the language of whoever asks now."""
        return WORDS[self._desk.language]

    def _named(self, mine: Portfolio) -> str:
        """Return a portfolio's name, with a word where its money is real."""
        live = f" ({self._desk.words.live})" if mine.is_live else " (paper)"
        return f"{escaped(mine.name)}{live}"


def _quantities(principal: Principal, connection: Connection, mine: Portfolio, *, meant: str = "") -> dict[str, str]:
    """Return what is held of what is meant, or of all: quantities by symbol, of several strategies in a row."""
    held: dict[str, str] = {}
    lines = list_positions(principal, connection, portfolio=mine.uid)
    for line in [each for each in lines if not meant or is_meant(each, meant, lines)]:
        told = number(line.quantity)
        held[line.symbol] = f"{held[line.symbol]}, {told}" if line.symbol in held else told
    return held


def _symbols(principal: Principal, connection: Connection, mine: Portfolio) -> dict[str, None]:
    """Return the symbols that can be closed in a portfolio: held, ordered, or waiting."""
    return dict.fromkeys(
        (
            *_quantities(principal, connection, mine),
            *(each.symbol for each in finding.open_orders(principal, connection, portfolio=mine.uid)),
            *(each.symbol for each in signals.open_signals(principal, connection, portfolio=mine.uid)),
        )
    )
