"""The alerts, their firings, and how each firing is delivered.

Follows TradingView's help, "About webhooks" and "Alerts" (read 2026-11): the whole request is cancelled after three
seconds and not sent again; an answer 500 to 599 but for 504 is asked for again five seconds later, three times at most,
byte for byte; all other ends are final. There are no headers of the sender's own, and no redirect is followed. An alert
that fires more than 15 times within three minutes is stopped; it fires again when it is written anew.

Quirks: between TradingView and the webhook stands a pretend proxy on this machine, which adds `X-Forwarded-For`; the
switch `proxy` of the state takes it away. What a refused connection does is not documented: it is final here.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import aiohttp
import msgspec

from sandbox.service import Service
from sandbox.tradingview.message import content_type, written

ADDRESSES = ("52.89.214.238", "34.212.75.30", "54.218.53.128", "52.32.178.7")
MOST_FIRINGS, WITHIN_S = 15, 180.0
ANSWER_KEPT = 2_000
LOG_LENGTH = 200
Outcome = Literal["sending", "delivered", "refused", "failed", "timeout", "unreachable", "alert stopped"]


class Alert(msgspec.Struct):
    """An alert; `is_stopped` says that it fired too often."""

    name: str
    url: str
    message: str
    is_stopped: bool = False


class Delivery(msgspec.Struct):
    """One try; `status` is 0 where no answer came, `answer` its beginning."""

    attempt: int
    at: datetime
    status: int = 0
    outcome: Outcome = "sending"
    answer: str = ""
    took_ms: float = 0.0


class Firing(msgspec.Struct):
    """One firing of an alert: what was sent, and what the log's column "Webhook status" says of each try.

    `outcome` is the last try's; "sending" while another one follows.
    """

    id: int
    alert: str
    at: datetime
    message: str
    content_type: str
    outcome: Outcome = "sending"
    deliveries: list[Delivery] = []


class TradingViewState(msgspec.Struct):
    """What the control API can change; durations in seconds.

    Attributes:
        alerts: The alerts by name.
        addresses: From which address each request comes in turn, as the proxy tells it.
        proxy: Whether the proxy stands between; without it the request comes from this machine itself.
        timeout_s: When a request is cancelled.
        resend_after_s: How long after a server error the message is sent again.
        resends: How often at most.
    """

    alerts: dict[str, Alert] = {}
    addresses: list[str] = msgspec.field(default_factory=lambda: list(ADDRESSES))
    proxy: bool = True
    timeout_s: float = 3.0
    resend_after_s: float = 5.0
    resends: int = 3


class Stopped(Exception):
    """Say that an alert has been stopped, and how it goes on."""


class Alerts:
    """Fires alerts and keeps the log."""

    def __init__(
        self, service: Service, state: TradingViewState, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Start with an empty log.

        Args:
            service: The pretend service: its clock, and whom to tell of news.
            state: Its state, read live.
            monotonic: Seconds, for how often an alert fires.
        """
        self.service = service
        self.state = state
        self.log: deque[Firing] = deque(maxlen=LOG_LENGTH)
        self._fired_at: dict[str, deque[float]] = {}
        self._monotonic = monotonic
        self._last_id = 0
        self._sent = 0
        self._running: set[asyncio.Task[None]] = set()

    def write(self, alert: Alert) -> None:
        """Make an alert, or write it anew, which also starts it again."""
        self.state.alerts[alert.name] = alert
        self._fired_at.pop(alert.name, None)

    def fire(self, alert: Alert, values: dict[str, str]) -> Firing:
        """Let an alert fire; it is delivered while this returns.

        Args:
            alert: One of the state's.
            values: For its placeholders.

        Raises:
            Stopped: It had been stopped before.
        """
        if alert.is_stopped:
            raise Stopped(f"{alert.name} was stopped: it fired too often; write it anew to start it again")
        now = self.service.now()
        message = written(alert.message, values, now)
        self._last_id += 1
        firing = Firing(self._last_id, alert.name, now, message, content_type(message.encode()))
        self.log.append(firing)
        if self._is_too_often(alert.name):
            alert.is_stopped, firing.outcome = True, "alert stopped"
            return firing
        task = asyncio.get_running_loop().create_task(self._deliver(firing, alert.url))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return firing

    def forget(self) -> None:
        """Empty the log and send nothing more; the numbers go on."""
        for task in self._running:
            task.cancel()
        self.log.clear()
        self._fired_at.clear()

    def _is_too_often(self, name: str) -> bool:
        """Count a firing, and tell whether there were too many of late."""
        fired_at, now = self._fired_at.setdefault(name, deque()), self._monotonic()
        while fired_at and fired_at[0] <= now - WITHIN_S:
            fired_at.popleft()
        fired_at.append(now)
        return len(fired_at) > MOST_FIRINGS

    async def _deliver(self, firing: Firing, url: str) -> None:
        """Send a message until its end is final."""
        async with aiohttp.ClientSession(
            auto_decompress=False, skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent")
        ) as session:
            for attempt in range(1, self.state.resends + 2):
                delivery = Delivery(attempt, self.service.now())
                firing.deliveries.append(delivery)
                self._tell()
                await self._try(session, url, firing, delivery)
                again = delivery.outcome == "failed" and delivery.status != 504 and attempt <= self.state.resends
                firing.outcome = "sending" if again else delivery.outcome
                self._tell()
                if not again:
                    return
                await asyncio.sleep(self.state.resend_after_s)

    async def _try(self, session: aiohttp.ClientSession, url: str, firing: Firing, delivery: Delivery) -> None:
        """Send a message once, and note what came of it."""
        content, headers = firing.message.encode(), self._headers(firing.content_type)
        began = time.monotonic()
        try:
            async with (
                asyncio.timeout(self.state.timeout_s),
                session.post(url, data=content, headers=headers, allow_redirects=False) as answer,
            ):
                said = await answer.content.read()
                delivery.status = answer.status
                delivery.answer = said.decode(errors="replace")[:ANSWER_KEPT]
                delivery.outcome = _outcome(answer.status)
        except TimeoutError:
            delivery.outcome = "timeout"
        except (aiohttp.ClientError, OSError):
            delivery.outcome = "unreachable"
        delivery.took_ms = (time.monotonic() - began) * 1000

    def _headers(self, kind: str) -> dict[str, str]:
        """Return the headers of a request: its content type, and the address that the proxy has seen."""
        if not self.state.proxy or not self.state.addresses:
            return {"Content-Type": kind}
        self._sent += 1
        return {"Content-Type": kind, "X-Forwarded-For": self.state.addresses[self._sent % len(self.state.addresses)]}

    def _tell(self) -> None:
        """Say that there is news."""
        if self.service.on_traffic is not None:
            self.service.on_traffic()


def _outcome(status: int) -> Outcome:
    """Return what an answer means to TradingView."""
    if status < 300:
        return "delivered"
    return "failed" if 500 <= status <= 599 else "refused"
