"""One row for each claim of SECURITY.md: how it was tried from outside, and what came of it."""

import traceback
from collections.abc import Callable, Iterable

import msgspec

HOLDS, BROKEN, NOT_HERE = "holds", "BROKEN", "not here"


class Broken(Exception):
    """A claim does not hold; the text says what was seen."""


class NotHere(Exception):
    """A claim cannot be tried on this machine, or there is nothing to try; the text says why."""


class Check(msgspec.Struct, frozen=True):
    """A claim and the way to try it; `run` returns what was seen when it holds."""

    claim: str
    tried: str
    run: Callable[[], str]


class Row(msgspec.Struct, frozen=True):
    """A claim that was tried."""

    claim: str
    tried: str
    result: str
    seen: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the claim was found not to hold, or could not be tried though it should."""
        return self.result == BROKEN


def judge(check: Check) -> Row:
    """Try a claim; whatever goes wrong on the way counts as broken, for then nothing was proven."""
    try:
        result, seen = HOLDS, check.run()
    except NotHere as reason:
        result, seen = NOT_HERE, str(reason)
    except Broken as fault:
        result, seen = BROKEN, str(fault)
    except Exception as error:  # noqa: BLE001 - the outermost loop: the next claim is tried all the same
        where = traceback.extract_tb(error.__traceback__)[-1]
        result, seen = BROKEN, f"{type(error).__name__} at {where.name}:{where.lineno}: {error}"
    return Row(claim=check.claim, tried=check.tried, result=result, seen=seen)


def expect(true: object, otherwise: str) -> None:
    """Go on only if something is so.

    Raises:
        Broken: It is not; the text is `otherwise`.
    """
    if not true:
        raise Broken(otherwise)


def table(rows: Iterable[Row]) -> str:
    """Word the rows, a block for each."""
    blocks = []
    for row in rows:
        seen = f": {row.seen}" if row.seen else ""
        blocks.append(f"{row.result:<8}  {row.claim}\n            tried: {row.tried}\n            {row.result}{seen}")
    return "\n".join(blocks)


def summary(rows: Iterable[Row]) -> str:
    """Count the rows by result."""
    every = list(rows)
    counts = [sum(row.result == result for row in every) for result in (HOLDS, BROKEN, NOT_HERE)]
    return f"{counts[0]} hold, {counts[1]} BROKEN, {counts[2]} not here"
