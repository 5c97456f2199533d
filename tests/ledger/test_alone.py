"""One program of a kind on one ledger in a file."""

from pathlib import Path

from ledger.alone import Alone


def test_the_second_does_not_get_the_place_until_the_first_leaves(tmp_path: Path) -> None:
    ledger = tmp_path / "portfolio.db"
    first, second = Alone(ledger, "execution"), Alone(ledger, "execution")
    taken = [first.take(), second.take(), first.take()]
    first.leave()
    after = [second.take(), first.take()]
    second.leave()

    assert taken == [True, False, True]
    assert after == [True, False]
