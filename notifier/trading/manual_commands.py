"""Orders by hand: what is typed is asked back with a button, and what is pressed becomes a row that execution obeys."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.aliases import all_by_alias
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.flow import requests
from ledger.trading.flow.records import NewRequest, RequestKind
from ledger.trading.flow.venue_positions import list_for
from ledger.trading.meant import is_meant
from ledger.trading.people.accounts import get_account
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.principal import Principal
from ledger.trading.typed import typed_number
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_orders import WORDS, OrderWords
from notifier.trading.confirming import PLACE_DIGITS, Confirmation, Does
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.pages import number

ALL: Final = "all"
SHOWN: Final = 12
"""Symbols that are listed where one was not found."""
MOST_WORDS: Final = 2
SIZES: Final[Mapping[str, str]] = {"buy": "amount", "sell": "quantity"}
"""What the second word is called in a request."""
_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9.:!/_&-]{0,63}", re.ASCII)

log = logger(__name__)


class ManualCommands:
    """Who answers `/buy`, `/sell` and `/adopt`, and their buttons."""

    def __init__(self, desk: Desk) -> None:
        """Ask, and write requests.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        told = self._desk.told
        return {"buy": told(self.buy), "sell": told(self.sell), "adopt": told(self.adopt)}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button: none but those of every question."""
        return {}

    def confirms(self) -> dict[str, Does]:
        """Return who carries out what a button confirmed, by the command that asked."""
        return dict.fromkeys(("buy", "sell", "adopt"), self.confirmed)

    async def buy(self, asked: Interaction) -> None:
        """Ask whether to buy, with all that is known of it."""
        read = _read(asked.arguments)
        size = None if read is None or not read[1] else typed_number(read[1])
        if read is None or (read[1] and size is None):
            await self._desk.replies.say(asked.chat_id, self._words.buy_usage)
            return
        symbol = read[0]
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            account = get_account(principal, connection, mine.account)
            known = all_by_alias(principal, connection, broker=account.broker, alias=symbol)
        currency = account.base_currency
        amount = self._words.default_amount
        if size is not None:
            amount = self._words.for_amount.format(amount=number(size), currency=currency)
        resolved = f"({known[0].symbol} {known[0].asset_type}) " if len(known) == 1 else self._words.not_resolved
        text = self._words.buy_ask.format(
            symbol=escaped(symbol), of=escaped(resolved), amount=escaped(amount), portfolio=self._named(mine)
        )
        label = self._words.buy_button.format(symbol=symbol, amount=amount)
        await self._desk.confirm(asked, text, does=self._does(asked, mine, *read), label=label)

    async def sell(self, asked: Interaction) -> None:
        """Ask whether to sell what was bought by hand; what is not there is not asked about."""
        read = _read(asked.arguments)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            lines = _long(principal, connection, mine)
        if read is None or not (read[1] == ALL or typed_number(read[1]) is not None):
            await self._desk.replies.say(asked.chat_id, self._words.sell_usage.format(symbols=_listed(lines)))
            return
        symbol, size = read
        line = _by_hand(symbol, lines)
        if line is None:
            await self._desk.replies.say(asked.chat_id, self._not_held(symbol, lines, mine))
            return
        wanted = typed_number(size)
        if wanted is not None and wanted > line.quantity:
            shown = {"held": number(line.quantity), "quantity": number(wanted), "symbol": escaped(line.symbol)}
            await self._desk.replies.say(asked.chat_id, self._words.sell_more.format(**shown))
            return
        await self._ask_to_sell(asked, mine, line, read=(symbol, size), wanted=wanted)

    async def adopt(self, asked: Interaction) -> None:
        """Ask whether to book what the venue was last found to hold differently."""
        read = _read(asked.arguments)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = place(principal, connection)
            differing = [each for each in list_for(principal, connection, mine.account) if each.external]
        symbols = escaped(", ".join(f"{each.symbol} {signed(each.external)}" for each in differing[:SHOWN]) or "–")
        if read is None or read[1]:
            await self._desk.replies.say(asked.chat_id, self._words.adopt_usage.format(symbols=symbols))
            return
        found = [each for each in differing if is_meant(each, read[0], differing)]
        if len(found) != 1:
            text = self._words.adopt_same.format(symbol=escaped(read[0]), symbols=symbols)
            await self._desk.replies.say(asked.chat_id, text)
            return
        shown = {"symbol": found[0].symbol, "external": signed(found[0].external)}
        text = self._words.adopt_ask.format(portfolio=self._named(mine), venue=number(found[0].quantity), **shown)
        label = self._words.adopt_button.format(**shown)
        await self._desk.confirm(asked, text, does=self._does(asked, mine, *read), label=label)

    async def confirmed(self, asked: Interaction, does: Confirmation) -> None:
        """Ask execution for what a button said, and put that in the question's place.

        Args:
            asked: The press.
            does: What the button does.
        """
        symbol, _, size = does.argument.partition(" ")
        said = {"symbol": symbol} | ({SIZES[does.what]: size} if size else {})
        with self._desk.books.writing(asked.user_id) as (principal, work):
            mine = place(principal, work.connection)
            is_another = not mine.uid.startswith(does.place)
            if not is_another:
                key = f"press-{asked.chat_id}-{asked.message_id}"
                kind = cast("RequestKind", does.what)
                new = NewRequest(kind=kind, portfolio=mine.uid, key=key, arguments=said)
                request = requests.ask(principal, work, new).request
        if is_another:
            text = self._desk.words.other_portfolio.format(command=does.what)
        else:
            log.info("asked of execution", kind=does.what, request=request.uid)
            self._desk.wake(request.uid)
            text = self._desk.words.taken.format(what=escaped(f"/{does.what} {does.argument}"))
        await self._desk.replies.edit(asked.chat_id, asked.message_id, text)

    async def _ask_to_sell(
        self,
        asked: Interaction,
        mine: Portfolio,
        line: PositionLine,
        *,
        read: tuple[str, str],
        wanted: Decimal | None,
    ) -> None:
        """Ask whether to sell so much of a position, or all of it."""
        quantity = self._words.everything if wanted is None else number(wanted)
        text = self._words.sell_ask.format(
            quantity=quantity,
            symbol=escaped(line.symbol),
            of=escaped(f"({line.asset_type}) "),
            portfolio=self._named(mine),
            held=number(line.quantity),
        )
        label = self._words.sell_button.format(quantity=quantity, symbol=line.symbol)
        await self._desk.confirm(asked, text, does=self._does(asked, mine, *read), label=label)

    def _not_held(self, symbol: str, lines: Sequence[PositionLine], mine: Portfolio) -> str:
        """Return why nothing of a symbol can be sold by hand."""
        is_of_strategies = any(is_meant(each, symbol, lines) for each in lines)
        text = self._words.sell_of_strategies if is_of_strategies else self._words.sell_nothing
        return text.format(symbol=escaped(symbol), portfolio=escaped(mine.name), symbols=_listed(lines))

    @property
    def _words(self) -> OrderWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]

    def _does(self, asked: Interaction, mine: Portfolio, symbol: str, size: str) -> Confirmation:
        """Return what a button does in a portfolio."""
        return Confirmation(
            what=asked.what,
            asked_at=self._desk.books.now(),
            user_id=asked.user_id or 0,
            place=mine.uid[:PLACE_DIGITS],
            argument=f"{symbol} {size}".strip(),
        )

    def _named(self, mine: Portfolio) -> str:
        """Return a portfolio's name, and whether its money is real."""
        live = self._desk.words.live if mine.is_live else "paper"
        return f"{escaped(mine.name)} ({live})"


def _read(arguments: Sequence[str]) -> tuple[str, str] | None:
    """Return a symbol and what stands behind it; None where no symbol is written, or too much."""
    if not 1 <= len(arguments) <= MOST_WORDS:
        return None
    symbol, size = arguments[0].upper(), arguments[1].lower() if len(arguments) == MOST_WORDS else ""
    return (symbol, size) if _SYMBOL.fullmatch(symbol) else None


def _long(principal: Principal, connection: Connection, mine: Portfolio) -> list[PositionLine]:
    """Return what a portfolio holds and can be sold."""
    return [each for each in list_positions(principal, connection, portfolio=mine.uid) if each.quantity > 0]


def _by_hand(symbol: str, lines: Sequence[PositionLine]) -> PositionLine | None:
    """Return the one position of no strategy that a symbol means; None where there is none, or several are."""
    found = [each for each in lines if each.strategy_uid is None and is_meant(each, symbol, lines)]
    return found[0] if len(found) == 1 else None


def signed(quantity: Decimal) -> str:
    """Return a quantity with its sign.

    Args:
        quantity: Not zero.
    """
    return f"{'+' if quantity > 0 else '−'}{number(abs(quantity))}"


def _listed(lines: Sequence[PositionLine]) -> str:
    """Return what was bought by hand, as HTML."""
    found = [f"{each.symbol} {number(each.quantity)}" for each in lines if each.strategy_uid is None]
    return escaped(", ".join(found[:SHOWN]) or "–")
