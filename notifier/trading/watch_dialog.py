"""A new alert, value by value: what is watched, of which symbol, at which bound; each answer is a text."""

from collections.abc import Callable, Mapping
from typing import Final

from ledger.trading.errors import Invalid
from ledger.trading.flow.sessions import Session
from ledger.trading.watching.alerts import MEASURED
from notifier.commands.buttons import Button
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_watching import WORDS, WatchWords
from notifier.trading.desk import Desk, escaped
from notifier.trading.dialogs import Dialogs, Question
from notifier.trading.watch_grammar import ALL, QUOTES
from notifier.trading.watch_making import Refused, instrument_of, known_symbols, the_cron

DIALOG: Final = "alert"
KIND: Final = "newalert"
"""The first word of the buttons that say what is watched."""
OF_A_SYMBOL: Final = ("price", "position")


class NewAlertDialog:
    """Asks for the values of a new alert, one after the other."""

    def __init__(self, desk: Desk, dialogs: Dialogs, *, make: Callable[[Interaction, str], str | None]) -> None:
        """Take who makes the alert of what was answered.

        Args:
            desk: The ledger, and the answers of the chat.
            dialogs: Ask and take.
            make: Makes an alert of a text as it is typed behind `/alert new`.
        """
        self._desk = desk
        self._dialogs = dialogs
        self._make = make
        dialogs.register(DIALOG, self._answered)

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons that say what is watched."""
        return {KIND: self._desk.told(self._chosen)}

    async def begin(self, asked: Interaction) -> None:
        """Ask what is to be watched, with a button for each.

        Args:
            asked: The press that began it.
        """
        words = self._words
        buttons = tuple((Button(label, f"{KIND}:{kind}"),) for kind, label in words.kinds.items())
        await self._desk.replies.say(asked.chat_id, words.ask_kind, buttons)

    @property
    def _words(self) -> WatchWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]

    async def _chosen(self, asked: Interaction) -> None:
        """Ask for the first value of what was chosen."""
        kind = "".join(asked.arguments)
        if kind not in self._words.kinds:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
            return
        await self._desk.replies.answer(asked.query_id)
        step = "symbol" if kind in OF_A_SYMBOL else "when" if kind == "schedule" else "bound"
        await self._ask(asked, step, {"kind": kind})

    async def _answered(self, asked: Interaction, session: Session, text: str) -> None:
        """Take an answer, and ask for the next value or make the alert; raises Invalid where it cannot be."""
        state = {**{name: str(value) for name, value in session.state.items()}, session.step: text}
        try:
            following = self._following(asked, session.step, state)
            if following:
                await self._ask(asked, following, state)
                return
            said = self._make(asked, _typed(state))
        except Refused as error:
            before = {name: each for name, each in state.items() if name != session.step}
            await self._ask(asked, session.step, before, why=str(error))
            return
        if said is None:
            raise Invalid(self._words.bad_value)
        await self._desk.replies.say(asked.chat_id, said)

    def _following(self, asked: Interaction, step: str, state: Mapping[str, str]) -> str:
        """Return what is asked for next, empty for nothing, once a value is looked at; raises Refused."""
        if step == "symbol" and (state["kind"], state["symbol"].lower()) != ("position", ALL):
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                instrument_of(principal, connection, state["symbol"], self._words)
        if step == "when":
            the_cron(state["when"].strip(QUOTES), self._words)
        return {"symbol": "bound", "when": "text"}.get(step, "")

    async def _ask(self, asked: Interaction, step: str, state: Mapping[str, str], *, why: str = "") -> None:
        """Ask for a value, or for the same one again with what was wrong with it."""
        text = "\n\n".join(filter(None, (why, self._text(asked, step, state))))
        await self._dialogs.ask(asked, Question(dialog=DIALOG, step=step, text=text, state=state))

    def _text(self, asked: Interaction, step: str, state: Mapping[str, str]) -> str:
        """Return the question for a value."""
        words = self._words
        if step == "symbol":
            with self._desk.books.reading(asked.user_id) as (principal, connection):
                symbols = ", ".join(known_symbols(principal, connection))
            return words.ask_symbol.format(symbols=escaped(symbols or "–"))
        if step == "bound":
            bounds = {"price": words.ask_price, "position": words.ask_loss, "risk": words.ask_risk}
            return bounds[state["kind"]].format(limits=", ".join(MEASURED))
        return words.ask_when if step == "when" else words.ask_text


def _typed(state: Mapping[str, str]) -> str:
    """Return what was answered as it is typed behind `/alert new`."""
    if state["kind"] == "schedule":
        cron = state["when"].strip(QUOTES)
        return f'schedule "{cron}" {state["text"]}'
    return " ".join((state["kind"], *([state["symbol"]] if "symbol" in state else []), state["bound"]))
