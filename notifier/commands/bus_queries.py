"""How everybody is: asked on the bus, answered by the sentinel, the clock and each collector with a key."""

import asyncio
import contextlib
import itertools
import os
import time
from collections.abc import Callable

import msgspec

from bus.connection import Bus
from bus.messages.operations import Health, HealthRequested, KeyHealth, Restarted, RestartRequested
from bus.messages.rounds import NextSlot

REPEAT_S = 0.5
ANSWER_S = 4.0
RESTART_S = 40.0


class Answers(msgspec.Struct):
    """What came in until everybody had answered, or the time was over."""

    health: Health | None = None
    next_slot: NextSlot | None = None
    keys: dict[str, KeyHealth] = msgspec.field(default_factory=dict)
    restarted: Restarted | None = None
    heard: asyncio.Event = msgspec.field(default_factory=asyncio.Event)


Complete = Callable[[Answers], bool]


class BusQueries:
    """Questions that wait for their answers; pass every message of the bus to `handle`."""

    def __init__(self, bus: Bus) -> None:
        """Prepare to ask; no question is sent yet."""
        self._bus = bus
        self._open: dict[str, Answers] = {}
        self._numbers = itertools.count(1)

    def handle(self, message: object) -> None:
        """Take in an answer."""
        if not isinstance(message, Health | NextSlot | KeyHealth | Restarted):
            return
        answers = self._open.get(message.id)
        if answers is None:
            return
        if isinstance(message, Health):
            answers.health = message
        elif isinstance(message, NextSlot):
            answers.next_slot = message
        elif isinstance(message, KeyHealth):
            answers.keys[message.platform] = message
        else:
            answers.restarted = message
        answers.heard.set()

    async def everybody(self, keys: int) -> Answers:
        """Ask how everybody is.

        Args:
            keys: How many collectors have a key.

        Returns:
            What was answered within ANSWER_S.
        """

        def complete(answers: Answers) -> bool:
            """Tell whether the sentinel, the clock and every collector with a key have answered."""
            return answers.health is not None and answers.next_slot is not None and len(answers.keys) >= keys

        return await self._ask(HealthRequested(id=self._name("health")), complete, within_s=ANSWER_S)

    async def next_slot(self, interval_minutes: int | None) -> NextSlot | None:
        """Ask the clock for the next slot, until it follows an interval.

        Args:
            interval_minutes: The interval that the slot has to follow, in minutes; None for any, as `.env` says it.

        Returns:
            The next slot, or None when the clock does not answer in time.
        """

        def complete(answers: Answers) -> bool:
            """Tell whether the clock has answered by the wanted interval."""
            found = answers.next_slot
            return found is not None and interval_minutes in {None, found.interval_minutes}

        answers = await self._ask(HealthRequested(id=self._name("next_slot")), complete, within_s=ANSWER_S)
        return answers.next_slot if complete(answers) else None

    async def restart(self, question: str, program: str) -> Restarted | None:
        """Have a collector restarted, once for each question however often it is put.

        Args:
            question: The question's id; the same one is carried out once.
            program: The collector, as supervisord names it.

        Returns:
            What came of it, or None when nobody answers.
        """
        asked = RestartRequested(id=question, program=program)
        answers = await self._ask(asked, lambda found: found.restarted is not None, within_s=RESTART_S)
        return answers.restarted

    async def _ask(
        self, question: HealthRequested | RestartRequested, complete: Complete, *, within_s: float
    ) -> Answers:
        """Repeat a question on the bus until the answers are complete or the time is over; return what came."""
        answers = self._open.setdefault(question.id, Answers())
        until = time.monotonic() + within_s
        again_at = 0.0
        try:
            while not complete(answers) and (now := time.monotonic()) < until:
                if now >= again_at:
                    self._bus.publish(question)
                    again_at = now + REPEAT_S
                await _wait(answers.heard, min(again_at, until) - now)
        finally:
            self._open.pop(question.id, None)
        return answers

    def _name(self, kind: str) -> str:
        """Return an id that no other question has."""
        return f"{kind}-{os.getpid()}-{next(self._numbers)}"


async def _wait(event: asyncio.Event, within_s: float) -> None:
    """Wait for the next answer, or until the time is over."""
    event.clear()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
