"""A client of the pretend BingX's stream that hears every frame, and answers pings if it is told to."""

import contextlib
import gzip
import json
import time
from collections.abc import Callable, Iterator

import httpx
from websockets.sync.client import ClientConnection, connect

from sandbox.bingx.listen_keys import PATH
from sandbox.bingx.state import API_KEY
from sandbox.control.client import Sandbox

SWAP, SPOT = "/swap-market", "/market"
WAIT_S = 5.0
Frame = dict[str, object]


class Ear:
    """One connection to the stream, and all that it has heard."""

    def __init__(self, connection: ClientConnection) -> None:
        """Listen to an open connection."""
        self.connection = connection
        self.heard: list[Frame] = []
        self.pings = 0
        self.answers = True

    def listen(self, wanted: Callable[[Frame], bool], *, wait_s: float = WAIT_S) -> Frame:
        """Return the first frame not yet returned that is wanted; all before it are passed over."""
        ends_at = time.monotonic() + wait_s
        while True:
            frame = self.next(ends_at - time.monotonic())
            if frame is not None and wanted(frame):
                return frame

    def next(self, wait_s: float) -> Frame | None:
        """Return the next frame, None for a ping, which is answered."""
        content = self.connection.recv(timeout=wait_s)
        assert isinstance(content, bytes), "every frame is a binary one"
        text = gzip.decompress(content).decode()
        if text == "Ping":
            self._answer("Pong")
            return None
        frame: Frame = json.loads(text)
        if "ping" in frame:
            self._answer(json.dumps({"pong": frame["ping"], "time": frame["time"]}))
            return None
        self.heard.append(frame)
        return frame

    def event(self, name: str, *, wait_s: float = WAIT_S) -> Frame:
        """Return the next event of a name, such as ORDER_TRADE_UPDATE or executionReport."""
        return self.listen(lambda frame: name in {frame.get("e"), inner(frame).get("e")}, wait_s=wait_s)

    def say(self, **body: str) -> Frame:
        """Send a frame and return what is answered to it."""
        self.connection.send(json.dumps(body))
        return self.listen(lambda frame: frame.get("id") == body["id"])

    def _answer(self, text: str) -> None:
        self.pings += 1
        if self.answers:
            self.connection.send(text)


def inner(frame: Frame) -> Frame:
    """Return what an envelope holds."""
    held = frame.get("data")
    return held if isinstance(held, dict) else {}


def listen_key(sandbox: Sandbox) -> str:
    """Return a new listen key."""
    answer = httpx.post(sandbox.addresses["bingx"] + PATH, headers={"X-BX-APIKEY": API_KEY}, trust_env=False)
    return str(answer.json()["listenKey"])


@contextlib.contextmanager
def ear(sandbox: Sandbox, path: str = SWAP, *, key: str | None = None) -> Iterator[Ear]:
    """Open the stream with a listen key, a new one unless it is given."""
    address = sandbox.addresses["bingx"].replace("http://", "ws://")
    with connect(f"{address}{path}?listenKey={listen_key(sandbox) if key is None else key}", proxy=None) as connection:
        yield Ear(connection)
