"""The pages of why and of health, within their limits whatever they are given."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus import reasons
from bus.language import Language
from bus.messages.operations import Program
from bus.messages.rounds import Account, Balance, Failure, Part, Platform, Rate, Snapshot
from notifier.pages.health import HealthReport, health_page
from notifier.pages.why import why_page
from tests.golden_messages import PARIS
from tests.notifier.golden_texts import LANGUAGES, check_limits
from tests.notifier.pages.health_page_cases import NOW, dead, key, replace
from tests.notifier.pages.why_page_cases import TROUBLED, WELL

ODD = st.text(max_size=80)
AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=2)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
REASONS = st.sampled_from(sorted(reasons.FIXED)) | ODD


ACCOUNTS = st.builds(
    Account,
    key=ODD,
    ending=ODD,
    reason=REASONS,
    code=ODD,
    amount=st.none() | AMOUNTS,
    last_amount=st.none() | AMOUNTS,
    last_fetched_at=MOMENTS,
)


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """Return what one platform said, in odd words."""
    platform = Platform(name=draw(ODD), label=draw(ODD), heading="x", currency="USD", position=draw(st.integers(0, 9)))
    balance = Balance(
        round_id="x",
        platform=platform.name,
        amount=draw(AMOUNTS),
        currency="USD",
        as_of=draw(MOMENTS),
        fetched_at=draw(MOMENTS),
        wallets=tuple(draw(st.lists(ODD, max_size=9))),
        covers=draw(ODD),
        close_of=draw(st.none() | st.dates()),
        accounts=tuple(draw(st.lists(ACCOUNTS, max_size=9))),
        took_ms=draw(st.integers(0, 10**7)),
        tried=tuple(draw(st.lists(REASONS, max_size=20))),
    )
    failure = Failure(round_id="x", platform=platform.name, reason=draw(REASONS), code=draw(ODD), tried=balance.tried)
    if draw(st.booleans()):
        return Part(platform=platform, balance=balance, check=draw(st.booleans()))
    return Part(platform=platform, failure=failure, last_known=draw(st.none() | st.just(balance)))


RATES = st.builds(
    Rate,
    round_id=st.just("x"),
    rate=st.decimals(min_value=20, max_value=500, places=9),
    source=ODD,
    valid_for=st.dates(),
    fetched_at=MOMENTS,
    stale=st.booleans(),
    unconfirmed=st.booleans(),
    second_source=ODD,
    second_rate=st.none() | st.decimals(min_value=20, max_value=500, places=9),
    tried=st.lists(REASONS, max_size=9).map(tuple),
)


@given(
    told=st.lists(parts(), max_size=9),
    rate=st.none() | RATES,
    failed=st.booleans(),
    language=st.sampled_from(LANGUAGES),
    wanted=st.none() | ODD,
)
def test_whatever_a_round_was_its_page_fits(
    told: list[Part], rate: Rate | None, failed: bool, language: Language, wanted: str | None
) -> None:
    failure = Failure(round_id="x", platform="fx", reason=reasons.UNREACHABLE, took_ms=10**9) if failed else None
    snapshot = replace(WELL, parts=tuple(told), rate=rate, rate_failure=failure)
    for name in (wanted, "fx", *(part.platform.name for part in told[:1])):
        check_limits(why_page(snapshot, platform=name, zone=PARIS, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_many_platforms_as_many_are_told_as_fit_and_the_rate_always(language: Language) -> None:
    many = tuple(
        replace(part, platform=replace(part.platform, label=f"<A & B {number}>"))
        for number in range(40)
        for part in TROUBLED.parts
    )
    page = why_page(replace(TROUBLED, parts=many), platform=None, zone=PARIS, language=language)
    check_limits(page)

    assert "\n\n…\n\n" in page
    assert "FRANKFURTER" in page.rpartition("…")[2]


@pytest.mark.parametrize("name", ["tbank", "T-Bank", "t‑bank", " TBANK ", "T Bank"])
def test_a_platform_is_found_however_its_name_is_written(name: str) -> None:
    page = why_page(WELL, platform=name, zone=PARIS, language="en")

    assert "✓ <b>T‑Bank</b>" in page
    assert "Bybit" not in page


@pytest.mark.parametrize("name", ["fx", "Rate", "курс"])
def test_the_rate_is_found_by_its_name_in_the_language_of_the_chat(name: str) -> None:
    language: Language = "ru" if name == "курс" else "en"

    assert "FRANKFURTER" in why_page(WELL, platform=name, zone=PARIS, language=language)


def test_what_was_asked_for_a_second_time_counts_each_reason_once() -> None:
    tried = ("timeout", "unreachable", "timeout", "rate limited", "maintenance")
    answered = replace(WELL.parts[2], balance=replace(balance_of(WELL, 2), tried=tried))
    page = why_page(replace(WELL, parts=(answered,)), platform=None, zone=PARIS, language="en")

    assert "Attempts: 6 (before: timeout ×2, unreachable, rate limited, …)" in page


def balance_of(snapshot: Snapshot, number: int) -> Balance:
    """Return the number of a part that has one."""
    balance = snapshot.parts[number].balance
    assert balance is not None
    return balance


PROGRAMS = st.builds(
    Program,
    name=ODD,
    state=st.sampled_from(["RUNNING", "EXITED", "FATAL", "BACKOFF", "STARTING", "STOPPED", "UNKNOWN", ""]),
    pid=st.integers(0, 2**22),
    started_at=st.none() | MOMENTS,
    beat_age_s=st.none() | st.floats(0, 10**10),
    pss_kb=st.integers(0, 2**40),
)


@given(
    programs=st.lists(PROGRAMS, max_size=30),
    success=st.dictionaries(ODD, MOMENTS, max_size=30),
    keys=st.lists(st.tuples(ODD, ODD, st.none() | st.integers(-(10**4), 10**5)), max_size=30),
    texts=st.tuples(ODD, ODD),
    language=st.sampled_from(LANGUAGES),
)
def test_however_everybody_is_the_page_fits(
    programs: list[Program],
    success: dict[str, datetime],
    keys: list[tuple[str, str, int | None]],
    texts: tuple[str, str],
    language: Language,
) -> None:
    report = HealthReport(
        now=NOW,
        programs=tuple(programs),
        last_success=success,
        keys=tuple(key(name, rights, days=days) for name, rights, days in keys),
        waiting=10**6,
        dead=tuple(dead(number, reason=texts[0] * 3, chat_id=texts[1]) for number in range(9)),
        labels=dict.fromkeys(success, texts[0]),
    )

    check_limits(health_page(report, zone=PARIS, language=language))
    check_limits(health_page(replace(report, ledger_unavailable=texts[0] * 9), zone=PARIS, language=language))


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=-5), "0s"),
        (timedelta(seconds=59.9), "59s"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=9, minutes=59), "9h59m"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=9, hours=23), "9d23h"),
        (timedelta(days=10), "10d"),
        (timedelta(days=99_999), "9999d"),
    ],
)
def test_a_length_of_time_has_five_columns(length: timedelta, shown: str) -> None:
    up = Program(name="hub", state="RUNNING", started_at=NOW - length, beat_age_s=1.0)
    page = health_page(HealthReport(now=NOW, programs=(up,)), zone=PARIS, language="en")

    assert re.findall(r"^hub +ok +(\S+)", page, re.MULTILINE) == [shown]


@pytest.mark.parametrize(("age_s", "state"), [(0.0, "ok"), (15.0, "ok"), (15.1, "silent"), (None, "silent")])
def test_a_program_that_runs_without_a_beat_is_silent(age_s: float | None, state: str) -> None:
    runs = Program(name="hub", state="RUNNING", beat_age_s=age_s)

    assert f"hub        {state} " in health_page(HealthReport(now=NOW, programs=(runs,)), zone=PARIS, language="en")
