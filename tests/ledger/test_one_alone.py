"""One program of a kind on one ledger, in either database."""

from ledger.one_alone import place


def test_the_second_does_not_get_the_place_until_the_first_leaves(bare_url: str) -> None:
    first, second = place(bare_url, "bridge"), place(bare_url, "bridge")
    taken = [first.take(), second.take(), first.take()]
    first.leave()
    after = [second.take(), first.take()]
    second.leave()

    assert taken == [True, False, True]
    assert after == [True, False]
