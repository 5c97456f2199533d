"""Margin mode and leverage: set and read at the venue, between the orders of their account, once for each request."""

import asyncio
from collections.abc import Callable

from brokers.desk.calls import change, read
from brokers.desk.orders import Start
from brokers.desk.standing import Standing
from brokers.venue import Margins, Unknown, Venue, VenueError
from bus.log import logger
from bus.messages.venues import AskMargin, MarginState, SetMargin

NO_MARGIN = "margin and leverage cannot be set here"
LIVE_S = 30.0
"""What was answered less than so long ago is said again, and not done again."""

log = logger(__name__)


class Margining:
    """Sets and reads; a request that is said again while it is under way, or just after, is not done again."""

    def __init__(
        self,
        venue: Venue,
        standing: Standing,
        *,
        say: Callable[[MarginState], None],
        start: Start,
        lane: Callable[[str], asyncio.Lock],
    ) -> None:
        """Have nothing set.

        Args:
            venue: What is asked.
            standing: The clocks and the pace; is told when the venue refuses this program.
            say: Tells execution.
            start: Starts a task that ends with the process.
            lane: Lets the calls of an account through one by one.
        """
        self._margins: Margins | None = venue.margins
        self._standing = standing
        self._say = say
        self._start = start
        self._lane = lane
        self._under_way: set[str] = set()
        self._answered: dict[str, tuple[float, MarginState]] = {}

    def hear(self, asked: SetMargin | AskMargin) -> None:
        """Do what is asked, and say what came of it; nothing where the venue cannot be asked now.

        Args:
            asked: What execution wants.
        """
        now_s = self._standing.time.monotonic()
        self._answered = {key: kept for key, kept in self._answered.items() if now_s - kept[0] < LIVE_S}
        if asked.id in self._answered:
            self._say(self._answered[asked.id][1])
        elif asked.id not in self._under_way:
            self._under_way.add(asked.id)
            self._start(self._carry_out(asked))

    async def _carry_out(self, asked: SetMargin | AskMargin) -> None:
        """Do it when its turn has come, and keep the answer for a moment."""
        try:
            async with self._lane(asked.account):
                state = await self._state(asked)
        finally:
            self._under_way.discard(asked.id)
        if state is not None:
            self._answered[asked.id] = (self._standing.time.monotonic(), state)
            log.info("margin", symbol=asked.instrument.symbol, outcome=state.outcome, code=state.code or "-")
            self._say(state)

    async def _state(self, asked: SetMargin | AskMargin) -> MarginState | None:
        """Return the answer; None where only another try can give one."""
        if self._margins is None:
            return self._answer(asked, VenueError(NO_MARGIN), is_known=True)
        within_s = self._standing.pace.call_s
        try:
            if isinstance(asked, AskMargin):
                return await read(self._margins.read(asked), within_s=within_s)
            return await change(self._margins.set(asked), within_s=within_s)
        except Unknown as error:
            return self._answer(asked, error, is_known=False)
        except VenueError as error:
            self._standing.note(error)
            return None if isinstance(asked, AskMargin) else self._answer(asked, error, is_known=True)

    def _answer(self, asked: SetMargin | AskMargin, error: VenueError, *, is_known: bool) -> MarginState:
        """Return what is said of a request that has failed."""
        return MarginState(
            id=asked.id,
            account=asked.account,
            instrument=asked.instrument,
            outcome="REFUSED" if is_known else "UNKNOWN",
            as_of=self._standing.time.now(),
            reason=error.reason,
            code=error.code,
        )
