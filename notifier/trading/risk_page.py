"""The page of `/risk`: which policies hold, how much of each limit is used, and what was broken lately; pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from bus.language import Language
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.risk.breaches import Breach
from ledger.trading.risk.facts import CashFact
from ledger.trading.risk.limits import BUY_AMOUNT, Limits
from ledger.trading.risk.policies import Applied
from ledger.trading.risk.usage import Used
from notifier.texts import trading_limits, trading_risk
from notifier.texts.trading_numbers import called
from notifier.trading.desk import escaped
from notifier.trading.limit_texts import source_of
from notifier.trading.limit_values import exact_money, shown

LONGEST_OBSERVED = 120
OF_EACH_ORDER = (
    "max_order_value",
    "leverage_cap",
    "risk_per_trade_percent",
    "max_spread_percent",
    "cooldown_minutes",
    "allowed_symbols",
)
"""Limits that nothing uses up."""


class Budget(msgspec.Struct, frozen=True):
    """How much of a strategy's budget is used."""

    strategy: str
    used: Used


class RiskReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `/risk` tells of a portfolio.

    Attributes:
        first: The limits that the settings gave it.
        free: Figures of cash, each with what is free of it.
        breaches: Newest first.
    """

    portfolio: Portfolio
    applied: Applied
    first: Limits
    used: tuple[Used, ...]
    budgets: tuple[Budget, ...]
    free: tuple[tuple[CashFact, Decimal], ...]
    breaches: tuple[Breach, ...]


class RiskPage:
    """The page in a language, with times in a zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        """Take the words and the zone.

        Args:
            language: The asker's.
            zone: The asker's.
        """
        self._words = trading_risk.WORDS[language]
        self._limits = trading_limits.WORDS[language]
        self._language, self._zone = language, zone

    def page(self, report: RiskReport) -> str:
        """Return the page.

        Args:
            report: What was gathered.
        """
        words, mine = self._words, report.portfolio
        money = self._limits.live if mine.is_live else "paper"
        currency = report.applied.currency
        lines = [f"<b>{words.risk}: {escaped(mine.name)}</b> ({money}, {currency})", ""]
        lines += [f"<b>{words.used}</b>"]
        lines += [line for each in report.used for line in self._used(each)]
        lines += [line for each in report.budgets for line in self._used(each.used, escaped(each.strategy))]
        lines += [line for figure, free in report.free for line in self._free(figure, free, report.applied)]
        lines += [] if report.applied.limits.set_ones else [words.nothing_set]
        per_order = self._each_order(report.applied)
        lines += ["", f"<b>{words.each_order}</b>", *per_order] if per_order else []
        lines += ["", f"<b>{words.policies}</b>", *self._policies(report)]
        lines += ["", f"<b>{words.breaches}</b>", *self._breaches(report.breaches)]
        return "\n".join(lines)

    def _used(self, each: Used, of: str = "") -> list[str]:
        """Return how much of a limit is used."""
        label, words = self._limits.labels[each.limit], self._words
        named = of or escaped(each.of)
        head = f"{label} {named}" if named else label
        if each.used is None:
            return [f"{head}: {words.not_known}"]
        used, most = _figure(each, each.used), _figure(each, each.most)
        percent = "–" if each.percent is None else f"{each.percent:f}"
        lines = [f"{head}:", f"  {words.of.format(used=used, most=most, percent=percent)}"]
        return [*lines, f"  {words.part}"] if each.is_part else lines

    def _free(self, figure: CashFact, free: Decimal, applied: Applied) -> list[str]:
        """Return what is free of a currency."""
        reserve = applied.limits.reserve or Decimal(0)
        below = self._words.reserve.format(reserve=exact_money(reserve), at=self._time(figure.as_of))
        return [f"{self._words.free_cash}: {exact_money(free)} {figure.currency}", f"  {below}"]

    def _each_order(self, applied: Applied) -> list[str]:
        """Return the limits that each order is compared with by itself."""
        found = [(name, getattr(applied.limits, name)) for name in OF_EACH_ORDER]
        return [
            f"{self._limits.labels[name]}: {escaped(shown(name, value, applied.currency, self._limits))}"
            for name, value in found
            if value is not None
        ]

    def _policies(self, report: RiskReport) -> list[str]:
        """Return the policies that hold, with what they are of and since when."""
        lines = []
        for each in report.applied.policies:
            name = next(iter(each.limits.set_ones), BUY_AMOUNT)
            source = self._limits.sources[source_of(each, name, report.first)]
            since = self._words.policy.format(at=self._time(each.created_at), count=len(each.limits.set_ones))
            lines.append(f"{escaped(each.name)} ({source})\n  {since}")
        return lines or [self._words.no_policies]

    def _breaches(self, found: Sequence[Breach]) -> list[str]:
        """Return breaches, each with what was observed and done."""
        lines = []
        for each in found:
            symbol = "" if each.symbol is None else f" {escaped(each.symbol)}"
            lines.append(f"{self._time(each.created_at)} <b>{escaped(each.code)}</b>{symbol}")
            observed = ", ".join(f"{called(name, self._language)} {value}" for name, value in each.observed.items())
            cut = observed if len(observed) <= LONGEST_OBSERVED else f"{observed[:LONGEST_OBSERVED]}…"
            lines.append(f"  {self._words.actions[each.action]}" + (f": {escaped(cut)}" if cut else ""))
        return lines or [self._words.no_breaches]

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _figure(of: Used, value: Decimal) -> str:
    """Return a number of a limit without its currency."""
    if of.limit in {"max_open_positions", "max_per_ticker", "max_daily_buys", "max_orders_per_day"}:
        return f"{value:f}"
    return f"{value:.1f} %" if of.limit.endswith("_percent") else exact_money(value)
