"""The buttons that decide: under questions about signals, and under what the chat itself asked."""

from collections.abc import Mapping

import msgspec

from bus.log import logger
from ledger.trading.flow import questions
from ledger.trading.flow.records import Answer, Question
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.changing import Changing
from notifier.trading.confirming import DO, DO_NOT, Confirmation, Does, is_refusal_of, read_button
from notifier.trading.decided import put_decided
from notifier.trading.desk import Desk, escaped, name_of
from notifier.trading.halt_commands import HaltCommands
from notifier.trading.request_commands import RequestCommands

QUESTION = "q"
ANSWERS: dict[str, Answer] = {"x": "execute", "r": "reject"}
CHANGE = "c"

log = logger(__name__)


class Pressing:
    """Who answers `q:<uid>:x|c|r`, `do:…` and `dont`."""

    def __init__(
        self,
        desk: Desk,
        *,
        halts: HaltCommands,
        requests: RequestCommands,
        changing: Changing,
        more: Mapping[str, Does],
    ) -> None:
        """Take who carries out what a person has confirmed.

        Args:
            desk: The ledger, the words, and the answers of the chat.
            halts: Lifts halts.
            requests: Writes requests.
            changing: Asks for another size of a signal.
            more: What else is confirmed, by the command that asked.
        """
        self._desk = desk
        self._replies = desk.replies
        self._changing = changing
        self._does: dict[str, Does] = {
            "unkill": halts.lift,
            "resume": halts.lift,
            "close": requests.confirmed,
            "sell_all": requests.confirmed,
            "clear_queue": requests.confirmed,
            **more,
        }

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {
            QUESTION: self._desk.told(self.question),
            DO: self._desk.told(self.confirmed),
            DO_NOT: self._desk.told(self.refused),
        }

    async def question(self, asked: Interaction) -> None:
        """Write a person's answer to a question, once, and show under it who decided what."""
        uid, _, said = "".join(asked.arguments).rpartition(":")
        if said == CHANGE:
            await self._changing.pressed(asked, uid)
            return
        if said not in ANSWERS:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
            return
        with self._desk.books.writing(asked.user_id) as (principal, work):
            answered = questions.answer(principal, work, uid, ANSWERS[said])
            text = self._decided(answered, name_of(principal, work.connection))
            goes_on = put_decided(principal, work, answered, text, at=(asked.chat_id, asked.message_id))
        log.info("question answered", question=uid, answer=answered.answer)
        self._desk.wake(uid)
        done = said == "x"
        await self._desk.toast(asked, self._desk.words.toast_executed if done else self._desk.words.toast_rejected)
        if not goes_on:
            await self._replies.edit(asked.chat_id, asked.message_id, escaped(text))

    async def confirmed(self, asked: Interaction) -> None:
        """Do what a person has confirmed, within its minute, if it is the one who was asked."""
        does = read_button("".join(asked.arguments))
        if does is None or does.what not in self._does:
            await self._desk.toast(asked, self._desk.words.toast_no_button)
        elif does.user_id != asked.user_id:
            await self._desk.toast(asked, self._desk.words.toast_not_yours)
        elif does.is_over(self._desk.books.now()):
            await self._over(asked, does)
        elif await self._replies.is_in_time(asked):
            await self._carry_out(asked, does)

    async def refused(self, asked: Interaction) -> None:
        """Put in the question's place that nothing was done."""
        if not is_refusal_of("".join(asked.arguments), asked.user_id):
            await self._desk.toast(asked, self._desk.words.toast_not_yours)
            return
        await self._replies.answer(asked.query_id)
        await self._replies.edit(asked.chat_id, asked.message_id, self._desk.words.nothing_done)

    async def _over(self, asked: Interaction, does: Confirmation) -> None:
        """Say that a button's minute is over."""
        await self._replies.answer(asked.query_id)
        text = self._desk.words.over.format(command=does.what)
        await self._replies.edit(asked.chat_id, asked.message_id, text)

    async def _carry_out(self, asked: Interaction, does: Confirmation) -> None:
        """Do it; what is refused is said as a message, since the press has its answer already."""
        quiet = msgspec.structs.replace(asked, query_id="")

        async def do(now: Interaction) -> None:
            """Do what the button does."""
            await self._does[does.what](now, does)

        await self._desk.told(do)(quiet)

    def _decided(self, question: Question, name: str) -> str:
        """Return a question with who decided what, in plain text."""
        template = (
            self._desk.words.question_execute if question.answer == "execute" else self._desk.words.question_reject
        )
        at = self._desk.at(question.answered_at or self._desk.books.now())
        return f"{question.text}\n\n{template.format(name=name, at=at)}"
