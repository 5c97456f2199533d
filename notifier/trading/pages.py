"""The pages of trading: what was gathered becomes a text for a phone; pure."""

import contextlib
import html
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from bus.language import Language
from bus.messages.trading import BrokerHealth
from ledger.exact import ZERO
from ledger.trading.books.pnl import Amounts, Pnl
from ledger.trading.books.positions import PositionLine
from ledger.trading.flow.records import NewBalance, Signal, SignalEvent, VenuePosition
from ledger.trading.orders.records import Order
from ledger.trading.risk.limits import DOLLARS, Limits
from notifier.texts.trading_numbers import called
from notifier.texts.trading_pages import WORDS, PageWords
from notifier.trading.account_marks import tries

SHORT = 8
"""Digits of an id that are shown; six are enough to name it."""
LONGEST_VALUE = 80
_MOMENTS = {"since": "since", "opens": "opens", "by": "closes"}
"""What a step tells as a moment, and what that is called; a refusal has something else under these names."""


class HaltLine(msgspec.Struct, frozen=True, kw_only=True):
    """A halt in force, in words: what it holds for, why, and since when and by whom."""

    is_kill: bool
    of: str
    reason: str
    name: str
    at: datetime


class StatusReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `/status` tells of the portfolio in use.

    Attributes:
        mode: `paper` or `live`, of the portfolio's account, and whether that is locked.
        locked: The line that says why it is; none where it is not.
        brokers: As execution says; None while it does not answer.
        invested: At cost, by currency.
        limits: Those that hold for the portfolio.
        currency: Of the limits.
        waiting: How many of its signals wait.
    """

    mode: str
    locked: tuple[str, ...] = ()
    portfolio: str
    halts: tuple[HaltLine, ...]
    brokers: tuple[BrokerHealth, ...] | None
    balances: tuple[NewBalance, ...]
    invested: Amounts
    limits: Limits
    currency: str
    openings_today: int
    open_orders: int
    positions: int
    pnl: Pnl
    waiting: int


class Page:
    """The pages of a chat: in its language, with times in its zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the language of the words and the zone of the times.

        Args:
            language: The chat's.
            zone: The chat's.
        """
        self.words: PageWords = WORDS[language]
        self._language = language
        self._zone = zone

    def status(self, report: StatusReport) -> str:
        """Return the overview of trading.

        Args:
            report: What was gathered.
        """
        words = self.words
        lines = [f"<b>{words.trading}: {report.mode}</b> · {_escaped(report.portfolio)}"]
        lines += report.locked
        lines += [line for halt in report.halts for line in self._halt(halt)]
        lines += [""] if report.halts else []
        lines += self._brokers(report.brokers)
        lines += [line for balance in report.balances for line in self._balance(balance)] or [words.no_balance]
        most = report.limits.max_invested
        limit = None if most is None else f"{money(most)} {report.currency}"
        lines.append(f"{words.invested}: {self._of(self._amounts(report.invested), limit)}")
        lines += [words.dollars] if _adds_dollars(report) else []
        lines.append(f"{words.openings_today}: {self._of(report.openings_today, report.limits.max_daily_buys)}")
        lines.append(f"{words.positions}: {self._of(report.positions, report.limits.max_open_positions)}")
        lines.append(f"{words.open_orders}: {report.open_orders}")
        lines.append(f"{words.waiting}: {report.waiting}")
        lines.append(f"{words.realized}: {self._amounts(report.pnl.net, signed=True)}")
        lines += [words.fees_missing.format(count=report.pnl.fees_missing)] if report.pnl.fees_missing else []
        return "\n".join(lines)

    def positions(self, held: Sequence[PositionLine], external: Sequence[VenuePosition]) -> str:
        """Return what is held, by portfolio, and what an account holds besides.

        Args:
            held: Open positions, by portfolio.
            external: Of the accounts' venues, what none of our positions explains.
        """
        words = self.words
        lines, portfolio = [], ""
        for each in held:
            if each.portfolio_uid != portfolio:
                lines.append(f"<b>{_escaped(each.portfolio)}</b>")
                portfolio = each.portfolio_uid
            lines.append(f"{_escaped(each.symbol)}  {number(each.quantity)} {words.at} {number(each.avg_price)}")
            if each.strategy is not None:
                lines.append(f"  {_escaped(each.strategy)}")
            if each.realized_pnl != ZERO:
                realized = f"{money(each.realized_pnl, signed=True)} {each.currency}"
                lines.append(f"  {words.realized_ever.format(amount=realized)}")
        for other in external:
            if other.external != ZERO:
                lines.append(f"{_escaped(other.symbol)}  {number(other.external)}\n  {words.external}")
        return "\n".join(lines) or words.no_positions

    def orders(self, orders: Sequence[Order]) -> str:
        """Return orders, three lines each at most.

        Args:
            orders: In the order in which they are shown.
        """
        lines = []
        for each in orders:
            filled = "" if not each.filled_quantity else f"{number(each.filled_quantity)}/"
            lines.append(f"<code>{each.uid[:SHORT]}</code> {self._time(each.placed_at)}")
            price = each.average_price or each.price or each.stop_price
            at = "" if price is None else f" {self.words.at} {number(price)}"
            lines.append(f"  {each.side} {_escaped(each.symbol)} {filled}{number(each.quantity)}{at}")
            lines.append(f"  {each.leg.lower()} {each.status}{_because(each.reason)}")
        return "\n".join(lines) or self.words.no_orders

    def signals(self, signals: Sequence[Signal], *, none: str) -> str:
        """Return signals with what holds or ended them, two lines each.

        Args:
            signals: In the order in which they are shown.
            none: What is said where there are none.
        """
        lines = []
        for each in signals:
            lines.append(f"<code>{each.uid[:SHORT]}</code> {self._time(each.received_at)}")
            lines.append(f"  {_escaped(each.action)} {_escaped(each.symbol)} {each.state}{_because(each.code)}")
        return "\n".join(lines) or none

    def life(self, signal: Signal, steps: Sequence[SignalEvent]) -> str:
        """Return the life of a signal, with the moment of each step.

        Args:
            signal: The signal.
            steps: Its steps, oldest first.
        """
        names = " · ".join(_escaped(name) for name in (signal.portfolio_name, signal.strategy_name) if name)
        lines = [
            f"<b>{_escaped(signal.action)} {_escaped(signal.symbol)}</b> <code>{signal.uid[:SHORT]}</code>",
            names,
            f"{signal.received_at.astimezone(self._zone):%Y-%m-%d}",
        ]
        for step in steps:
            at = step.created_at.astimezone(self._zone)
            lines.append(f"{at:%H:%M:%S}.{at.microsecond // 1000:03d} {step.state}{_because(step.code)}")
            lines += [self._said(name, value) for name, value in step.details.items()]
        return "\n".join(lines)

    def _said(self, name: str, value: object) -> str:
        """Return the line of a number, moment or list that a step tells."""
        shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        if name in _MOMENTS:
            with contextlib.suppress(ValueError):
                shown, name = self._time(datetime.fromisoformat(shown)), _MOMENTS[name]
        return f"  {_escaped(called(name, self._language))} {_escaped(shown[:LONGEST_VALUE])}"

    def _halt(self, halt: HaltLine) -> list[str]:
        """Return the two lines of a halt."""
        template = self.words.killed if halt.is_kill else self.words.paused
        told = template.format(of=_escaped(halt.of), reason=_escaped(halt.reason))
        return [told, "  " + self.words.by.format(at=self._time(halt.at), name=_escaped(halt.name))]

    def _brokers(self, brokers: tuple[BrokerHealth, ...] | None) -> list[str]:
        """Return a line or two for each broker."""
        if brokers is None:
            return [self.words.silent]
        lines = []
        for each in brokers:
            name = _escaped(each.name.removeprefix("broker-").upper())
            lines.append(f"{name}: {self.words.broker.get(each.state, _escaped(each.state))}")
            lines += [] if each.since is None else ["  " + self.words.since.format(at=self._time(each.since))]
            lines += [f"  {_escaped(each.reason)}"] if each.reason else []
            lines += [f"  {line}" for line in tries(each, self._language)]
            lines += [f"  {self.words.breaker}"] if each.breaker_open else []
        return lines or [self.words.no_brokers]

    def _balance(self, balance: NewBalance) -> list[str]:
        """Return what an account has in a currency."""
        lines = []
        if balance.equity is not None:
            lines.append(f"{self.words.equity}: {money(balance.equity)} {balance.currency}")
        at = self.words.as_of.format(at=self._time(balance.as_of))
        lines.append(f"{self.words.cash}: {money(balance.cash)} {balance.currency}")
        return [*lines, f"  {at}"]

    def _amounts(self, amounts: Amounts, *, signed: bool = False) -> str:
        """Return sums, each in its currency."""
        told = [f"{money(amount, signed=signed)} {currency}" for currency, amount in amounts.items() if amount != ZERO]
        return ", ".join(told) or self.words.nothing

    def _of(self, count: object, most: object | None) -> str:
        """Return a figure with its limit, where there is one."""
        return str(count) if most is None else self.words.of.format(count=count, most=most)

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _adds_dollars(report: StatusReport) -> bool:
    """Tell whether limits and equity add different dollars, one for one."""
    held = {each.currency for each in report.balances if each.cash or each.equity}
    added = {report.currency, *held, *(currency for currency, amount in report.invested.items() if amount)}
    return report.currency in DOLLARS and len(added.intersection(DOLLARS)) > 1


def money(amount: Decimal, *, signed: bool = False) -> str:
    """Print an amount of a currency, to the cent.

    Args:
        amount: The amount.
        signed: Whether a plus stands before what is above zero.

    Returns:
        Such as `1,234.50`, or `+1,234.50`.
    """
    return f"{amount:+,.2f}" if signed else f"{amount:,.2f}"


def number(amount: Decimal) -> str:
    """Print a quantity or a price to its last digit.

    Args:
        amount: The number.

    Returns:
        Such as `0.001`, without zeros at the end.
    """
    told = f"{amount:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def _because(code: str | None) -> str:
    """Return a reason behind a state, where there is one."""
    return f" – {_escaped(code)}" if code else ""


def _escaped(text: str) -> str:
    """Return a text as it stands in Telegram's HTML."""
    return html.escape(text, quote=False)
