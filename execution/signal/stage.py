"""The suite's own strategy on paper: made for it, limited for each scenario, and switched off when it ends."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection

from ledger.store import Ledger
from ledger.trading.people.accounts import list_accounts
from ledger.trading.people.portfolio_rows import Portfolio
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.people.strategies import NewStrategy, create_strategy, list_strategies, new_version, set_mode
from ledger.trading.people.strategies import switch_off as switch_off_strategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.people.strategy_tokens import rotate_token
from ledger.trading.people.users import list_users
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import NewPolicy, drop_policy, policies, set_policy
from ledger.trading.work import Work

STRATEGY = "signal suite"
BROKER = "PAPER"


class NoStage(Exception):
    """There is nothing on paper to play on; the text says what to do."""


class Stage:
    """The strategy on which the suite plays.

    Attributes:
        secret: Its webhook's.
    """

    def __init__(self, ledger: Ledger, strategy: Strategy, secret: str, *, now: Callable[[], datetime]) -> None:
        """Keep what has been made.

        Args:
            ledger: The ledger.
            strategy: The version in force.
            secret: Its webhook's.
            now: Tells the moment, aware UTC.
        """
        self.secret = secret
        self._ledger = ledger
        self._strategy = strategy
        self._now = now

    @contextmanager
    def limited(self, limits: Mapping[str, object]) -> Iterator[None]:
        """Limit the strategy for as long as the `with` lasts.

        Args:
            limits: By the names of a policy's limits; none: nothing is limited.
        """
        if not limits:
            yield
            return
        new = NewPolicy(scope_type="STRATEGY", scope=self._strategy.uid, name=STRATEGY, config=limits)
        with self._ledger.writing() as connection:
            policy = set_policy(SYSTEM, Work(connection, self._now()), new)
        try:
            yield
        finally:
            with self._ledger.writing() as connection:
                drop_policy(SYSTEM, Work(connection, self._now()), policy.uid)


def present() -> datetime:
    """Return the present moment, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def set_stage(ledger: Ledger, *, now: Callable[[], datetime] = present) -> Iterator[Stage]:
    """Put the suite's strategy in force on the paper portfolio of the first admin, for as long as the `with` lasts.

    Args:
        ledger: The ledger.
        now: Tells the moment, aware UTC.

    Yields:
        The stage; its strategy carries out its signals without asking.

    Raises:
        NoStage: No admin has a portfolio on paper.
    """
    with ledger.writing() as connection:
        work = Work(connection, now())
        strategy = set_mode(SYSTEM, work, _in_force(work, _portfolio(connection)).uid, "auto")
        for left in policies(SYSTEM, connection):
            if left.name == STRATEGY:
                drop_policy(SYSTEM, work, left.uid)  # of a suite that was killed
        secret = rotate_token(SYSTEM, work, strategy.uid)
    try:
        yield Stage(ledger, strategy, secret, now=now)
    finally:
        with ledger.writing() as connection:
            switch_off_strategy(SYSTEM, Work(connection, now()), strategy.uid)


def _portfolio(connection: Connection) -> Portfolio:
    """Return the first admin's portfolio on paper; raises NoStage."""
    admins = {each.uid for each in list_users(SYSTEM, connection, status="ACTIVE") if each.role == "admin"}
    paper = {each.uid for each in list_accounts(SYSTEM, connection) if each.broker == BROKER and not each.is_live}
    found = [each for each in list_portfolios(SYSTEM, connection) if each.account in paper and each.user in admins]
    if not found:
        raise NoStage("no admin has a portfolio on paper; set TRADING=paper and type: make start")
    return next((each for each in found if each.is_default), found[0])


def _in_force(work: Work, portfolio: Portfolio) -> Strategy:
    """Return the suite's strategy, in force."""
    own = list_strategies(SYSTEM, work.connection, user=portfolio.user, every_version=True)
    named = [each for each in own if each.name == STRATEGY]
    if not named:
        new = NewStrategy(name=STRATEGY, params={}, portfolio=portfolio.uid, user=portfolio.user)
        return create_strategy(SYSTEM, work, new)
    return new_version(SYSTEM, work, named[-1].uid, named[-1].params)  # where none is in force
