"""What BingX's public market data hold: quotes, steps, and whether something is traded now; exact.

Follows the official API reference: swap `quote/ticker` and `quote/contracts`, spot `ticker/24hr` and `common/symbols`
(read 2026-11).

Quirks: a ticker is one object or a list of one; prices are texts or numbers; precisions are counts of decimals; of the
states of a contract only 1 is known to mean that it is traded; switches are texts, `"true"`, or true.
"""

import re
from datetime import datetime
from decimal import Decimal

import msgspec

from brokers.venue import Malformed, Refused
from bus import reasons

NO_SUCH_SYMBOL = frozenset({"109425", "100400", "109400", "100404"})
TRADED = 1
_NUMBER = re.compile(r"\d{1,20}(\.\d{1,18})?")


class Ticker(msgspec.Struct, rename="camel"):
    """A quote of one symbol."""

    symbol: str
    last_price: Decimal
    bid_price: Decimal
    ask_price: Decimal


class Contract(msgspec.Struct, rename="camel"):
    """A perpetual's steps, and its state."""

    symbol: str
    quantity_precision: int
    price_precision: int
    trade_min_quantity: Decimal | None = None
    trade_min_usdt: Decimal | None = msgspec.field(default=None, name="tradeMinUSDT")
    status: int | str | None = None
    api_state_open: bool | str | None = None
    api_state_close: bool | str | None = None


class SpotSymbol(msgspec.Struct, rename="camel"):
    """A spot pair's steps, and its state."""

    symbol: str
    step_size: Decimal
    tick_size: Decimal
    min_notional: Decimal | None = None
    status: int | str | None = None
    api_state_buy: bool | str | None = None
    api_state_sell: bool | str | None = None


class SpotSymbols(msgspec.Struct):
    """All pairs that were asked for."""

    symbols: tuple[SpotSymbol, ...]


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A quote, all above zero and not crossed; `as_of` is when it was asked for."""

    as_of: datetime
    bid: Decimal
    ask: Decimal
    last: Decimal


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What quantities and prices are multiples of, the least that is taken, and whether it is traded now.

    What can neither be opened nor closed is not traded at all.
    """

    quantity_step: Decimal
    price_step: Decimal | None = None
    minimum_quantity: Decimal | None = None
    minimum_value: Decimal | None = None
    can_open: bool = True
    can_close: bool = True


_tickers = msgspec.json.Decoder(Ticker | list[Ticker])
_contracts = msgspec.json.Decoder(Contract | list[Contract])
_spot_symbols = msgspec.json.Decoder(SpotSymbols)


def price_in(data: msgspec.Raw, symbol: str, as_of: datetime) -> Price:
    """Read a quote.

    Args:
        data: What the answer holds.
        symbol: Whose quote was asked for.
        as_of: When it was asked for, aware UTC.

    Returns:
        The quote, all above zero and not crossed.

    Raises:
        Malformed: The answer is not as documented, or no price in it is one that can be traded at.
    """
    try:
        found = _tickers.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="ticker") from None
    ticker = next((each for each in (found if isinstance(found, list) else [found]) if each.symbol == symbol), None)
    if ticker is None:
        raise Malformed(reasons.BAD_ANSWER, code="another symbol")
    bid, ask, last = map(_number, (ticker.bid_price, ticker.ask_price, ticker.last_price))
    if not 0 < bid <= ask or not last:
        raise Malformed(reasons.BAD_ANSWER, code="zero or crossed")
    return Price(as_of=as_of, bid=bid, ask=ask, last=last)


def contract_in(data: msgspec.Raw, symbol: str) -> Steps:
    """Read a perpetual's steps.

    Args:
        data: What the answer holds.
        symbol: Which contract.

    Returns:
        The steps, the least that is taken, and whether it is traded.

    Raises:
        Refused: There is no such symbol.
        Malformed: The answer is not as documented, or a step in it cannot be.
    """
    try:
        found = _contracts.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="contracts") from None
    contract = next((each for each in (found if isinstance(found, list) else [found]) if each.symbol == symbol), None)
    if contract is None:
        raise Refused("no such symbol")
    if not (0 <= contract.quantity_precision <= 18 and 0 <= contract.price_precision <= 18):
        raise Malformed(reasons.BAD_ANSWER, code="precision")
    is_traded = _is_traded(contract.status)
    return Steps(
        quantity_step=Decimal(1).scaleb(-contract.quantity_precision),
        price_step=Decimal(1).scaleb(-contract.price_precision),
        minimum_quantity=_optional(contract.trade_min_quantity),
        minimum_value=_optional(contract.trade_min_usdt),
        can_open=is_traded and _is_on(contract.api_state_open),
        can_close=is_traded and _is_on(contract.api_state_close),
    )


def spot_symbol_in(data: msgspec.Raw, symbol: str) -> Steps:
    """Read a spot pair's steps.

    Args:
        data: What the answer holds.
        symbol: Which pair.

    Returns:
        The steps, the least value that is taken, and whether it is traded.

    Raises:
        Refused: There is no such symbol.
        Malformed: The answer is not as documented, or a step in it cannot be.
    """
    try:
        found = _spot_symbols.decode(data).symbols
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="symbols") from None
    pair = next((each for each in found if each.symbol == symbol), None)
    if pair is None:
        raise Refused("no such symbol")
    step, tick = _number(pair.step_size), _number(pair.tick_size)
    if not step or not tick:
        raise Malformed(reasons.BAD_ANSWER, code="step of zero")
    is_traded = _is_traded(pair.status)
    return Steps(
        quantity_step=step,
        price_step=tick,
        minimum_value=_optional(pair.min_notional),
        can_open=is_traded and _is_on(pair.api_state_buy),
        can_close=is_traded and _is_on(pair.api_state_sell),
    )


def _is_traded(status: int | str | None) -> bool:
    """Tell whether a state is the one that is known to be traded; none at all says nothing against it."""
    return status is None or str(status) == str(TRADED)


def _is_on(switch: bool | str | None) -> bool:
    """Tell whether a switch is on; none at all says nothing against it."""
    return switch is None or str(switch).lower() == "true"


def _number(amount: Decimal) -> Decimal:
    """Return an amount that is not below zero and of a size that can be; Malformed where it is none."""
    if not amount.is_finite() or amount.adjusted() > 20 or not _NUMBER.fullmatch(format(amount, "f")):
        raise Malformed(reasons.BAD_ANSWER, code="amount")
    return amount


def _optional(amount: Decimal | None) -> Decimal | None:
    """Return an amount, None where there is none."""
    return None if amount is None else _number(amount)
