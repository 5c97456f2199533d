"""Several executions and webhooks on one PostgreSQL, as on machines of their own: what a run needs besides for that."""

import contextlib
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
import psycopg

from ledger.engine import WRITERS
from ledger.store import Ledger
from ledger.trading.people.accounts import NewAccount, create_account
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.people.strategy_tokens import set_token_hash, token_hash
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from sandbox import trading_demo
from tools.chaos.trading.venue import Disturbance, nothing
from tools.machine import Command
from tools.private_postgresql import Server

MACHINES = "bcdefghij"
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


class Several(msgspec.Struct, frozen=True, kw_only=True):
    """How many of each run, and which accounts they share: two for each execution where there are several."""

    executions: int = 1
    webhooks: int = 1

    @property
    def accounts(self) -> int:
        """How many accounts there are."""
        return 1 if self.executions == 1 else 2 * self.executions

    @property
    def programs(self) -> tuple[str, ...]:
        """What runs besides the usual programs, by its name on the bus."""
        others = [*self._of("execution", self.executions), *self._of("webhook", self.webhooks)]
        return tuple(f"{program}@{machine}" for machine, program in others)

    def commands(self, ports: list[int]) -> list[Command]:
        """Return what is to run besides the usual programs.

        Args:
            ports: Where the webhooks listen; the usual one at the first.
        """
        webhooks = zip(self._of("webhook", self.webhooks), ports[1:], strict=True)
        return [
            *self._of("execution", self.executions),
            *((machine, program, f"WEBHOOK_PORT={port}") for (machine, program), port in webhooks),
        ]

    @staticmethod
    def _of(program: str, count: int) -> list[tuple[str, str]]:
        """Return the machines beside the first one that run a program."""
        return [(machine, program) for machine in MACHINES[: count - 1]]


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A database of a server."""

    server: Server
    database: str

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url(self.database)

    def settings(self) -> dict[str, str]:
        """Return the settings of a system whose ledger and inbox are in it."""
        return {"DATABASE_URL": self.url, "INBOX_DATABASE_URL": self.url}

    def disturb(self, what: str) -> Callable[[], None]:
        """Kill the server, cut everybody off, or hold the one writer's lock; return what takes it away."""
        if what == "kill":
            self.server.kill()
            return self.server.start
        connection = self.server.connect(self.database)
        if what == "cut":
            with contextlib.closing(connection):
                connection.execute(CUT, [self.database])
            return nothing
        connection.execute("SELECT pg_advisory_lock(%s)", [WRITERS])

        def release() -> None:
            """Let others write."""
            with contextlib.suppress(psycopg.Error):
                connection.close()

        return release


def drawn(chance: random.Random) -> Disturbance:
    """Draw something that happens to the server."""
    what = chance.choices(("cut", "lock", "kill"), weights=(5, 3, 2))[0]
    lasts_s = 0.0 if what == "cut" else chance.uniform(1.0, 5.0)
    return Disturbance(target="postgresql", what=what, lasts_s=lasts_s)


def add_accounts(ledger: Ledger, count: int, *, params: Mapping[str, object]) -> list[str]:
    """Make accounts beside the first one, each with a strategy.

    Args:
        ledger: Open; it has the first account.
        count: How many there are to be.
        params: What their strategies are set to.

    Returns:
        The secrets of their strategies, that of the first one included.
    """
    secrets = [trading_demo.SECRET, *(f"{trading_demo.SECRET}_{number}" for number in range(1, count))]
    with ledger.writing() as connection:
        work = Work(connection, datetime.now(UTC))
        user = list_portfolios(SYSTEM, connection)[0].user
        for number, secret in enumerate(secrets[1:], start=1):
            name = f"account {number}"
            new = NewAccount(broker="PAPER", name=name, base_currency="USD", is_live=False, user=user)
            account = create_account(SYSTEM, work, new)
            portfolio = create_portfolio(SYSTEM, work, NewPortfolio(account=account.uid, name=name))
            strategy = NewStrategy(name=name, params=params, portfolio=portfolio.uid, mode="auto", user=user)
            made = create_strategy(SYSTEM, work, strategy)
            set_token_hash(SYSTEM, work, made.uid, token_hash(secret))
    return secrets
