"""The calls of BingX that this program ever makes, and how often; all else is refused before a byte leaves.

Follows the "rate limit" lines of BingX's reference (read 2026-11): so many calls a second for each account and path,
and for each machine's address so many over all paths of one group.

Quirks: a key that could withdraw is refused, and the calls that would are not on this list either. Where the limit of a
call is not documented, it is taken to be 5 a second.
"""

from typing import Final

import msgspec

from brokers.venue import Malformed
from bus import reasons

SWAP, SPOT, USER = "/openApi/swap", "/openApi/spot/v1", "/openApi/user/auth"


class Route(msgspec.Struct, frozen=True):
    """A call that may be made: so often a second for the account, and in this group of the address's limits."""

    method: str
    path: str
    per_s: int = 5
    group: int = 2
    is_public: bool = False
    is_bare: bool = False
    """Whether its answer may come without an envelope."""

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"


_ROUTES: Final = (
    Route("GET", f"{SWAP}/v2/server/time", 5, 1, is_public=True),
    Route("GET", f"{SWAP}/v2/quote/contracts", 5, 1, is_public=True),
    Route("GET", f"{SWAP}/v2/quote/ticker", 5, 1, is_public=True),
    Route("GET", f"{SWAP}/v2/quote/premiumIndex", 5, 1, is_public=True),
    Route("GET", f"{SWAP}/v3/user/balance", 5, 3),
    Route("GET", f"{SWAP}/v2/user/positions", 10, 3),
    Route("GET", f"{SWAP}/v2/user/income"),
    Route("POST", f"{SWAP}/v2/trade/order", 10, 3),
    Route("DELETE", f"{SWAP}/v2/trade/order", 10, 3),
    Route("GET", f"{SWAP}/v2/trade/order", 30),
    Route("GET", f"{SWAP}/v2/trade/openOrder", 5),
    Route("GET", f"{SWAP}/v2/trade/openOrders", 5, 3),
    Route("GET", f"{SWAP}/v2/trade/allOrders", 5, 3),
    Route("GET", f"{SWAP}/v1/trade/fullOrder", 5, 3),
    Route("GET", f"{SWAP}/v2/trade/allFillOrders"),
    Route("GET", f"{SWAP}/v2/trade/forceOrders"),
    Route("GET", f"{SWAP}/v2/trade/leverage"),
    Route("POST", f"{SWAP}/v2/trade/leverage"),
    Route("GET", f"{SWAP}/v2/trade/marginType", 2),
    Route("POST", f"{SWAP}/v2/trade/marginType", 2),
    Route("GET", f"{SWAP}/v1/positionSide/dual", 2),
    Route("GET", f"{SPOT}/ticker/24hr", 5, 1, is_public=True),
    Route("GET", f"{SPOT}/common/symbols", 5, 1, is_public=True),
    Route("GET", f"{SPOT}/server/time", 5, 1, is_public=True),
    Route("GET", f"{SPOT}/account/balance"),
    Route("POST", f"{SPOT}/trade/order"),
    Route("POST", f"{SPOT}/trade/cancel"),
    Route("GET", f"{SPOT}/trade/query", 10),
    Route("GET", f"{SPOT}/trade/openOrders"),
    Route("GET", f"{SPOT}/trade/historyOrders"),
    Route("GET", f"{SPOT}/trade/myTrades"),
    Route("POST", f"{USER}/userDataStream", 2, is_bare=True),
    Route("PUT", f"{USER}/userDataStream", 2, is_bare=True),
    Route("DELETE", f"{USER}/userDataStream", 2, is_bare=True),
    Route("GET", "/openApi/v1/account/apiPermissions", 2, is_bare=True),
    Route("GET", "/openApi/account/v1/apiKey/query", 2, is_bare=True),
    Route("GET", "/openApi/account/v1/uid", 2),
)
ROUTES: Final = {(route.method, route.path): route for route in _ROUTES}


def route_of(method: str, path: str) -> Route:
    """Return the call of this name.

    Args:
        method: GET, POST, PUT or DELETE.
        path: Without a query.

    Raises:
        Malformed: It is none that this program makes; nothing is sent.
    """
    found = ROUTES.get((method, path))
    if found is None:
        raise Malformed(reasons.BAD_ANSWER, code="not allowed")
    return found
