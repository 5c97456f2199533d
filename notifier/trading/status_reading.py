"""What `/status` tells, read from the books, and from what execution says of itself."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from bus.language import Language
from bus.messages.trading import BrokerHealth, PortfolioWorth
from ledger.trading.books.pnl import Amounts, Period, pnl, summed
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.flow import balances, halts, signals
from ledger.trading.flow.outcomes import refused
from ledger.trading.flow.records import Halt
from ledger.trading.orders import finding
from ledger.trading.people.accounts import get_account, list_accounts
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import Principal
from ledger.trading.risk.day_reading import read_day
from ledger.trading.risk.facts import Use
from ledger.trading.risk.facts_reading import read_use
from ledger.trading.risk.policies import limits_for
from ledger.trading.risk.usage import free_cash, usage
from notifier.texts.trading import WORDS, TradingWords
from notifier.trading.account_marks import marks_now
from notifier.trading.desk import name_of_number, place
from notifier.trading.halt_commands import scope_words
from notifier.trading.heard import Heard
from notifier.trading.limit_commands import trades_for
from notifier.trading.margin_reading import MarginReport, read_margins
from notifier.trading.settings_page import own_amount
from notifier.trading.status_page import BudgetLine, HaltLine, StatusReport

NEW_YORK = ZoneInfo("America/New_York")


class AroundStatus(msgspec.Struct, frozen=True):
    """What a page needs besides the books: the moment, what execution has said, and the asker's language."""

    now: datetime
    heard: Heard
    language: Language


def read_status(principal: Principal, connection: Connection, around: AroundStatus) -> StatusReport:
    """Return what `/status` tells of the portfolio in use.

    Args:
        principal: Who asks.
        connection: Any connection to the ledger.
        around: What is known besides.

    Raises:
        NotFound: The asker has no portfolio.
    """
    mine, now = place(principal, connection), around.now
    held = list_positions(principal, connection, portfolio=mine.uid)
    today, waiting = Period(day_start(now, held), now), signals.open_signals(principal, connection, portfolio=mine.uid)
    applied, use = limits_for(principal, connection, portfolio=mine.uid), _use(principal, connection, mine, today)
    return StatusReport(
        now=now,
        portfolio=mine.name,
        account=get_account(principal, connection, mine.account),
        halts=_halts(principal, connection, mine, WORDS[around.language]),
        venues=_venues(principal, connection, mine, around.heard),
        silent_since=None if around.heard.now is not None else around.heard.at,
        marks=marks_now(around.heard, around.language),
        balances=balances.latest(principal, connection, mine.account),
        free=free_cash(use, applied.limits, currency=applied.currency),
        invested=summed((each.currency, abs(each.cost)) for each in held),
        applied=applied,
        used=usage(use, applied.limits, currency=applied.currency),
        begun=use.unrealized_at_day_start,
        worth=_worth(mine, around.heard),
        pnl=pnl(principal, connection, today, portfolio=mine.uid),
        budgets=_budgets(principal, connection, mine),
        realized=_realized(principal, connection, mine),
        margin=_margin(principal, connection, around.heard),
        refused=sum(each.count for each in refused(principal, connection, today, portfolio=mine.uid)),
        positions=len(held),
        open_orders=len(finding.open_orders(principal, connection, portfolio=mine.uid)),
        waiting=len(waiting),
        oldest_at=min((each.received_at for each in waiting), default=None),
    )


def _use(principal: Principal, connection: Connection, mine: Portfolio, today: Period) -> Use:
    """Return how much of its limits a portfolio uses since the day began."""
    day = read_day(principal, connection, portfolio=mine.uid, now=today.until, day_start=today.since)
    return read_use(principal, connection, day)


def _venues(
    principal: Principal, connection: Connection, mine: Portfolio, heard: Heard
) -> tuple[BrokerHealth, ...] | None:
    """Return how the venues are at which a portfolio's user has accounts; None while execution is silent."""
    state = heard.now
    if state is None:
        return None
    programs = {each.served_by for each in list_accounts(principal, connection, user=mine.user)}
    return tuple(each for each in state.brokers if each.name in programs)


def _budgets(principal: Principal, connection: Connection, mine: Portfolio) -> tuple[BudgetLine, ...]:
    """Return what strategies of a portfolio spend, of those that have amounts of their own."""
    found = []
    for each in list_strategies(principal, connection, user=mine.user):
        if not trades_for(each, mine):
            continue
        applied = limits_for(principal, connection, portfolio=mine.uid, strategy=each.uid)
        policy = applied.sources.get("budget")
        budget = applied.limits.budget if policy is not None and policy.scope_type == "STRATEGY" else None
        amount = own_amount(each)
        if amount is not None or budget is not None:
            found.append(BudgetLine(name=each.name, amount=amount, budget=budget))
    return tuple(found)


def _realized(principal: Principal, connection: Connection, mine: Portfolio) -> Amounts:
    """Return what a portfolio has realized since the beginning, before fees."""
    lines = list_positions(principal, connection, portfolio=mine.uid, closed=True)
    return summed((each.currency, each.realized_pnl) for each in lines)


def _margin(principal: Principal, connection: Connection, heard: Heard) -> MarginReport | None:
    """Return how the account in use is margined; None where its venue has no margin, or nobody knows."""
    found = read_margins(principal, connection, heard)
    return found if found.has_margin or found.settings else None


def _worth(mine: Portfolio, heard: Heard) -> PortfolioWorth | None:
    """Return what a portfolio's positions have gained; None where nobody knows that."""
    state = heard.now
    found = () if state is None else state.worths
    return next((each for each in found if each.portfolio == mine.uid), None)


def _halts(principal: Principal, connection: Connection, mine: Portfolio, words: TradingWords) -> tuple[HaltLine, ...]:
    """Return the halts that hold for a portfolio, in words."""
    return tuple(
        HaltLine(
            is_kill=each.kind == "KILL",
            of=scope_words(each, mine.name, words),
            reason=each.reason,
            name=name_of_number(connection, each.set_by_user_id),
            at=each.created_at,
        )
        for each in halts.in_force(principal, connection)
        if holds_for(each, mine)
    )


def holds_for(halt: Halt, mine: Portfolio) -> bool:
    """Tell whether a halt holds for a portfolio.

    Args:
        halt: The halt.
        mine: The portfolio.
    """
    return halt.scope_uid in {None, mine.user if halt.scope == "USER" else mine.uid}


def day_start(now: datetime, held: tuple[PositionLine, ...]) -> datetime:
    """Return when the day of trading began: New York's; UTC's where nothing but coins is held.

    Args:
        now: The moment, aware.
        held: The positions.
    """
    coins = bool(held) and all(each.asset_type == "CRYPTO" for each in held)
    return now.astimezone(UTC if coins else NEW_YORK).replace(hour=0, minute=0, second=0, microsecond=0)
