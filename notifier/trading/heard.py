"""What execution last said of how trading is: it says so every two seconds; what is older is worth little."""

from datetime import UTC, datetime

from bus.messages.trading import TradingState
from bus.time_source import SYSTEM_TIME, TimeSource

FRESH_S = 10.0


class Heard:
    """The last word of execution.

    Attributes:
        last: However old it is; None where nothing was heard since this program began.
        at: When it was heard, aware UTC.
    """

    def __init__(self, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Have heard nothing.

        Args:
            time: Says when something is heard.
        """
        self.last: TradingState | None = None
        self.at: datetime | None = None
        self._time = time
        self._at_s = 0.0

    def take(self, state: TradingState) -> None:
        """Take in how execution says that trading is.

        Args:
            state: Its word.
        """
        self.last, self.at, self._at_s = state, self._time.now().astimezone(UTC), self._time.monotonic()

    @property
    def now(self) -> TradingState | None:
        """Its last word, where that is fresh; None while it is silent."""
        return self.last if self._time.monotonic() - self._at_s <= FRESH_S else None
