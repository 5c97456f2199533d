"""Which instrument of BingX's is meant by a symbol as TradingView writes it, without asking anybody.

A perpetual is `BTCUSDT.P`, a pair of spot `BTCUSDT`; BingX calls both `BTC-USDT`, so the kind tells them apart.

Quirk: virtual money of the demo, VST, trades what is named USDT, and is reported as USDT.
"""

import re
from typing import Final

from bus.messages.venues import AssetType, Traded

QUOTES: Final = ("USDT", "USDC")
VIRTUAL: Final = "VST"
_PAIR: Final = re.compile(r"([A-Z0-9]{1,20}?)-?(USDT|USDC)(\.P)?")
_NAME: Final = re.compile(r"([A-Za-z0-9_]{1,30})-([A-Z]{2,10})")
HOW_TO_WRITE: Final = "a perpetual is written like BTCUSDT.P, a spot pair like BTCUSDT"
NO_SPOT: Final = "the demo has perpetuals only: write BTCUSDT.P, or set the strategy's market=futures"


def resolve(symbol: str, *, kind: AssetType | None, has_spot: bool) -> Traded | str:
    """Find what a symbol means; the exchange that a chart shows does not matter, since the venue decides.

    Args:
        symbol: As the signal has it.
        kind: Which kind the strategy trades; None: what the symbol says.
        has_spot: Whether spot is traded here at all.

    Returns:
        The instrument as BingX names it, or why there is none: what to write instead.
    """
    name = symbol.strip().upper()
    pair = _PAIR.fullmatch(name)
    if pair is None:
        return f"{name} is not known at BingX; {HOW_TO_WRITE}"
    base, quote, is_perpetual = pair.groups()
    if kind not in {None, "FUTURE", "CRYPTO"}:
        return f"BingX has no {kind} here; {HOW_TO_WRITE}"
    if is_perpetual and kind == "CRYPTO":
        return f"{name} is a perpetual, and the strategy trades spot: write {base}{quote}, or set market=futures"
    traded = perpetual(f"{base}-{quote}") if is_perpetual or kind == "FUTURE" else spot(f"{base}-{quote}")
    if traded.asset_type == "CRYPTO" and not has_spot:
        return NO_SPOT
    return traded


def perpetual(symbol: str) -> Traded:
    """Return a perpetual.

    Args:
        symbol: As BingX writes it, such as `BTC-USDT`.
    """
    return _traded(symbol, "FUTURE")


def spot(symbol: str) -> Traded:
    """Return a pair of spot.

    Args:
        symbol: As BingX writes it, such as `BTC-USDT`.
    """
    return _traded(symbol, "CRYPTO")


def currency(asset: str) -> str:
    """Return what an asset is called here: virtual money is reported as what it stands for.

    Args:
        asset: As BingX names it.
    """
    return "USDT" if asset == VIRTUAL else asset


def _traded(symbol: str, kind: AssetType) -> Traded:
    """Return an instrument by BingX's own name for it."""
    base, _, quote = symbol.rpartition("-")
    return Traded(symbol=symbol, asset_type=kind, currency=currency(quote), base_currency=base or None)
