"""The verdict of `make chaos-bridge`: it finds what is lost and what came before its time, and counts repetitions."""

from tools.chaos.bridge.listener import Came
from tools.chaos.bridge.verdict import compare, times


def came(*numbers: int, account: str = "a") -> list[Came]:
    """Return messages, in the order in which they came."""
    return [
        Came(uid=f"{account}{number}", account=account, number=number, waited_s=0.1, is_redelivered=False)
        for number in numbers
    ]


def test_all_in_order_is_right_and_so_is_what_is_said_again() -> None:
    assert compare({"a": [0, 1, 2]}, came(0, 1, 0, 1, 2)) == ([], 0, 0)


def test_accounts_may_overtake_each_other() -> None:
    assert compare({"a": [0, 1], "b": [0]}, [*came(0), *came(0, account="b"), *came(1)]) == ([], 0, 0)


def test_what_is_lost_is_named() -> None:
    troubles, lost, out_of_order = compare({"a": [0, 1, 2], "b": [0]}, came(0, 2))

    assert troubles == ["lost: 1 of a, the first is 1", "lost: 1 of b, the first is 0"]
    assert (lost, out_of_order) == (2, 0)


def test_what_comes_before_its_time_is_named_though_it_comes_in_time_once_more() -> None:
    troubles, lost, out_of_order = compare({"a": [0, 1, 2]}, came(0, 2, 1, 2))

    assert troubles == ["out of order: 1 of a"]
    assert (lost, out_of_order) == (0, 1)


def test_times_are_summed_up_by_their_middle_and_their_end() -> None:
    summed = times([number / 1000 for number in range(1, 101)])

    assert (summed.count, summed.p50_ms, summed.p99_ms, summed.most_ms) == (100, 51.0, 100.0, 100.0)
