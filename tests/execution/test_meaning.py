"""The table of meanings, row by row, and what no row may do."""

from decimal import Decimal
from itertools import product
from typing import get_args

import pytest

from execution.meaning import ANY, TABLE, Action, Holding, Meaning, Named, Row, meaning, missing_alert
from execution.refusal import Refusal

HELD = {"long": Decimal(5), "flat": Decimal(0), "short": Decimal(-5)}
COLUMNS = {"spot": (False, False), "futures": (True, False), "reverse": (True, True)}
EVERY = list(product(get_args(Action), HELD, ANY, COLUMNS))
ROWS = [(row, named, column) for row in TABLE for named in row.named for column in COLUMNS]


def said(action: Action, held: Holding, named: Named | None, column: str) -> Meaning | Refusal:
    """Return what an action means in a column of the table."""
    can_short, reverse = COLUMNS[column]
    return meaning(action, held=HELD[held], named=named, can_short=can_short, reverse=reverse)


def moves(found: Meaning | Refusal) -> tuple[str, ...]:
    """Return the moves, none of a refusal."""
    return found.moves if isinstance(found, Meaning) else ()


@pytest.mark.parametrize(("row", "named", "column"), ROWS)
def test_the_table_is_what_is_done(row: Row, named: Named | None, column: str) -> None:
    found = said(row.action, row.held, named, column)

    outcome = getattr(row, column)
    assert (found.moves if isinstance(found, Meaning) else found.code) == outcome


def test_every_case_stands_in_the_table_once() -> None:
    cases = [(row.action, row.held, named) for row in TABLE for named in row.named]

    assert len(cases) == len(set(cases))
    assert set(cases) == set(product(get_args(Action), get_args(Holding), ANY))


@pytest.mark.parametrize(("action", "held", "named", "column"), EVERY)
def test_nothing_is_closed_where_nothing_is_held_and_closing_comes_first(
    action: Action, held: Holding, named: Named | None, column: str
) -> None:
    found = moves(said(action, held, named, column))

    assert found == () or found[0] != "CLOSE" or held != "flat"
    assert "CLOSE" not in found[1:]
    assert len([move for move in found if move != "CLOSE"]) <= 1


@pytest.mark.parametrize(("action", "held", "named", "column"), EVERY)
def test_a_side_is_opened_against_the_other_only_after_its_close(
    action: Action, held: Holding, named: Named | None, column: str
) -> None:
    found = moves(said(action, held, named, column))

    against = {"long": "OPEN_SHORT", "short": "OPEN_LONG"}.get(held)
    assert against not in found or found[0] == "CLOSE"


@pytest.mark.parametrize(("action", "held", "named", "column"), EVERY)
def test_a_short_is_opened_by_short_or_by_a_sell_with_reverse_and_never_on_spot(
    action: Action, held: Holding, named: Named | None, column: str
) -> None:
    found = moves(said(action, held, named, column))

    allowed = column != "spot" and (action == "short" or (action == "sell" and column == "reverse"))
    assert "OPEN_SHORT" not in found or allowed


@pytest.mark.parametrize(("action", "held", "column"), list(product(("buy", "sell", "close"), HELD, COLUMNS)))
def test_an_alert_that_names_flat_never_opens(action: Action, held: Holding, column: str) -> None:
    assert set(moves(said(action, held, "flat", column))) <= {"CLOSE"}


@pytest.mark.parametrize("named", ANY)
def test_a_close_closes_whatever_is_named(named: Named | None) -> None:
    assert moves(said("close", "long", named, "spot")) == ("CLOSE",)


def test_reverse_means_nothing_where_nothing_can_be_sold_short() -> None:
    found = meaning("sell", held=Decimal(0), named="short", can_short=False, reverse=True)

    assert isinstance(found, Refusal)
    assert found.code == "NO_SHORTS"


def test_a_contradiction_names_what_is_held() -> None:
    found = said("buy", "long", "flat", "futures")

    assert isinstance(found, Refusal)
    assert found.values == {"action": "buy", "named": "flat", "held": "5"}


@pytest.mark.parametrize(("told", "held"), [(0, 5), (5, 0), (-3, 5), (-3, 0)])
def test_an_alert_that_must_have_been_lost_is_told_with_both_numbers(told: int, held: int) -> None:
    found = missing_alert(Decimal(told), Decimal(held))

    assert found is not None
    assert found.values == {"told": str(told), "held": str(held)}


@pytest.mark.parametrize(("told", "held"), [(0, 0), (100, 5), (100, -5), (-1, -5)])
def test_the_testers_sizes_need_not_be_ours(told: int, held: int) -> None:
    assert missing_alert(Decimal(told), Decimal(held)) is None
