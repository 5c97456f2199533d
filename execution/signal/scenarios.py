"""What the suite plays: alerts that must be refused at the door, in the flow, by each limit, and some that must pass.

Each names what may come of it: an HTTP status, then the state of the signal, then the code.
"""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from execution.signal.sending import Alert

How = Literal["plain", "wrong secret", "stranger", "malformed", "twice"]
BITCOIN: Final = "BTCUSDT"
SHARE: Final = "AAPL"


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario.

    Attributes:
        name: For the table.
        expected: What may come of it.
        alert: What is sent.
        how: In which way.
        limits: What limits the strategy meanwhile, by the names of a policy's limits.
    """

    name: str
    expected: tuple[str, ...]
    alert: Alert = Alert(symbol=BITCOIN, action="buy")
    how: How = "plain"
    limits: Mapping[str, object] = {}


def _door() -> tuple[Scenario, ...]:
    """Return what ends at the webhook."""
    refused = ("401", "403")
    return (
        Scenario(name="wrong secret", how="wrong secret", expected=refused),
        Scenario(name="not from TradingView", how="stranger", expected=("403",)),
        Scenario(name="no JSON", how="malformed", expected=("400", "422")),
        Scenario(name="unknown action", alert=Alert(symbol=BITCOIN, action="hold"), expected=("400", "422")),
        Scenario(
            name="a price that is none", alert=Alert(symbol=BITCOIN, action="buy", price="NaN"), expected=("400", "422")
        ),
    )


def _refused(code: str, name: str, **alert: str) -> Scenario:
    """Return an alert that the flow refuses by what it says."""
    return Scenario(
        name=name, alert=Alert(**{"symbol": BITCOIN, "action": "buy", **alert}), expected=(f"200 REJECTED {code}",)
    )


def _limited(code: str, limit: str, value: object, **alert: str) -> Scenario:
    """Return an alert to buy that a limit forbids."""
    bought = Alert(**{"symbol": BITCOIN, "action": "buy", **alert})
    return Scenario(name=limit, alert=bought, limits={limit: value}, expected=(f"200 REJECTED {code}",))


SCENARIOS: Final = (
    *_door(),
    _refused("NOTHING_HELD", "sell what is not held", action="sell"),
    _refused("UNKNOWN_SYMBOL", "unknown symbol", symbol="NOSUCHCOINUSDT"),
    _refused("PRICE_SANITY", "a price far away", price="1"),
    _limited("CASH", "reserve", "1000000000"),
    _limited("MAX_INVESTED", "max_invested", "1"),
    _limited("MAX_POSITIONS", "max_open_positions", 0),
    _limited("MAX_PER_TICKER", "max_per_ticker", 0),
    _limited("MAX_DAILY_BUYS", "max_daily_buys", 0),
    _limited("MAX_DAILY_LOSS", "max_daily_loss", "0"),
    _limited("NOT_ALLOWED_SYMBOL", "allowed_symbols", []),
    _limited("MAX_ORDER_VALUE", "max_order_value", "1"),
    _limited("MAX_POSITION_VALUE", "max_position_value", "1"),
    _limited("BUDGET", "budget", "1"),
    _limited("NO_STOP", "risk_per_trade_percent", "1"),
    _limited("MAX_SPREAD", "max_spread_percent", "0"),
    _limited("MAX_ORDERS_PER_DAY", "max_orders_per_day", 0),
    Scenario(
        name="a share, its market open or not",
        alert=Alert(symbol=SHARE, action="buy", exchange="NASDAQ"),
        expected=("200 WAITING_FOR_MARKET", "200 DONE", "200 EXPIRED NOT_KNOWN", "200 REJECTED NOT_KNOWN"),
    ),
    Scenario(name="buy", expected=("200 DONE",)),
    Scenario(name="sell, sent twice", alert=Alert(symbol=BITCOIN, action="sell"), how="twice", expected=("200 DONE",)),
)
"""In the order in which they are played: the limits before anything is held."""
