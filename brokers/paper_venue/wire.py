"""What BingX's public market data say: quotes and steps, exact.

Follows the official API reference: swap `quote/ticker` and `quote/contracts`, spot `ticker/24hr` and `common/symbols`
(read 2026-11).

Quirks: the envelope is HTTP 200 with a `code` beside `data`; a ticker is one object or a list of one; prices are texts
or numbers; precisions are counts of decimals.
"""

import re
from datetime import datetime
from decimal import Decimal

import msgspec

from brokers.venue import Busy, Malformed, Refused
from bus import reasons

RATE_LIMITED = frozenset({"100410"})
NO_SUCH_SYMBOL = frozenset({"109425", "100400", "109400", "100404"})
_NUMBER = re.compile(r"\d{1,20}(\.\d{1,18})?")


class Ticker(msgspec.Struct, rename="camel"):
    """A quote of one symbol."""

    symbol: str
    last_price: Decimal
    bid_price: Decimal
    ask_price: Decimal


class Contract(msgspec.Struct, rename="camel"):
    """A perpetual's steps."""

    symbol: str
    quantity_precision: int
    price_precision: int
    trade_min_quantity: Decimal | None = None
    trade_min_usdt: Decimal | None = msgspec.field(default=None, name="tradeMinUSDT")


class SpotSymbol(msgspec.Struct, rename="camel"):
    """A spot pair's steps."""

    symbol: str
    step_size: Decimal
    tick_size: Decimal
    min_notional: Decimal | None = None


class SpotSymbols(msgspec.Struct):
    """All pairs that were asked for."""

    symbols: tuple[SpotSymbol, ...]


class Envelope(msgspec.Struct):
    """What every answer is; `data` is read once the code says that it is there."""

    code: int | str
    data: msgspec.Raw = msgspec.Raw(b"null")


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A quote, all above zero and not crossed; `as_of` is when it was asked for."""

    as_of: datetime
    bid: Decimal
    ask: Decimal
    last: Decimal


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What quantities and prices are multiples of, and the least that is taken."""

    quantity_step: Decimal
    price_step: Decimal | None = None
    minimum_quantity: Decimal | None = None
    minimum_value: Decimal | None = None


_envelope = msgspec.json.Decoder(Envelope)
_tickers = msgspec.json.Decoder(Ticker | list[Ticker])
_contracts = msgspec.json.Decoder(Contract | list[Contract])
_spot_symbols = msgspec.json.Decoder(SpotSymbols)


def read_ticker(body: bytes, symbol: str, as_of: datetime) -> Price:
    """Read a quote.

    Args:
        body: The answer.
        symbol: Whose quote was asked for.
        as_of: When it was asked for, aware UTC.

    Returns:
        The quote, all above zero and not crossed.

    Raises:
        Refused: There is no such symbol.
        Busy: The service cannot answer now.
        Malformed: The answer is not as documented, or no price in it is one that can be traded at.
    """
    try:
        found = _tickers.decode(_data(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="ticker") from None
    ticker = next((each for each in (found if isinstance(found, list) else [found]) if each.symbol == symbol), None)
    if ticker is None:
        raise Malformed(reasons.BAD_ANSWER, code="another symbol")
    bid, ask, last = map(_number, (ticker.bid_price, ticker.ask_price, ticker.last_price))
    if not 0 < bid <= ask or not last:
        raise Malformed(reasons.BAD_ANSWER, code="zero or crossed")
    return Price(as_of=as_of, bid=bid, ask=ask, last=last)


def read_contract(body: bytes, symbol: str) -> Steps:
    """Read a perpetual's steps.

    Args:
        body: The answer.
        symbol: Which contract.

    Returns:
        The steps, and the least that is taken.

    Raises:
        Refused: There is no such symbol.
        Busy: The service cannot answer now.
        Malformed: The answer is not as documented, or a step in it cannot be.
    """
    try:
        found = _contracts.decode(_data(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="contracts") from None
    contract = next((each for each in (found if isinstance(found, list) else [found]) if each.symbol == symbol), None)
    if contract is None:
        raise Refused("no such symbol")
    if not (0 <= contract.quantity_precision <= 18 and 0 <= contract.price_precision <= 18):
        raise Malformed(reasons.BAD_ANSWER, code="precision")
    return Steps(
        quantity_step=Decimal(1).scaleb(-contract.quantity_precision),
        price_step=Decimal(1).scaleb(-contract.price_precision),
        minimum_quantity=_optional(contract.trade_min_quantity),
        minimum_value=_optional(contract.trade_min_usdt),
    )


def read_spot_symbol(body: bytes, symbol: str) -> Steps:
    """Read a spot pair's steps.

    Args:
        body: The answer.
        symbol: Which pair.

    Returns:
        The steps, and the least value that is taken.

    Raises:
        Refused: There is no such symbol.
        Busy: The service cannot answer now.
        Malformed: The answer is not as documented, or a step in it cannot be.
    """
    try:
        found = _spot_symbols.decode(_data(body)).symbols
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="symbols") from None
    pair = next((each for each in found if each.symbol == symbol), None)
    if pair is None:
        raise Refused("no such symbol")
    step, tick = _number(pair.step_size), _number(pair.tick_size)
    if not step or not tick:
        raise Malformed(reasons.BAD_ANSWER, code="step of zero")
    return Steps(quantity_step=step, price_step=tick, minimum_value=_optional(pair.min_notional))


def _data(body: bytes) -> msgspec.Raw:
    """Return what an answer holds, once its code says that it holds something."""
    try:
        envelope = _envelope.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="envelope") from None
    code = str(envelope.code)
    if code in NO_SUCH_SYMBOL:
        raise Refused("no such symbol", code=code)
    if code != "0":
        reason = reasons.RATE_LIMITED if code in RATE_LIMITED else reasons.BAD_ANSWER
        raise Busy(reason, code=code if re.fullmatch(r"-?\d{1,9}", code) else "not a number")
    return envelope.data


def _number(amount: Decimal) -> Decimal:
    """Return an amount that is not below zero and of a size that can be; Malformed where it is none."""
    if not amount.is_finite() or amount.adjusted() > 20 or not _NUMBER.fullmatch(format(amount, "f")):
        raise Malformed(reasons.BAD_ANSWER, code="amount")
    return amount


def _optional(amount: Decimal | None) -> Decimal | None:
    """Return an amount, None where there is none."""
    return None if amount is None else _number(amount)
