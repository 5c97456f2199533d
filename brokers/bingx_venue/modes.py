"""How an account holds positions: long and short apart (hedge mode), or one of both (one-way mode).

Follows BingX's "Query position mode", `positionSide/dual` (read 2026-11).

Quirks: it may be asked twice a second, so that orders of one moment share an answer; an order that was made for the
other mode is refused with 109400, and nothing can change the mode while there are positions or orders.
"""

import asyncio
from typing import Final

import msgspec

from brokers.bingx_venue.rest import Rest
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venues import PlaceOrder
from bus.time_source import TimeSource

DUAL: Final = "/openApi/swap/v1/positionSide/dual"
SHARED_S: Final = 1.0
WRONG_MODE: Final = frozenset({"109400", "80001", "80014"})
"""Errors of an order for the other mode; of other things too."""
_WORDS: Final = {"true": True, "false": False, True: True, False: False}


class _Dual(msgspec.Struct, rename="camel"):
    """The mode: a text, or a word of JSON."""

    dual_side_position: str | bool


_dual = msgspec.json.Decoder(_Dual)


class Modes:
    """Knows the mode, as it was a moment ago."""

    def __init__(self, rest: Rest, *, time: TimeSource) -> None:
        """Know nothing yet.

        Args:
            rest: Calls BingX.
            time: The clocks.
        """
        self._rest = rest
        self._time = time
        self._asking = asyncio.Lock()
        self._known: tuple[float, bool] | None = None

    async def is_hedged(self) -> bool:
        """Ask for the mode; who asks within the same second shares the answer.

        Returns:
            Whether long and short are held apart.

        Raises:
            VenueError: It could not be asked.
        """
        async with self._asking:
            now_s = self._time.monotonic()
            if self._known is None or now_s - self._known[0] >= SHARED_S:
                self._known = (now_s, await self._ask())
            return self._known[1]

    def forget(self) -> None:
        """Ask anew before the next order."""
        self._known = None

    async def _ask(self) -> bool:
        """Ask for the mode."""
        data = await self._rest.get(DUAL)
        try:
            told = _dual.decode(data).dual_side_position
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="position mode") from None
        word = told.lower() if isinstance(told, str) else told
        if word not in _WORDS:
            raise Malformed(reasons.BAD_ANSWER, code="position mode")
        return _WORDS[word]


def position_side(order: PlaceOrder, *, is_hedged: bool) -> str:
    """Return which position an order is of.

    Args:
        order: What execution wants.
        is_hedged: Whether long and short are held apart.

    Returns:
        LONG or SHORT in hedge mode, else BOTH.
    """
    if not is_hedged:
        return "BOTH"
    is_long = (order.side == "BUY") != order.reduce_only
    return "LONG" if is_long else "SHORT"
