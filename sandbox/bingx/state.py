"""What tests and the demo may set of the pretend BingX.

Follows BingX's documentation, "USDT-M Perp Futures" and "Account and Wallet" (read 2026-11).

Quirks: everything in it is invented. Orders and positions are not here but in `sandbox.bingx.book`, and no state change
makes one; a price that is set fills what it reaches.
"""

from decimal import Decimal

import msgspec

API_KEY = "sandboxBingxKey0000000000000000000000000000000000000000000000000000"
API_SECRET = "sandboxBingxSecret000000000000000000000000000000000000000000000000"
UID = "1290312345678901"
READING, SPOT_TRADING, FUTURES_TRADING = "enableReading", "enableSpotAndMarginTrading", "enableFutures"


class Market(msgspec.Struct, frozen=True):
    """The steps of a market: decimals of a price and of a quantity, and the smallest order in coins and in USDT."""

    price_precision: int
    quantity_precision: int
    minimum_quantity: str
    minimum_value: str


MARKETS = {
    "BTC-USDT": Market(1, 4, "0.0001", "2"),
    "ETH-USDT": Market(2, 2, "0.01", "2"),
    "SOL-USDT": Market(3, 2, "0.02", "2"),
}
PRICES = {"BTC-USDT": "82310.5", "ETH-USDT": "2988.9", "SOL-USDT": "141.25"}


class Limit(msgspec.Struct):
    """How many requests a path takes within a span of time."""

    requests: int
    span_s: float


class BingxState(msgspec.Struct):
    """What the control API can change; prices as text, one for each symbol, the same in spot and perpetual.

    Attributes:
        prices: The last prices.
        bids: The best bids where they do not follow from the price, such as "0" or a crossed one.
        asks: The best asks, likewise.
        marks: The mark prices where they are not the last price.
        spread_bps: How far apart bid and ask are, in hundredths of a percent of the price.
        swing_bps: How far a price moves up and down around what is set, within a minute; 0: it stands still.
        age_s: How old a ticker is when it is told, seconds.
        omitted: Keys that are left out of every answer.
        nulled: Keys that are null in every answer.
        api_key: The one key; live and demo share it.
        api_secret: Its secret.
        uid: The number of the account behind the key.
        rights: What the key may do, by the names of apiPermissions; what is not in it is off.
        ips: The addresses that the key is bound to; none is any.
        client_ip: The address that requests seem to come from.
        is_demo: It is the host of the demo: money is VST, and there is no spot.
        wallet: Money of perpetuals without what open positions win or lose.
        is_dual: Hedge mode, LONG and SHORT beside each other; else one-way.
        max_leverage: Of every symbol.
        hold_fills: Orders rest until they are told to fill.
        fill_share: How much of an order is filled at once; what is left rests.
        canceled_as: How a canceled order's status is spelled: CANCELLED or CANCELED.
        resting_as: How a resting order's status is spelled: NEW or PENDING.
        cancel_tells_before: What answers a cancel has the status of before.
        forgets_stop_names: Client ids are kept of market and limit orders only.
        bare_fills: The list of fills does not say side and type.
        empty_is_null: Lists of orders and fills that are empty are null.
        both_is_told: A position in one-way mode is told as BOTH with a sign, not by its direction.
        resubmit_s: How long a client id that comes again is 109201, before it is 101481.
        limits: Method and path to a limit other than the documented one.
        has_limits: The limits are kept at all.
        ban_s: How long all is refused after a limit was passed, twice as long each time; 0: only that call.
        contract_status: What `contracts` tells of a symbol where it is not 1.
        closed_symbols: Symbols whose `apiStateOpen` is false.
        spot: What the spot account holds of each coin, what its orders bind included.
        listen_key_s: How long a listen key lives.
        ping_every_s: How often the stream asks whether somebody listens; who has not answered by the next is cut off.
        config_every_s: How often the stream tells leverage and margin mode.
    """

    prices: dict[str, str] = msgspec.field(default_factory=lambda: dict(PRICES))
    bids: dict[str, str] = {}
    asks: dict[str, str] = {}
    marks: dict[str, str] = {}
    spread_bps: int = 2
    swing_bps: int = 0
    age_s: float = 0.0
    omitted: list[str] = []
    nulled: list[str] = []
    api_key: str = API_KEY
    api_secret: str = API_SECRET
    uid: str = UID
    rights: list[str] = msgspec.field(default_factory=lambda: [READING, SPOT_TRADING, FUTURES_TRADING])
    ips: list[str] = []
    client_ip: str = "203.0.113.7"
    is_demo: bool = False
    wallet: Decimal = Decimal(10_000)
    is_dual: bool = True
    max_leverage: int = 125
    hold_fills: bool = False
    fill_share: Decimal = Decimal(1)
    canceled_as: str = "CANCELLED"
    resting_as: str = "NEW"
    cancel_tells_before: bool = True
    forgets_stop_names: bool = False
    bare_fills: bool = False
    empty_is_null: bool = False
    both_is_told: bool = False
    resubmit_s: float = 0.0
    limits: dict[str, Limit] = {}
    has_limits: bool = True
    ban_s: float = 0.0
    contract_status: dict[str, int] = {}
    closed_symbols: list[str] = []
    spot: dict[str, Decimal] = msgspec.field(default_factory=lambda: {"USDT": Decimal(10_000), "BTC": Decimal("0.05")})
    listen_key_s: float = 3600.0
    ping_every_s: float = 5.0
    config_every_s: float = 5.0

    @property
    def asset(self) -> str:
        """Return what the money of perpetuals is called."""
        return "VST" if self.is_demo else "USDT"
