"""The page of `/status`: what was gathered becomes a text for a phone; pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import ROUND_DOWN, Decimal

import msgspec

from bus.language import Language
from bus.messages.trading import BrokerHealth, PortfolioWorth
from ledger.exact import ZERO
from ledger.trading.books.pnl import Amounts, Pnl
from ledger.trading.flow.records import NewBalance
from ledger.trading.people.accounts import Account
from ledger.trading.risk.facts import CashFact
from ledger.trading.risk.limits import DOLLARS, NEEDED
from ledger.trading.risk.policies import Applied
from ledger.trading.risk.usage import Used
from notifier.texts import trading_limits
from notifier.texts.trading_ages import age_told
from notifier.texts.trading_status import WORDS
from notifier.trading.account_marks import Marks
from notifier.trading.desk import account_named, escaped
from notifier.trading.limit_values import CENT, exact_money
from notifier.trading.margin_page import MarginPage
from notifier.trading.margin_reading import MarginReport
from notifier.trading.pages import money
from notifier.trading.venue_lines import shown, venue_lines

LONGEST = 16
"""Signs of a strategy's name."""
_COUNTS = frozenset({"max_open_positions", "max_per_ticker", "max_daily_buys", "max_orders_per_day"})


class HaltLine(msgspec.Struct, frozen=True, kw_only=True):
    """A halt in force, in words: what it holds for, why, and since when and by whom."""

    is_kill: bool
    of: str
    reason: str
    name: str
    at: datetime


class BudgetLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a strategy spends, where it is not what all of them do.

    Attributes:
        amount: On an opening; None where it is the portfolio's amount, or no amount at all.
        budget: At most in all; None where that has no limit of its own.
    """

    name: str
    amount: Decimal | None
    budget: Decimal | None


class StatusReport(msgspec.Struct, frozen=True, kw_only=True):
    """What `/status` tells of the portfolio in use.

    Attributes:
        now: When it is asked.
        portfolio: The portfolio's name.
        account: Where it trades.
        venues: How the venues of the asker's accounts are, as execution says; None while it does not answer.
        silent_since: When execution was heard last; None where it answers, or was never heard.
        marks: Whether the account is locked, and whether its broker serves another one.
        balances: What the account has, as its venue has last said.
        free: Of each of them what may be spent, less what is ordered, and the reserve.
        invested: At cost, by currency.
        applied: The limits that hold for the portfolio.
        used: How much of them is used.
        begun: What its positions had gained when the day began; None where nobody noted it.
        worth: What they have gained now; None where nobody knows the prices.
        budgets: What strategies spend, of those that have amounts of their own.
        realized: In all since the beginning, before fees, by currency.
        margin: How the account is margined; None where its venue has no margin.
        refused: How many signals of the day were refused.
        waiting: How many of its signals wait.
        oldest_at: Since when the oldest of them does.
    """

    now: datetime
    portfolio: str
    account: Account
    halts: tuple[HaltLine, ...]
    venues: tuple[BrokerHealth, ...] | None
    silent_since: datetime | None
    marks: Marks
    balances: tuple[NewBalance, ...]
    free: tuple[tuple[CashFact, Decimal], ...]
    invested: Amounts
    applied: Applied
    used: tuple[Used, ...]
    begun: Decimal | None
    worth: PortfolioWorth | None
    pnl: Pnl
    budgets: tuple[BudgetLine, ...]
    realized: Amounts
    margin: MarginReport | None
    refused: int
    positions: int
    open_orders: int
    waiting: int
    oldest_at: datetime | None

    @property
    def is_reached(self) -> bool:
        """Whether the account's venue is connected, as far as anybody knows."""
        return any(each.state == "connected" and each.name == self.account.served_by for each in self.venues or ())


class StatusPage:
    """The page in a language, with times in a zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        """Take the words and the zone.

        Args:
            language: The asker's.
            zone: The asker's.
        """
        self._words = WORDS[language]
        self._labels: Mapping[str, str] = trading_limits.WORDS[language].labels
        self._margins = MarginPage(language, zone)
        self._language = language
        self._zone = zone

    def page(self, report: StatusReport) -> str:
        """Return the overview of trading.

        Args:
            report: What was gathered.
        """
        words, account = self._words, report.account
        mode = report.marks.kind("live" if account.is_live else "paper", is_live=account.is_live)
        lines = [f"<b>{words.trading}: {mode}</b> · {escaped(report.portfolio)}"]
        lines.append(account_named(account))
        lines += report.marks.of(account)
        lines += [line for halt in report.halts for line in self._halt(halt)]
        lines += ["", *self._venues(report)]
        lines += ["", *self._money(report)]
        lines += ["", *self._budget(report)]
        lines += [] if report.margin is None else ["", *self._margins.brief(report.margin)]
        lines += ["", *self._limits(report)]
        lines += ["", f"<b>{words.today}</b>", *self._day(report)]
        lines += ["", f"<b>{words.in_all}</b>", *self._in_all(report)]
        return "\n".join([*lines, "", *self._books(report)])

    def _halt(self, halt: HaltLine) -> list[str]:
        """Return the two lines of a halt."""
        template = self._words.killed if halt.is_kill else self._words.paused
        told = template.format(of=escaped(halt.of), reason=escaped(halt.reason))
        return [told, "  " + self._words.by.format(at=self._time(halt.at), name=escaped(halt.name))]

    def _venues(self, report: StatusReport) -> list[str]:
        """Return how the venues are, the account's own first."""
        words = self._words
        if report.venues is None:
            since = report.silent_since
            return [words.silent, *([] if since is None else [words.silent_since.format(at=self._time(since))])]
        own = report.account.served_by
        told = sorted(report.venues, key=lambda each: (each.name != own, each.name))
        lines = [line for each in told for line in venue_lines(each, self._language, self._zone)]
        if not any(each.name == own for each in told):
            return [f"{escaped(shown(own))}: {words.no_venue}", *lines]
        return lines

    def _money(self, report: StatusReport) -> list[str]:
        """Return what the account has in each wallet, and what of it may be spent."""
        words, own = self._words, report.account.base_currency
        balances = sorted(report.balances, key=lambda each: (each.currency != own, each.currency))
        wallets = sorted({each.wallet for each in balances} | {each.wallet for each, _ in report.free})
        lines: list[str] = []
        for wallet in wallets:
            lines += [f"<b>{words.wallets[wallet]}</b>"] if wallet else []
            lines += [line for each in balances if each.wallet == wallet for line in self._balance(each, report)]
            free = [(figure, amount) for figure, amount in report.free if figure.wallet == wallet]
            lines += [line for figure, amount in free for line in self._to_spend(figure, amount, report)]
        return lines or [words.no_balance]

    def _to_spend(self, figure: CashFact, free: Decimal, report: StatusReport) -> list[str]:
        """Return what of a currency may be spent, and what was taken off."""
        words, reserve = self._words, exact_money(report.applied.limits.reserve or ZERO)
        told = f"{words.to_spend}: {money(max(free, ZERO))} {figure.currency}"
        return [told, f"  {words.reserve.format(amount=reserve)}"]

    def _budget(self, report: StatusReport) -> list[str]:
        """Return what openings spend, and strategies that have amounts of their own."""
        words, currency = self._words, report.applied.currency
        usual = report.applied.limits.buy_amount
        told = words.not_set if usual is None else f"{exact_money(usual)} {currency}"
        lines = [f"<b>{words.budget}</b>", words.per_opening.format(amount=told)]
        for each in report.budgets:
            amount = told if each.amount is None else f"{exact_money(each.amount)} {currency}"
            lines.append(words.of_strategy.format(name=escaped(each.name[:LONGEST]), amount=amount))
            if each.budget is not None:
                lines.append(words.own_budget.format(amount=f"{exact_money(each.budget)} {currency}"))
        return lines

    def _in_all(self, report: StatusReport) -> list[str]:
        """Return what was realized since the beginning."""
        words = self._words
        return [f"{words.realized}: {self._amounts(report.realized, signed=True)}", f"  {words.before_fees}"]

    def _balance(self, balance: NewBalance, report: StatusReport) -> list[str]:
        """Return what the account has in a currency, and how old that is."""
        words = self._words
        is_part = balance.currency != report.account.base_currency and balance.equity == ZERO
        equity = None if is_part else balance.equity  # the whole account's is told with its own currency
        figures = ((words.equity, equity), (words.cash, balance.cash), (words.available, balance.available))
        lines = [f"{what}: {money(amount)} {balance.currency}" for what, amount in figures if amount is not None]
        at = words.as_of if report.is_reached else words.old
        return [*lines, f"  {at.format(at=self._time(balance.as_of))}"]

    def _limits(self, report: StatusReport) -> list[str]:
        """Return what each limit leaves."""
        words, currency = self._words, report.applied.currency
        lines = [f"<b>{words.left}</b>"]
        for each in report.used:
            lines += self._left(_with_held(each, report), currency)
        lines += [words.dollars] if _adds_dollars(report) else []
        is_short = any(getattr(report.applied.limits, name) is None for name in NEEDED)
        return [*lines, words.no_limits] if is_short else lines

    def _left(self, used: Used, currency: str) -> list[str]:
        """Return what one limit leaves."""
        label = self._labels[used.limit]
        named = f"{label} {escaped(used.of)}" if used.of else label
        if used.used is None:
            return [f"{named}: {self._words.not_known}"]
        left = max(used.most - max(used.used, ZERO), ZERO)
        told = self._words.of.format(left=_figure(used, left), most=_figure(used, used.most))
        unit = "" if used.limit in _COUNTS or used.limit.endswith("_percent") else f" {currency}"
        lines = [f"{named}: {told}{unit}"]
        return [*lines, f"  {self._words.without_held}"] if used.is_part else lines

    def _day(self, report: StatusReport) -> list[str]:
        """Return what the day has brought, and what happened."""
        words, pnl = self._words, report.pnl
        lines = [f"{words.realized}: {self._amounts(pnl.net, signed=True)}"]
        if report.worth is not None:
            gained = f"{money(report.worth.unrealized, signed=True)} {report.worth.currency}"
            lines += [f"{words.unrealized}: {gained}", f"  {words.as_of.format(at=self._time(report.worth.as_of))}"]
        elif report.positions:
            lines.append(f"{words.unrealized}: {words.not_known}")
        lines.append(f"{words.executions}: {sum(each.executions for each in pnl.lines)}")
        lines.append(f"{words.refused}: {report.refused}")
        return [*lines, *([words.fees_missing.format(count=pnl.fees_missing)] if pnl.fees_missing else [])]

    def _books(self, report: StatusReport) -> list[str]:
        """Return what is held, ordered, and waiting."""
        words = self._words
        lines = [f"{words.positions}: {report.positions}"]
        lines += [f"  {words.at_cost.format(amounts=self._amounts(report.invested))}"] if report.positions else []
        lines += [f"{words.open_orders}: {report.open_orders}", f"{words.waiting}: {report.waiting}"]
        if report.oldest_at is not None:
            age = age_told(report.now - report.oldest_at, self._language)
            lines.append(f"  {words.oldest.format(age=age)}")
        return lines

    def _amounts(self, amounts: Amounts, *, signed: bool = False) -> str:
        """Return sums, each in its currency."""
        told = [f"{money(amount, signed=signed)} {currency}" for currency, amount in amounts.items() if amount != ZERO]
        return ", ".join(told) or self._words.nothing

    def _time(self, at: datetime) -> str:
        """Return a moment with its day."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _with_held(used: Used, report: StatusReport) -> Used:
    """Return a loss of the day with what open positions have moved since it began, where that is known."""
    worth = report.worth
    if not used.is_part or used.used is None or worth is None or report.begun is None:
        return used
    if worth.currency != report.applied.currency:
        return used
    return msgspec.structs.replace(used, used=used.used + report.begun - worth.unrealized, is_part=False)


def _figure(used: Used, amount: Decimal) -> str:
    """Return a number of a limit without its currency."""
    if used.limit in _COUNTS:
        return f"{amount:f}"
    return f"{amount:.1f} %" if used.limit.endswith("_percent") else money(amount.quantize(CENT, ROUND_DOWN))


def _adds_dollars(report: StatusReport) -> bool:
    """Tell whether limits and equity add different dollars, one for one."""
    held = {each.currency for each in report.balances if each.cash or each.equity}
    currency = report.applied.currency
    added = {currency, *held, *(currency for currency, amount in report.invested.items() if amount)}
    return currency in DOLLARS and len(added.intersection(DOLLARS)) > 1
