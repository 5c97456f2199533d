"""`/margin`: how what is opened is margined, and how that is changed; it asks once, and execution sets it.

What came of it is told by execution, in a message of its own, once the venue was read back.
"""

from bus.log import logger
from ledger.trading.flow import requests
from ledger.trading.flow.records import NewRequest
from ledger.trading.principal import must_trade
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_margins import WORDS, MarginWords
from notifier.trading.confirming import PLACE_DIGITS, Confirmation, Does
from notifier.trading.desk import Desk, account_named, escaped, place
from notifier.trading.dialogs import Dialogs
from notifier.trading.heard import Heard
from notifier.trading.margin_dialog import SHOWN, MarginDialog
from notifier.trading.margin_grammar import (
    ALL,
    MODES,
    Chosen,
    perpetual,
    read_button,
    read_leverage,
    read_mode,
    read_symbol,
)
from notifier.trading.margin_page import MARGIN, OTHER, MarginPage
from notifier.trading.margin_reading import MarginReport, read_margins

WORDS_TYPED = 3
"""Symbol, mode and leverage."""

log = logger(__name__)


class MarginCommands:
    """Who answers `/margin`, the buttons of its page, and the one that confirms."""

    def __init__(self, desk: Desk, dialogs: Dialogs, heard: Heard) -> None:
        """Take who asks for the values.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            dialogs: Ask and take.
            heard: What execution has said.
        """
        self._desk = desk
        self._replies = desk.replies
        self._heard = heard
        self._dialog = MarginDialog(desk, dialogs, heard, made=self._sure)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {MARGIN: self._desk.told(self.margin)}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers the buttons of the page."""
        return {MARGIN: self._desk.told(self.begin)}

    def confirms(self) -> dict[str, Does]:
        """Return who carries out what a button confirmed, by the command that asked."""
        return {MARGIN: self.confirmed}

    async def margin(self, asked: Interaction) -> None:
        """Show how the account is margined, or ask whether to set what was typed."""
        words, report = self._words, self._report(asked)
        if not report.has_margin:
            await self._replies.say(asked.chat_id, words.not_heard if report.has_margin is None else words.no_margin)
        elif not asked.arguments:
            page = MarginPage(self._desk.language, self._desk.zone)
            await self._replies.say(asked.chat_id, page.page(report), page.buttons(report, asked.user_id or 0))
        else:
            chosen = self._read(asked.arguments, report)
            if isinstance(chosen, str):
                await self._replies.say(asked.chat_id, chosen)
            else:
                await self._sure(asked, chosen)

    async def begin(self, asked: Interaction) -> None:
        """Ask for the values of the symbol that was pressed, if it is whose page it is."""
        user, _, symbol = "".join(asked.arguments).partition(":")
        with self._desk.books.reading(asked.user_id) as (principal, _connection):
            must_trade(principal)
        if user != f"{asked.user_id or 0:x}":
            await self._desk.toast(asked, self._desk.words.toast_not_yours)
        elif symbol != OTHER and read_symbol(symbol) != symbol:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
        else:
            await self._replies.answer(asked.query_id)
            await self._dialog.begin(asked, "" if symbol == OTHER else symbol)

    async def confirmed(self, asked: Interaction, does: Confirmation) -> None:
        """Ask execution for what a button said, and put that in the question's place.

        Args:
            asked: The press.
            does: What the button does.
        """
        chosen = read_button(does.argument)
        if chosen is None:
            await self._replies.edit(asked.chat_id, asked.message_id, self._desk.words.toast_no_button)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            mine = place(principal, work.connection)
            is_another = not mine.uid.startswith(does.place)
            if not is_another:
                said = {"symbol": chosen.symbol, "margin_mode": chosen.margin_mode, "leverage": str(chosen.leverage)}
                key = f"press-{asked.chat_id}-{asked.message_id}"
                new = NewRequest(kind="margin", portfolio=mine.uid, key=key, arguments=said)
                request = requests.ask(principal, work, new).request
        if is_another:
            text = self._desk.words.other_portfolio.format(command=does.what)
        else:
            log.info("asked of execution", kind="margin", request=request.uid)
            self._desk.wake(request.uid)
            text = self._desk.words.taken.format(what=escaped(f"/{MARGIN} {chosen.written}"))
        await self._replies.edit(asked.chat_id, asked.message_id, text)

    async def _sure(self, asked: Interaction, chosen: Chosen) -> None:
        """Ask whether to set what was chosen, naming the account and what follows."""
        words, report = self._words, self._report(asked)
        mine = report.portfolio
        named = {"mode": words.modes[chosen.margin_mode], "leverage": chosen.leverage}
        symbol = words.all_symbols if chosen.symbol == ALL else chosen.symbol
        money = self._desk.words.live if mine.is_live else "paper"
        where = {"account": account_named(report.account), "portfolio": f"{escaped(mine.name)} ({money})"}
        text = words.ask.format(symbol=escaped(symbol), **named, **where)
        text = f"{text}\n{words.then_all if chosen.symbol == ALL else words.then_symbol}"
        does = Confirmation(
            what=MARGIN,
            asked_at=self._desk.books.now(),
            user_id=asked.user_id or 0,
            place=mine.uid[:PLACE_DIGITS],
            argument=chosen.on_button,
        )
        await self._desk.confirm(asked, text, does=does, label=words.button_yes.format(symbol=symbol, **named))

    def _read(self, arguments: tuple[str, ...], report: MarginReport) -> Chosen | str:
        """Return what was typed behind the command; a text that says what to write where it cannot be."""
        words = self._words
        if len(arguments) != WORDS_TYPED:
            return words.usage
        symbol, mode = read_symbol(arguments[0]), read_mode(arguments[1], MODES)
        leverage, shown = read_leverage(arguments[2]), [escaped(each[:SHOWN]) for each in arguments]
        if symbol is None:
            return words.bad_symbol.format(text=shown[0])
        if mode is None:
            return words.bad_mode.format(text=shown[1])
        if leverage is None:
            return words.bad_leverage.format(text=shown[2], most=report.most)
        if leverage > report.most:
            return words.above.format(leverage=leverage, most=report.most)
        return Chosen(symbol=perpetual(symbol), margin_mode=mode, leverage=leverage)

    def _report(self, asked: Interaction) -> MarginReport:
        """Return how the account of the portfolio in use is margined."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            return read_margins(principal, connection, self._heard)

    @property
    def _words(self) -> MarginWords:
        """The words of whoever is answered now."""
        return WORDS[self._desk.language]
