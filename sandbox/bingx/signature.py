"""Who asks the pretend BingX, and whether they may: key, time, signature and rights of a request.

Follows BingX's documentation, "Signature Authentication" and "API key permissions" (read 2026-11).

Quirks of BingX that are kept: what is signed are the parameters in the order of their names with their raw values, not
as they stand encoded in the address; all refusals are HTTP 200. Parameters may also come as a JSON body. The order of
the checks is not documented; this one gives the error that a user would see.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote_plus

import msgspec
from aiohttp import web

from sandbox.bingx import codes
from sandbox.bingx.state import BingxState
from sandbox.gateway import Refused, compact

_WIDEST_WINDOW_MS = 5_000
_SIGNATURE = "signature"
_NUMBER = re.compile("[0-9]{1,19}")


class Caller(msgspec.Struct, frozen=True):
    """What a request says of who sends it."""

    key: str
    parameters: Mapping[str, str]


async def caller_of(request: web.Request) -> Caller:
    """Read a request's key and parameters, raw, of its address and of a JSON body.

    Raises:
        Refused: The body is no JSON object.
    """
    parameters: dict[str, str] = {}
    for piece in request.rel_url.raw_query_string.split("&"):
        name, is_pair, value = piece.partition("=")
        if is_pair:
            parameters[name] = unquote_plus(value)
    if request.content_type == "application/json" and (body := await request.text()):
        parameters |= _of_json(body)
    return Caller(request.headers.get("X-BX-APIKEY", ""), parameters)


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """Return the signature of parameters: hexadecimal, lower case."""
    signed = "&".join(f"{name}={value}" for name, value in sorted(parameters.items()) if name != _SIGNATURE)
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def check_caller(caller: Caller, state: BingxState, now_ms: int) -> None:
    """Refuse who is not the owner of the key.

    Raises:
        Refused: Key, address, time or signature is wrong.
    """
    parameters = caller.parameters
    if caller.key != state.api_key:
        raise Refused(codes.WRONG_KEY)
    if state.ips and state.client_ip not in state.ips:
        raise Refused(codes.WRONG_ADDRESS)
    if not parameters.get(_SIGNATURE):
        raise Refused(codes.NO_SIGNATURE)
    timestamp, window = parameters.get("timestamp", ""), parameters.get("recvWindow", str(_WIDEST_WINDOW_MS))
    if not (_NUMBER.fullmatch(timestamp) and _NUMBER.fullmatch(window)):
        raise Refused(codes.WRONG_TIME, "timestamp is invalid or null")
    if abs(now_ms - int(timestamp)) > min(int(window), _WIDEST_WINDOW_MS):
        raise Refused(codes.WRONG_TIME, f"timestamp is out of the window; server time is {now_ms}")
    if not hmac.compare_digest(sign(parameters, state.api_secret).encode(), parameters[_SIGNATURE].encode()):
        raise Refused(codes.WRONG_SIGNATURE)


def permissions(state: BingxState, now: datetime) -> dict[str, object]:
    """Return what GET /openApi/v1/account/apiPermissions tells of the key's rights."""
    names = (
        *("enableReading", "enableSpotAndMarginTrading", "enableWithdrawals", "enableInternalTransfer"),
        *("enableFutures", "permitsUniversalTransfer", "enableVanillaOptions"),
    )
    rights: dict[str, object] = {name: name in state.rights for name in names}
    return rights | {"ipRestrict": bool(state.ips), "createTime": int(now.timestamp() * 1000) - 86_400_000}


def key_row(state: BingxState, now: datetime) -> dict[str, object]:
    """Return what GET /openApi/account/v1/apiKey/query tells of the key: rights as numbers."""
    numbers = {
        "enableSpotAndMarginTrading": 1,
        "enableReading": 2,
        "enableFutures": 3,
        "permitsUniversalTransfer": 4,
        "enableWithdrawals": 5,
        "enableInternalTransfer": 7,
    }
    created_ms = int(now.timestamp() * 1000) - 86_400_000
    return {
        "apiKey": state.api_key,
        "note": "trading",
        "permissions": sorted(numbers[name] for name in state.rights if name in numbers),
        "ipAddresses": state.ips,
        "status": 1,
        "createTime": created_ms,
        "updateTime": created_ms,
    }


def _of_json(body: str) -> dict[str, str]:
    """Read a JSON body's values as the texts that were signed."""
    try:
        told = json.loads(body, parse_float=str, parse_int=str)
    except ValueError:
        raise Refused(codes.WRONG_PARAMETER, "the body is no JSON") from None
    if not isinstance(told, dict):
        raise Refused(codes.WRONG_PARAMETER, "the body is no JSON object")
    return {name: _text(value) for name, value in told.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else compact(value)
