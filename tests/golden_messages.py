"""Print the message of the example round for every set of failed sources, with and without last known values.

`python -m tests.golden_messages` rewrites tests/notifier/golden/failed_sources.txt. A test compares that file with what
the code prints now, so a change of wording is made in both, and read line by line in the diff. The example is the one
of the README: T-Bank 1,234,567 RUB, IBKR 12,345.67 USD, Bybit 5,000.00, OKX 3,901.23, 92.32 roubles for a dollar.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from aggregator.round import LastKnown, Round
from bus import reasons
from bus.messages.rounds import Account, Balance, Failure, Platform, Rate, Snapshot, Tick
from notifier.texts.message import View, render

GOLDEN = Path(__file__).parent / "notifier" / "golden" / "failed_sources.txt"

TBANK = Platform(name="tbank", label="T‑Bank", heading="T‑Bank (RUB)", currency="RUB", position=10)
IBKR = Platform(name="ibkr", label="IBKR", heading="IBKR NLV (USD)", currency="USD", position=20)
BYBIT = Platform(name="bybit", label="Bybit", heading="Crypto (USD)", currency="USD", position=30, grouped=True)
OKX = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40, grouped=True)
PLATFORMS = (TBANK, IBKR, BYBIT, OKX)
SOURCES = (*(platform.name for platform in PLATFORMS), "fx")
AMOUNTS = {"tbank": "1234567", "ibkr": "12345.67", "bybit": "5000.00", "okx": "3901.23"}
REASONS = dict.fromkeys(SOURCES, reasons.TIMEOUT) | {"okx": reasons.BAD_KEY}

PARIS = ZoneInfo("Europe/Paris")
SLOT = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
CLOSED_AT = SLOT + timedelta(seconds=7)
ROUND_ID = "2026-02-11T09:00Z"
TICK = Tick(round_id=ROUND_ID, scheduled_for=SLOT, closes_in_s=45.0)
RATE = Rate(
    round_id=ROUND_ID,
    rate=Decimal("92.32"),
    source="CBR",
    valid_for=date(2026, 2, 11),
    fetched_at=SLOT - timedelta(minutes=5),
)
LAST_AT = CLOSED_AT - timedelta(hours=5, minutes=59)
LAST_RATE = msgspec.structs.replace(RATE, round_id="2026-02-11T03:01Z", fetched_at=LAST_AT)
VIEW = View(timezone=PARIS)


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Which sources failed, and whether a last known value of each is at hand."""

    failed: tuple[str, ...]
    known: bool

    @property
    def title(self) -> str:
        """The heading of the case in the golden file."""
        return f"## failed: {', '.join(self.failed) or 'none'} / last known: {'yes' if self.known else 'no'}"


def balance(platform: Platform, amount: str = "", *, fetched_at: datetime = SLOT + timedelta(seconds=3)) -> Balance:
    """Return a platform's answer, with the example's amount where none is given."""
    return Balance(
        round_id=ROUND_ID,
        platform=platform.name,
        amount=Decimal(amount or AMOUNTS[platform.name]),
        currency=platform.currency,
        as_of=fetched_at,
        fetched_at=fetched_at,
        wallets=(),
    )


def account(ending: str, amount: str = "", *, reason: str = reasons.NO_PERMISSION) -> Account:
    """Return an account with an amount, or else with a reason."""
    if not amount:
        return Account(key=f"key of {ending}", ending=ending, reason=reason)
    return Account(key=f"key of {ending}", ending=ending, amount=Decimal(amount))


def balance_of(
    platform: Platform,
    *accounts: Account,
    fetched_at: datetime = SLOT + timedelta(seconds=3),
) -> Balance:
    """Return a platform's answer as the sum of its accounts that could be read."""
    read = sum((each.amount for each in accounts if each.amount is not None), Decimal(0))
    return msgspec.structs.replace(balance(platform, f"{read}", fetched_at=fetched_at), accounts=accounts)


def failure(source: str, reason: str = "") -> Failure:
    """Return a source's failure, with the example's reason where none is given."""
    return Failure(round_id=ROUND_ID, platform=source, reason=reason or REASONS.get(source, reasons.TIMEOUT))


def answers(failed: Iterable[str] = (), platforms: Iterable[Platform] = PLATFORMS) -> list[Balance | Rate | Failure]:
    """Return what the sources of the example say, in the order of SOURCES."""
    broken = set(failed)
    said: list[Balance | Rate | Failure] = [
        failure(platform.name) if platform.name in broken else balance(platform) for platform in platforms
    ]
    return [*said, failure("fx") if "fx" in broken else RATE]


def answers_with(*changed: Balance | Rate | Failure) -> list[Balance | Rate | Failure]:
    """Return what the sources of the example say, with these answers in the place of their sources' own."""
    sources = {"fx" if isinstance(answer, Rate) else answer.platform for answer in changed}
    kept = (answer for answer, source in zip(answers(), SOURCES, strict=True) if source not in sources)
    return [*changed, *kept]


def last_known(*platforms: Platform) -> dict[str, Balance]:
    """Return last known balances with the example's amounts, 5 hours and 59 minutes old when the round closes."""
    return {platform.name: balance(platform, fetched_at=LAST_AT) for platform in platforms}


def close(
    said: Iterable[Balance | Rate | Failure],
    platforms: Iterable[Platform] = PLATFORMS,
    *,
    known: Mapping[str, Balance] | None = None,
    known_rate: Rate | None = None,
    max_age_hours: float = 24,
) -> Snapshot:
    """Play the example round with these answers and return its snapshot; every source beats."""
    played = Round(TICK, platforms, heard_at_s=100.0)
    for answer in said:
        played.take(answer)
    from_before = LastKnown(balances=known or {}, rate=known_rate, max_age_hours=max_age_hours)
    return played.close(CLOSED_AT, now_s=107.0, last_known=from_before, silent_for_s=dict.fromkeys(SOURCES, 1.0))


def cases() -> tuple[Case, ...]:
    """Return all sets of failed sources, each without and with last known values."""
    sets = (
        tuple(source for source, is_broken in zip(SOURCES, broken, strict=True) if is_broken)
        for broken in product((False, True), repeat=len(SOURCES))
    )
    return tuple(Case(failed=failed, known=known) for failed in sets for known in (False, True))


def snapshot(case: Case) -> Snapshot:
    """Return the snapshot of a case."""
    if case.known:
        return close(answers(case.failed), known=last_known(*PLATFORMS), known_rate=LAST_RATE)
    return close(answers(case.failed))


def main() -> None:
    """Write the golden file."""
    texts = (f"{case.title}\n{render(snapshot(case), VIEW)}\n" for case in cases())
    GOLDEN.write_text("\n".join(texts), encoding="utf-8")
    print(f"wrote {GOLDEN.name}: {len(cases())} cases")


if __name__ == "__main__":
    main()
