"""What the page of why looks like, case by case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from bus import reasons
from bus.language import Language
from bus.messages.rounds import Balance, Failure, Rate, Snapshot
from notifier.pages.why import why_page
from tests.golden_messages import (
    BYBIT,
    IBKR,
    LAST_RATE,
    OKX,
    PARIS,
    RATE,
    TBANK,
    account,
    answers_with,
    balance,
    balance_of,
    close,
)
from tests.golden_messages import failure as failure_of
from tests.golden_messages import last_known as last_known_of

replace = msgspec.structs.replace
NOW = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)

SECOND_TRY = replace(balance(BYBIT), took_ms=1432, wallets=("trading", "funding", "earn"), tried=(reasons.TIMEOUT,))
STATEMENT = replace(
    balance(IBKR),
    as_of=NOW - timedelta(hours=11),
    fetched_at=NOW - timedelta(hours=3),
    wallets=("accounts",),
    close_of=date(2026, 2, 6),
)
TBANK_IN_TIME = replace(balance(TBANK), took_ms=412, wallets=("brokerage", "iis"))
OKX_PART = replace(balance(OKX), took_ms=214, wallets=("trading",), covers="trading only")
REFUSED = replace(failure_of("okx", reasons.IP_NOT_ALLOWED), code="50110", took_ms=43_000, tried=("timeout", "timeout"))
COMPARED = replace(RATE, second_source="FRANKFURTER", second_rate=Decimal("92.41"))
APART = replace(COMPARED, second_rate=Decimal("95.1"), unconfirmed=True, stale=True, valid_for=date(2026, 2, 5))


def played(*changed: Balance | Rate | Failure, rate_known: bool = False) -> Snapshot:
    """Return the example round with these answers; last known numbers of OKX and T-Bank are at hand."""
    known_rate = LAST_RATE if rate_known else None
    known = last_known_of(OKX, TBANK)
    known["okx"] = replace(known["okx"], wallets=("trading",), covers="trading only")
    return replace(close(answers_with(*changed), known=known, known_rate=known_rate), took_ms=7123)


WELL = played(SECOND_TRY, STATEMENT, TBANK_IN_TIME, OKX_PART, COMPARED)
TROUBLED = played(REFUSED, failure_of("ibkr", reasons.NOT_RUNNING), failure_of("tbank", reasons.TLS_ERROR), APART)
NO_RATE = replace(played(replace(failure_of("fx", reasons.UNREACHABLE), took_ms=12_300)), scheduled_for=None)
OLD_RATE = played(replace(failure_of("fx", reasons.UNREACHABLE), took_ms=12_300), rate_known=True)
WHOLE = balance_of(TBANK, account("1234", "1034567"), account("4321", "200000"), fetched_at=NOW - timedelta(hours=5))
UNREAD = (replace(account("4321"), code="30082"), account("8765", reason=reasons.BAD_ANSWER))
PARTLY = replace(
    close(
        answers_with(replace(balance_of(TBANK, account("1234", "1034567"), *UNREAD), took_ms=412)),
        known={"tbank": WHOLE},
    ),
    took_ms=7123,
)
CROWDED = close(answers_with(balance_of(TBANK, account("1234", "5"), *(account(f"100{each}") for each in range(7)))))
LESS_KNOWN = close(
    answers_with(failure_of("tbank", reasons.TIMEOUT)),
    known={"tbank": balance_of(TBANK, account("1234", "1034567"), UNREAD[0], fetched_at=NOW - timedelta(hours=5))},
)
NARROWED = close(answers_with(OKX_PART), known=last_known_of(OKX))
TOMORROW = replace(close(answers_with(replace(RATE, valid_for=date(2026, 2, 12)))), closed_at=NOW + timedelta(hours=13))
JUMPED = replace(
    WELL, parts=tuple(replace(part, check=True) if part.platform is BYBIT else part for part in WELL.parts)
)


def cases(language: Language) -> dict[str, str]:
    """Return each case's text by its title."""

    def page(snapshot: Snapshot | None, platform: str | None = None) -> str:
        return why_page(snapshot, platform=platform, zone=PARIS, language=language)

    return {
        "no round yet": page(None),
        "all answered": page(WELL),
        "three failed, the rate is doubtful": page(TROUBLED),
        "asked for, and no rate": page(NO_RATE),
        "the rate of an earlier round": page(OLD_RATE, "fx"),
        "one that answered": page(JUMPED, "bybit"),
        "one that failed, by its label": page(TROUBLED, "okx"),
        "one with a statement": page(WELL, "IBKR"),
        "one without any answer": page(TROUBLED, "ibkr"),
        "the rate": page(WELL, "FX"),
        "accounts are missing": page(PARTLY),
        "one with missing accounts": page(PARTLY, "tbank"),
        "one with many missing accounts": page(CROWDED, "tbank"),
        "a last known number that was not whole": page(LESS_KNOWN, "tbank"),
        "one that covers less than before": page(NARROWED, "okx"),
        "the rate of a day that has begun in Moscow": page(TOMORROW, "fx"),
        "a strange name": page(WELL, "<b>Kraken</b>"),
    }
