"""Exact numbers and canonical documents: written in one way, or refused."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical_json import NotCanonical, canonical
from ledger.exact import InexactNumber, difference, exact, rounded, total

EXACT = st.decimals(-(10**20) + 1, 10**20 - 1, allow_nan=False, allow_infinity=False, places=18)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)


@given(EXACT)
def test_a_number_is_written_without_zeros_at_its_end_and_reads_back_as_itself(number: Decimal) -> None:
    written = format(exact(number), "f")

    assert Decimal(written) == number
    assert "E" not in written
    assert "." not in written or not written.endswith("0")
    assert written != "-0"


@given(EXACT, EXACT)
def test_sums_keep_all_their_digits(one: Decimal, other: Decimal) -> None:
    try:
        found = total([one, other])
    except InexactNumber:
        return

    assert difference(found, other) == one
    assert Fraction(found) == Fraction(one) + Fraction(other)


@pytest.mark.parametrize(
    "wrong",
    [0.1, True, "1", None, Decimal("NaN"), Decimal("Infinity"), Decimal("1e20"), Decimal("1e-19"), Decimal("-1e400")],
)
def test_what_would_be_cut_or_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(InexactNumber):
        exact(wrong)


def test_the_largest_and_the_smallest_number_are_kept() -> None:
    largest = Decimal("99999999999999999999.999999999999999999")

    assert exact(largest) == largest
    assert exact(Decimal("1e-18")) == Decimal("0.000000000000000001")
    assert format(exact(Decimal("1E+2")), "f") == "100"


def test_a_quotient_is_rounded_half_to_even() -> None:
    assert rounded(Decimal("0.0000000000000000005")) == 0
    assert rounded(Decimal("0.0000000000000000015")) == Decimal("2e-18")


@given(DOCUMENTS)
def test_a_document_is_written_alike_after_it_was_read(document: object) -> None:
    written = canonical(document)

    assert json.loads(written) == document
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize("wrong", [0.5, {"a": [1, 2.0]}, {1: "a"}, "a\0b", {"a\0": 1}, "\ud800", 2**53, {1, 2}, b"a"])
def test_a_document_with_what_has_more_than_one_form_is_refused(wrong: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(wrong)
