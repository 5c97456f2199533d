"""One connection of ib_async, from its handshake to its loss; after that it is never used again.

Quirks of ib_async 2.1, all of them silent, that are kept from everybody else here:

- It sends 45 messages a second and keeps the rest in a queue, which a lost connection throws away: its queue is
  switched off, and who sends takes a turn first.
- Lists without a number (positions, open orders, completed orders, account values, the time) share one future for each
  kind: a second question takes the first one's place, and gets what is left of its answer. So each is asked once at a
  time, and an answer that is owed is waited for before the next question.
- A message that cannot be read is logged and left out: a list may lack a row. Whoever waits then is told.
- Errors of futures that nobody waits for any more would end the process: they are looked at.
"""

import asyncio
import collections
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import msgspec
from ib_async import IB
from ib_async.wrapper import RequestError

from brokers.ibkr_venue import states
from brokers.venue import Busy, Malformed, VenueError
from bus import reasons
from bus.log import logger

POSITIONS: Final = "positions"
OPEN_ORDERS: Final = "open orders"
COMPLETED_ORDERS: Final = "completed orders"
ACCOUNT_VALUES: Final = "account values"
TIME: Final = "time"
KEPT_FOR_ORDERS: Final = 5
"""So many messages a second are only for what cannot wait; with them there are 45, of 50 that the gateway takes."""

Answer = TypeVar("Answer")

log = logger(__name__)


class LinkPace(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds; tests step faster.

    `open_s`: for the handshake, and again for the lists of the start. `answer_s`: for one answer. `beat_s`: how often
    the gateway is asked for the time; it is taken for frozen where that is not answered within `silent_s`. `owed_s`:
    how long an answer may be owed before the connection is given up. `most_sent`: of messages that can wait, so many go
    out within a second.
    """

    open_s: float = 4.0
    answer_s: float = 6.0
    beat_s: float = 2.0
    silent_s: float = 4.0
    owed_s: float = 30.0
    most_sent: int = 40


USUAL: Final = LinkPace()


class Connection:
    """Asks, and notices that nobody answers any more."""

    def __init__(self, *, pace: LinkPace) -> None:
        """Make one that is not opened yet.

        Args:
            pace: How long to wait.
        """
        self.ib = IB()
        self.ib.RaiseRequestErrors = True
        self.ib.client.MaxRequests = 0
        self.ib.errorEvent.clear()  # its own reaction to 1102 is a question whose error nobody would look at
        self.ib.client.decoder.logger = _Unread(self._note_unread)
        self.why_lost = ""
        self._pace = pace
        self._sent: collections.deque[float] = collections.deque()
        self._waiting = asyncio.Lock()
        self._one_at_a_time: collections.defaultdict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)
        self._owed: dict[str, tuple[float, asyncio.Event]] = {}
        self._unread = 0

    async def turn(self, messages: int = 1, *, can_wait: bool = False) -> IB:
        """Wait until messages may be sent.

        Args:
            messages: How many.
            can_wait: Whether they go behind all else that can wait, and leave a few places in each second to orders.

        Returns:
            The connection; they are to be sent before anything else is waited for.

        Raises:
            VenueError: The connection was lost.
        """
        if can_wait:
            async with self._waiting:
                await self._place(messages, most=self._pace.most_sent)
        else:
            await self._place(messages, most=self._pace.most_sent + KEPT_FOR_ORDERS)
        if self.why_lost:
            raise states.error(self.why_lost)
        return self.ib

    async def ask(self, what: str, question: Callable[[IB], Awaitable[Answer]], *, within_s: float = 0.0) -> Answer:
        """Ask, and wait for the whole answer.

        Args:
            what: One of the lists above, which are asked for once at a time; empty for a question with a number.
            question: Sends the one message, and waits for its answer.
            within_s: The most that it may take; 0 for the usual.

        Returns:
            The answer, whole.

        Raises:
            VenueError: There is none; `code` is the API's number where it says why. Nothing is ever read out of that.
        """
        unread = self._unread
        try:
            async with asyncio.timeout(within_s or self._pace.answer_s):
                answer = await (self._alone(what, question) if what else self._asked(question))
        except TimeoutError:
            raise Busy(reasons.TIMEOUT, code=f"no {what or 'answer'}") from None
        except RequestError as error:
            raise states.of_request(error.code) from None
        except ConnectionError:
            raise states.error(self.why_lost or states.DROPPED) from None
        if self._unread != unread:
            raise Malformed(reasons.BAD_ANSWER, code="a message that cannot be read")
        return answer

    async def watch(self) -> None:
        """Ask for the time again and again; end, with the connection given up, when that is not answered."""
        while not self.why_lost:
            await asyncio.sleep(self._pace.beat_s)
            try:
                await self.ask(TIME, lambda ib: ib.reqCurrentTimeAsync(), within_s=self._pace.silent_s)
            except Malformed:
                continue  # it was answered, and whoever waited for a list was told
            except VenueError:
                self.give_up(states.SILENT)
            now_s = asyncio.get_running_loop().time()
            if any(now_s - since_s > self._pace.owed_s for since_s, came in self._owed.values() if not came.is_set()):
                self.give_up(states.SILENT)

    def give_up(self, why: str) -> None:
        """Cut the connection at once; whoever waits for an answer is told.

        Args:
            why: One of the words of `states`, kept unless there is one already.
        """
        self.why_lost = self.why_lost or why
        if (transport := self.ib.client.conn.transport) is not None:
            transport.abort()

    async def _place(self, messages: int, *, most: int) -> None:
        """Wait until, with these messages, no more than `most` have been sent within a second."""
        loop = asyncio.get_running_loop()
        while True:
            while self._sent and loop.time() - self._sent[0] >= 1.0:
                self._sent.popleft()
            if len(self._sent) + messages <= most:
                break
            await asyncio.sleep(self._sent[0] + 1.0 - loop.time())
        self._sent.extend([loop.time()] * messages)

    async def _asked(self, question: Callable[[IB], Awaitable[Answer]]) -> Answer:
        """Send a question when it is its turn, and wait for the answer."""
        return await question(await self.turn(can_wait=True))

    async def _alone(self, what: str, question: Callable[[IB], Awaitable[Answer]]) -> Answer:
        """Ask for a list once nobody else waits for it; an answer that is owed comes first."""
        async with self._one_at_a_time[what]:
            if what in self._owed:
                await self._owed[what][1].wait()
            ib = await self.turn(can_wait=what != TIME)
            came = asyncio.Event()
            asked = asyncio.ensure_future(question(ib))
            asked.add_done_callback(lambda each: _has_come(each, came))
            self._owed[what] = (asyncio.get_running_loop().time(), came)
            return await asyncio.shield(asked)

    def _note_unread(self) -> None:
        """Note that a message was left out."""
        self._unread += 1
        if self._unread.bit_count() == 1:  # a flood must not become a flood of lines
            log.error("a message of the gateway cannot be read", so_far=self._unread)


class _Unread(logging.Logger):
    """Stands where ib_async would log a message that it cannot read, with everything in it."""

    def __init__(self, note: Callable[[], None]) -> None:
        """Tell whoever waits."""
        super().__init__("unread")
        self._note = note

    def exception(self, *_args: object, **_fields: object) -> None:
        """Note that there was one, and nothing of it."""
        self._note()


def _has_come(answer: "asyncio.Future[Answer]", came: asyncio.Event) -> None:
    """Note that an answer is there, and look at an error for which nobody may be waiting any more."""
    came.set()
    with contextlib.suppress(asyncio.CancelledError):
        answer.exception()
