"""One open round: who may answer, what is believed, and the snapshot that it closes with."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.round import LastKnown, Round
from bus.codec import encode
from bus.messages.rounds import Balance, Failure, Part, Platform, Rate, Snapshot
from tests.every_message import decode
from tests.golden_messages import (
    BYBIT,
    CLOSED_AT,
    IBKR,
    LAST_RATE,
    PLATFORMS,
    RATE,
    SLOT,
    SOURCES,
    TBANK,
    TICK,
    answers,
    balance,
    failure,
)

NOTHING_KNOWN = LastKnown(balances={}, rate=None, max_age_hours=24)
ALL_BEAT = dict.fromkeys(SOURCES, 1.0)
Answer = Balance | Rate | Failure
replace = msgspec.structs.replace


def opened(platforms: Iterable[Platform] = PLATFORMS) -> Round:
    """Return a round that opened at second 100."""
    return Round(TICK, platforms, heard_at_s=100.0)


def closed(
    played: Round, known: LastKnown = NOTHING_KNOWN, *, silent_for_s: Mapping[str, float] = ALL_BEAT
) -> Snapshot:
    """Close a round seven seconds after it opened."""
    return played.close(CLOSED_AT, now_s=107.0, last_known=known, silent_for_s=silent_for_s)


def part(snapshot: Snapshot, name: str) -> Part:
    """Return a platform's part."""
    return next(part for part in snapshot.parts if part.platform.name == name)


def test_a_round_is_complete_when_every_platform_and_the_rate_have_answered() -> None:
    played = opened()
    taken = [played.take(answer) for answer in answers()[:-1]]

    assert taken == [True] * 4
    assert not played.complete
    assert played.missing() == ("fx",)
    assert played.take(RATE)
    assert played.complete


def test_failures_complete_a_round_too() -> None:
    played = opened()
    for answer in answers(failed=SOURCES):
        played.take(answer)

    assert played.complete


def test_the_snapshot_carries_the_round_and_its_parts_in_the_order_of_the_message() -> None:
    played = Round(
        replace(TICK, missed=(SLOT - timedelta(hours=2),), missed_count=0), reversed(PLATFORMS), heard_at_s=100.0
    )
    for answer in answers():
        played.take(answer)
    snapshot = closed(played)

    assert snapshot.round_id == TICK.round_id
    assert snapshot.scheduled_for == SLOT
    assert snapshot.closed_at == CLOSED_AT
    assert [one.platform.name for one in snapshot.parts] == ["tbank", "ibkr", "bybit", "okx"]
    assert snapshot.usd.amount == Decimal("34619.59")
    assert snapshot.rate == RATE
    assert snapshot.rate_failure is None
    assert (snapshot.missed, snapshot.missed_count) == ((SLOT - timedelta(hours=2),), 1)
    assert snapshot.took_ms == 7000


def test_the_deadline_counts_from_the_first_tick_heard() -> None:
    played = opened()

    assert not played.is_due(144.9)
    assert played.is_due(145.0)


def test_the_first_answer_of_a_platform_counts_and_later_ones_are_ignored() -> None:
    played = opened()

    assert played.take(failure("ibkr"))
    assert not played.take(balance(IBKR))
    assert not played.take(failure("ibkr", "bad key"))
    assert part(closed(played), "ibkr").failure == failure("ibkr")


@pytest.mark.parametrize("answer", answers())
def test_an_answer_for_another_round_is_ignored(answer: Answer) -> None:
    """Fault 52."""
    played = opened()

    assert not played.take(replace(answer, round_id="2026-02-11T07:00Z"))
    assert len(played.missing()) == 5


@pytest.mark.parametrize("stranger", [replace(balance(IBKR), platform="kraken"), failure("kraken", "timeout")])
def test_a_platform_that_is_not_configured_is_ignored(stranger: Answer) -> None:
    assert not opened().take(stranger)


def test_a_balance_in_the_name_of_the_rate_is_ignored() -> None:
    assert not opened().take(replace(balance(IBKR), platform="fx"))


@pytest.mark.parametrize(
    "balance_said",
    [
        replace(balance(IBKR), amount=Decimal("NaN")),
        replace(balance(IBKR), amount=Decimal("sNaN")),
        replace(balance(IBKR), amount=Decimal("Infinity")),
        replace(balance(IBKR), amount=Decimal("-Infinity")),
        replace(balance(IBKR), amount=Decimal("1e400")),
        replace(balance(IBKR), amount=Decimal("-1e15")),
        replace(balance(IBKR), amount=Decimal("1e999999999")),
        replace(balance(IBKR), currency="EUR"),
        replace(balance(IBKR), currency="RUB"),
        replace(balance(IBKR), fetched_at=datetime(2026, 2, 11, 9)),  # noqa: DTZ001 - the fault under test
    ],
)
def test_a_balance_that_cannot_be_true_is_a_bad_answer_and_never_summed(balance_said: Balance) -> None:
    """Fault 44."""
    played = opened()

    assert played.take(balance_said)
    assert not played.take(balance(IBKR))

    told = part(closed(played), "ibkr")

    assert told.balance is None
    assert told.failure is not None
    assert told.failure.reason == "bad answer"


@pytest.mark.parametrize("rate", ["NaN", "sNaN", "Infinity", "19.9999", "500.0001", "0", "-92", "1e999999999"])
def test_a_rate_outside_the_band_is_a_bad_answer(rate: str) -> None:
    """Fault 48."""
    played = opened()

    assert played.take(replace(RATE, rate=Decimal(rate)))

    snapshot = closed(played)

    assert snapshot.rate is None
    assert snapshot.rate_failure is not None
    assert snapshot.rate_failure.reason == "bad answer"


@pytest.mark.parametrize("rate", ["20", "500"])
def test_the_ends_of_the_band_are_rates(rate: str) -> None:
    played = opened()
    played.take(replace(RATE, rate=Decimal(rate)))

    assert closed(played).rate == replace(RATE, rate=Decimal(rate))


def test_a_reason_that_is_not_on_the_list_is_a_bad_answer_with_its_code_kept() -> None:
    played = opened()
    played.take(replace(failure("ibkr", "<b>strange</b>"), code="77"))

    assert part(closed(played), "ibkr").failure == replace(failure("ibkr", "bad answer"), code="77")


@pytest.mark.parametrize(
    ("silent_for_s", "reason"),
    [({"okx": 10.0}, "timeout"), ({"okx": 10.1}, "not running"), ({}, "not running")],
)
def test_a_platform_that_never_answered_timed_out_or_is_not_running(
    silent_for_s: dict[str, float], reason: str
) -> None:
    told = part(closed(opened(), silent_for_s=silent_for_s), "okx").failure

    assert told is not None
    assert told.reason == reason


def test_a_last_known_balance_stands_behind_a_failure_while_it_is_young() -> None:
    young = balance(BYBIT, fetched_at=CLOSED_AT - timedelta(hours=23))
    old = balance(TBANK, fetched_at=CLOSED_AT - timedelta(hours=24))
    foreign = replace(balance(IBKR), currency="RUB")
    snapshot = closed(
        opened(), LastKnown(balances={"bybit": young, "tbank": old, "ibkr": foreign}, rate=None, max_age_hours=24)
    )

    assert part(snapshot, "bybit").last_known == young
    assert part(snapshot, "tbank").last_known is None
    assert part(snapshot, "ibkr").last_known is None


def test_a_last_known_balance_is_not_shown_beside_an_answer() -> None:
    played = opened()
    played.take(balance(IBKR))
    snapshot = closed(played, LastKnown(balances={"ibkr": balance(IBKR, "1")}, rate=None, max_age_hours=24))

    assert part(snapshot, "ibkr").last_known is None


@pytest.mark.parametrize("said", [(), (failure("fx", "unreachable"),)])
def test_the_last_known_rate_stands_in_marked_stale(said: tuple[Failure, ...]) -> None:
    """Fault 48."""
    played = opened()
    for answer in said:
        played.take(answer)
    snapshot = closed(played, LastKnown(balances={}, rate=LAST_RATE, max_age_hours=24))

    assert snapshot.rate == replace(LAST_RATE, stale=True)
    assert snapshot.rate_failure is not None
    assert snapshot.rate_failure.reason == (said[0].reason if said else "timeout")


@pytest.mark.parametrize(
    "known",
    [
        replace(LAST_RATE, fetched_at=CLOSED_AT - timedelta(hours=24)),
        replace(LAST_RATE, rate=Decimal(501)),
        replace(LAST_RATE, fetched_at=datetime(2026, 2, 11, 4)),  # noqa: DTZ001 - the fault under test
    ],
)
def test_a_last_known_rate_that_is_too_old_or_impossible_is_no_rate(known: Rate) -> None:
    assert closed(opened(), LastKnown(balances={}, rate=known, max_age_hours=24)).rate is None


def test_a_stale_rate_that_a_collector_says_too_late_is_no_rate() -> None:
    played = opened()
    played.take(replace(RATE, stale=True, fetched_at=CLOSED_AT - timedelta(hours=24)))
    snapshot = closed(played)

    assert snapshot.rate is None
    assert snapshot.rate_failure is not None


@pytest.mark.parametrize("platforms", [(), (IBKR, IBKR), (replace(IBKR, name="fx"),)])
def test_a_round_needs_platforms_with_names_of_their_own(platforms: tuple[Platform, ...]) -> None:
    with pytest.raises(ValueError, match="platforms of a round"):
        opened(platforms)


def test_a_snapshot_goes_over_the_bus_whole() -> None:
    played = opened()
    for answer in answers(failed=("okx", "fx")):
        played.take(answer)
    snapshot = closed(played, LastKnown(balances={"okx": balance(PLATFORMS[3])}, rate=LAST_RATE, max_age_hours=24))

    assert decode(encode(snapshot)[1]) == snapshot


@given(
    failed=st.sets(st.sampled_from(SOURCES)),
    silent=st.sets(st.sampled_from(SOURCES)),
    known=st.booleans(),
    shuffle=st.randoms(use_true_random=False),
)
def test_the_snapshot_does_not_depend_on_the_order_of_answers(
    failed: set[str], silent: set[str], known: bool, shuffle: Random
) -> None:
    said = [answer for answer, source in zip(answers(failed=failed), SOURCES, strict=True) if source not in silent]
    shuffled = [*said, *said]
    shuffle.shuffle(shuffled)
    last = LastKnown(
        balances={
            platform.name: balance(platform, fetched_at=datetime(2026, 2, 11, 1, tzinfo=UTC)) for platform in PLATFORMS
        },
        rate=LAST_RATE,
        max_age_hours=24,
    )
    in_order, in_disorder = opened(), opened(reversed(PLATFORMS))
    for answer in said:
        in_order.take(answer)
    for answer in shuffled:
        in_disorder.take(answer)
    bodies = [encode(closed(played, last if known else NOTHING_KNOWN))[1] for played in (in_order, in_disorder)]

    assert bodies[0] == bodies[1]
