"""What BingX's public answers say to paper trading: the envelope, and what stands in it.

Follows the official API reference (read 2026-11). Quirks: the envelope is HTTP 200 with a `code` beside `data`.
"""

import re
from datetime import datetime

import msgspec

from brokers.bingx_public.markets import NO_SUCH_SYMBOL, Price, Steps, contract_in, price_in, spot_symbol_in
from brokers.venue import Busy, Malformed, Refused
from bus import reasons

RATE_LIMITED = frozenset({"100410"})


class Envelope(msgspec.Struct):
    """What every answer is; `data` is read once the code says that it is there."""

    code: int | str
    data: msgspec.Raw = msgspec.Raw(b"null")


_envelope = msgspec.json.Decoder(Envelope)


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
    return price_in(_data(body), symbol, as_of)


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
    return contract_in(_data(body), symbol)


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
    return spot_symbol_in(_data(body), symbol)


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
