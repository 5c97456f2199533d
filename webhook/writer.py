"""The inbox's one writer: what comes together is kept in one transaction, and whoever sent it learns so afterwards.

SQLite and PostgreSQL alike make whoever writes wait, so a thread of its own does it and nothing else in the process
waits with it. Each transaction takes up what has piled up during the one before. An alert that is not kept within two
seconds is answered so that it is sent again, and is left out where its turn has not come yet; had it come, the second
one is a duplicate.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from bus.backoff import pause_s
from bus.log import logger
from bus.time_source import SYSTEM_TIME, TimeSource
from ledger.inbox.opening import Inbox
from ledger.inbox.records import Accepted
from ledger.unavailable import LedgerUnavailable
from webhook.keeping import Delivery, Verdict, keep_together

BUSY_MS = 1500
WITHIN_S = 1.8
MOST_WAITING = 4000
AT_ONCE = 250
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
FAILED_FOR_S = 60.0
"""So long a failure is told on the health page, unless something was kept since: a full disk shows only in writing."""

_log = logger(__name__)
Answer = TypeVar("Answer")


class Unkept(Exception):
    """An alert could not be kept, or nobody knows whether it was: it is to be sent again."""


Waiting = tuple[Delivery, asyncio.Future[Verdict]]


class Writer:
    """Keeps alerts; its methods belong to the loop, the inbox to its thread."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        arrived: Callable[[str], None],
        unkept: Callable[[str], None],
        time: TimeSource = SYSTEM_TIME,
    ) -> None:
        """Begin with nothing.

        Args:
            inbox: Not used by anybody else.
            arrived: Is called with a signal's name when new ones are kept.
            unkept: Is called with the reason whenever the inbox cannot be used.
            time: Says when a signal came.
        """
        self._inbox = inbox
        self._arrived = arrived
        self._unkept = unkept
        self._time = time
        self._waiting: deque[Waiting] = deque()
        self._filled = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._is_ready = True  # as far as anybody knows: who comes before it was tried waits for that
        self._failed_at_s: float | None = None

    @property
    def waiting(self) -> int:
        """How many alerts wait for their transaction."""
        return len(self._waiting)

    async def run(self) -> None:
        """Make the inbox ready and keep what comes, until cancelled; what waits then is not kept."""
        try:
            while True:
                await self._become_ready()
                while self._is_ready:
                    await self._filled.wait()
                    await self._keep_some()
        finally:
            _refuse(self._take(len(self._waiting)))
            self._thread.submit(self._inbox.close)
            self._thread.shutdown(wait=False)

    async def keep(self, delivery: Delivery) -> Verdict:
        """Keep what has come in, if its secret is one; returns when it is safe on the disk.

        Args:
            delivery: What has come in.

        Returns:
            What became of it.

        Raises:
            Unkept: It could not be kept in time.
        """
        if not self._is_ready or len(self._waiting) >= MOST_WAITING:
            raise Unkept
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, answer))
        self._filled.set()
        try:
            async with asyncio.timeout(WITHIN_S):
                return await answer
        except TimeoutError:
            raise Unkept from None

    async def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Read from the inbox.

        Args:
            question: Is called with a connection, in the inbox's thread.

        Returns:
            Its answer.

        Raises:
            Unkept: The inbox cannot be read now.
        """

        def read() -> Answer:
            """Ask within a connection of its own."""
            with self._inbox.reading() as connection:
                return question(connection)

        return await self._in_time(read)

    async def can_keep(self) -> bool:
        """Tell whether alerts can be kept now: it is tried, but for a while after a failure, which says enough."""

        def try_it() -> None:
            """Take the inbox's write lock, and write nothing."""
            with self._inbox.writing():
                pass

        if self._failed_at_s is not None and self._time.monotonic() - self._failed_at_s < FAILED_FOR_S:
            return False
        try:
            await self._in_time(try_it)
        except Unkept:
            return False
        return True

    async def _in_time(self, work: Callable[[], Answer]) -> Answer:
        """Do something in the inbox's thread; raises Unkept where it fails or takes too long."""
        try:
            async with asyncio.timeout(WITHIN_S):
                return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (TimeoutError, LedgerUnavailable):
            raise Unkept from None

    async def _become_ready(self) -> None:
        """Bring the inbox to this program's schema, or wait until somebody has made it who may."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            try:
                await loop.run_in_executor(self._thread, self._open_anew)
            except LedgerUnavailable as trouble:
                self._fail(trouble.reason)
                _refuse(self._take(len(self._waiting)))
            else:
                break
            await asyncio.sleep(pause_s(failures, first_s=FIRST_PAUSE_S, longest_s=LONGEST_PAUSE_S))
            failures += 1
        self._is_ready = True

    def _open_anew(self) -> None:
        """Open the inbox, and make it where it is a file; on a server that is for whoever trades.

        Anew, because SQLite goes on only reading a file that could not be written when it was opened.
        """
        self._inbox.close()
        if self._inbox.is_a_file:
            self._inbox.make_ready()
        else:
            self._inbox.must_be_ready()

    async def _keep_some(self) -> None:
        """Keep what waits in one transaction, and answer; a failure is answered too, and the inbox looked at anew."""
        some = [each for each in self._take(AT_ONCE) if not each[1].done()]
        if not some:
            return
        deliveries = [delivery for delivery, _ in some]
        try:
            verdicts = await asyncio.get_running_loop().run_in_executor(
                self._thread, keep_together, self._inbox, deliveries, self._time
            )
        except LedgerUnavailable as trouble:
            self._fail(trouble.reason)
            _refuse(some)
            return
        for (_, answer), verdict in zip(some, verdicts, strict=True):
            if not answer.done():
                answer.set_result(verdict)
        self._note(verdicts)

    def _take(self, most: int) -> list[Waiting]:
        """Return the first of those that wait, in their order."""
        taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
        if not self._waiting:
            self._filled.clear()
        return taken

    def _note(self, verdicts: Sequence[Verdict]) -> None:
        """Wake whoever trades when there is something new, and forget the last failure once anything was kept."""
        kept = [each.result for each in verdicts if isinstance(each.result, Accepted)]
        if kept and self._failed_at_s is not None:
            _log.info("alerts are kept again")
            self._failed_at_s = None
        new = [each.uid for each in kept if each.outcome == "new"]
        if new:
            self._arrived(new[0])

    def _fail(self, reason: str) -> None:
        """Note that the inbox cannot be used; the log says so once."""
        if self._failed_at_s is None:
            _log.error("alerts cannot be kept", reason=reason)
        self._is_ready = False
        self._failed_at_s = self._time.monotonic()
        self._unkept(reason)


def _refuse(some: Sequence[Waiting]) -> None:
    """Tell those who wait that nothing was kept."""
    for _, answer in some:
        if not answer.done():
            answer.set_exception(Unkept())
