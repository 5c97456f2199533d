"""How fast messages go out: within what Telegram takes, of a chat, a group and all together."""

from datetime import UTC, datetime

from notifier.delivery.pace import GROUP_PER_MINUTE, OVERALL_PER_SECOND, Pace
from tests.faults.false_time import FalseTime

NOW = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)


def sent(pace: Pace, time: FalseTime, chat: str, *, seconds: int) -> list[int]:
    """Send into a chat whenever it may be for a while; return in which seconds something was sent."""
    moments = []
    for second in range(seconds):
        if pace.may_go(chat):
            pace.note(chat)
            moments.append(second)
        time.move_on(1)
    return moments


def test_a_group_gets_no_more_than_its_share_of_a_minute_in_all_its_topics() -> None:
    time = FalseTime(NOW)
    pace = Pace(time)
    first = sent(pace, time, "-1001:7", seconds=60)
    later = sent(pace, time, "-1001", seconds=60)

    assert first == list(range(GROUP_PER_MINUTE))
    assert later == list(range(GROUP_PER_MINUTE))


def test_a_private_chat_gets_one_a_second_and_is_left_alone_where_that_is_asked_for() -> None:
    time = FalseTime(NOW)
    pace = Pace(time)
    before = sent(pace, time, "7", seconds=90)
    pace.be_quiet("7", 5)
    pace.be_quiet("7", 1)

    assert len(before) == 90
    assert sent(pace, time, "7", seconds=10) == [5, 6, 7, 8, 9]


def test_all_chats_together_stay_below_thirty_a_second() -> None:
    time = FalseTime(NOW)
    pace = Pace(time)
    for number in range(OVERALL_PER_SECOND):
        pace.note(str(number))
    full = pace.may_go("99")
    time.move_on(1.1)

    assert not full
    assert pace.may_go("99")
