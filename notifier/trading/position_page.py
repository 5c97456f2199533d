"""The page of `/positions`: what is held, what it costs now, what protects it, and what the books do not have; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, localcontext
from typing import Final

import msgspec

from bus.language import Language
from bus.messages.trading import Mark
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.books.positions import PositionLine
from ledger.trading.flow.records import VenuePosition
from ledger.trading.orders.records import Order
from ledger.trading.people.portfolio_rows import Portfolio
from notifier.texts.trading_holdings import WORDS
from notifier.trading.desk import escaped
from notifier.trading.pages import money, number, title

OLD_AFTER: Final = timedelta(minutes=3)
"""Prices are looked at every minute; what is older is told with its time."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """A portfolio with what it holds, and the orders that protect it."""

    portfolio: Portfolio
    lines: tuple[PositionLine, ...]
    legs: tuple[Order, ...]


class AtVenue(msgspec.Struct, frozen=True, kw_only=True):
    """What an account was found to hold.

    Attributes:
        account: What its user calls it.
        broker: Its broker's code.
        is_away: Whether its venue is known not to be connected.
        positions: As its venue was last read whole.
    """

    account: str
    broker: str
    is_away: bool
    positions: tuple[VenuePosition, ...]


class PositionsReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `/positions` tells.

    Attributes:
        now: When it is asked.
        marks: The last prices that execution has said; None while it does not answer.
    """

    now: datetime
    holdings: tuple[Holding, ...]
    accounts: tuple[AtVenue, ...]
    marks: tuple[Mark, ...] | None


class PositionPage:
    """The page in a language, with times in a zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the words and the zone.

        Args:
            language: The asker's.
            zone: The asker's.
        """
        self._words = WORDS[language]
        self._zone = zone

    def page(self, report: PositionsReport) -> str:
        """Return what is held, by portfolio, and what the accounts hold besides.

        Args:
            report: What was gathered.
        """
        words = self._words
        lines = [line for each in report.holdings for line in self._holding(each, report)]
        lines += [line for each in report.accounts for line in self._external(each)]
        lines = lines or [words.none]
        if report.marks is None:
            return "\n".join([*lines, "", words.silent])
        away = dict.fromkeys(each.broker for each in report.accounts if each.is_away)
        told = [words.away.format(broker=escaped(broker)) for broker in away]
        return "\n".join([*lines, *([""] if told else []), *told])

    def _holding(self, holding: Holding, report: PositionsReport) -> list[str]:
        """Return what a portfolio holds."""
        if not holding.lines:
            return []
        lines = [title(holding.portfolio)]
        last = {each.symbol: each.uid for each in holding.lines}
        for each in holding.lines:
            legs = holding.legs if last[each.symbol] == each.uid else ()
            lines += self._position(each, legs, report)
        return [*lines, *self._sum(holding, report)]

    def _position(self, line: PositionLine, legs: Sequence[Order], report: PositionsReport) -> list[str]:
        """Return a position."""
        words = self._words
        lines = [f"{escaped(line.symbol)}  {number(line.quantity)} {words.at} {number(line.avg_price)}"]
        lines.append(f"  {self._price(line, report)}")
        lines += [f"  {self._leg(each)}" for each in legs if each.symbol == line.symbol]
        lines += [] if line.strategy is None else [f"  {escaped(line.strategy)}"]
        if line.realized_pnl != ZERO:
            realized = f"{money(line.realized_pnl, signed=True)} {line.currency}"
            lines.append(f"  {words.realized.format(amount=realized)}")
        return lines

    def _price(self, line: PositionLine, report: PositionsReport) -> str:
        """Return what a position costs, as far as that is known, and what it has gained by that."""
        words, mark = self._words, _mark_of(line, report)
        if mark is None:
            return words.no_price
        told = words.price
        if mark.is_delayed:
            told = words.delayed
        elif report.now - mark.as_of > OLD_AFTER:
            told = words.old_price
        gained = f"{money(_gained(line, mark), signed=True)} {line.currency}"
        return told.format(price=number(mark.price), at=self._time(mark.as_of), gained=gained)

    def _leg(self, order: Order) -> str:
        """Return what protects a position: where, and how much of it."""
        price = order.stop_price or order.price or ZERO
        name = self._words.legs[order.leg] if order.leg in self._words.legs else order.leg.lower()
        return f"{name} {number(order.quantity)} {self._words.at} {number(price)}"

    def _sum(self, holding: Holding, report: PositionsReport) -> list[str]:
        """Return what several positions have gained together, where all of their prices are known for now."""
        pairs = [(line, _mark_of(line, report)) for line in holding.lines]
        known = [(line, mark) for line, mark in pairs if mark is not None and _is_of_now(mark, report.now)]
        if len(known) < max(len(pairs), 2):
            return []
        gained: dict[str, Decimal] = {}
        for line, mark in known:
            gained[line.currency] = gained.get(line.currency, ZERO) + _gained(line, mark)
        told = ", ".join(f"{money(amount, signed=True)} {currency}" for currency, amount in gained.items())
        return [f"{self._words.unrealized}: {told}"]

    def _external(self, account: AtVenue) -> list[str]:
        """Return what an account holds otherwise than the books say."""
        found = [each for each in account.positions if each.external != ZERO]
        if not found:
            return []
        words = self._words
        lines = ["", f"<b>{words.external.format(account=escaped(account.account))}</b>"]
        for each in found:
            lines.append(f"{escaped(each.symbol)}  {number(each.external)} · /adopt {escaped(each.symbol)}")
            books = each.quantity - each.external
            differs = words.differs.format(books=number(books), venue=number(each.quantity))
            lines.append(f"  {differs if books else words.not_ours}")
            average = each.average_price
            lines += [] if average is None else [f"  {words.average.format(price=number(average))}"]
        return [*lines, words.as_of.format(at=self._time(min(each.as_of for each in found)))]

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _mark_of(line: PositionLine, report: PositionsReport) -> Mark | None:
    """Return the last price of what a position is of; None where nobody has said any."""
    of = (line.portfolio_uid, line.instrument_uid)
    return next((each for each in report.marks or () if (each.portfolio, each.instrument) == of), None)


def _is_of_now(mark: Mark, now: datetime) -> bool:
    """Tell whether a price is that of now."""
    return not mark.is_delayed and now - mark.as_of <= OLD_AFTER


def _gained(line: PositionLine, mark: Mark) -> Decimal:
    """Return what a position has gained at a price, in its own currency."""
    with localcontext(ARITHMETIC):
        return (mark.price - line.avg_price) * line.quantity * line.multiplier
