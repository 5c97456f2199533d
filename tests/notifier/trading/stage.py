"""A notifier with trading on, the people of the books, and what they type and press."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from ledger.trading.flow import halts, questions, requests, signals
from ledger.trading.flow.records import Halt, NewQuestion, NewSignal, Question, Request
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work
from sandbox.telegram.chat import CHAT_ID, Sent
from tests.ledger.trading.world import ALICE, account, let_everybody_in, portfolio, write_position
from tests.notifier.harness import Harness
from tests.running import Child, wait_until

GROUP = -100_123


class Note(msgspec.Struct):
    """A note over the chat."""

    text: str


class Shown(msgspec.Struct):
    """What the pretend Telegram shows of a chat: here, the ends of all presses."""

    answers: list[Note]


class Stage:
    """The chats of the people: each person's private chat has the person's number.

    Attributes:
        harness: The notifier's surroundings; the owner's private chat and a group are configured.
        main: Alice's portfolio, which holds one bitcoin.
    """

    def __init__(self, harness: Harness) -> None:
        """Let everybody in, and give Alice something to trade with."""
        self.harness = harness
        harness.chats = (str(CHAT_ID), str(GROUP))
        harness.sandbox.set_state("telegram", flood_control=False)
        self.people = let_everybody_in(harness.ledger)
        self.alice: Principal = self.people.alice
        inside = account(harness.ledger, self.alice)
        self.main: Portfolio = portfolio(harness.ledger, self.alice, inside)
        write_position(harness.ledger, self.main.uid)
        self.strategy = self.do(
            lambda work: create_strategy(
                self.alice, work, NewStrategy(name="trend", params={}, portfolio=self.main.uid, mode="auto")
            )
        )

    def notifier(self, **variables: str) -> AbstractContextManager[Child]:
        """Run a real notifier with trading on paper."""
        return self.harness.notifier(TRADING="paper", **variables)

    def do(self, change: Callable[[Work], Any]) -> Any:
        """Change the books, at this moment."""
        with self.harness.ledger.writing() as connection:
            return change(Work(connection, datetime.now(UTC)))

    def answer(self, text: str, *, by: int = ALICE, chat: int = 0) -> Sent:
        """Let a person type something, into their private chat or another one; return what is said to it."""
        where = chat or by
        before = len(self.harness.sandbox.messages(where))
        self.harness.sandbox.type(text, chat_id=where, from_id=by)
        return self.harness.wait_for_texts(before + 1, where)[-1]

    def helped(self, text: str = "/help", *, by: int = ALICE, chat: int = 0) -> str:
        """Let a user ask for help; return both messages that list what there is."""
        where = chat or by
        before = len(self.harness.sandbox.messages(where))
        self.answer(text, by=by, chat=chat)
        return "\n\n".join(each.text for each in self.harness.wait_for_texts(before + 2, where)[before:])

    def reply(self, text: str, to: Sent, *, by: int = ALICE) -> Sent:
        """Let a person reply to a message; return what is said to it."""
        before = len(self.harness.sandbox.messages(to.chat_id))
        self.say(text, to, by=by)
        return self.harness.wait_for_texts(before + 1, to.chat_id)[-1]

    def say(self, text: str, to: Sent, *, by: int = ALICE) -> None:
        """Let a person reply to a message to which nothing need be said."""
        self.harness.sandbox.type_in(text, chat_id=to.chat_id, reply_to=to.message_id, from_id=by)

    def asked(self, message: Sent, data: str, *, by: int = ALICE) -> Sent:
        """Let a person press a button that asks for something; return the question."""
        before = len(self.harness.sandbox.messages(message.chat_id))
        self.press(message, data, by=by)
        return self.harness.wait_for_texts(before + 1, message.chat_id)[-1]

    def press(self, message: Sent, data: str = "", *, by: int = ALICE) -> None:
        """Let a person press a button under a message: the first one, or one with other data."""
        data = data or first_button(message)
        self.harness.sandbox.press(message.message_id, data, chat_id=message.chat_id, from_id=by)

    def edited(self, message: Sent) -> str:
        """Wait until a message was edited; return what it says then."""

        def now() -> Sent:
            """Return the message as it is."""
            found = self.harness.sandbox.messages(message.chat_id)
            return next(each for each in found if each.message_id == message.message_id)

        wait_until(lambda: now().html != message.html, what="an edit")
        return now().text

    def toasts(self, count: int) -> list[str]:
        """Wait for so many ends of presses; return the notes that were shown."""
        wait_until(lambda: len(self._toasts()) >= count, what=f"{count} notes, not {self._toasts()}")
        return self._toasts()

    def _toasts(self) -> list[str]:
        """Return the notes over the chat, oldest first."""
        seen = self.harness.sandbox._port.ask("GET", f"/telegram/chat/{CHAT_ID}", kind=Shown)
        return [each.text for each in seen.answers]

    def halts(self) -> tuple[Halt, ...]:
        """Return the halts in force."""
        with self.harness.ledger.reading() as connection:
            return halts.in_force(SYSTEM, connection)

    def requests(self) -> tuple[Request, ...]:
        """Return what was asked of execution."""
        with self.harness.ledger.reading() as connection:
            return requests.waiting(SYSTEM, connection)

    def signal(self, symbol: str = "ETHUSDT", *, action: str = "buy") -> str:
        """Take a signal of Alice's in, and return its uid."""
        new = NewSignal(
            portfolio=self.main.uid,
            action=action,
            symbol=symbol,
            received_at=datetime.now(UTC),
            strategy=self.strategy.uid,
            amount=Decimal(100),
        )
        return str(self.do(lambda work: signals.take_in(SYSTEM, work, new)).signal.uid)

    def question(
        self, *, lasts: timedelta = timedelta(minutes=10), action: str = "buy", **details: str | None
    ) -> Question:
        """Ask Alice about a signal; where its details have a stop loss, that and a take profit can be changed too."""
        uid = self.signal(action=action)
        changes = ["quantity", "amount", *(("stop_loss", "take_profit") if "stop_loss" in details else ())]
        details = {"price": "1", "quantity": "10", "currency": "USD", **details}
        details |= {"changes": changes}  # type: ignore[dict-item]  # the one that is no text
        new = NewQuestion(signal=uid, text="Buy ETH <1>?", details=details, expires_at=datetime.now(UTC) + lasts)
        asked: Question = self.do(lambda work: questions.ask(SYSTEM, work, new))
        return asked


def buttons(message: Sent) -> list[tuple[str, str]]:
    """Return the buttons under a message: what stands on each, and its data."""
    keyboard: Any = (message.reply_markup or {}).get("inline_keyboard", [])
    return [(each["text"], each["callback_data"]) for line in keyboard for each in line]


def first_button(message: Sent) -> str:
    """Return the data of the first button under a message."""
    return buttons(message)[0][1]
