"""Margin and leverage, value by value: which symbol, spot or futures, isolated or cross, how much leverage.

Each question has buttons, and takes the same typed; each is a row, so that it may be answered after a restart.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

from ledger.trading.enumerations import MarginMode
from ledger.trading.flow.sessions import Session
from notifier.commands.buttons import Button, Buttons
from notifier.incoming.interaction import Interaction
from notifier.texts.trading_margins import WORDS, MarginWords
from notifier.trading.desk import Desk, escaped
from notifier.trading.dialogs import Dialogs, Question
from notifier.trading.heard import Heard
from notifier.trading.margin_grammar import (
    ALL,
    PERPETUAL,
    Chosen,
    Wallet,
    offered,
    perpetual,
    read_leverage,
    read_mode,
    read_symbol,
)
from notifier.trading.margin_reading import read_margins

DIALOG: Final = "margin"
Step = Literal["symbol", "wallet", "mode", "leverage"]
SHOWN: Final = 40
"""Signs of what was written, where it cannot be."""
IN_A_ROW: Final = 5

Made = Callable[[Interaction, Chosen], Awaitable[None]]
"""Takes all that was chosen."""


class WrongValue(Exception):
    """What was answered cannot be; the text says what to write, in the person's language and Telegram's HTML."""


class MarginDialog:
    """Asks for the values one after the other."""

    def __init__(self, desk: Desk, dialogs: Dialogs, heard: Heard, *, made: Made) -> None:
        """Take who goes on with what was chosen.

        Args:
            desk: The ledger, and the answers of the chat.
            dialogs: Ask and take.
            heard: What execution has said, such as the most leverage.
            made: Asks whether to set it.
        """
        self._desk = desk
        self._dialogs = dialogs
        self._heard = heard
        self._made = made
        dialogs.register(DIALOG, self._answered)

    async def begin(self, asked: Interaction, symbol: str = "") -> None:
        """Ask for the first value that is not known.

        Args:
            asked: The press that began it; it has had its answer.
            symbol: What it is about; empty where that is to be asked for.
        """
        await self._ask(asked, _after(symbol), {"symbol": symbol} if symbol else {})

    @property
    def _words(self) -> MarginWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]

    async def _answered(self, asked: Interaction, session: Session, text: str) -> None:
        """Take an answer, and ask for the next value, or hand on what was chosen."""
        state = {name: str(value) for name, value in session.state.items()}
        try:
            match session.step:
                case "symbol":
                    symbol = self._symbol(text)
                    await self._ask(asked, _after(symbol), {"symbol": symbol})
                case "wallet":
                    await self._take_wallet(asked, state, self._wallet(text))
                case "mode":
                    await self._ask(asked, "leverage", {**state, "mode": self._mode(text)})
                case _:
                    await self._finish(asked, state, self._leverage(asked, text))
        except WrongValue as error:
            await self._ask(asked, session.step, state, why=str(error))

    async def _take_wallet(self, asked: Interaction, state: Mapping[str, str], wallet: Wallet) -> None:
        """Go on with futures; say of spot that there is nothing to set."""
        if wallet == "spot":
            await self._dialogs.say(asked, self._words.spot)
        else:
            await self._ask(asked, "mode", {"symbol": perpetual(state["symbol"])})

    async def _finish(self, asked: Interaction, state: Mapping[str, str], leverage: int) -> None:
        """Say what was chosen, and hand it on."""
        mode: MarginMode = "CROSS" if state["mode"] == "CROSS" else "ISOLATED"
        chosen = Chosen(symbol=state["symbol"], margin_mode=mode, leverage=leverage)
        named = {"symbol": self._named(chosen.symbol), "mode": self._words.modes[mode], "leverage": leverage}
        if not asked.typed:
            await self._dialogs.say(asked, self._words.chosen.format(**named))
        await self._made(asked, chosen)

    async def _ask(self, asked: Interaction, step: str, state: Mapping[str, str], *, why: str = "") -> None:
        """Ask for a value, or for the same one again with what was wrong with it."""
        most = self._most(asked)
        text = "\n\n".join(filter(None, (why, self._text(step, state, most))))
        choices = self._choices(step, most)
        await self._dialogs.ask(asked, Question(dialog=DIALOG, step=step, text=text, state=state, choices=choices))

    def _text(self, step: str, state: Mapping[str, str], most: int) -> str:
        """Return the question for a value."""
        words, symbol = self._words, self._named(state.get("symbol", ""))
        if step == "symbol":
            return words.ask_symbol
        if step == "wallet":
            return words.ask_wallet.format(symbol=symbol)
        if step == "mode":
            return words.ask_mode.format(symbol=symbol)
        mode = words.modes["CROSS" if state["mode"] == "CROSS" else "ISOLATED"]
        return words.ask_leverage.format(symbol=symbol, mode=mode, most=most)

    def _choices(self, step: str, most: int) -> Buttons:
        """Return the buttons of a question."""
        words = self._words
        if step == "wallet":
            return ((Button(words.button_spot, "spot"), Button(words.button_futures, "futures")),)
        if step == "mode":
            return ((Button(words.button_isolated, "isolated"), Button(words.button_cross, "cross")),)
        if step == "leverage":
            each = [Button(f"{leverage}×", str(leverage)) for leverage in offered(most)]
            return tuple(each[at : at + IN_A_ROW] for at in range(0, len(each), IN_A_ROW))
        return ()

    def _symbol(self, text: str) -> str:
        """Return the symbol that was typed; raises WrongValue."""
        found = read_symbol(text)
        if found is None:
            raise WrongValue(self._words.bad_symbol.format(text=escaped(text[:SHOWN])))
        return found

    def _wallet(self, text: str) -> Wallet:
        """Return the account that is meant; raises WrongValue."""
        words, said = self._words, text.strip().casefold()
        if said in {"spot", words.button_spot.casefold()}:
            return "spot"
        if said in {"futures", words.button_futures.casefold()}:
            return "futures"
        raise WrongValue(words.bad_wallet.format(text=escaped(text[:SHOWN])))

    def _mode(self, text: str) -> MarginMode:
        """Return the margin mode that is meant; raises WrongValue."""
        words = self._words
        found = read_mode(text, {words.button_isolated: "ISOLATED", words.button_cross: "CROSS"})
        if found is None:
            raise WrongValue(words.bad_mode.format(text=escaped(text[:SHOWN])))
        return found

    def _leverage(self, asked: Interaction, text: str) -> int:
        """Return the leverage that is meant; raises WrongValue."""
        words, most, found = self._words, self._most(asked), read_leverage(text)
        if found is None:
            raise WrongValue(words.bad_leverage.format(text=escaped(text[:SHOWN]), most=most))
        if found > most:
            raise WrongValue(words.above.format(leverage=found, most=most))
        return found

    def _most(self, asked: Interaction) -> int:
        """Return the most leverage that may be set."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            return read_margins(principal, connection, self._heard).most

    def _named(self, symbol: str) -> str:
        """Return what a symbol is called in a sentence."""
        return self._words.all_symbols if symbol == ALL else escaped(symbol)


def _after(symbol: str) -> Step:
    """Return what is asked for once a symbol is known: a perpetual is of the futures account."""
    if not symbol:
        return "symbol"
    return "mode" if symbol.endswith(PERPETUAL) else "wallet"
