"""Measure the books of trading on both databases, side by side, and print; no thresholds.

    python -m tools.bench.ledger [--trades 1000000] [--only sqlite]

20 users with 3 portfolios each make 200 trades a day in each; the books are filled with as many as asked for, by the
services' own arithmetic but in bulk. Then: taking executions in one by one, each durable, and a hundred to a commit;
what the chat asks for; everything recomputed; the size on disk. Aims: 5 ms for one execution, positions and open
orders, 20 ms for a day's profit, 60 s for all recomputed, each p99 at a million trades.
"""

import argparse
import contextlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from ledger.trading.books.pnl import Period, pnl
from ledger.trading.books.positions import list_positions, recompute
from ledger.trading.books.records import Fill
from ledger.trading.books.trades import ingest
from ledger.trading.orders.finding import open_orders
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work
from tools.bench import filling
from tools.private_postgresql import NoServer, serve

ONE_BY_ONE, BATCHES, BATCH, QUESTIONS = 1000, 20, 100, 300
SEED = 11


def main() -> None:
    """Measure each database and print a line for each figure."""
    parser = argparse.ArgumentParser(prog="make bench-ledger")
    parser.add_argument("--trades", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory(prefix="pb-") as folder:
            _measure("SQLite", f"sqlite:///{folder}/portfolio.db", options.trades)
            print(f"  on disk: {Path(folder, 'portfolio.db').stat().st_size / 1e6:.0f} MB")
    if options.only != "sqlite":
        with contextlib.suppress(NoServer), serve("shared_buffers=128MB") as server:
            url = server.url(server.new_database())
            _measure("PostgreSQL", url, options.trades)
            with open_ledger(url) as ledger, ledger.reading() as connection:
                size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
            print(f"  on disk: {size / 1e6:.0f} MB")


def _measure(name: str, url: str, trades: int) -> None:
    """Fill a database and measure it."""
    print(f"\n{name}, {trades:,} trades", flush=True)
    migrate(url)
    with open_ledger(url) as ledger:
        began = time.perf_counter()
        last = filling.fill(ledger, trades)
        print(f"  filled in {time.perf_counter() - began:.0f} s", flush=True)
        _ingest(ledger, last)
        day = Period(last - timedelta(days=1), last)
        user = Principal(user_id=filling.USERS // 2, role="trader")
        account = f"account{user.user_id}"
        questions: dict[str, Callable[[Connection], object]] = {
            "positions of a user": lambda connection: list_positions(user, connection),
            "open orders of an account": lambda connection: open_orders(user, connection, account=account),
            "a user's profit of a day": lambda connection: pnl(user, connection, day),
        }
        for what, ask in questions.items():
            print(f"  {what}: {_quantiles(_timed(ledger, ask))}", flush=True)
        began = time.perf_counter()
        with ledger.reading() as connection:
            wrong = recompute(SYSTEM, connection)
        print(f"  all recomputed: {time.perf_counter() - began:.1f} s, {len(wrong)} differences", flush=True)


def _ingest(ledger: Ledger, last: datetime) -> None:
    """Take executions in, one by one and in batches."""
    chance = random.Random(SEED)
    fills = _fills(chance, last)
    orders = filling.add_orders(ledger, ONE_BY_ONE + BATCHES * BATCH, last)
    took = []
    for order in orders[:ONE_BY_ONE]:
        began = time.perf_counter()
        with ledger.writing() as connection:
            ingest(SYSTEM, Work(connection, last), next(fills), order=order, wording=lambda _: "filled")
        took.append(time.perf_counter() - began)
    print(f"  one execution, durable: {_quantiles(took)}", flush=True)
    began = time.perf_counter()
    for batch in range(BATCHES):
        first = ONE_BY_ONE + batch * BATCH
        with ledger.writing() as connection:
            for order in orders[first : first + BATCH]:
                ingest(SYSTEM, Work(connection, last), next(fills), order=order, wording=lambda _: "filled")
    print(f"  {BATCH} to a commit: {BATCHES * BATCH / (time.perf_counter() - began):.0f} a second", flush=True)


def _fills(chance: random.Random, last: datetime) -> Iterator[Fill]:
    """Yield new executions, each later than all before."""
    number = 0
    while True:
        number += 1
        yield Fill(
            broker_trade_id=f"new-{number}",
            side="BUY",
            quantity=Decimal(1),
            price=Decimal(chance.randint(1000, 100_000)).scaleb(-2),
            exec_time=last + timedelta(seconds=number),
            fee=Decimal("0.35"),
            fee_currency="USD",
        )


def _timed(ledger: Ledger, ask: Callable[[Connection], object]) -> list[float]:
    """Return how long each of many questions took, in seconds."""
    took = []
    for _ in range(QUESTIONS):
        began = time.perf_counter()
        with ledger.reading() as connection:
            ask(connection)
        took.append(time.perf_counter() - began)
    return took


def _quantiles(took: list[float]) -> str:
    """Return the middle and the slow end of some times."""
    ordered = sorted(took)
    return f"p50 {ordered[len(ordered) // 2] * 1000:.1f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms"


if __name__ == "__main__":
    main()
