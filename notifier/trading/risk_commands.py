"""`/risk [portfolio]`: what holds, how much of it is used, and what was broken lately."""

from datetime import timedelta

from sqlalchemy import Connection

from ledger.trading.books.positions import list_positions
from ledger.trading.errors import NotFound
from ledger.trading.people import users
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import list_strategies
from ledger.trading.principal import Principal
from ledger.trading.risk.breaches import breaches
from ledger.trading.risk.day_reading import read_day
from ledger.trading.risk.facts_reading import read_use
from ledger.trading.risk.limit_setting import limits_at_first
from ledger.trading.risk.policies import limits_for
from ledger.trading.risk.usage import budget_used, free_cash, usage
from notifier.incoming.interaction import Handler, Interaction
from notifier.trading.desk import Desk, place
from notifier.trading.limit_commands import trades_for
from notifier.trading.risk_page import Budget, RiskPage, RiskReport
from notifier.trading.status_reading import day_start

LOOKS_BACK = timedelta(days=30)
NEWEST = 5


class RiskCommands:
    """Who answers `/risk`."""

    def __init__(self, desk: Desk) -> None:
        """Read the books.

        Args:
            desk: The ledger, the words, and the answers of the chat.
        """
        self._desk = desk

    def typed(self) -> dict[str, Handler]:
        """Return who answers the command."""
        return {"risk": self._desk.told(self.risk)}

    def pressed(self) -> dict[str, Handler]:
        """Return nothing: there are no buttons."""
        return {}

    async def risk(self, asked: Interaction) -> None:
        """Tell of the portfolio in use, or of another one of the asker's own."""
        with self._desk.books.reading(asked.user_id) as (principal, connection):
            mine = _meant(principal, connection, " ".join(asked.arguments))
            report = self._report(principal, connection, mine)
        page = RiskPage(self._desk.language, self._desk.zone).page(report)
        await self._desk.replies.say(asked.chat_id, page)

    def _report(self, principal: Principal, connection: Connection, mine: Portfolio) -> RiskReport:
        """Gather what the page tells."""
        now = self._desk.books.now()
        since = day_start(now, list_positions(principal, connection, portfolio=mine.uid))
        day = read_day(principal, connection, portfolio=mine.uid, now=now, day_start=since)
        use = read_use(principal, connection, day)
        applied = limits_for(principal, connection, portfolio=mine.uid)
        budgets = []
        for each in list_strategies(principal, connection, user=mine.user):
            if trades_for(each, mine):
                own = limits_for(principal, connection, portfolio=mine.uid, strategy=each.uid)
                used = budget_used(use, own.limits, strategy=each.uid, currency=own.currency)
                budgets += [] if used is None else [Budget(each.name, used)]
        found = breaches(principal, connection, portfolio=mine.uid, since=now - LOOKS_BACK, until=now)
        return RiskReport(
            portfolio=mine,
            applied=applied,
            first=limits_at_first(principal, connection, mine.uid),
            used=usage(use, applied.limits, currency=applied.currency),
            budgets=tuple(budgets),
            free=free_cash(use, applied.limits, currency=applied.currency),
            breaches=found[:NEWEST],
        )


def _meant(principal: Principal, connection: Connection, name: str) -> Portfolio:
    """Return the asker's portfolio of a name; without one that in use; raises NotFound."""
    if not name:
        return place(principal, connection)
    me = users.get(principal, connection).uid
    mine = list_portfolios(principal, connection, user=me)
    found = next((each for each in mine if each.name.lower() == name.lower()), None)
    if found is None:
        raise NotFound("portfolio", name)
    return found
