"""An outsider's client of the pretend BingX: it signs as BingX's documentation says."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from sandbox.control.client import Sandbox

KEY = "sandboxBingxKey0000000000000000000000000000000000000000000000000000"
SECRET = "sandboxBingxSecret000000000000000000000000000000000000000000000000"
SWAP = "/openApi/swap"
ORDER = f"{SWAP}/v2/trade/order"
POSITIONS = f"{SWAP}/v2/user/positions"
BTC = "BTC-USDT"


def signature(parameters: Mapping[str, str], secret: str = SECRET) -> str:
    """Sign parameters: sorted by name, raw values, HMAC-SHA256, hexadecimal."""
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def now_ms() -> int:
    """Return the time as BingX writes it."""
    return time.time_ns() // 1_000_000


class Client:
    """A signed client, and the control port beside it."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        """Talk to the sandbox's BingX."""
        self.sandbox = sandbox
        self.http = http

    def ask(self, method: str, path: str, **parameters: object) -> httpx.Response:
        """Send a signed request; `timestamp`, `recvWindow` and `signature` may be given to be wrong."""
        told = {name: str(value) for name, value in parameters.items()}
        told.setdefault("timestamp", str(now_ms()))
        signed = told.pop("signature", None) or signature(told)
        wire = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
        return self.http.request(method, f"{path}?{wire}&signature={signed}", headers={"X-BX-APIKEY": KEY})

    def tell(self, method: str, path: str, **parameters: object) -> dict[str, object]:
        """Send a signed request; return its envelope."""
        answered: dict[str, object] = self.ask(method, path, **parameters).json()
        return answered

    def data(self, method: str, path: str, **parameters: object) -> object:
        """Send a signed request; return the data of what is no refusal."""
        envelope = self.tell(method, path, **parameters)
        assert envelope["code"] == 0, envelope
        return envelope.get("data")

    def code(self, method: str, path: str, **parameters: object) -> object:
        """Send a signed request; return its code."""
        return self.tell(method, path, **parameters)["code"]

    def order(self, side: str, quantity: object = "0.01", **parameters: object) -> dict[str, object]:
        """Place an order of BTC-USDT, at the market and opening where nothing else is said; return what it is then."""
        taken = self.told_order("POST", **_ordered(side, quantity, parameters))
        return self.told_order("GET", symbol=BTC, orderId=taken["orderId"])

    def refused(self, side: str, quantity: object = "0.01", **parameters: object) -> object:
        """Place an order as `order` does; return the code."""
        return self.code("POST", ORDER, **_ordered(side, quantity, parameters))

    def told_order(self, method: str, **parameters: object) -> dict[str, object]:
        """Ask the order's path; return the order in the answer."""
        data = self.data(method, ORDER, **parameters)
        assert isinstance(data, dict)
        order: dict[str, object] = data["order"]
        return order

    def look_up(self, order: Mapping[str, object]) -> dict[str, object]:
        """Ask for an order again."""
        return self.told_order("GET", symbol=BTC, orderId=order["orderId"])

    def rows(self, name: str, path: str, **parameters: object) -> list[dict[str, object]]:
        """Ask for a list by its name inside the data."""
        data = self.data("GET", f"{SWAP}/v2/trade/{path}", **parameters)
        assert isinstance(data, dict)
        rows: list[dict[str, object]] = data[name]
        return rows

    def open_orders(self) -> list[dict[str, object]]:
        """List what rests."""
        return self.rows("orders", "openOrders", symbol=BTC)

    def fills(self, order: Mapping[str, object]) -> list[dict[str, object]]:
        """List an order's executions."""
        return self.rows("fill_orders", "allFillOrders", orderId=order["orderId"], tradingUnit="COIN")

    def positions(self) -> list[dict[str, object]]:
        """List what is held."""
        rows = self.data("GET", POSITIONS)
        assert isinstance(rows, list)
        return rows

    def balance(self) -> dict[str, str]:
        """Return the money's row."""
        rows = self.data("GET", f"{SWAP}/v3/user/balance")
        assert isinstance(rows, list)
        row: dict[str, str] = rows[0]
        return row

    def control(self, path: str, **body: object) -> dict[str, object]:
        """Order something on the control port."""
        return self.sandbox.ask("POST", f"/bingx/{path}", kind=dict[str, object], body=body)

    def price(self, last: object, **more: object) -> None:
        """Set what BTC-USDT costs."""
        self.control(f"prices/{BTC}", last=str(last), **{name: str(value) for name, value in more.items()})


def _ordered(side: str, quantity: object, more: Mapping[str, object]) -> dict[str, object]:
    """Return an order's parameters; None takes one away."""
    usual = {"symbol": BTC, "type": "MARKET", "positionSide": "LONG" if side == "BUY" else "SHORT"}
    told = {**usual, "side": side, "quantity": quantity, **more}
    return {name: value for name, value in told.items() if value is not None}
