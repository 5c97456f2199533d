from decimal import Decimal

import pytest

from execution.refusal import Refusal, not_known, number, percent, refuse


def test_a_refusal_is_given_just_what_its_code_names() -> None:
    with pytest.raises(ValueError, match="MAX_POSITIONS"):
        refuse("MAX_POSITIONS", positions=3)


def test_there_is_no_refusal_of_an_unknown_code() -> None:
    with pytest.raises(ValueError, match="NO_SUCH"):
        Refusal("NO_SUCH")


def test_only_what_is_not_known_may_be_waited_for() -> None:
    assert not_known("equity").is_waitable
    assert not refuse("KILLED", reason="asked").is_waitable


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("0.10", "0.1"), ("-0", "0"), ("0.000000000000000001", "0.000000000000000001")],
)
def test_numbers_are_written_out_in_full(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


def test_what_is_a_little_over_a_limit_is_not_written_as_the_limit() -> None:
    assert percent(Decimal("10.0001"), Decimal(100)) == Decimal("10.01")
