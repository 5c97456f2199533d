"""The alerts of a chaos run, drawn from a seed, sent as TradingView sends them, and what was answered."""

import http.client
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Literal

import msgspec

from tools.chaos.trading.venue import Goods

PREFIX = "chaos-"
LIMIT_S = 3.0
RESEND_AFTER_S, RESENDS = 5.0, 3
"""A server's error makes TradingView send again, byte for byte ("About webhooks", read 2026-11)."""
Kind = Literal["buy", "sell", "not json", "no action", "bad number", "wrong secret"]
MALFORMED: tuple[Kind, ...] = ("not json", "no action", "bad number", "wrong secret")


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One alert: after how many seconds it is sent, how often, and whether its opening has protective legs.

    `quantity` is what an opening buys; no other alert buys as much.
    """

    number: int
    kind: Kind
    symbol: str
    quantity: Decimal
    price: Decimal
    at_s: float
    times: int = 1
    is_protected: bool = False

    @property
    def id(self) -> str:
        """Its own id."""
        return f"{PREFIX}{self.number}"

    def body(self, secret: str) -> bytes:
        """Write it, made now."""
        said: dict[str, object] = {"secret": secret, "id": self.id, "symbol": self.symbol}
        said |= {"action": "sell" if self.kind == "sell" else "buy", "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        if self.kind != "sell":
            said["quantity"] = str(self.quantity)
        if self.is_protected:
            said |= {"stop_loss": str(self.price * 9 / 10), "take_profit": str(self.price * 11 / 10)}
        match self.kind:
            case "no action":
                del said["action"]
            case "bad number":
                said["quantity"] = "NaN"
            case "wrong secret":
                said["secret"] = secret[::-1]
        text = msgspec.json.encode(said)
        return text[:-1] if self.kind == "not json" else text


def plan(count: int, seed: int, *, per_second: float, goods: Goods) -> list[Planned]:
    """Draw the alerts of a run; the same seed draws the same."""
    chance = random.Random(seed)
    return [_draw(chance, number, (number - 1) / per_second, goods) for number in range(1, count + 1)]


def _draw(chance: random.Random, number: int, at_s: float, goods: Goods) -> Planned:
    """Draw one alert."""
    kind: Kind = chance.choices(("buy", "sell", chance.choice(MALFORMED)), weights=(72, 22, 6))[0]
    return Planned(
        number=number,
        kind=kind,
        symbol=chance.choice(goods.symbols),
        quantity=number * goods.step,
        price=goods.price,
        at_s=at_s,
        times=chance.choices((1, 2, 4), weights=(86, 10, 4))[0],
        is_protected=kind == "buy" and chance.random() < 0.15,
    )


class Answer(msgspec.Struct, frozen=True):
    """One try: its alert's number, and the status of the answer, 0 for none within TradingView's limit."""

    number: int
    status: int


class Sender:
    """Sends alerts, each from a thread of its own, and keeps every answer."""

    def __init__(self, ports: Sequence[int], secrets: Sequence[str]) -> None:
        """Have sent nothing.

        Args:
            ports: Where the webhooks listen on this machine; each try goes to the next one.
            secrets: What alerts bear, each the next one.
        """
        self.answers: list[Answer] = []
        self._ports = ports
        self._secrets = secrets
        self._threads: list[threading.Thread] = []

    def play(self, alerts: list[Planned]) -> None:
        """Send all alerts at their moments; some are still under way when this returns."""
        began = time.monotonic()
        for alert in alerts:
            time.sleep(max(0.0, began + alert.at_s - time.monotonic()))
            body = alert.body(self._secrets[alert.number % len(self._secrets)])
            for copy in range(alert.times):
                thread = threading.Thread(target=self._deliver, args=(alert.number, body, copy))
                thread.start()
                self._threads.append(thread)

    def wait(self) -> None:
        """Wait until the last try of all alerts is over."""
        for thread in self._threads:
            thread.join()

    def accepted(self) -> set[int]:
        """Return the numbers of the alerts that were accepted at least once."""
        return {each.number for each in self.answers if each.status == HTTPStatus.OK}

    def _deliver(self, number: int, body: bytes, copy: int) -> None:
        """Send one alert until its end is final."""
        for attempt in range(RESENDS + 1):
            status = self._try(body, self._ports[(number + copy + attempt) % len(self._ports)])
            self.answers.append(Answer(number, status))
            if not HTTPStatus.INTERNAL_SERVER_ERROR <= status <= 599 or status == HTTPStatus.GATEWAY_TIMEOUT:
                return
            if attempt < RESENDS:
                time.sleep(RESEND_AFTER_S)

    def _try(self, body: bytes, port: int) -> int:
        """Send a body once, and return the status of its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
        try:
            connection.request("POST", "/webhook/tradingview", body, {"Content-Type": "application/json"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
