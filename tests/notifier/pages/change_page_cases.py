"""What the page of changes looks like, case by case."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from bus.language import Language
from bus.messages.rounds import Balance, Failure, Platform, Rate, Snapshot
from ledger.portfolio.history import Day
from notifier.pages.change import Earlier, change_page
from tests.golden_messages import (
    BYBIT,
    LAST_AT,
    PARIS,
    PLATFORMS,
    RATE,
    TBANK,
    account,
    answers_with,
    balance,
    balance_of,
    close,
    failure,
)

NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)
WANTED = {"yesterday": date(2026, 2, 10), "week": date(2026, 2, 4), "month": date(2026, 1, 11)}
replace = msgspec.structs.replace


def worth(
    slot: datetime = NOW,
    amounts: Mapping[str, str] | None = None,
    *,
    rate: str = "92.32",
    known: Mapping[str, Balance] | None = None,
    platforms: Sequence[Platform] = PLATFORMS,
) -> Snapshot:
    """Return a slot's snapshot with these amounts; an empty one is a failure, one not named is the example's."""
    given = amounts or {}
    said: list[Balance | Rate | Failure] = [
        failure(platform.name) if given.get(platform.name) == "" else balance(platform, given.get(platform.name, ""))
        for platform in platforms
    ]
    said.append(replace(RATE, rate=Decimal(rate)) if rate else failure("fx"))
    closed = close(said, platforms, known=known)
    closed_at = slot + timedelta(seconds=7)
    return replace(closed, round_id=f"{slot:%Y-%m-%dT%H:%MZ}", scheduled_for=slot, closed_at=closed_at)


def since(label: str, known: Snapshot | Day | None) -> Earlier:
    """Return what is compared with, at its own time."""
    if known is None:
        return Earlier(since=label, at=WANTED.get(label))
    return Earlier(since=label, at=known.scheduled_for if isinstance(known, Snapshot) else known.day, known=known)


def with_accounts(slot: datetime, missing: str = "", *, last: str = "") -> Snapshot:
    """Return a slot's snapshot with two accounts at T-Bank; one may be missing, or have a last amount."""
    read = [
        account(ending, amount) for ending, amount in (("1234", "1034567"), ("4321", "200000")) if ending != missing
    ]
    known = {"tbank": balance_of(TBANK, account(missing, last), fetched_at=LAST_AT)} if last else {}
    said = balance_of(TBANK, *read, *([account(missing)] if missing else []))
    closed = close(answers_with(said), known=known)
    return replace(closed, round_id=f"{slot:%Y-%m-%dT%H:%MZ}", scheduled_for=slot)


def covering(part: str) -> Snapshot:
    """Return a snapshot in which Bybit covers a part of the account only."""
    return close(answers_with(replace(balance(BYBIT, "3750"), covers=part)))


SLOT_BEFORE = worth(NOW - 2 * HOURS, {"bybit": "4876.55"})
YESTERDAY = worth(NOW - DAYS + 10 * HOURS, {"tbank": "1230000", "ibkr": "12400", "okx": "3800.01"}, rate="91.5")
WEEK = worth(NOW - 7 * DAYS, {"tbank": "1100000", "ibkr": "11000", "bybit": "5100", "okx": "4000"}, rate="95.0123")
IMPORTED = Day(day=date(2026, 1, 11), usd=Decimal("31000.00"), rub=Decimal("2883000.50"))


def all_four(*known: Snapshot | Day | None) -> list[Earlier]:
    """Return the four things compared with."""
    return [since(label, each) for label, each in zip(("slot", "yesterday", "week", "month"), known, strict=True)]


def cases(language: Language) -> dict[str, str]:
    """Return each case's text by its title."""
    stood_in = worth(NOW, {"okx": ""}, known={"okx": balance(PLATFORMS[3], "3700")})
    before, fewer = NOW - 2 * HOURS, PLATFORMS[1:]
    huge = {platform.name: "99999999999999.99" for platform in PLATFORMS}
    compared = {
        "an account is missing now": (with_accounts(NOW, "4321"), [since("slot", with_accounts(before))]),
        "an account was missing then": (with_accounts(NOW), [since("slot", with_accounts(before, "4321"))]),
        "an account stands in": (
            with_accounts(NOW, "4321", last="200000"),
            [since("slot", with_accounts(before)), since("week", worth(NOW - 7 * DAYS))],
        ),
        "less is covered now": (covering("trading only"), [since("slot", worth(before))]),
        "everything is known": (worth(), all_four(SLOT_BEFORE, YESTERDAY, WEEK, IMPORTED)),
        "the very first": (worth(), all_four(None, None, None, None)),
        "nothing changed": (worth(), [since("slot", worth(before))]),
        "a source is missing then": (worth(), all_four(worth(before, {"ibkr": ""}), YESTERDAY, None, IMPORTED)),
        "a source is missing now": (worth(NOW, {"ibkr": "", "okx": ""}), all_four(SLOT_BEFORE, None, None, IMPORTED)),
        "a last known value stands in": (stood_in, [since("slot", SLOT_BEFORE)]),
        "no rate now": (worth(rate=""), [since("slot", SLOT_BEFORE)]),
        "a platform is new": (worth(), [since("slot", worth(before, platforms=fewer))]),
        "a platform is gone": (worth(platforms=fewer), [since("slot", worth(before))]),
        "from debts to riches": (
            worth(NOW, huge),
            [since("week", worth(NOW - 7 * DAYS, {"ibkr": "-90000", "tbank": "-1"}))],
        ),
    }
    return {
        title: change_page(newest, earlier, zone=PARIS, language=language)
        for title, (newest, earlier) in compared.items()
    }
