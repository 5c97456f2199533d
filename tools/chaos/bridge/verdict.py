"""What came of it: what was lost or came before its time, what came twice, and how long it took."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from tools.chaos.bridge.listener import Came


class Times(msgspec.Struct, frozen=True):
    """How long something took, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    most_ms: float

    def __str__(self) -> str:
        """Word it."""
        return f"p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms, most {self.most_ms:.0f} ms, of {self.count}"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers.

    Attributes:
        troubles: What must not be, a line each; empty where all is right.
        repeated: Messages that the bridge has published again, under their id.
        redelivered: Messages that RabbitMQ has handed over again.
        writing: How long the writer's transactions took, while RabbitMQ was well and while it was not.
        per_second: Events published undisturbed.
    """

    troubles: Sequence[str]
    written: int
    came: int
    lost: int
    out_of_order: int
    repeated: int
    redelivered: int
    longest_wait_s: float
    writing: Mapping[str, Times]
    disturbances: Mapping[str, int]
    per_second: float


def times(seconds: Collection[float]) -> Times:
    """Sum up how long something took.

    Args:
        seconds: Each time.
    """
    in_order = sorted(seconds) or [0.0]
    at = [in_order[min(len(in_order) - 1, int(len(in_order) * share))] * 1000 for share in (0.5, 0.99, 1.0)]
    return Times(len(seconds), *at)


def compare(written: Mapping[str, Sequence[int]], came: Sequence[Came]) -> tuple[list[str], int, int]:
    """Compare what came with what was written.

    Args:
        written: The numbers of each account's events, in their order.
        came: What came.

    Returns:
        What must not be, how many were lost, and how many came before their time.
    """
    first: dict[str, list[int]] = {account: [] for account in written}
    seen: set[str] = set()
    for each in came:
        if each.uid not in seen:
            seen.add(each.uid)
            first.setdefault(each.account, []).append(each.number)
    troubles: list[str] = []
    lost = out_of_order = 0
    for account, numbers in written.items():
        missing = sorted(set(numbers) - set(first[account]))
        early = sum(after < before for before, after in zip(first[account], first[account][1:], strict=False))
        troubles += [f"lost: {len(missing)} of {account}, the first is {missing[0]}"] if missing else []
        troubles += [f"out of order: {early} of {account}"] if early else []
        lost, out_of_order = lost + len(missing), out_of_order + early
    return troubles, lost, out_of_order
