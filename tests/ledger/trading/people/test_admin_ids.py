"""Who the first admins are, by what `.env` says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.settings import SettingsError, read
from ledger.settings import Settings
from ledger.trading.people.admin_ids import AdminIds, first_admin_ids


def first(**variables: str) -> tuple[int, ...]:
    """Return who the first admins are."""
    settings = read(Settings, variables)
    return first_admin_ids(settings.telegram_admin_ids, settings.telegram_chat_id)


@pytest.mark.parametrize(
    ("variables", "ids"),
    [
        ({}, ()),
        ({"TELEGRAM_ADMIN_IDS": "7"}, (7,)),
        ({"TELEGRAM_ADMIN_IDS": " 7,8 , 7", "TELEGRAM_CHAT_ID": "42"}, (7, 8)),
        ({"TELEGRAM_CHAT_ID": "42"}, (42,)),
        ({"TELEGRAM_CHAT_ID": "42:3"}, (42,)),
        ({"TELEGRAM_CHAT_ID": "-1001234567890"}, ()),
        ({"TELEGRAM_CHAT_ID": "-1001234567890:77"}, ()),
        ({"TELEGRAM_CHAT_ID": "-0"}, ()),
        ({"TELEGRAM_CHAT_ID": "9" * 20}, ()),
        ({"TELEGRAM_CHAT_ID": "42, 43"}, ()),
        ({"TELEGRAM_CHAT_ID": "42, -1001234567890"}, ()),
    ],
)
def test_those_who_are_named_come_first_and_else_the_person_whose_private_chat_it_is(
    variables: dict[str, str], ids: tuple[int, ...]
) -> None:
    assert first(**variables) == ids


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1001234567890", "the one in place 1 is a group's or a channel's, whose number has a minus"),
        ("7, @max_secret", "the one in place 2 is no person's number, which has digits alone, no name"),
        ("7 8", "no person's number"),
        ("0", "no person's number"),
        ("007", "no person's number"),
        ("7.0", "no person's number"),
        ("٧", "no person's number"),
        ("42:3", "no person's number"),
        ("null", "no person's number"),
        (str(2**52), "no person's number"),
        ("7,", "nothing stands in place 2"),
        (",", "nothing stands in place 1"),
    ],
)
def test_what_is_no_persons_number_is_refused_with_its_place_and_not_repeated(text: str, reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        first(TELEGRAM_ADMIN_IDS=text)

    assert reason in str(caught.value)
    assert "TELEGRAM_ADMIN_IDS is not valid; " in str(caught.value)
    assert "write the Telegram numbers of the people" in str(caught.value)
    assert "max_secret" not in str(caught.value)


@given(st.lists(st.integers(1, 2**52 - 1), min_size=1, unique=True))
def test_numbers_are_read_as_they_are_written(ids: list[int]) -> None:
    assert AdminIds.from_text(str(AdminIds(tuple(ids)))).ids == tuple(ids)


@given(st.text())
def test_any_text_is_numbers_of_people_or_refused(text: str) -> None:
    try:
        ids = AdminIds.from_text(text).ids
    except ValueError:
        return

    assert ids
    assert all(0 < number < 2**52 for number in ids)
