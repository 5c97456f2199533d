"""Answers that no platform should send, for the parsers' property tests."""

import copy
import json
from collections.abc import Iterator

from hypothesis import strategies as st

ODD: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["", "NaN", "Infinity", "-0", "1e400", "1E-99", "9" * 50, "1,5", "１", "1795253400000"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)


def anything(*examples: object) -> st.SearchStrategy[object]:
    """Make answers: true ones with a piece replaced or removed, and wild ones."""
    return st.one_of(ODD, *(_spoiled(example) for example in examples))


def mutated(example: object) -> st.SearchStrategy[bytes]:
    """Make bodies: a true one with a piece of its structure or of its bytes wrong."""
    body = json.dumps(example).encode()
    cut = st.integers(0, len(body)).map(lambda at: body[:at])
    return st.one_of(cut, _spoiled(example).map(lambda answer: json.dumps(answer).encode("utf-8", "surrogatepass")))


def _spoiled(example: object) -> st.SearchStrategy[object]:
    places = list(_places(example, ()))
    return st.builds(_replaced, st.just(example), st.sampled_from(places), ODD, st.booleans())


def _places(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        steps: list[str | int] = list(value)
    else:
        steps = list(range(len(value))) if isinstance(value, list) else []
    for step in steps:
        yield (*path, step)
        yield from _places(value[step], (*path, step))  # type: ignore[index]


def _replaced(example: object, path: tuple[str | int, ...], odd: object, remove: bool) -> object:
    answer = copy.deepcopy(example)
    holder = answer
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    if remove:
        del holder[path[-1]]  # type: ignore[attr-defined]
    else:
        holder[path[-1]] = odd  # type: ignore[index]
    return answer
