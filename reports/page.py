"""Reports as pages of the chat, for a phone: no line of a table over 34 signs; pure."""

import html
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

import msgspec

from bus.language import Language
from ledger.trading.books.executions import Execution
from ledger.trading.books.pnl import Amounts
from ledger.trading.people.portfolio_rows import Portfolio
from reports.amounts import amounts, moment, money, number, percent
from reports.report import Group, Report
from reports.texts import WORDS, refusal_told, title_of

WIDTH: Final = 34
MOST_LINES: Final = 10
"""Of a table; below it stands how many more there are."""
SHORTEST_NAME: Final = 6
SHORT: Final = 8
"""Digits of an id that are shown."""


class Unrealized(msgspec.Struct, frozen=True, kw_only=True):
    """What the open positions have gained and not realized.

    Attributes:
        amounts: By currency.
        as_of: The time of the oldest price that it stands on.
    """

    amounts: Amounts
    as_of: datetime


class Page:
    """The pages of a reader: in their language, with times in their zone.

    They are in Telegram's HTML; those for the outbox are plain, as all of its messages are.
    """

    def __init__(self, language: Language, zone: tzinfo, *, plain: bool = False) -> None:
        """Take the language of the words and the zone of the times.

        Args:
            language: The reader's.
            zone: The reader's.
            plain: Whether the pages have no HTML.
        """
        self.words = WORDS[language]
        self._zone = zone
        self._plain = plain

    def report(self, report: Report, unrealized: Unrealized | None = None) -> str:
        """Return a whole report.

        Args:
            report: The report.
            unrealized: Of what is held now; None where nobody knows the prices.
        """
        words = self.words
        lines = [*self._head(words.report, report), ""]
        if report.is_empty:
            return "\n".join([*lines, words.nothing])
        lines += self._sums(report)
        for group in report.by_currency:
            lines += ["", self._bold(group.currency)] if len(report.by_currency) > 1 else []
            lines += self._statistics(group)
        lines += self._table(words.by_symbol, report.by_symbol)
        lines += self._table(words.by_strategy, report.by_strategy)
        lines += self._held(report, unrealized)
        lines += self._refused(report)
        return "\n".join(lines)

    def caption(self, report: Report) -> str:
        """Return what stands under a file.

        Args:
            report: The report that is in the file.
        """
        return "\n".join(self._head(self.words.report, report))

    def pnl(self, report: Report, unrealized: Unrealized | None) -> str:
        """Return profit and loss.

        Args:
            report: The period's.
            unrealized: Of what is held now; None where nobody knows the prices.
        """
        words = self.words
        lines = [*self._head(words.result, report), ""]
        if not (report.executions or report.funding):
            lines.append(words.nothing)
        else:
            lines += self._sums(report)
            lines.append(f"{words.executions}: {report.executions}")
        lines += self._unrealized(report, unrealized)
        lines += self._table(words.by_symbol, report.by_symbol)
        lines += self._table(words.by_strategy, report.by_strategy)
        return "\n".join(lines)

    def trades(self, portfolio: Portfolio, executions: Sequence[Execution]) -> str:
        """Return executions, three lines each.

        Args:
            portfolio: Whose they are.
            executions: In the order in which they are shown.
        """
        words = self.words
        mode = "live" if portfolio.is_live else "paper"
        lines = [f"{self._bold(words.trades)} · {mode}", self._escaped(portfolio.name)]
        for each in executions:
            lines.append(f"<code>{each.uid[:SHORT]}</code> {moment(each.exec_time, self._zone)}")
            size = f"{number(each.quantity)} @ {number(each.price)} {each.currency}"
            lines.append(f"  {each.side} {self._escaped(each.symbol)} {size}")
            lines.append(f"  {self._of_one(each)}")
        return "\n".join(lines) if executions else words.no_trades

    def _bold(self, text: str) -> str:
        """Return a title."""
        return text if self._plain else f"<b>{self._escaped(text)}</b>"

    def _escaped(self, text: str) -> str:
        """Return a text as it stands in the page."""
        return text if self._plain else html.escape(text, quote=False)

    def _of_one(self, each: Execution) -> str:
        """Return what one execution realized, and its fee."""
        words = self.words
        realized = [f"{money(each.realized, signed=True)} {each.currency}"] if each.realized else []
        if each.fee is None:
            return ", ".join([*realized, words.fee_not_known])
        return ", ".join([*realized, f"{words.fee} {number(each.fee)} {each.fee_currency}"])

    def _head(self, what: str, report: Report) -> list[str]:
        """Return what it is, of which portfolio, and over which time."""
        since, until = moment(report.since, self._zone), moment(report.until, self._zone)
        return [
            f"{self._bold(f'{what}: {title_of(report.days, self.words)}')} · {report.mode}",
            self._escaped(report.portfolio),
            f"{since} – {until}",
        ]

    def _sums(self, report: Report) -> list[str]:
        """Return net, gross, fees and funding, each currency apart."""
        words = self.words
        lines = self._amounts(words.net, amounts(report.net, signed=True))
        lines += self._amounts(words.gross, amounts(report.gross, signed=True))
        lines += self._amounts(words.fees, amounts(report.fees))
        lines += self._amounts(words.funding, amounts(report.funding, signed=True)) if report.funding else []
        lines += [words.fees_missing.format(count=report.fees_missing)] if report.fees_missing else []
        return lines

    def _amounts(self, what: str, told: Sequence[str]) -> list[str]:
        """Return sums on a line, or a line each where there are several."""
        if len(told) > 1:
            return [f"{what}:", *(f"  {each}" for each in told)]
        return [f"{what}: {told[0] if told else self.words.no_amount}"]

    def _statistics(self, group: Group) -> list[str]:
        """Return how well the executions of a currency went."""
        words = self.words
        lines = [f"{words.volume}: {money(group.volume)} {group.currency}"]
        lines.append(f"{words.executions}: {group.executions}")
        lines.append(f"{words.closings}: {group.closings}")
        if group.hit_rate is not None:
            factor = words.no_losses if group.profit_factor is None else money(group.profit_factor)
            lines.append(f"{words.hit_rate}: {percent(group.hit_rate)}")
            lines.append(f"{words.profit_factor}: {factor}")
        for what, trade in ((words.best, group.best), (words.worst, group.worst)):
            if trade is not None:
                told = f"{what}: {money(trade.amount, signed=True)} {group.currency}"
                lines += self._pair(f"{told},", trade.symbol)
        lines += [f"{words.drawdown}: {money(group.drawdown)} {group.currency}"] if group.drawdown else []
        return lines

    def _pair(self, first: str, second: str) -> list[str]:
        """Return two things on a line, or below one another where that is too long."""
        is_short = len(first) + 1 + len(second) <= WIDTH
        first, second = self._escaped(first), self._escaped(second)
        return [f"{first} {second}"] if is_short else [first, f"  {second}"]

    def _table(self, title: str, groups: Sequence[Group]) -> list[str]:
        """Return net and number of executions of each group."""
        if not groups:
            return []
        shown = [
            (each.name or self.words.no_strategy, money(each.net, signed=True), each.currency, str(each.executions))
            for each in groups[:MOST_LINES]
        ]
        if self._plain:
            rows = [f"{name}: {net} {currency}, {count}" for name, net, currency, count in shown]
        else:
            rows = [f"<pre>{self._escaped(_columns(shown))}</pre>"]
        return ["", self._bold(title), *rows, *self._more(groups)]

    def _refused(self, report: Report) -> list[str]:
        """Return how many signals were refused, by their reason."""
        found = report.refused
        if not found:
            return []
        lines = [f"{self._escaped(refusal_told(each.code, self.words))}: {each.count}" for each in found[:MOST_LINES]]
        return ["", self._bold(self.words.refused), *lines, *self._more(found)]

    def _held(self, report: Report, unrealized: Unrealized | None) -> list[str]:
        """Return what is held with what it has gained, and the account's cash."""
        words = self.words
        lines = []
        for each in report.held[:MOST_LINES]:
            price = f"@ {number(each.average_price)} {each.currency}"
            lines += self._pair(f"{each.symbol} {number(each.quantity)}", price)
        lines += self._more(report.held) if report.held else []
        told = [f"{money(each.cash)} {each.currency}" for each in report.cash]
        cash = self._amounts(words.cash, told) if told else []
        if told:
            at = min(each.as_of for each in report.cash)
            cash.append(f"  {words.as_of.format(at=moment(at, self._zone))}")
        shown = self._unrealized(report, unrealized)
        if shown:
            shown = ["", self._bold(shown[0]), *lines, *shown[1:]]
        return [*shown, *(["", *cash] if cash else [])]

    def _more(self, found: Sequence[object]) -> list[str]:
        """Return how many are not shown."""
        left = len(found) - MOST_LINES
        return [self.words.more.format(count=left)] if left > 0 else []

    def _unrealized(self, report: Report, unrealized: Unrealized | None) -> list[str]:
        """Return what is held, and what it has gained where that is known."""
        words = self.words
        if not report.held:
            return []
        held = f"{words.held}: {len(report.held)}"
        if unrealized is None:
            return [held, f"{words.unrealized}: {words.not_known}"]
        told = amounts(unrealized.amounts, signed=True) or [money(Decimal(0))]
        at = words.as_of.format(at=moment(unrealized.as_of, self._zone))
        return [held, *self._amounts(words.unrealized, told), f"  {at}"]


def _columns(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Return a table of names, amounts, currencies and counts; names are cut where they do not fit."""
    amount, currency, count = (max(len(row[place]) for row in rows) for place in (1, 2, 3))
    room = max(SHORTEST_NAME, WIDTH - amount - currency - count - 3)
    lines = []
    for row in rows:
        name = row[0] if len(row[0]) <= room else f"{row[0][: room - 1]}…"
        lines.append(f"{name:<{room}} {row[1]:>{amount}} {row[2]:<{currency}} {row[3]:>{count}}"[:WIDTH])
    return "\n".join(lines)
