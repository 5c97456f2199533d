"""What a signal means, given what its strategy holds and what came before it; nothing is written or told."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, cast

import msgspec

from execution.meaning import Action, Meaning, Named, meaning
from execution.refusal import Refusal, not_known, refuse
from execution.signals_desk.around import Case
from execution.signals_desk.ending import language_of
from execution.signals_desk.lane import book_of, on_the_way, read_lane
from execution.signals_desk.plans import Plan, expected
from execution.sizing import read_sizing
from ledger.trading.errors import Invalid

SHORTABLE: Final = frozenset({"FUTURE", "FOREX"})


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal means: what its strategy holds now and will when its turn comes, and the moves or why none."""

    holds: Decimal
    expects: Decimal
    found: Meaning | Refusal


def what_it_means(case: Case, before: Sequence[Plan | None]) -> Meant | Refusal:
    """Return what a signal means, given what is held and the plans of those before it.

    Args:
        case: The signal, with its instrument.
        before: The plans of the signals before it.

    Returns:
        What it means, or that it means nothing; or why nobody can say.
    """
    book, instrument = book_of(case.signal), case.instrument
    if book is None or instrument is None:
        return not_known("quote", case.signal.symbol)
    try:
        sizing = read_sizing({} if case.strategy is None else case.strategy.params)
    except Invalid as error:
        return refuse("BAD_PARAMETERS", strategy=case.strategy_name, reason=error.worded(language_of(case.standing)))
    lane = read_lane(case.shelf, case.signal.account, book)
    held = expected(lane.held, on_the_way(lane.entries), [each for each in before if each is not None])
    found = meaning(
        cast("Action", case.signal.action),
        held=held,
        named=_named(case),
        can_short=instrument.asset_type in SHORTABLE,
        reverse=sizing.may_reverse,
    )
    return Meant(holds=lane.held, expects=held, found=found)


def _named(case: Case) -> Named | None:
    """Return the position that an alert says it leaves."""
    word = case.signal.body.get("position")
    return cast("Named", word) if word in {"long", "short", "flat"} else None
