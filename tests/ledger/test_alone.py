"""One program of a kind on one ledger, in either database."""

import pytest

from ledger.alone import LOCKS, Alone


@pytest.mark.parametrize("program", LOCKS)
def test_the_second_does_not_get_the_place_until_the_first_leaves(bare_url: str, program: str) -> None:
    first, second = Alone(bare_url, program), Alone(bare_url, program)
    taken = [first.take(), second.take(), first.take()]
    first.leave()
    after = [second.take(), first.take()]
    second.leave()

    assert taken == [True, False, True]
    assert after == [True, False]
