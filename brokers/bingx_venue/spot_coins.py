"""Coins and pairs of spot as BingX tells them: parsed once, strict.

Follows BingX's "Spot Account, Query Assets" and "Spot, Trading symbols" (read 2026-11).

Quirks: figures are texts or numbers; a list that is empty may be null.
"""

from decimal import Decimal
from typing import Final

import msgspec

from brokers.bingx_venue.amounts import amount
from brokers.venue import Malformed
from bus import reasons

BALANCE: Final = "/openApi/spot/v1/account/balance"
SYMBOLS: Final = "/openApi/spot/v1/common/symbols"


class _Coin(msgspec.Struct):
    """A coin, on the wire."""

    asset: str
    free: msgspec.Raw
    locked: msgspec.Raw


class _Coins(msgspec.Struct):
    """All coins; none may be null."""

    balances: tuple[_Coin, ...] | None


class _Symbol(msgspec.Struct):
    """A pair."""

    symbol: str


class _Symbols(msgspec.Struct):
    """All pairs."""

    symbols: tuple[_Symbol, ...]


class Coin(msgspec.Struct, frozen=True, kw_only=True):
    """What is held of a coin: what may be sold or spent, and what resting orders hold back."""

    asset: str
    free: Decimal
    locked: Decimal


_coins = msgspec.json.Decoder(_Coins)
_symbols = msgspec.json.Decoder(_Symbols)


def read_coins(data: msgspec.Raw) -> tuple[Coin, ...]:
    """Read what is held.

    Args:
        data: Of an answer.

    Returns:
        Each coin; empty where there are none.

    Raises:
        Malformed: It is not told whole.
    """
    try:
        found = _coins.decode(data).balances or ()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot balance") from None
    return tuple(Coin(asset=each.asset, free=amount(each.free), locked=amount(each.locked)) for each in found)


def read_symbols(data: msgspec.Raw) -> frozenset[str]:
    """Read which pairs there are.

    Args:
        data: Of an answer.

    Returns:
        The pairs, such as `BTC-USDT`.

    Raises:
        Malformed: It is no list of them.
    """
    try:
        return frozenset(each.symbol for each in _symbols.decode(data).symbols)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed(reasons.BAD_ANSWER, code="spot symbols") from None
