"""What a trial of an alert has found, and how it is told; plain text."""

from collections.abc import Sequence
from datetime import datetime
from decimal import localcontext
from typing import Final

import msgspec

from bus.language import Language
from execution.refusal import Refusal, number
from execution.signals_desk.around import Case
from execution.signals_desk.margined import margin_of
from execution.signals_desk.meant import Meant
from execution.signals_desk.size import Wanted
from execution.texts import margins, names
from execution.texts import signals as texts
from execution.texts.moments import moment, reader_of
from execution.texts.refusals import render
from execution.texts.simulated import WORDS, Words
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.flow.margins import Margin
from ledger.trading.orders.records import Order

LONGEST_FIELDS: Final = 600
LONGEST_VALUE: Final = 60


class Checked(msgspec.Struct, frozen=True):
    """What a check says: its name, the numbers that it compares, and why it refuses; None where it does not."""

    name: str
    figures: str
    refusal: Refusal | None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a trial has found.

    Attributes:
        case: The signal that the alert became, at the end of it.
        meant: What it means; None where nobody can say.
        is_asked: Whether a person is asked first; what follows is what Execute would do then.
        wanted: How much would be opened; None where nothing would, or nobody knows.
        checks: What every check says of that.
        in_the_way: How many orders would be canceled before anything is closed.
        orders: What would be written.
        said: Why it has ended or is held; None where there is no reason.
        opens: When the market opens that it waits for; None where it waits for none, or nobody knows.
    """

    case: Case
    meant: Meant | None
    is_asked: bool
    wanted: Wanted | None
    checks: tuple[Checked, ...]
    in_the_way: int
    orders: tuple[Order, ...]
    said: Refusal | None
    opens: datetime | None


def report(trial: Trial, language: Language) -> str:
    """Return what an alert would do.

    Args:
        trial: What was found.
        language: Which.
    """
    words, case = WORDS[language], trial.case
    lines = [
        words.head.format(signal=texts.named(case.signal, texts.words_of(language))),
        words.fields.format(fields=_fields(case)),
        _strategy(case, words),
        *_meaning(trial, words),
        *([words.asked] if trial.is_asked else []),
        *_size(trial, words, language),
        *_checks(trial.checks, words, language),
        *_end(trial, words, language),
    ]
    return "\n".join(lines)


def _fields(case: Case) -> str:
    """Return what was read, without its secret."""
    said = [
        f"{names.shown(name)} {names.shown(str(value), longest=LONGEST_VALUE)}"
        for name, value in sorted(case.signal.body.items())
    ]
    return ", ".join(said)[:LONGEST_FIELDS]


def _strategy(case: Case, words: Words) -> str:
    """Return whose signal it is, and what that is set to."""
    version, params = (0, {}) if case.strategy is None else (case.strategy.version, dict(case.strategy.params))
    mode = "off" if case.in_force is None else case.in_force.mode
    sizing = ", ".join(
        [str(params.pop("by", "amount")), *(f"{name}={value}" for name, value in sorted(params.items()))]
    )
    shown = {"mode": mode, "sizing": sizing, "portfolio": names.shown(case.standing.portfolio_name)}
    return words.strategy.format(name=names.shown(case.strategy_name), version=version, **shown)


def _meaning(trial: Trial, words: Words) -> list[str]:
    """Return what it means, where that is known."""
    if trial.meant is None or isinstance(trial.meant.found, Refusal):
        return []
    found = " → ".join(trial.meant.found.moves)
    lines = [words.means.format(moves=found, held=number(trial.meant.expects))]
    is_closing = trial.meant.found.moves[0] == "CLOSE"
    return [*lines, words.closing] if is_closing else lines


def _size(trial: Trial, words: Words, language: Language) -> list[str]:
    """Return how much would be opened."""
    wanted, instrument = trial.wanted, trial.case.instrument
    if wanted is None or wanted.price is None or instrument is None:
        return []
    with localcontext(ARITHMETIC):
        value = wanted.quantity * wanted.price * instrument.multiplier
    shown = {
        name: number(each)
        for name, each in (("price", wanted.price), ("value", value), ("left", wanted.left_over or ZERO))
    }
    line = words.size.format(quantity=number(wanted.quantity), currency=instrument.currency, **shown)
    margin, of_margin = margin_of(trial.case, instrument), margins.WORDS[language]
    lent = [of_margin.line.format(margin=margins.worded(margin, of_margin))] if isinstance(margin, Margin) else []
    return [line, *lent, *([words.kept.format(percent=number(wanted.kept_percent))] if wanted.kept_percent else [])]


def _checks(checks: Sequence[Checked], words: Words, language: Language) -> list[str]:
    """Return a line for each check that compares numbers or refuses, and one for all others."""
    plain = [each.name for each in checks if each.refusal is None and not each.figures]
    lines = [f"✓ {each.name} {each.figures}" for each in checks if each.refusal is None and each.figures]
    refused = [
        words.refused.format(code=each.refusal.code, reason=render(each.refusal, language))
        for each in checks
        if each.refusal is not None
    ]
    return [*([f"✓ {', '.join(plain)}"] if plain else []), *lines, *refused]


def _end(trial: Trial, words: Words, language: Language) -> list[str]:
    """Return what would come of it."""
    signal = trial.case.signal
    if trial.orders:
        return [words.order.format(**_order(each)) for each in trial.orders]
    if signal.state == "WAITING_FOR_MARKET":
        reader = reader_of(trial.case.standing.user)
        return [words.waits.format(opens=moment(trial.opens, reader))]
    if trial.in_the_way:
        return [words.in_the_way.format(count=trial.in_the_way)]
    if trial.said is None:
        return [words.ended.format(code=signal.code) if signal.code else words.waits_for_others]
    if any(each.refusal == trial.said for each in trial.checks):
        return []
    is_over = signal.state in {"REJECTED", "EXPIRED", "SUPERSEDED"}
    reason = render(trial.said, language)
    if is_over:
        return [words.refused.format(code=trial.said.code, reason=reason)]
    return [words.held.format(reason=reason)]


def _order(order: Order) -> dict[str, str]:
    """Return what is shown of an order that would be written."""
    shown = {"side": order.side, "symbol": order.symbol, "type": order.type, "purpose": order.purpose}
    return {**shown, "quantity": number(order.quantity), "life": order.time_in_force}
