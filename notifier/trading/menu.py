"""`/trade`: the menu, one message that is edited in place.

It changes the mode of strategies itself; all else it hands over to who answers the commands of the same name, so that
what costs money is asked about once more as when it is typed. What they answer are messages of their own.
"""

from collections.abc import Callable, Mapping

import msgspec
from sqlalchemy import Connection

from bus.log import logger
from ledger.trading.books.positions import list_positions
from ledger.trading.enumerations import Mode
from ledger.trading.errors import Invalid
from ledger.trading.flow.sessions import Session
from ledger.trading.people import users
from ledger.trading.people.standing import standing
from ledger.trading.people.strategies import list_strategies, set_mode
from ledger.trading.principal import Principal, must_trade
from notifier.incoming.interaction import Handler, Interaction
from notifier.texts.trading_menu import MENU_WORDS, MenuWords
from notifier.trading.desk import Desk, escaped, place
from notifier.trading.dialogs import Dialogs, Question
from notifier.trading.heard import Heard
from notifier.trading.margin_page import MARGIN
from notifier.trading.margin_reading import has_margin
from notifier.trading.menu_pages import MENU, MOST, Line, Page, Pages, Pressed, is_over, read_pressed

DIALOG = "menu"
USUAL = "default"
"""Typed in place of an amount."""
LONGEST = 100
"""Signs of what is typed behind a command."""
FOR_TRADERS = frozenset({"set", "yes", "buy", "sell", "shut", "margin"})
PNL_PERIODS = {"day": "today", "week": "week", "month": "month"}

log = logger(__name__)


class Menu:
    """Who answers `/trade` and the buttons of the menu."""

    def __init__(
        self,
        desk: Desk,
        dialogs: Dialogs,
        heard: Heard,
        *,
        answers: Callable[[], Mapping[str, Handler]],
    ) -> None:
        """Take whom it hands over to.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            dialogs: Asks for what is to be bought or sold.
            heard: What execution has said, such as at which venues margin and leverage can be set; for the others
                there is no such button.
            answers: Gives who answers each command; asked when a button is pressed.
        """
        self._desk = desk
        self._replies = desk.replies
        self._dialogs = dialogs
        self._answers = answers
        self._heard = heard
        dialogs.register(DIALOG, self._typed_value)

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"trade": self._desk.told(self._open)}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {MENU: self._desk.told(self._press)}

    @property
    def _words(self) -> MenuWords:
        """The words, in the language of whoever is answered now."""
        return MENU_WORDS[self._desk.language]

    async def _open(self, asked: Interaction) -> None:
        """Send the menu."""
        page = self._page(Pressed(user_id=asked.user_id or 0, step="home"), asked)
        await self._replies.say(asked.chat_id, page.text, page.buttons)

    async def _press(self, asked: Interaction) -> None:
        """Do what a button says, if it is whose menu it is."""
        pressed = read_pressed("".join(asked.arguments))
        if pressed is None:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
        elif pressed.user_id != asked.user_id:
            await self._desk.toast(asked, self._desk.words.toast_not_yours)
        else:
            await self._obey(asked, pressed)

    async def _obey(self, asked: Interaction, pressed: Pressed) -> None:
        """Do what a button says; a viewer only looks."""
        if pressed.step in FOR_TRADERS:
            with self._desk.books.reading(asked.user_id) as (principal, _):
                must_trade(principal)
        if pressed.step in {"set", "yes"}:
            await self._set(asked, pressed)
        elif pressed.step in {"buy", "sell"}:
            await self._ask(asked, pressed)
        elif pressed.step == "margin":
            await self._margin(asked)
        elif pressed.step in {"shut", "report", "say"}:
            await self._hand_over(asked, *_command(pressed, self._answers()))
        else:
            await self._show(asked, self._page(pressed, asked))

    async def _show(self, asked: Interaction, page: Page, note: str = "") -> None:
        """Put a page into the menu's message."""
        await self._desk.toast(asked, note)
        await self._replies.edit(asked.chat_id, asked.message_id, page.text, page.buttons)

    def _page(self, pressed: Pressed, asked: Interaction) -> Page:
        """Return the page that a button leads to, from the books of now."""
        pages = Pages(self._words, pressed.user_id)
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            strategies = _strategies(principal, connection)
            if pressed.step == "one" and (found := _found(strategies, pressed)) is not None:
                return pages.one(found)
            if pressed.step in {"auto", "one"}:
                return pages.auto(strategies)
            mine = standing(principal, connection, place(principal, connection).uid)
            held = [each.symbol for each in list_positions(principal, connection, portfolio=mine.portfolio)]
        named = f"{escaped(mine.portfolio_name)} ({self._desk.words.live if mine.is_live else 'paper'})"
        match pressed.step:
            case "manual":
                return pages.manual(named, answers=self._answers())
            case "close":
                return pages.close(named, list(dict.fromkeys(held)))
            case "reports":
                return pages.reports(named, answers=self._answers())
            case _:
                margin = bool(has_margin(self._heard, mine.program))
                return pages.home(named, strategies, answers=self._answers(), margin=margin)

    async def _set(self, asked: Interaction, pressed: Pressed) -> None:
        """Set a strategy's mode; before `auto` ask once, with a button that is good for a minute."""
        pages, now = Pages(self._words, pressed.user_id), self._desk.books.now()
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            strategies = _strategies(principal, connection)
        found = _found(strategies, pressed)
        mode = "auto" if pressed.step == "yes" else pressed.about[-1]
        if found is None:
            await self._show(asked, pages.auto(strategies), self._words.toast_gone)
        elif pressed.step == "set" and mode == "auto":
            await self._show(asked, pages.ask_auto(found, now))
        elif pressed.step == "yes" and is_over(pressed.about[-1], now):
            await self._show(asked, pages.one(found), self._words.toast_over)
        elif await self._replies.is_in_time(msgspec.structs.replace(asked, what="trade")):
            await self._change_mode(asked, found, mode)  # type: ignore[arg-type]  # the service looks at the mode

    async def _change_mode(self, asked: Interaction, strategy: Line, mode: Mode) -> None:
        """Set a mode, and show the strategy as it is then; the press has had its answer."""
        quiet = msgspec.structs.replace(asked, query_id="")

        async def do(now: Interaction) -> None:
            """Set it, and show the strategy."""
            with self._desk.books.writing(now.user_id) as (principal, work):
                done = set_mode(principal, work, strategy.uid, mode)
            log.info("mode changed", strategy=done.uid, mode=done.mode)
            self._desk.wake(done.uid)
            page = Pages(self._words, now.user_id or 0).one(msgspec.structs.replace(strategy, mode=done.mode))
            await self._replies.edit(now.chat_id, now.message_id, page.text, page.buttons)

        await self._desk.told(do)(quiet)

    async def _margin(self, asked: Interaction) -> None:
        """Show margin and leverage, where the portfolio's venue has them."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            program = standing(principal, connection, place(principal, connection).uid).program
        if has_margin(self._heard, program):
            await self._hand_over(asked, MARGIN)
        else:
            await self._desk.toast(asked, self._words.toast_no_margin)

    async def _ask(self, asked: Interaction, pressed: Pressed) -> None:
        """Ask what is to be bought or sold."""
        words = self._words
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            held = list_positions(principal, connection, portfolio=place(principal, connection).uid)
        symbols = ", ".join(dict.fromkeys(each.symbol for each in held[:MOST])) or "–"
        text = words.symbol_buy if pressed.step == "buy" else words.symbol_sell.format(symbols=escaped(symbols))
        await self._desk.toast(asked, words.toast_ask)
        await self._dialogs.ask(asked, Question(dialog=DIALOG, step=pressed.step, text=text))

    async def _typed_value(self, asked: Interaction, session: Session, text: str) -> None:
        """Take a symbol, then how much of it, and hand both over; both may come at once."""
        words, command = self._words, session.step
        if len(text) > LONGEST or "\n" in text:
            raise Invalid(words.one_line)
        typed = [*([session.state["symbol"]] if "symbol" in session.state else []), *text.split()]
        if len(typed) == 1:
            size = words.size_buy if command == "buy" else words.size_sell
            question = size.format(symbol=escaped(typed[0]))
            state = {"symbol": typed[0]}
            await self._dialogs.ask(asked, Question(dialog=DIALOG, step=command, text=question, state=state))
            return
        is_usual = command == "buy" and typed[1:] == [USUAL]
        await self._hand_over(asked, command, *(typed[:1] if is_usual else typed))

    async def _hand_over(self, asked: Interaction, command: str, *arguments: str) -> None:
        """Let who answers a command answer as if it had been typed; what is refused is a message then."""
        if asked.query_id:
            await self._replies.answer(asked.query_id)
        handler = self._answers().get(command)
        if handler is not None:
            changed = {"what": command, "arguments": arguments, "query_id": "", "typed": "", "reply_to": None}
            await handler(msgspec.structs.replace(asked, **changed))


def _command(pressed: Pressed, answers: Mapping[str, Handler]) -> tuple[str, ...]:
    """Return the command that a button stands for, with what is typed behind it."""
    about = ":".join(pressed.about)
    match pressed.step:
        case "shut":
            return ("close", about)
        case "report":
            return ("report", about) if "report" in answers else ("pnl", PNL_PERIODS.get(about, about))
        case _:
            return (about,) if about in {"status", "help", "trades"} else ("help",)


def _strategies(principal: Principal, connection: Connection) -> tuple[Line, ...]:
    """Return the asker's own strategies in force, of an admin too."""
    mine = list_strategies(principal, connection, user=users.get(principal, connection).uid)
    return tuple(Line(uid=each.uid, name=each.name, mode=each.mode) for each in mine)


def _found(strategies: tuple[Line, ...], pressed: Pressed) -> Line | None:
    """Return the strategy that a button names by the beginning of its uid; None where it is not there any more."""
    found = [each for each in strategies if pressed.about and each.uid.startswith(pressed.about[0])]
    return found[0] if len(found) == 1 else None
