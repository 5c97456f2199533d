"""What the trading benchmark knows of each broker: what it trades, and how what it trades at leaves and comes back."""

from collections.abc import Callable, Mapping

import msgspec

from sandbox.control.client import Sandbox

COINS = tuple(f"{coin}USDT{perpetual}" for coin in ("BTC", "ETH", "SOL") for perpetual in (".P", ""))


class Traded(msgspec.Struct, frozen=True, kw_only=True):
    """Where a measured system trades.

    `frames_at_s` says when each order, by its client id, was complete on the venue's socket, seconds since 1970; empty
    where there is no socket.
    """

    broker: str
    symbols: tuple[str, ...]
    leave: Callable[[Sandbox], None]
    come_back: Callable[[Sandbox], None]
    settings: Callable[[Sandbox], dict[str, str]] = lambda _sandbox: {}
    frames_at_s: Callable[[Sandbox], Mapping[str, float]] = lambda _sandbox: {}


PAPER = Traded(
    broker="broker-paper",
    symbols=COINS,
    leave=lambda sandbox: sandbox.fault("bingx", "refuse"),
    come_back=lambda sandbox: sandbox.clear("bingx"),
)
BESIDE_PAPER: dict[str, Traded] = {}
"""Each broker that can be measured after the paper broker, by its short name."""
