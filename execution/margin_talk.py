"""Margin mode and leverage as execution speaks of them to brokers: each request is said again until it is answered."""

from collections.abc import Callable

from bus.messages.venue_talk import Order
from bus.messages.venues import AskMargin, MarginState, SetMargin
from bus.time_source import TimeSource
from execution.bounded import bound
from execution.venues import Place

SAY_AGAIN_S = 3.0


class MarginTalk:
    """What was asked, when, and what was answered; it is lost with the process, and then asked again."""

    def __init__(self, say: Callable[[str, Order], bool], time: TimeSource) -> None:
        """Have nothing asked.

        Args:
            say: Says something to a broker; tells whether it was said.
            time: The clocks.
        """
        self._say = say
        self._time = time
        self._said_s: dict[str, float] = {}
        self._answers: dict[tuple[str, str], MarginState] = {}

    def keep(self, broker: str, said: MarginState) -> None:
        """Take in an answer.

        Args:
            broker: Who has answered.
            said: What.
        """
        bound(self._answers)
        self._answers[broker, said.id] = said

    def answer(self, place: Place, asked: SetMargin | AskMargin, *, again_s: float = SAY_AGAIN_S) -> MarginState | None:
        """Return what was answered, and ask where nothing was.

        Args:
            place: Whom, and for which account.
            asked: What.
            again_s: After so long without an answer it is asked again.

        Returns:
            The answer; None where there is none (yet).
        """
        found = self._answers.get((place.broker, asked.id))
        now_s = self._time.monotonic()
        if found is None and now_s - self._said_s.get(asked.id, -again_s) >= again_s:
            bound(self._said_s)
            if self._say(place.broker, asked):
                self._said_s[asked.id] = now_s
        return found
