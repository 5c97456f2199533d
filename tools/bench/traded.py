"""What the trading benchmark knows of each broker: what it trades, and how what it trades at leaves and comes back."""

from collections.abc import Callable, Mapping

import msgspec

from sandbox import shares_scene
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


class _Frame(msgspec.Struct, frozen=True):
    """When a placeOrder frame was complete, nanoseconds since 1970, and its orderRef."""

    ref: str
    wall_ns: int


class _Frames(msgspec.Struct, frozen=True):
    """What the gateway's control port tells, as far as it matters here."""

    frames: list[_Frame]


def _at_gateway(sandbox: Sandbox) -> dict[str, str]:
    """Return the settings of a rich account at the pretend gateway."""
    sandbox.set_state(shares_scene.SERVICE, cash="10000000000")
    return shares_scene.settings(sandbox)


def _frames_at_s(sandbox: Sandbox) -> dict[str, float]:
    """Return when the first frame of each order was complete."""
    frames = sandbox.ask("GET", f"/{shares_scene.SERVICE}", kind=_Frames).frames
    return {each.ref: each.wall_ns / 1e9 for each in reversed(frames)}


PAPER = Traded(
    broker="broker-paper",
    symbols=COINS,
    leave=lambda sandbox: sandbox.fault("bingx", "refuse"),
    come_back=lambda sandbox: sandbox.clear("bingx"),
)
IBKR = Traded(
    broker="broker-ibkr",
    symbols=("AAPL", "MSFT", "FRAC"),
    leave=lambda sandbox: sandbox.fault(shares_scene.SERVICE, "refuse"),
    come_back=lambda sandbox: sandbox.clear(shares_scene.SERVICE),
    settings=_at_gateway,
    frames_at_s=_frames_at_s,
)
BESIDE_PAPER = {"ibkr": IBKR}
"""Each broker that can be measured after the paper broker, by its short name."""
