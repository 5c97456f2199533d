"""The bot that most people write, to compare with: FastAPI, a queue in memory, one worker, SQLite.

    python -m tools.bench.plain_bot --port 8001 --database bot.db --quotes http://127.0.0.1:9000

Written as well as such a bot is: the secret compared in constant time, the body checked by a model, the quote kept for
half a second, the fill simulated as the paper venue does (slippage, fee), one row and one commit for each order. What
it leaves out is what such bots leave out: an alert is answered before it is kept anywhere, so whatever waits in the
queue is gone with the process; nothing is checked for repetition, risk or what is held; there is one process, no bus,
no chat, no audit.
"""

import argparse
import asyncio
import contextlib
import hmac
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

import httpx
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

SECRET_NAME = "PLAIN_BOT_SECRET"
AMOUNT = Decimal(500)
SLIPPAGE = Decimal("0.0005")
FEE = Decimal("0.001")
STEP = Decimal("0.0001")
QUOTE_LIVES_S = 0.5
TABLE = """CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, alert TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, quantity TEXT NOT NULL,
    price TEXT NOT NULL, fee TEXT NOT NULL, received_at REAL NOT NULL, filled_at REAL NOT NULL
)"""


class Alert(BaseModel):
    """An alert as TradingView sends it; whatever else it says is ignored."""

    secret: str
    id: str
    symbol: str
    action: Literal["buy", "sell"]


class Bot:
    """The queue, its worker, and where orders are kept."""

    def __init__(self, database: Path, quotes_url: str) -> None:
        """Open the database; nothing is asked yet.

        Args:
            database: Its file; made when missing.
            quotes_url: The exchange's public interface.
        """
        self.queue: asyncio.Queue[tuple[Alert, float]] = asyncio.Queue()
        self._database = sqlite3.connect(database)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute(TABLE)
        self._exchange = httpx.AsyncClient(base_url=quotes_url, timeout=5, trust_env=False)
        self._quotes: dict[str, tuple[float, Decimal, Decimal]] = {}
        self._held: dict[str, Decimal] = {}

    async def work(self) -> None:
        """Fill one order after the other, for ever; one that cannot be filled is dropped."""
        while True:
            alert, received_at = await self.queue.get()
            with contextlib.suppress(httpx.HTTPError, KeyError, ValueError):
                await self._trade(alert, received_at)

    async def _trade(self, alert: Alert, received_at: float) -> None:
        """Fill an alert's order at the quote, and keep it."""
        bid, ask = await self._quote(alert.symbol)
        price = ask * (1 + SLIPPAGE) if alert.action == "buy" else bid * (1 - SLIPPAGE)
        if alert.action == "buy":
            quantity = (AMOUNT / price).quantize(STEP)
            self._held[alert.symbol] = self._held.get(alert.symbol, Decimal(0)) + quantity
        else:
            quantity = self._held.pop(alert.symbol, Decimal(0))
        row = (alert.id, alert.symbol, alert.action, str(quantity), str(price), str(quantity * price * FEE))
        with self._database:
            self._database.execute(
                "INSERT INTO orders VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, received_at, time.time())
            )

    async def _quote(self, symbol: str) -> tuple[Decimal, Decimal]:
        """Return bid and ask, at most half a second old."""
        kept = self._quotes.get(symbol)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1], kept[2]
        name = f"{symbol.removesuffix('.P').removesuffix('USDT')}-USDT"
        answer = await self._exchange.get("/openApi/swap/v2/quote/ticker", params={"symbol": name})
        told = answer.json()["data"]
        bid, ask = Decimal(told["bidPrice"]), Decimal(told["askPrice"])
        self._quotes[symbol] = (time.monotonic() + QUOTE_LIVES_S, bid, ask)
        return bid, ask


def application(bot: Bot, secret: str) -> FastAPI:
    """Make the application.

    Args:
        bot: Trades.
        secret: What alerts must bear.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        """Run the worker for as long as the server runs."""
        worker = asyncio.create_task(bot.work())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/webhook/tradingview")
    async def receive(alert: Alert) -> dict[str, str]:
        """Take an alert in."""
        if not hmac.compare_digest(alert.secret.encode(), secret.encode()):
            raise HTTPException(401)
        await bot.queue.put((alert, time.time()))
        return {"status": "accepted"}

    return app


def main() -> None:
    """Serve until told to leave."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.plain_bot")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--quotes", required=True, help="the exchange's public interface")
    options = parser.parse_args()
    app = application(Bot(options.database, options.quotes), os.environ[SECRET_NAME])
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
