"""What the page of health looks like, case by case."""

from datetime import UTC, datetime, timedelta

import msgspec

from bus.language import Language
from bus.messages.operations import KeyHealth, Program
from ledger.portfolio.dead_letters import Unsent
from notifier.pages.health import HealthReport, health_page
from tests.golden_messages import PARIS, PLATFORMS

replace = msgspec.structs.replace
NOW = datetime(2026, 2, 11, 9, 0, 20, tzinfo=UTC)
LABELS = {platform.name: platform.label for platform in PLATFORMS}
MEMORY_KB = {"hub": 8100, "clock": 13_000, "aggregator": 30_900, "notifier": 47_000, "sentinel": 9900}
COLLECTORS_KB = {"bybit": 25_000, "fx": 21_100, "ibkr": 22_000, "okx": 26_500, "tbank": 21_000}


def program(name: str, kb: int, *, up: timedelta = timedelta(days=3, hours=4, minutes=5), beat: float = 2) -> Program:
    """Return a program that runs."""
    return Program(name=name, state="RUNNING", pid=4711, started_at=NOW - up, beat_age_s=beat, pss_kb=kb)


def dead(number: int, *, reason: str | None, chat_id: str = "42") -> Unsent:
    """Return a message that Telegram did not take."""
    return Unsent(
        id=number,
        chat_id=chat_id,
        state="dead",
        round_id="2026-02-11T07:00Z",
        alert_id=None,
        text="…",
        attempts=2,
        created_at=NOW,
        reason=reason,
    )


def key(platform: str, rights: str, *, days: int | None = None, told_by: str = "") -> KeyHealth:
    """Return what a collector says of its key."""
    expires_at = None if days is None else NOW + timedelta(days=days, hours=1)
    return KeyHealth(id="health-1", platform=platform, rights=rights, expires_at=expires_at, told_by=told_by)


WELL = HealthReport(
    now=NOW,
    programs=tuple(program(name, kb) for name, kb in (MEMORY_KB | COLLECTORS_KB).items()),
    last_success={name: NOW - timedelta(seconds=17) for name in LABELS}
    | {"ibkr": NOW - timedelta(hours=3, minutes=12), "fx": NOW - timedelta(minutes=25)},
    keys=(
        key("okx", "read only", told_by="platform"),
        key("bybit", "read only", days=64, told_by="platform"),
        key("tbank", "read only"),
        key("ibkr", "by nature", days=200, told_by="owner"),
    ),
    next_slot=datetime(2026, 2, 11, 11, 0, tzinfo=UTC),
    interval_minutes=120,
    labels=LABELS,
)
TROUBLED = replace(
    WELL,
    programs=(
        program("hub", 8100, up=timedelta(days=412), beat=4),
        program("notifier", 47_000, up=timedelta(seconds=41), beat=0.4),
        program("bybit", 25_000, up=timedelta(hours=9, minutes=59), beat=27),
        Program(name="fx", state="STARTING"),
        Program(name="ibkr", state="EXITED"),
        Program(name="okx", state="FATAL", beat_age_s=4000),
        Program(name="tbank", state="RUNNING", pid=4712),
        Program(name="a_long_name", state=""),
    ),
    last_success={"tbank": NOW - timedelta(days=3), "kraken": NOW - timedelta(days=40)},
    keys=(
        key("tbank", "unproven"),
        key("okx", "can trade"),
        key("bybit", "not asked", days=13, told_by="platform"),
        key("ibkr", "by nature", days=-2, told_by="owner"),
    ),
    waiting=3,
    dead=(dead(12, reason="Bad Request: <b> is not closed"), dead(15, reason=None, chat_id="-1001234567890")),
    paused=True,
    interval_minutes=None,
)
SILENCE = HealthReport(now=NOW, programs=None, ledger_unavailable="disk <full>", labels=LABELS)


def cases(language: Language) -> dict[str, str]:
    """Return each case's text by its title."""
    reports = {"all well": WELL, "trouble everywhere": TROUBLED, "nobody answers": SILENCE}
    reports["many that cannot be delivered"] = replace(
        WELL, programs=WELL.programs and WELL.programs[:1], dead=tuple(dead(number, reason="x") for number in range(9))
    )
    reports["numbers that are not whole"] = replace(WELL, not_whole=frozenset({"tbank", "okx"}))
    return {title: health_page(report, zone=PARIS, language=language) for title, report in reports.items()}
