"""Which instrument is meant by a symbol as TradingView writes it, without asking anybody.

Crypto pairs are `BTCUSDT`, perpetuals `BTCUSDT.P`; shares are 1 to 5 letters, with a class behind a dot (`BRK.B`).
"""

import re
from typing import Final

from bus.messages.venues import Traded

SHARE_EXCHANGES: Final = frozenset({"NASDAQ", "NYSE", "AMEX", "ARCA", "BATS"})
COINS: Final = frozenset({"ADA", "AVAX", "BNB", "BTC", "DOGE", "DOT", "ETH", "LINK", "LTC", "SOL", "TON", "TRX", "XRP"})
"""Letters that are a coin to most people, and a fund or a share to an exchange."""
_PAIR: Final = re.compile(r"([A-Z0-9]{2,15})-?(USDT|USDC)(\.P)?")
_SHARE: Final = re.compile(r"[A-Z]{1,5}(\.[A-OQ-Z])?")


def resolve(symbol: str, exchange: str | None) -> Traded | str:
    """Find what a symbol means.

    Args:
        symbol: As the signal has it.
        exchange: The signal's, None where it says none.

    Returns:
        The instrument as the paper venue names it, or why there is none: what to write instead.
    """
    name, where = symbol.strip().upper(), (exchange or "").strip().upper()
    if where not in SHARE_EXCHANGES and (pair := _PAIR.fullmatch(name)):
        base, quote, perpetual = pair.groups()
        return Traded(
            symbol=f"{base}-{quote}",
            asset_type="FUTURE" if perpetual else "CRYPTO",
            currency=quote,
            base_currency=base,
        )
    if not _SHARE.fullmatch(name):
        return f"{name} is not known; a pair is written like BTCUSDT or BTCUSDT.P, a share like AAPL or BRK.B"
    if where in SHARE_EXCHANGES:
        return Traded(symbol=name, asset_type="EQUITY", currency="USD", exchange=where)
    if where:
        return f"{name} is not known at {where}; shares are those of {', '.join(sorted(SHARE_EXCHANGES))}"
    if name in COINS:
        return f"{name} is a coin and a share; write {name}USDT, or name the exchange"
    return Traded(symbol=name, asset_type="EQUITY", currency="USD")
