"""Why signals were refused, in words: for every code there is, and short enough for a table."""

from execution.refusal import CODES
from ledger.trading.flow.outcomes import REFUSED
from reports.refusal_words import LONGEST, REASONS
from reports.texts import WORDS, refusal_told


def test_every_code_has_words_in_every_language_that_are_no_code() -> None:
    codes = {*CODES, *(state.lower() for state in REFUSED)}
    told = {refusal_told(code, words) for code in codes for words in WORDS.values()}

    assert codes <= REASONS.keys()
    assert not told & REASONS.keys() - {"rejected", "expired"}
    assert max(map(len, told)) <= LONGEST
    assert all(refusal_told(code, WORDS["en"]) != refusal_told(code, WORDS["de"]) for code in CODES)


def test_a_code_that_nobody_knows_is_told_as_it_is() -> None:
    assert refusal_told("NEVER_HEARD_OF", WORDS["ru"]) == "NEVER_HEARD_OF"
