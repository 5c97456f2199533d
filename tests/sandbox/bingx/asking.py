"""Single questions to the pretend BingX, signed."""

import httpx

from sandbox.control.client import Sandbox
from tests.sandbox.bingx.driving import ORDER, Client

SPOT_ORDER = "/openApi/spot/v1/trade/order"
Fields = dict[str, object]


def ask(sandbox: Sandbox, verb: str, path: str, **parameters: str) -> Fields:
    """Return the whole answer to a signed request."""
    with httpx.Client(base_url=sandbox.addresses["bingx"], timeout=10, trust_env=False) as http:
        return Client(sandbox, http).tell(verb, path, **parameters)


def told(sandbox: Sandbox, verb: str, path: str, **parameters: str) -> Fields:
    """Return what a signed request that is not refused is answered."""
    answered = ask(sandbox, verb, path, **parameters)
    assert answered["code"] == 0, answered
    held = answered["data"]
    assert isinstance(held, dict)
    return held


def buy(sandbox: Sandbox, **changed: str) -> Fields:
    """Order a thousandth of a bitcoin of the perpetual."""
    order = {"symbol": "BTC-USDT", "side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.001"}
    return ask(sandbox, "POST", ORDER, **(order | changed))
