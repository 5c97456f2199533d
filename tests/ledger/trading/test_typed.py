"""Numbers and symbols as people type them: what could mean two things means nothing."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.exact import exact
from ledger.trading.meant import is_meant
from ledger.trading.typed import typed_number


class Named(NamedTuple):
    """An instrument, as far as its name goes."""

    symbol: str
    asset_type: str


SPOT, FUTURE, SHARE = Named("BTC-USDT", "CRYPTO"), Named("BTC-USDT", "FUTURE"), Named("BRK.B", "EQUITY")


@pytest.mark.parametrize(("text", "number"), [("5", "5"), ("0.5", "0.5"), ("00012.50", "12.5"), ("1" * 15, "1" * 15)])
def test_digits_with_a_point_are_a_number(text: str, number: str) -> None:
    assert typed_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "0", "0.000", "-1", "+1", "1,5", "1 000", "1e3", "NaN", ".5", "5.", "٣", "1_0", "0x1", "5\n", "1" * 16]
)
def test_what_may_mean_two_things_is_no_number(text: str) -> None:
    assert typed_number(text) is None


@given(st.text() | st.from_regex(r"[0-9.,eE+-]{1,40}"))
def test_whatever_is_typed_is_a_number_that_can_be_kept_or_none(text: str) -> None:
    number = typed_number(text)

    assert number is None or exact(number) > 0


@pytest.mark.parametrize(
    ("meant", "among", "found"),
    [
        ("btcusdt", [SPOT, FUTURE, SHARE], [SPOT]),
        ("BTC-USDT", [SPOT, FUTURE], [SPOT]),
        ("btc/usdt.P", [SPOT, FUTURE], [FUTURE]),
        ("BTCUSDT", [FUTURE], [FUTURE]),
        ("BTCUSDT.P", [SPOT], []),
        ("brkb", [SPOT, SHARE], [SHARE]),
        ("BTC", [SPOT, FUTURE], []),
        ("", [SPOT, SHARE], []),
    ],
)
def test_letters_and_digits_name_an_instrument_and_a_p_its_future(
    meant: str, among: list[Named], found: list[Named]
) -> None:
    assert [each for each in among if is_meant(each, meant, among)] == found
