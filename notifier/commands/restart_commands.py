"""`/restart`: a collector is started anew by the sentinel, after a question with a button."""

import html

from bus.log import logger
from notifier.commands.bus_queries import BusQueries
from notifier.commands.buttons import Buttons, collectors, confirm_restart
from notifier.commands.replies import Replies
from notifier.incoming.interaction import Handler, Interaction

log = logger(__name__)


class RestartCommand:
    """Who answers `/restart` and its buttons."""

    def __init__(self, replies: Replies, *, bus_queries: BusQueries, labels: dict[str, str]) -> None:
        """Offer the restart of these collectors.

        Args:
            labels: The collectors' names for people, by their names here.
        """
        self._replies = replies
        self._words = replies.words
        self._bus_queries = bus_queries
        self._labels = labels

    def typed(self) -> dict[str, Handler]:
        """Return who answers each command."""
        return {"restart": self.ask}

    def pressed(self) -> dict[str, Handler]:
        """Return who answers each button."""
        return {"restart-ask": self.chosen, "restart": self.confirmed, "restart-cancel": self.cancelled}

    async def ask(self, asked: Interaction) -> None:
        """Ask whether a collector is to be restarted, or which one."""
        if not asked.arguments:
            await self._replies.say(asked.chat_id, self._words.restart_choose, collectors(self._labels))
            return
        written = " ".join(asked.arguments)
        name = self._named(written)
        if name is None:
            names = ", ".join(self._labels)
            text = self._words.restart_unknown.format(name=html.escape(written[:40], quote=False), names=names)
            await self._replies.say(asked.chat_id, text)
            return
        await self._replies.say(asked.chat_id, *self._question(name))

    async def chosen(self, asked: Interaction) -> None:
        """Ask whether the collector that was chosen is to be restarted."""
        await self._replies.answer(asked.query_id)
        name = self._named("".join(asked.arguments))
        if name is not None:
            await self._replies.edit(asked.chat_id, asked.message_id, *self._question(name))

    async def confirmed(self, asked: Interaction) -> None:
        """Have the collector restarted, once for each question however often its button is pressed."""
        name = self._named("".join(asked.arguments))
        if name is None or not await self._replies.is_in_time(asked):
            return
        label = html.escape(self._labels[name], quote=False)
        await self._replies.edit(asked.chat_id, asked.message_id, self._words.restarting.format(name=label))
        log.info("restart asked for", program=name)
        restarted = await self._bus_queries.restart(f"restart-{asked.chat_id}-{asked.message_id}", name)
        problem = self._words.no_answer if restarted is None else restarted.problem
        text = self._words.restart_failed if problem else self._words.restarted
        problem = html.escape(self._words.restart_problems.get(problem, problem), quote=False)
        await self._replies.edit(asked.chat_id, asked.message_id, text.format(name=label, problem=problem))

    async def cancelled(self, asked: Interaction) -> None:
        """End the button's waiting, and put in the question's place that nothing is restarted."""
        await self._replies.answer(asked.query_id)
        await self._replies.edit(asked.chat_id, asked.message_id, self._words.cancelled)

    def _question(self, name: str) -> tuple[str, Buttons]:
        """Return the question whether to restart a collector, and its two buttons."""
        label = self._labels[name]
        question = self._words.restart_sure.format(name=html.escape(label, quote=False))
        return question, confirm_restart(name, label, self._words)

    def _named(self, written: str) -> str | None:
        """Return the collector that a person means by its name or its label."""
        wanted = _folded(written)
        return next((name for name, label in self._labels.items() if wanted in {name, _folded(label)}), None)


def _folded(written: str) -> str:
    """Return a name without what people write differently: case, spaces and hyphens."""
    return "".join(sign for sign in written.lower() if sign.isalnum())
