"""Alerts as TradingView sends them, many at once: each over a connection of its own, given up after three seconds."""

import asyncio
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

import msgspec

LIMIT_S = 3.0
"""TradingView gives up then ("About webhooks", read 2026-11)."""
CONNECTIONS = 1000


class Sent(msgspec.Struct, frozen=True):
    """One alert: when it was sent (seconds since 1970), its answer's status (0 for none), and how long that took."""

    id: str
    at_s: float
    status: int
    took_s: float

    @property
    def is_kept(self) -> bool:
        """Whether it was accepted in time."""
        return self.status == HTTPStatus.OK and self.took_s <= LIMIT_S


class Alert(msgspec.Struct, frozen=True):
    """An alert's id and its body."""

    id: str
    body: bytes


def send(port: int, alerts: Sequence[Alert], *, per_second: float | None = None) -> list[Sent]:
    """Send alerts, and wait for all answers.

    Args:
        port: Where a webhook listens on this machine.
        alerts: What to send.
        per_second: How many; None for all at once.

    Returns:
        What became of each, in the same order.
    """
    return asyncio.run(_send(port, alerts, per_second))


async def _send(port: int, alerts: Sequence[Alert], per_second: float | None) -> list[Sent]:
    """Start a task for each alert at its moment."""
    few = asyncio.Semaphore(CONNECTIONS)
    began, tasks = time.monotonic(), []
    for number, alert in enumerate(alerts):
        if per_second is not None:
            await asyncio.sleep(began + number / per_second - time.monotonic())
        tasks.append(asyncio.create_task(_one(port, alert, few)))
    return list(await asyncio.gather(*tasks))


async def _one(port: int, alert: Alert, few: asyncio.Semaphore) -> Sent:
    """Send one alert; an answer later than the limit is waited for a while, so that it can be told how late it was."""
    at_s, began = time.time(), time.perf_counter()
    status = 0
    try:
        async with few, asyncio.timeout(10 * LIMIT_S):
            status = await _ask(port, alert.body)
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        pass
    return Sent(alert.id, at_s, status, time.perf_counter() - began)


async def _ask(port: int, body: bytes) -> int:
    """Make one request, and return the status of its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"POST /webhook/tradingview HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def alerts(
    count: int, *, prefix: str, secret: str, symbols: Sequence[str], action: Callable[[int], str]
) -> list[Alert]:
    """Make alerts, each with an id of its own.

    Args:
        count: How many.
        prefix: Of their ids.
        secret: In their bodies.
        symbols: Taken in turn.
        action: Of each, by its number in its symbol.
    """
    made = []
    for number in range(count):
        ident = f"{prefix}-{number}"
        turn, place = divmod(number, len(symbols))
        said = {"secret": secret, "id": ident, "symbol": symbols[place], "action": action(turn)}
        made.append(Alert(ident, msgspec.json.encode(said)))
    return made
