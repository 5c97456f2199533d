"""What BingX's stream says: frames of gzip, unpacked within bounds, and the few messages in them that matter here.

Follows the account section of BingX's WebSocket reference for perpetuals, and the one for spot (read 2026-11).

Quirks: every frame is gzip, the heartbeat too (`Ping`, answered by a plain `Pong`; on spot an object, answered by its
like); an order's number is a number or a text; a part that is not understood is no reason to end, since REST is asked
for what counts. ACCOUNT_CONFIG_UPDATE comes every few seconds.
"""

import zlib
from typing import Final

import msgspec

from brokers.venue import Malformed
from bus import reasons
from bus.messages.venues import AssetType

MOST_BYTES: Final = 1024 * 1024
"""Of one frame, unpacked: a hundred times what the largest says."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_PING: Final = b"Ping"
SPOT_ORDERS: Final = "spot.executionReport"
"""What spot tells of orders once it was subscribed to; perpetuals tell unasked."""


class Ping(msgspec.Struct, frozen=True):
    """The venue wants to know whether somebody listens; `pong` is the answer."""

    pong: str


class OrderChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Something has become of an order: what, is read by REST."""

    asset_type: AssetType
    symbol: str
    order_id: str
    client_order_id: str
    is_liquidation: bool


class ConfigChanged(msgspec.Struct, frozen=True):
    """How an instrument is margined, said again and again; an empty symbol is any."""

    symbol: str
    setting: str


class AccountChanged(msgspec.Struct, frozen=True):
    """Money has moved, for a reason such as `ORDER` or `FUNDING_FEE`."""

    cause: str


class KeyExpired(msgspec.Struct, frozen=True):
    """The listen key is worth nothing any more."""


class Other(msgspec.Struct, frozen=True):
    """Something that is of no interest here, or was not understood."""


Said = Ping | OrderChanged | ConfigChanged | AccountChanged | KeyExpired | Other
OTHER: Final = Other()


class _Order(msgspec.Struct):
    """Of an ORDER_TRADE_UPDATE or an executionReport, what names the order; spot has our name as `C`."""

    symbol: str = msgspec.field(name="s")
    order_id: int | str = msgspec.field(name="i")
    client_order_id: str | None = msgspec.field(name="c", default=None)
    spot_client_order_id: str | None = msgspec.field(name="C", default=None)
    type: str = msgspec.field(name="o", default="")


class _Config(msgspec.Struct):
    """Of an ACCOUNT_CONFIG_UPDATE, whose, and leverages and mode."""

    symbol: str = msgspec.field(name="s", default="")
    long_leverage: int | str = msgspec.field(name="l", default="")
    short_leverage: int | str = msgspec.field(name="S", default="")
    mode: str = msgspec.field(name="mt", default="")


class _Account(msgspec.Struct):
    """Of an ACCOUNT_UPDATE, why."""

    cause: str = msgspec.field(name="m", default="")


class _Message(msgspec.Struct):
    """Any message: `e` names it, the part of that name is there; on spot both are within `data`."""

    event: str = msgspec.field(name="e", default="")
    order: msgspec.Raw = msgspec.field(name="o", default=msgspec.Raw(b""))
    config: msgspec.Raw = msgspec.field(name="ac", default=msgspec.Raw(b""))
    account: msgspec.Raw = msgspec.field(name="a", default=msgspec.Raw(b""))
    channel: str = msgspec.field(name="dataType", default="")
    data: msgspec.Raw = msgspec.Raw(b"null")
    ping: str = ""
    time: str = ""


_message = msgspec.json.Decoder(_Message)
_order = msgspec.json.Decoder(_Order)
_config = msgspec.json.Decoder(_Config)
_account = msgspec.json.Decoder(_Account)


def read(frame: bytes | str) -> Said:
    """Read one frame.

    Args:
        frame: As it came; a text frame is taken as it is.

    Returns:
        What it says; `Other` where that is nothing that matters.

    Raises:
        Malformed: It is no gzip, is not whole, unpacks to too much, or holds no message: the connection cannot be
            trusted any more.
    """
    plain = frame.encode() if isinstance(frame, str) else unpacked(frame)
    if plain.strip() == _PING:
        return Ping("Pong")
    try:
        message = _message.decode(plain)
        if message.channel == SPOT_ORDERS and bytes(message.data) != b"null":
            return _changed(_order.decode(message.data), "CRYPTO")
        return _said(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(reasons.BAD_ANSWER, code="stream: no message") from None


def unpacked(frame: bytes) -> bytes:
    """Unpack a frame, which may be made to burst: no more than `MOST_BYTES` are ever made of it.

    Args:
        frame: Gzip.

    Returns:
        What is in it.

    Raises:
        Malformed: It is no gzip, is not whole, or unpacks to too much.
    """
    unpacking = zlib.decompressobj(_GZIP)
    try:
        plain = unpacking.decompress(frame, MOST_BYTES)
    except zlib.error:
        raise Malformed(reasons.BAD_ANSWER, code="stream: no gzip") from None
    if unpacking.unconsumed_tail:
        raise Malformed(reasons.BAD_ANSWER, code="stream: too large")
    if not unpacking.eof:
        raise Malformed(reasons.BAD_ANSWER, code="stream: not whole")
    return plain


def _said(message: _Message) -> Said:
    """Return what a message says."""
    match message.event:
        case "ORDER_TRADE_UPDATE":
            return _changed(_order.decode(message.order), "FUTURE")
        case "ACCOUNT_CONFIG_UPDATE":
            found = _config.decode(message.config)
            return ConfigChanged(found.symbol, f"{found.mode} {found.long_leverage} {found.short_leverage}")
        case "ACCOUNT_UPDATE":
            return AccountChanged(_account.decode(message.account).cause)
        case "listenKeyExpired":
            return KeyExpired()
    if message.ping:
        return Ping(msgspec.json.encode({"pong": message.ping, "time": message.time}).decode())
    return OTHER


def _changed(order: _Order, asset_type: AssetType) -> OrderChanged:
    """Return which order has changed."""
    return OrderChanged(
        asset_type=asset_type,
        symbol=order.symbol,
        order_id=str(order.order_id),
        client_order_id=(order.client_order_id if asset_type == "FUTURE" else order.spot_client_order_id) or "",
        is_liquidation=order.type == "LIQUIDATION",
    )
