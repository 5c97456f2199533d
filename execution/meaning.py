"""What an action means, for what its strategy holds and for the position that the alert names; pure.

TradingView says `buy` and `sell` whatever it does: the close of a short is a `buy` that leaves `flat`. So an alert
should name the position that it leaves (`{{strategy.market_position}}`). `TABLE` says what each does, and is printed in
docs/trading/meaning.md. Only what is sure is done: of a reversal that may not be made the closing half is, and what
contradicts itself is refused.
"""

from decimal import Decimal
from typing import Final, Literal, NamedTuple

import msgspec

from execution.refusal import CODES, Refusal, number, refuse

Action = Literal["buy", "sell", "long", "short", "close"]
Named = Literal["long", "short", "flat"]
Holding = Literal["long", "flat", "short"]
Move = Literal["CLOSE", "OPEN_LONG", "OPEN_SHORT"]
Outcome = tuple[Move, ...] | Literal["NOTHING_HELD", "CONTRADICTION", "NO_SHORTS", "NO_REVERSE"]

CLOSE: Final[Outcome] = ("CLOSE",)
LONG: Final[Outcome] = ("OPEN_LONG",)
SHORT: Final[Outcome] = ("OPEN_SHORT",)
TO_LONG: Final[Outcome] = ("CLOSE", "OPEN_LONG")
TO_SHORT: Final[Outcome] = ("CLOSE", "OPEN_SHORT")
_NOTHING: Final[tuple[Outcome, Outcome, Outcome]] = ("NOTHING_HELD", "NOTHING_HELD", "NOTHING_HELD")
_CONTRADICTION: Final[tuple[Outcome, Outcome, Outcome]] = ("CONTRADICTION", "CONTRADICTION", "CONTRADICTION")
ANY: Final[tuple[Named | None, ...]] = (None, "long", "short", "flat")


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        action: What the alert says.
        held: What its strategy holds.
        named: The positions that the alert may name as what it leaves; None: it names none.
        spot: What is done where nothing can be sold short: equities, funds, spot.
        futures: What is done where it can.
        reverse: What is done there by a strategy that says reverse=yes.
        note: Why.
    """

    action: Action
    held: Holding
    named: tuple[Named | None, ...]
    spot: Outcome
    futures: Outcome
    reverse: Outcome
    note: str


TABLE: Final[tuple[Row, ...]] = (
    Row("buy", "flat", (None, "long"), LONG, LONG, LONG, "opens"),
    Row("buy", "flat", ("flat", "short"), *_NOTHING, "covers a short that is not held"),
    Row("buy", "long", (None, "long"), LONG, LONG, LONG, "opens more, as far as the limits go"),
    Row("buy", "long", ("flat", "short"), *_CONTRADICTION, "no buy turns a long into this"),
    Row("buy", "short", (None,), CLOSE, CLOSE, TO_LONG, "covers; reverses only by reverse=yes"),
    Row("buy", "short", ("long",), TO_LONG, TO_LONG, TO_LONG, "a reversal: the alert says that it ends long"),
    Row("buy", "short", ("flat", "short"), CLOSE, CLOSE, CLOSE, "covers"),
    Row("sell", "long", (None, "short"), CLOSE, CLOSE, TO_SHORT, "closes; reverses only by reverse=yes"),
    Row("sell", "long", ("flat", "long"), CLOSE, CLOSE, CLOSE, "closes"),
    Row("sell", "flat", (None,), "NOTHING_HELD", "NOTHING_HELD", SHORT, "opens a short only by reverse=yes"),
    Row("sell", "flat", ("short",), "NO_SHORTS", "NO_REVERSE", SHORT, "opens a short only by reverse=yes"),
    Row("sell", "flat", ("flat", "long"), *_NOTHING, "closes a long that is not held"),
    Row("sell", "short", (None,), "NOTHING_HELD", "NOTHING_HELD", SHORT, "opens more only by reverse=yes"),
    Row("sell", "short", ("short",), "NO_SHORTS", "NO_REVERSE", SHORT, "opens more only by reverse=yes"),
    Row("sell", "short", ("flat", "long"), *_CONTRADICTION, "no sell turns a short into this"),
    Row("long", "flat", (None, "long"), LONG, LONG, LONG, "opens"),
    Row("long", "long", (None, "long"), LONG, LONG, LONG, "opens more, as far as the limits go"),
    Row("long", "short", (None, "long"), TO_LONG, TO_LONG, TO_LONG, "a reversal"),
    Row("short", "flat", (None, "short"), "NO_SHORTS", SHORT, SHORT, "opens"),
    Row("short", "short", (None, "short"), "NO_SHORTS", SHORT, SHORT, "opens more, as far as the limits go"),
    Row("short", "long", (None, "short"), CLOSE, TO_SHORT, TO_SHORT, "a reversal; on spot its first half"),
    Row("long", "flat", ("flat", "short"), *_CONTRADICTION, "long ends long"),
    Row("long", "long", ("flat", "short"), *_CONTRADICTION, "long ends long"),
    Row("long", "short", ("flat", "short"), *_CONTRADICTION, "long ends long"),
    Row("short", "flat", ("flat", "long"), *_CONTRADICTION, "short ends short"),
    Row("short", "short", ("flat", "long"), *_CONTRADICTION, "short ends short"),
    Row("short", "long", ("flat", "long"), *_CONTRADICTION, "short ends short"),
    Row("close", "long", ANY, CLOSE, CLOSE, CLOSE, "closes, whatever is named"),
    Row("close", "short", ANY, CLOSE, CLOSE, CLOSE, "closes, whatever is named"),
    Row("close", "flat", ANY, *_NOTHING, "there is nothing to close"),
)
"""Every action × what is held × what is named, in exactly one row."""

_ROWS: Final = {(row.action, row.held, named): row for row in TABLE for named in row.named}


class Meaning(msgspec.Struct, frozen=True):
    """What is to be done, one after the other's end; every opening passes all checks of its own."""

    moves: tuple[Move, ...]
    note: str


def meaning(action: Action, *, held: Decimal, named: Named | None, can_short: bool, reverse: bool) -> Meaning | Refusal:
    """Return what a signal means.

    Args:
        action: What it says.
        held: What its own strategy holds, below zero for a short.
        named: The position that the alert says it leaves; None where it does not say.
        can_short: Whether the instrument can be sold short at its venue, in its account.
        reverse: Whether the strategy says reverse=yes.

    Returns:
        The moves, at least one; or why there is none.
    """
    row = _ROWS[action, holding(held), named]
    outcome = row.spot if not can_short else row.reverse if reverse else row.futures
    if isinstance(outcome, tuple):
        return Meaning(outcome, row.note)
    values = {"action": action, "named": named or "nothing", "held": number(held)}
    return Refusal(outcome, {name: values[name] for name in CODES[outcome]})


def holding(held: Decimal) -> Holding:
    """Name what a quantity is.

    Args:
        held: The quantity, below zero for a short.

    Returns:
        `long`, `short`, or `flat` where nothing is held.
    """
    return "flat" if not held else "long" if held > 0 else "short"


def missing_alert(prev_position_size: Decimal, held: Decimal) -> Refusal | None:
    """Tell whether what a strategy's tester held before an alert shows that one before it never came.

    The tester's sizes are not ours, and TradingView writes them without a sign; so what is compared is whether
    anything was held, and, where a size is below zero, on which side.

    Args:
        prev_position_size: What the alert says was held before it.
        held: What the strategy holds.

    Returns:
        Both numbers, to be told and not to refuse anything with; None where they fit.
    """
    fits = bool(prev_position_size) == bool(held) and not (prev_position_size < 0 < held)
    return None if fits else refuse("MISSING_ALERT", told=prev_position_size, held=held)
