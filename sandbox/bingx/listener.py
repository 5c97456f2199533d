"""One connection to the pretend BingX's stream: what it is told, what it asked for, and whether it still answers.

Follows BingX's documentation, "Websocket Account Data" of perpetuals and of spot (read 2026-11).

Quirks of BingX that are kept: every frame is a binary one and gzip inside; perpetuals say `Ping` and want the text
`Pong`, spot says {"ping", "time"} and wants {"pong", "time"}; whoever does not answer is cut off. A listen key that is
not alive is not refused: the connection opens, and tells nothing of any account.
"""

import asyncio
import gzip
import random
import uuid
from datetime import datetime

import msgspec
from aiohttp import WSMsgType, web

from sandbox.bingx.spot_messages import COINS_CHANNEL, ORDERS_CHANNEL
from sandbox.bingx.state import MARKETS
from sandbox.bingx.stream_frames import CHANNELS
from sandbox.gateway import compact
from sandbox.service import reset

SWAP, SPOT = "/swap-market", "/market"
NOT_SUPPORTED = 80015
_GARBAGE_BYTES = 64
_PRIVATE = (ORDERS_CHANNEL, COINS_CHANNEL)


class Asked(msgspec.Struct):
    """A frame of a client: a subscription, or spot's answer to a ping."""

    id: str = ""
    req_type: str = msgspec.field(name="reqType", default="")
    data_type: str = msgspec.field(name="dataType", default="")
    pong: str = ""


class Frame(msgspec.Struct, frozen=True):
    """What is sent, not before a moment of the loop's clock."""

    content: bytes
    at_s: float = 0.0


class Listener:
    """One connection.

    Attributes:
        path: `/swap-market` or `/market`.
        key: Its listen key, "" for prices alone or once the key has ended.
        channels: What it has subscribed to.
        waits_for_pong: It has not answered the last ping.
        told: How many events of its account were sent.
    """

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, key: str) -> None:
        """Keep a connection that is open."""
        self.socket = socket
        self.path = request.path
        self._request = request
        self.key = key
        self.channels: set[str] = set()
        self.waits_for_pong = False
        self.told = 0
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()

    @property
    def is_spot(self) -> bool:
        """Return whether it listens to spot."""
        return self.path == SPOT

    def say(self, body: object, *, after_s: float = 0.0) -> None:
        """Send a body in its turn, not before some seconds have passed."""
        text = body if isinstance(body, str) else compact(body)
        at_s = asyncio.get_running_loop().time() + after_s
        self._frames.put_nowait(Frame(gzip.compress(text.encode()), at_s))

    def say_garbage(self) -> None:
        """Send bytes that are no gzip."""
        self._frames.put_nowait(Frame(random.Random(0).randbytes(_GARBAGE_BYTES)))

    def ping(self, now: datetime) -> None:
        """Ask whether somebody is there."""
        self.waits_for_pong = True
        self.say({"ping": uuid.uuid4().hex, "time": now.isoformat(timespec="milliseconds")} if self.is_spot else "Ping")

    async def write(self) -> None:
        """Send what is said until the connection ends."""
        while True:
            frame = await self._frames.get()
            wait_s = frame.at_s - asyncio.get_running_loop().time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            await self.socket.send_bytes(frame.content)
            self._frames.task_done()

    def cut(self) -> None:
        """Cut the connection without a closing frame."""
        reset(self._request)

    async def drained(self) -> None:
        """Wait until all that was said is sent."""
        await self._frames.join()

    async def read(self) -> None:
        """Hear what the client says until it leaves."""
        async for message in self.socket:
            if message.type is WSMsgType.TEXT:
                self._hear(message.data)
            elif message.type is WSMsgType.BINARY:
                self._hear(message.data.decode(errors="replace"))

    def _hear(self, text: str) -> None:
        if text == "Pong":
            self.waits_for_pong = self.waits_for_pong and self.is_spot
            return
        try:
            asked = msgspec.json.decode(text, type=Asked)
        except msgspec.DecodeError:
            self.say({"id": "", "code": NOT_SUPPORTED, "msg": "invalid message"})
            return
        if asked.pong:
            self.waits_for_pong = self.waits_for_pong and not self.is_spot
        else:
            self._subscribe(asked)

    def _subscribe(self, asked: Asked) -> None:
        """Take a subscription or its end."""
        if not self._is_channel(asked.data_type) or asked.req_type not in {"sub", "unsub"}:
            self.say({"id": asked.id, "code": NOT_SUPPORTED, "msg": f"dataType not support {asked.data_type}"})
            return
        if asked.req_type == "sub":
            self.channels.add(asked.data_type)
        else:
            self.channels.discard(asked.data_type)
        self.say({"id": asked.id, "code": 0, "msg": "SUCCESS" if self.is_spot else ""})

    def _is_channel(self, name: str) -> bool:
        symbol, _, kind = name.partition("@")
        return (symbol in MARKETS and kind in CHANNELS) or (self.is_spot and name in _PRIVATE)
