"""What IBKR's collector remembers: when the service is to be left alone, and which statement counts."""

import contextlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bus import reasons
from collectors.errors import Busy, Denied, Malformed
from collectors.ibkr import LOOK_AGAIN_S, Ibkr
from collectors.ibkr_flex_state import RUNS_AHEAD, FlexState, Pauses
from collectors.ibkr_saved_state import load_state
from collectors.market_calendar import NEW_YORK, newest_available
from collectors.source import Deadline
from sandbox.control.client import Sandbox
from sandbox.ibkr.service import QUERY_ID, TOKEN
from tests.collectors.flex import FRIDAY, MONDAY, Clock, account, follow, steps

ENOUGH_S = 10.0


def kept(folder: Path) -> dict[str, object]:
    memory: dict[str, object] = json.loads((folder / "ibkr.json").read_text())
    return memory


# --- leaving the service alone


def test_the_documented_limits_are_kept_by_the_real_pauses(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    sandbox.set_state("ibkr", per_second=1, per_minute=10, polls_before_ready=1, penalty_s=600)
    ibkr = make_ibkr(Pauses(first_polls_s=(1.5,), poll_s=1.5))

    assert ibkr.fetch(Deadline(ENOUGH_S)).amount == Decimal("12345.67")


@pytest.mark.parametrize(("code", "least_s"), [("1018", 600), ("1001", 60), ("1012", 60), ("1014", 60), ("1009", 60)])
def test_after_a_refusal_the_service_is_left_alone_even_over_a_restart(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock, *, code: str, least_s: float
) -> None:
    sandbox.fault("ibkr", "code", code=code, times=1)
    with pytest.raises((Busy, Denied)) as first:
        make_ibkr().fetch(Deadline(ENOUGH_S))
    flex_clock.advance(seconds=least_s - 5)
    with pytest.raises((Busy, Denied)) as second:
        make_ibkr().fetch(Deadline(ENOUGH_S))
    alone = steps(sandbox)
    flex_clock.advance(seconds=6)

    reading = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert alone == ["SendRequest"]
    assert second.type is first.type
    assert (second.value.reason, second.value.code) == (first.value.reason, first.value.code)
    assert reading.amount == Decimal("12345.67")


def test_each_further_refusal_for_haste_prolongs_the_pause(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.fault("ibkr", "code", code="1018")
    pauses_s = []
    for _ in range(4):
        with pytest.raises(Busy) as caught:
            make_ibkr().fetch(Deadline(ENOUGH_S))
        pauses_s.append(caught.value.retry_after_s)
        flex_clock.advance(seconds=caught.value.retry_after_s or 0)

    assert pauses_s == [600, 1200, 1800, 1800]


def test_a_process_that_dies_again_and_again_asks_ever_more_seldom(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.fault("ibkr", "reset_after")
    for _ in range(60):
        with pytest.raises(Busy):
            make_ibkr().fetch(Deadline(ENOUGH_S))
        flex_clock.advance(seconds=6)

    assert 4 <= len(steps(sandbox)) <= 7


def test_a_report_that_cannot_be_read_is_not_ordered_all_day(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.set_state("ibkr", nav_section="absent")
    ibkr = make_ibkr()
    for _ in range(60):
        with contextlib.suppress(Denied):
            ibkr.prefetch(Deadline(ENOUGH_S))
        flex_clock.advance(minutes=10)

    assert steps(sandbox).count("SendRequest") == RUNS_AHEAD


def test_a_report_that_cannot_be_read_costs_ten_minutes(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.set_state("ibkr", nav_section="absent")
    with pytest.raises(Denied):
        make_ibkr().fetch(Deadline(ENOUGH_S))
    sandbox.set_state("ibkr", nav_section="present")
    flex_clock.advance(minutes=9)
    with pytest.raises(Denied, match=reasons.NAV_SECTION_MISSING):
        make_ibkr().fetch(Deadline(ENOUGH_S))
    flex_clock.advance(minutes=1)

    assert make_ibkr().fetch(Deadline(ENOUGH_S)).amount == Decimal("12345.67")


def test_a_process_that_dies_with_its_request_under_way_does_not_hurry_the_next(
    tmp_path: Path, flex_clock: Clock
) -> None:
    pauses_s = []
    for _ in range(9):
        flex_state = FlexState(
            load_state(token=TOKEN, query=QUERY_ID, folder=tmp_path), pauses=Pauses(), folder=tmp_path, now=flex_clock
        )
        pauses_s.append(round(flex_state.pause_left_s()))
        flex_state.about_to_ask()

    assert pauses_s == [0, 6, 12, 24, 48, 96, 192, 384, 600]


@pytest.mark.parametrize(
    ("state", "reason", "cure"),
    [
        ({"nav_section": "absent"}, reasons.NAV_SECTION_MISSING, "tick the section Net Asset Value"),
        ({"format": "csv_bare"}, reasons.BAD_ANSWER, "set the query's format to XML"),
    ],
    ids=["no section", "bare CSV"],
)
def test_the_log_says_what_to_change(
    make_ibkr: Callable[..., Ibkr],
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    state: dict[str, str],
    reason: str,
    cure: str,
) -> None:
    """Fault 41: what to renew."""
    sandbox.set_state("ibkr", **state)

    with pytest.raises((Denied, Malformed), match=reason):
        make_ibkr().fetch(Deadline(ENOUGH_S))

    assert cure in caplog.text


def test_a_clock_set_back_does_not_silence_it_for_ever(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.fault("ibkr", "code", code="1018", times=1)
    with pytest.raises(Busy):
        make_ibkr().fetch(Deadline(ENOUGH_S))
    flex_clock.advance(days=-2)
    follow(flex_clock, sandbox)

    assert make_ibkr().fetch(Deadline(ENOUGH_S)).amount == Decimal("12345.67")


# --- which statement


def test_the_statement_outlives_a_restart(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    first = make_ibkr().fetch(Deadline(ENOUGH_S))
    sandbox.fault("ibkr", "refuse")

    second = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert second == first


def test_the_next_day_a_new_statement_is_ordered(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    ibkr = make_ibkr()
    ibkr.fetch(Deadline(ENOUGH_S))
    before = newest_available(flex_clock())
    while newest_available(flex_clock()) == before:
        flex_clock.advance(hours=1)
    follow(flex_clock, sandbox)
    sandbox.set_state("ibkr", accounts=[account("20000")])

    reading = ibkr.fetch(Deadline(ENOUGH_S))

    assert reading.amount == 20000
    assert steps(sandbox).count("SendRequest") == 2


def test_until_a_newer_statement_can_be_had_the_older_one_stands_in_and_says_so(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    """Fault 42: the last known, with its date."""
    sandbox.set_state("ibkr", lag_business_days=1)

    reading = make_ibkr().fetch(Deadline(ENOUGH_S))
    again = make_ibkr().fetch(Deadline(0.0))

    assert reading == again
    assert reading.close_of == date.fromisoformat(FRIDAY)
    assert steps(sandbox).count("SendRequest") == 1


def test_the_close_of_the_last_business_day_is_plain(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:

    reading = make_ibkr().fetch(Deadline(ENOUGH_S))

    assert reading.close_of is None
    assert reading.as_of.astimezone(NEW_YORK).isoformat() == f"{MONDAY}T16:00:00-05:00"


def test_a_late_statement_is_ordered_again_some_hours_later(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    sandbox.set_state("ibkr", lag_business_days=1)
    ibkr = make_ibkr()
    for _ in range(40):
        ibkr.fetch(Deadline(ENOUGH_S))
        flex_clock.advance(minutes=15)

    assert steps(sandbox).count("SendRequest") == 4


def test_a_refused_key_is_told_and_not_hidden_behind_an_older_statement(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    """Fault 41."""
    ibkr = make_ibkr()
    ibkr.fetch(Deadline(ENOUGH_S))
    before = newest_available(flex_clock())
    while newest_available(flex_clock()) == before:
        flex_clock.advance(hours=1)
    sandbox.fault("ibkr", "code", code="1012")

    with pytest.raises(Denied, match=reasons.KEY_EXPIRED):
        ibkr.fetch(Deadline(ENOUGH_S))


def test_a_statement_of_more_than_five_days_ago_is_none(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    """Fault 42: the last known, too old."""
    sandbox.set_state("ibkr", lag_business_days=4)

    with pytest.raises(Busy, match=reasons.STATEMENT_NOT_READY):
        make_ibkr().fetch(Deadline(ENOUGH_S))


def test_a_report_of_a_day_to_come_is_malformed(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, flex_clock: Clock
) -> None:
    rows = [{"report_date": (flex_clock() + timedelta(days=3)).date().isoformat(), "total": "5"}]
    sandbox.set_state("ibkr", accounts=[account(rows=rows)])

    with pytest.raises(Malformed, match="in the future"):
        make_ibkr().fetch(Deadline(ENOUGH_S))


def test_several_accounts_are_summed(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox) -> None:
    sandbox.set_state("ibkr", accounts=[account("100.5"), account("-0.25", account_id="U7")])

    assert make_ibkr().fetch(Deadline(ENOUGH_S)).amount == Decimal("100.25")


@pytest.mark.parametrize("layout", ["csv_full", "csv_headers"])
def test_a_query_set_to_csv_is_read_too(make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, layout: str) -> None:
    sandbox.set_state("ibkr", format=layout)

    assert make_ibkr(report_format="CSV").fetch(Deadline(ENOUGH_S)).amount == Decimal("12345.67")


# --- what is remembered


def test_no_secret_and_no_account_number_is_remembered(make_ibkr: Callable[..., Ibkr], tmp_path: Path) -> None:
    make_ibkr().fetch(Deadline(ENOUGH_S))

    text = (tmp_path / "ibkr.json").read_text()
    assert [secret for secret in (TOKEN, QUERY_ID, "U1234567") if secret in text] == []


@pytest.mark.parametrize("options", [{"token": "999"}, {"query": "111"}])
def test_another_token_or_query_forgets_the_statement(
    make_ibkr: Callable[..., Ibkr], flex_clock: Clock, options: dict[str, str]
) -> None:
    make_ibkr().fetch(Deadline(ENOUGH_S))
    flex_clock.advance(seconds=61)

    with pytest.raises(Denied):
        make_ibkr(**options).fetch(Deadline(ENOUGH_S))


def test_another_query_of_the_same_token_does_not_end_its_penalty(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox
) -> None:
    sandbox.fault("ibkr", "code", code="1018", times=1)
    with pytest.raises(Busy):
        make_ibkr(query="111").fetch(Deadline(ENOUGH_S))

    with pytest.raises(Busy, match=reasons.RATE_LIMITED):
        make_ibkr().fetch(Deadline(ENOUGH_S))

    assert steps(sandbox) == ["SendRequest"]


def test_what_goes_out_is_written_down_before_it_goes_out(
    make_ibkr: Callable[..., Ibkr], sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.fault("ibkr", "hang")

    with pytest.raises(Busy, match=reasons.TIMEOUT):
        make_ibkr().fetch(Deadline(0.2))

    assert kept(tmp_path)["runs"] == 1


def test_preparing_comes_back_within_the_hour(make_ibkr: Callable[..., Ibkr]) -> None:
    ibkr = make_ibkr()
    ibkr.fetch(Deadline(ENOUGH_S))

    assert 1 <= ibkr.prefetch(Deadline(ENOUGH_S)) <= LOOK_AGAIN_S


def test_the_real_pauses_keep_ten_requests_a_minute_and_one_a_second() -> None:
    pauses = Pauses()
    at_s, asked_at_s = 0.0, [0.0]
    for pause_s in (*pauses.first_polls_s, *[pauses.poll_s] * 20):
        at_s += pause_s
        asked_at_s.append(at_s)

    busiest = max(sum(start <= each < start + 60 for each in asked_at_s) for start in asked_at_s)
    assert busiest <= 10
    assert min(pauses.first_polls_s) > 1
