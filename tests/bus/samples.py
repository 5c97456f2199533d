"""One or two of every message, as the golden bytes hold them. Never change one: add another beside it."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec

from bus.messages.base import Message
from bus.messages.delivery import Alert, AlertStored, ChatOutcome, Delivered, NowRequested, Outcome
from bus.messages.operations import Health, HealthRequested, Heartbeat, KeyHealth, Program, Restarted, RestartRequested
from bus.messages.rounds import (
    Balance,
    Failure,
    NextSlot,
    Part,
    Platform,
    Rate,
    RoundRequested,
    ScheduleChanged,
    ScheduleState,
    Snapshot,
    Tick,
    Total,
)
from bus.messages.trading import (
    BrokerHealth,
    JobDone,
    JobDue,
    MarginRules,
    Mark,
    OutboxFilled,
    SignalArrived,
    TradingRequested,
    TradingState,
    VenueHours,
    VenueSession,
)
from bus.messages.venues import Signed

SLOT = datetime(2026, 2, 11, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 2, 11, 9, 0, 7, 123456, tzinfo=UTC)
ROUND = "2026-02-11T09:00Z"
OKX = Platform(name="okx", label="OKX", heading="Crypto (USD)", currency="USD", position=40, grouped=True)
TBANK = Platform(name="tbank", label="T‑Bank", heading="T‑Bank (RUB)", currency="RUB", position=10)

TICK = Tick(round_id=ROUND, scheduled_for=SLOT, closes_in_s=44.5, missed=(SLOT - timedelta(hours=2),), missed_count=3)
BALANCE = Balance(
    round_id=ROUND,
    platform="okx",
    amount=Decimal("3901.230000000000000001"),
    currency="USD",
    as_of=SLOT,
    fetched_at=LATER,
    wallets=("trading", "funding"),
    covers="trading only",
    close_of=date(2026, 2, 10),
    took_ms=214,
)
RATE = Rate(
    round_id=ROUND,
    rate=Decimal("92.3200"),
    source="CBR",
    valid_for=date(2026, 2, 11),
    fetched_at=LATER,
    stale=True,
    unconfirmed=True,
    took_ms=90,
)
FAILURE = Failure(round_id=ROUND, platform="tbank", reason="no permission", code="40003", took_ms=31)
SNAPSHOT = Snapshot(
    round_id=ROUND,
    scheduled_for=SLOT,
    closed_at=LATER,
    parts=(Part(platform=OKX, balance=BALANCE, check=True), Part(platform=TBANK, failure=FAILURE)),
    usd=Total(amount=Decimal("3901.23"), mark="≥"),
    rub=Total(mark="ERROR", reason="FX unavailable"),
    groups={"Crypto (USD)": Total(amount=Decimal("3901.23"))},
    rate=RATE,
    rate_failure=Failure(round_id=ROUND, platform="fx", reason="unreachable"),
    missed=(SLOT - timedelta(hours=2),),
    missed_count=1,
    took_ms=7123,
    recorded=False,
    not_recorded_because="disk full",
)
SAMPLES: dict[str, Message] = {
    "tick": TICK,
    "tick-of-a-request": Tick(round_id="now-20260211T090000Z-7", scheduled_for=None, closes_in_s=45.0),
    "outcome": Outcome(
        id="now-20260211T090000Z-terminal-7",
        round_id=ROUND,
        text="TOTAL (USD): $34,619.59",
        chats=(ChatOutcome(chat="42", state="sent"), ChatOutcome(chat="43", state="dead", reason="Chat not found")),
        trouble="the disk is full",
        elsewhere="pid 7, in a folder",
    ),
    "nowrequested": NowRequested(id="now-20260211T090000Z-terminal-7", asked_at=SLOT),
    "roundrequested": RoundRequested(
        id="now-20260211T090000Z-7", asked_at=SLOT.astimezone(timezone(timedelta(hours=3)))
    ),
    "balance": BALANCE,
    "balance-of-zero": Balance(
        round_id=ROUND,
        platform="bybit",
        amount=Decimal(0),
        currency="USD",
        as_of=SLOT,
        fetched_at=SLOT,
        wallets=(),
    ),
    "rate": RATE,
    "failure": FAILURE,
    "snapshot": SNAPSHOT,
    "snapshot-of-a-request": Snapshot(
        round_id="now-20260211T090000Z-7", scheduled_for=None, closed_at=LATER, parts=(), usd=Total(), rub=Total()
    ),
    "schedulestate": ScheduleState(last_slot=SLOT, interval_minutes=60, paused=True, due_since=LATER),
    "schedulestate-at-first": ScheduleState(last_slot=None, interval_minutes=None, paused=False, due_since=SLOT),
    "delivered": Delivered(id="", round_id=ROUND, text="TOTAL (USD): $1.00"),
    "heartbeat": Heartbeat(name="okx", pid=4711, started_at=SLOT, last_round=ROUND, pss_kb=18_234),
    "alert": Alert(id="okx-down-3", text="okx ⚠", raised_at=LATER),
    "alertstored": AlertStored(id="okx-down-3"),
    "alert-in-words": Alert(
        id="okx-down-4", text="okx is down since 12 s", raised_at=LATER, key="down", values={"program": "okx"}
    ),
    "balance-at-the-second-attempt": msgspec.structs.replace(BALANCE, tried=("timeout",)),
    "rate-of-two-sources": msgspec.structs.replace(
        RATE, second_source="FRANKFURTER", second_rate=Decimal("92.41"), tried=("unreachable",)
    ),
    "failure-after-attempts": msgspec.structs.replace(FAILURE, tried=("timeout", "unreachable")),
    "schedulechanged": ScheduleChanged(),
    "healthrequested": HealthRequested(id="health-7"),
    "health": Health(
        id="health-7",
        programs=(
            Program(name="okx", state="RUNNING", pid=4711, started_at=SLOT, beat_age_s=1.5, pss_kb=18_234),
            Program(name="tbank", state="EXITED"),
        ),
    ),
    "nextslot": NextSlot(id="health-7", next_slot=SLOT + timedelta(hours=2), interval_minutes=120),
    "keyhealth": KeyHealth(
        id="health-7", platform="bybit", rights="read only", expires_at=LATER, told_by="platform", proven_at=SLOT
    ),
    "restartrequested": RestartRequested(id="restart-42-7", program="okx"),
    "restarted": Restarted(id="restart-42-7", program="okx", pid=4712),
    "signed": Signed(
        to="broker-paper",
        sender="execution",
        boot="00112233445566ff",
        sequence=7,
        expires_at=LATER,
        content=b"\x81\xa4kind\xa8askquote",
        mac=bytes(range(32)),
    ),
    "signalarrived": SignalArrived(uid="9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e"),
    "tradingrequested": TradingRequested(uid="request-42-7"),
    "outboxfilled": OutboxFilled(),
    "jobdue": JobDue(job="position-sync", due_at=SLOT, late_after_s=900.0),
    "jobdone": JobDone(job="position-sync", due_at=SLOT, state="DONE"),
    "tradingstate": TradingState(
        mode="paper",
        killed="by an admin",
        waiting=3,
        oldest_at=SLOT,
        brokers=(
            BrokerHealth(name="broker-paper", state="connected", since=SLOT),
            BrokerHealth(name="broker-far", state="lost", reason="unreachable", breaker_open=True),
        ),
    ),
    "tradingstate-with-prices": TradingState(
        mode="paper",
        killed="",
        waiting=0,
        oldest_at=None,
        marks=(Mark(portfolio="7", instrument="8", price=Decimal("187.25"), as_of=SLOT, is_delayed=True),),
        hours=(
            VenueHours(
                broker="broker-far",
                asset_type="EQUITY",
                symbols=("AAPL",),
                sessions=(VenueSession(SLOT, LATER),),
            ),
        ),
    ),
    "tradingstate-locked": TradingState(
        mode="live",
        killed="",
        waiting=0,
        oldest_at=None,
        brokers=(
            BrokerHealth(name="broker-far", state="lost", code="refused", attempts=7, since=SLOT),
            BrokerHealth(name="broker-near", state="refused", code="not_served", number="U7654321"),
        ),
        live_lock="unchecked",
    ),
    "tradingstate-margin": TradingState(
        mode="paper",
        killed="",
        waiting=0,
        oldest_at=None,
        brokers=(BrokerHealth(name="broker-near", state="connected", since=SLOT, has_margin=True),),
        margin=MarginRules(margin_mode="ISOLATED", leverage=1, most_leverage=5),
    ),
    "tradingstate-at-first": TradingState(mode="live", killed="", waiting=0, oldest_at=None),
}
