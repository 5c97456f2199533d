"""How long is waited between attempts."""

from hypothesis import given
from hypothesis import strategies as st

from bus.backoff import pause_s


def test_a_pause_doubles_with_each_failure_up_to_the_longest() -> None:
    pauses = [pause_s(failures, first_s=5.0, longest_s=60.0) for failures in range(6)]

    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


def test_however_many_failures_there_were_the_pause_is_the_longest_and_no_more() -> None:
    assert pause_s(10_000, first_s=0.5, longest_s=600.0) == 600.0


@given(st.integers(0, 50), st.floats(0, 1))
def test_jitter_leaves_off_no_more_than_its_share(failures: int, jitter: float) -> None:
    whole = pause_s(failures, first_s=1.0, longest_s=60.0)

    assert whole * (1 - jitter) <= pause_s(failures, first_s=1.0, longest_s=60.0, jitter=jitter) <= whole
