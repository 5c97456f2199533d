"""Snapshots to write, and a look at what a ledger holds, past our own code."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import create_engine

from bus.messages.rounds import Balance, Failure, Part, Platform, Rate, Snapshot, Total

SLOT = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
HOURS = timedelta(hours=1)
OKX = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40, grouped=True)
TBANK = Platform(name="tbank", label="T‑Bank", heading="T‑Bank (RUB)", currency="RUB", position=10)
AMOUNT = Decimal("3901.230000000000000001")


def round_id(slot: datetime) -> str:
    """Name a slot's round."""
    return f"{slot:%Y-%m-%dT%H:%MZ}"


def balance(slot: datetime = SLOT, *, amount: Decimal = AMOUNT, fetched_at: datetime | None = None) -> Balance:
    """Return what OKX said in a round."""
    return Balance(
        round_id=round_id(slot),
        platform="okx",
        amount=amount,
        currency="USD",
        as_of=slot,
        fetched_at=fetched_at or slot + timedelta(seconds=3, microseconds=123_456),
        wallets=("trading", "funding"),
        covers="trading only",
        close_of=date(2026, 2, 10),
        took_ms=214,
    )


def rate(slot: datetime = SLOT, *, rate: str = "92.3200") -> Rate:
    """Return the rate of a round."""
    return Rate(
        round_id=round_id(slot),
        rate=Decimal(rate),
        source="CBR",
        valid_for=date(2026, 2, 11),
        fetched_at=slot,
        unconfirmed=True,
    )


def snapshot(slot: datetime = SLOT, *, missed: tuple[datetime, ...] = (), asked: str = "") -> Snapshot:
    """Return a closed round: OKX answered, T-Bank failed; a slot's, or with `asked` the one of that request."""
    name = asked or round_id(slot)
    return Snapshot(
        round_id=name,
        scheduled_for=None if asked else slot,
        closed_at=slot + timedelta(seconds=7),
        parts=(
            Part(platform=OKX, balance=balance(slot)),
            Part(platform=TBANK, failure=Failure(round_id=name, platform="tbank", reason="timeout"), last_known=None),
        ),
        usd=Total(amount=AMOUNT, mark="≥"),
        rub=Total(mark="ERROR", reason="FX unavailable"),
        rate=rate(slot),
        missed=missed,
        missed_count=len(missed),
        took_ms=7000,
    )


def summed(slot: datetime = SLOT, *, usd: str = "34619.59", mark: str = "", asked: str = "") -> Snapshot:
    """Return a closed round with two totals of one mark; the roubles are the dollars times a hundred."""
    totals = {"usd": Total(amount=Decimal(usd), mark=mark), "rub": Total(amount=Decimal(usd) * 100, mark=mark)}
    return msgspec.structs.replace(snapshot(slot, asked=asked), **totals)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    """Ask the database itself, past our own code."""
    if url.startswith("postgresql"):
        engine = create_engine(url)
        with engine.connect() as asking:
            found = [tuple(map(_as_text, row)) for row in asking.exec_driver_sql(query)]
        engine.dispose()
        return found
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(query).fetchall()


def _as_text(value: object) -> object:
    """Return a moment as SQLite keeps it."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def row_counts(url: str) -> dict[str, int]:
    """Count the rows of the tables that a round writes."""
    tables = ("snapshots", "balances", "rates", "missed_slots", "outbox")
    return {table: len(rows(url, f"SELECT * FROM {table}")) for table in tables}
