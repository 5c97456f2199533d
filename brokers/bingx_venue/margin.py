"""Margin mode and leverage of perpetuals: set as a whole or not at all, read back, and only then believed.

Follows BingX's "Query/Change margin type" and "Query/Set leverage" (read 2026-11).

    read ▶ over the most ─────────────────────────────────────▶ REFUSED, with both numbers
         ▶ mode ▶ leverage, of both sides in hedge mode ▶ read back ▶ SET
                     └─ refused, or lost ▶ all set back ▶ read back ▶ ROLLED_BACK; not what it was ▶ UNKNOWN

Quirks: the mode of an instrument with a position or an order cannot be changed. Leverage is of each side: in one-way
mode both are set by BOTH. SEPARATE_ISOLATED is isolated, each position by itself.
"""

import asyncio
from typing import Final, Literal

import msgspec

from brokers.bingx_venue.contracts import Contracts
from brokers.bingx_venue.modes import Modes
from brokers.bingx_venue.rest import Rest
from brokers.venue import Malformed, Refused, Unknown, VenueError
from bus import reasons
from bus.messages.venues import AskMargin, MarginMode, MarginState, PlaceOrder, SetMargin, Traded
from bus.time_source import SYSTEM_TIME, TimeSource

LEVERAGE: Final = "/openApi/swap/v2/trade/leverage"
MARGIN_TYPE: Final = "/openApi/swap/v2/trade/marginType"
TO_BINGX: Final[dict[MarginMode, str]] = {"ISOLATED": "ISOLATED", "CROSS": "CROSSED"}
FROM_BINGX: Final[dict[str, MarginMode]] = {
    "ISOLATED": "ISOLATED",
    "SEPARATE_ISOLATED": "ISOLATED",
    "CROSSED": "CROSS",
    "CROSS": "CROSS",
}
KEPT_S: Final = 10.0
"""So long what was read is believed: longer only a stream that is heard could tell that somebody has changed it."""
NOT_SURE: Final = "nobody knows how it is margined now: read it again"


class _Leverage(msgspec.Struct, rename="camel"):
    """The leverage of both sides, and the most that there may be."""

    long_leverage: int
    short_leverage: int
    max_long_leverage: int
    max_short_leverage: int


class _MarginType(msgspec.Struct, rename="camel"):
    """The mode."""

    margin_type: str


class Margined(msgspec.Struct, frozen=True, kw_only=True):
    """How an instrument is margined, as BingX says it; `most` is the most leverage that both sides may have."""

    word: str
    long: int
    short: int
    most: int

    @property
    def mode(self) -> MarginMode | None:
        """Our word for the mode; None for one that is not known."""
        return FROM_BINGX.get(self.word)

    @property
    def leverage(self) -> int | None:
        """The leverage; None where the sides have different ones."""
        return self.long if self.long == self.short else None

    def is_as(self, mode: MarginMode | None, leverage: int | None) -> bool:
        """Tell whether it is as is wanted; None: whatever it is.

        Args:
            mode: The mode that is wanted.
            leverage: The leverage that is wanted, of both sides.
        """
        return mode in {None, self.mode} and (leverage is None or self.long == self.short == leverage)


class _Unlike(VenueError):
    """All was taken, and what is read back is another thing."""


_leverage = msgspec.json.Decoder(_Leverage, strict=False)
_margin_type = msgspec.json.Decoder(_MarginType)


class Margin:
    """Sets margin mode and leverage; keeps what it has read back until something may have changed it."""

    def __init__(self, rest: Rest, contracts: Contracts, *, time: TimeSource = SYSTEM_TIME) -> None:
        """Know nothing yet.

        Args:
            rest: Calls BingX.
            contracts: Knows which instruments there are.
            time: The clocks.
        """
        self._rest = rest
        self._contracts = contracts
        self._time = time
        self._known: dict[str, tuple[float, Margined]] = {}
        self.modes: Final = Modes(rest, time=time)
        """The account's position mode."""

    async def read(self, asked: AskMargin) -> MarginState:
        """Read how an instrument is margined.

        Args:
            asked: Which.

        Returns:
            An answer READ.

        Raises:
            VenueError: It could not be asked.
        """
        await self._check(asked.instrument)
        return self._state(asked, "READ", await self._read(asked.instrument.symbol))

    async def set(self, wanted: SetMargin) -> MarginState:
        """Set how an instrument is margined, and read it back; what is half done is taken back.

        Args:
            wanted: Which, and how.

        Returns:
            SET, REFUSED, ROLLED_BACK or UNKNOWN, with what was read back.

        Raises:
            VenueError: Unknown where it may be set all the same; any other one means that nothing is changed.
        """
        await self._check(wanted.instrument)
        symbol = wanted.instrument.symbol
        before = await self._read(symbol)
        if wanted.leverage > before.most:
            return self._state(wanted, "REFUSED", before, reason=_over(symbol, wanted.leverage, before.most))
        if before.is_as(wanted.margin_mode, wanted.leverage):
            return self._state(wanted, "SET", before)
        word = before.word if before.mode == wanted.margin_mode else TO_BINGX[wanted.margin_mode]
        goal = msgspec.structs.replace(before, word=word, long=wanted.leverage, short=wanted.leverage)
        is_hedged = await self.modes.is_hedged()
        self.forget(symbol)
        try:
            await self._change(symbol, before, goal, is_hedged=is_hedged)
            after = await self._read(symbol)
            if not after.is_as(wanted.margin_mode, wanted.leverage):
                raise _Unlike("BingX has taken it, and shows another thing")
        except VenueError as error:
            return await self._rolled_back(wanted, before, error, is_hedged=is_hedged)
        return self._state(wanted, "SET", after)

    async def ensure(self, order: PlaceOrder) -> None:
        """See to it that an opening finds its instrument margined as execution wants it.

        Args:
            order: The opening; where it names neither, nothing is asked.

        Raises:
            VenueError: It is not so, or nobody knows: the order must not go out.
        """
        if order.margin_mode is None and order.leverage is None:
            return
        symbol = order.instrument.symbol
        read_s, found = self._known.get(symbol, (0.0, None))
        if found is None or self._time.monotonic() - read_s >= KEPT_S:
            found = await self._read(symbol)
        if found.is_as(order.margin_mode, order.leverage):
            return
        mode, leverage = order.margin_mode or found.mode, order.leverage or found.leverage
        if mode is None or leverage is None:
            raise Refused(f"{symbol} has another margin for each side: set mode and leverage of it")
        wanted = SetMargin(
            id="", account=order.account, instrument=order.instrument, margin_mode=mode, leverage=leverage
        )
        try:
            state = await self.set(wanted)
        except Unknown as error:  # the order itself was not sent
            raise Refused(f"{NOT_SURE} ({error.reason})", code=error.code) from None
        if state.outcome != "SET":
            raise Refused(state.reason, code=state.code)

    def forget(self, symbol: str = "") -> None:
        """Read again what is kept of a symbol before it is believed.

        Args:
            symbol: Whose; empty for all.
        """
        if symbol:
            self._known.pop(symbol, None)
        else:
            self._known.clear()

    async def _check(self, instrument: Traded) -> None:
        """Refuse what has no margin here."""
        if instrument.asset_type != "FUTURE":
            raise Refused(f"{instrument.symbol} is no perpetual: it has neither margin mode nor leverage")
        await self._contracts.steps(instrument)

    async def _change(self, symbol: str, before: Margined, goal: Margined, *, is_hedged: bool) -> None:
        """Set what differs: the mode first, then the leverage of each side."""
        if before.word != goal.word:
            await self._rest.change("POST", MARGIN_TYPE, symbol=symbol, marginType=goal.word)
        sides = {"LONG": (before.long, goal.long), "SHORT": (before.short, goal.short)}
        differing = {side: wanted for side, (now, wanted) in sides.items() if now != wanted}
        if differing and not is_hedged:
            differing = {"BOTH": goal.long}
        for side, wanted in differing.items():
            await self._rest.change("POST", LEVERAGE, symbol=symbol, side=side, leverage=str(wanted))

    async def _rolled_back(
        self, wanted: SetMargin, before: Margined, error: VenueError, *, is_hedged: bool
    ) -> MarginState:
        """Set back what was changed before something failed, and read what it is then."""
        symbol, now = wanted.instrument.symbol, None
        try:
            now = await self._read(symbol)
            if isinstance(error, Unknown) and now.is_as(wanted.margin_mode, wanted.leverage):
                return self._state(wanted, "SET", now)
            if now == before and not isinstance(error, Unknown):
                return self._state(wanted, "REFUSED", now, reason=error.reason, code=error.code)
            await self._change(symbol, now, before, is_hedged=is_hedged)
            now = await self._read(symbol)
        except VenueError:
            now = None
        self.forget(symbol)
        if now is None or now != before:
            return self._state(wanted, "UNKNOWN", now, reason=f"{error.reason}; {NOT_SURE}", code=error.code)
        return self._state(wanted, "ROLLED_BACK", now, reason=error.reason, code=error.code)

    async def _read(self, symbol: str) -> Margined:
        """Ask how a symbol is margined, and keep it, as of when it was asked for."""
        asked_s = self._time.monotonic()
        mode, leverage = await asyncio.gather(
            self._rest.get(MARGIN_TYPE, symbol=symbol), self._rest.get(LEVERAGE, symbol=symbol)
        )
        try:
            word, told = _margin_type.decode(mode).margin_type, _leverage.decode(leverage)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Malformed(reasons.BAD_ANSWER, code="margin") from None
        most = min(told.max_long_leverage, told.max_short_leverage)
        found = Margined(word=word.upper(), long=told.long_leverage, short=told.short_leverage, most=most)
        self._known[symbol] = (asked_s, found)
        return found

    def _state(
        self,
        asked: AskMargin | SetMargin,
        outcome: Literal["READ", "SET", "REFUSED", "ROLLED_BACK", "UNKNOWN"],
        found: Margined | None,
        *,
        reason: str = "",
        code: str = "",
    ) -> MarginState:
        """Return the answer."""
        return MarginState(
            id=asked.id,
            account=asked.account,
            instrument=asked.instrument,
            outcome=outcome,
            as_of=self._time.now(),
            margin_mode=None if found is None else found.mode,
            leverage=None if found is None else found.leverage,
            most_leverage=None if found is None else found.most,
            reason=reason,
            code=code,
        )


def _over(symbol: str, wanted: int, most: int) -> str:
    """Return why a leverage is too much, with both numbers."""
    return f"leverage {wanted} is over BingX's most for {symbol}, {most}: choose {most} or less"
