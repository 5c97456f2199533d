"""What the owner is told about keys, when, and how often."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bus.messages.rounds import Platform
from collectors.errors import Denied
from collectors.key import Advice, Key, Policy
from collectors.notices import blocked_call_notice, key_notices

PLATFORM = Platform(name="ibkr", label="IBKR", heading="IBKR NLV (USD)", currency="USD", position=20)
ADVICE = Advice(rights="Make it read-only", renewal="Make a new one")
END = datetime(2026, 12, 15, tzinfo=UTC)


def key_that_ends() -> Key:
    """Return a key that its owner says ends on 15 December."""
    return Key(PLATFORM, "by nature", advice=ADVICE, ends_on=date(2026, 12, 15))


def key_that_trades(policy: Policy) -> Key:
    """Return a key of which the platform says so."""
    key = Key(PLATFORM, policy, advice=ADVICE)
    try:
        key.set_rights(can_only_read=False)
    except Denied:
        assert policy == "enforce"
    return key


@pytest.mark.parametrize(
    ("left", "mark", "when"),
    [
        (timedelta(days=14), 14, "ends in 14 days"),
        (timedelta(days=10, hours=3), 14, "ends in 11 days"),
        (timedelta(days=7), 7, "ends in 7 days"),
        (timedelta(days=2), 7, "ends in 2 days"),
        (timedelta(days=1), 1, "ends tomorrow"),
        (timedelta(minutes=1), 1, "ends tomorrow"),
        (timedelta(0), 0, "ended"),
        (timedelta(days=-40), 0, "ended"),
    ],
)
def test_only_the_nearest_mark_that_has_passed_is_told(left: timedelta, mark: int, when: str) -> None:
    notices = list(key_notices("ibkr", key_that_ends(), END - left))

    assert [notice.once for notice in notices] == [f"ibkr-key-{mark}-2026-12-15"]
    assert notices[0].wording.text.startswith(f"IBKR: the key {when}")
    assert notices[0].wording.text.endswith("on 2026-12-15. Make a new one.")


def test_before_the_first_mark_nothing_is_told() -> None:
    assert list(key_notices("ibkr", key_that_ends(), END - timedelta(days=14, seconds=1))) == []


def test_from_day_to_day_each_mark_is_told_once() -> None:
    hours = [END + timedelta(hours=hour) for hour in range(-40 * 24, 5 * 24)]

    told = {notice.once for now in hours for notice in key_notices("ibkr", key_that_ends(), now)}

    assert told == {f"ibkr-key-{mark}-2026-12-15" for mark in (14, 7, 1, 0)}


def test_an_end_in_the_course_of_a_day_is_told_as_today() -> None:
    key = Key(PLATFORM, "enforce", advice=ADVICE)
    key.set_expiry(END + timedelta(hours=18))

    texts = [notice.wording.text for notice in key_notices("ibkr", key, END)]

    assert texts == ["IBKR: the key ends today, on 2026-12-15. Make a new one."]


@pytest.mark.parametrize(("policy", "then"), [("enforce", "so it is not used"), ("warn", "READ_ONLY_CHECK=warn")])
def test_a_key_that_can_trade_is_told_once_a_day_with_what_to_change(policy: Policy, then: str) -> None:
    key = key_that_trades(policy)

    told = [notice for hour in range(48) for notice in key_notices("ibkr", key, END + timedelta(hours=hour))]

    assert {notice.once for notice in told} == {"ibkr-key-can-trade-2026-12-15", "ibkr-key-can-trade-2026-12-16"}
    assert all(then in notice.wording.text and "Make it read-only." in notice.wording.text for notice in told)


def test_a_key_that_only_reads_and_does_not_end_is_not_mentioned() -> None:
    key = Key(PLATFORM, "enforce", advice=ADVICE)
    key.set_expiry(None)
    key.set_rights(can_only_read=True)

    assert list(key_notices("ibkr", key, END)) == []


def test_an_attempt_without_end_is_told_in_short() -> None:
    notice = blocked_call_notice("okx", "POST /" + "x" * 5000, END)

    assert len(notice.wording.text) < 400
    assert len(notice.once) < 200
