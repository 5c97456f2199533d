"""Several executions on one PostgreSQL, a hub and a paper broker in one folder, and accounts to share."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.trading import JobDone, JobDue, SignalArrived, TradingState
from bus.process import join
from bus.time_source import SYSTEM_TIME
from ledger.inbox.inbox import accept
from ledger.inbox.opening import open_inbox
from ledger.inbox.records import NewSignal
from ledger.shares import LEADS, LIVES, SPACE
from ledger.store import Ledger, open_ledger
from ledger.trading.people.accounts import NewAccount, create_account
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.people.strategies import NewStrategy, create_strategy, list_strategies
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.execution.test_execution import ENVIRONMENT, PAPER
from tests.ledger.trading.world import ask
from tests.postgresql import Server
from tests.running import Child, running, wait_until

MACHINES = ("", "b", "c")
HOLDERS = (
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE locktype = 'advisory' "
    "AND granted AND objsubid = 2 AND classid = %s AND datname = %s AND objid"
)
PIDS = HOLDERS.replace("count(*)", "pid")
BETWEEN_JOBS_S = 0.3
RACE = {"ORDERS_PER_SECOND": "100", "OPENING_MAX_AGE_SECONDS": "300", "ORDER_TIMEOUT_SECONDS": "300"}


class Shared:
    """The executions, what they share, and what they have made of it."""

    def __init__(self, home: Path, server: Server, database: str, stack: ExitStack, **changes: str) -> None:
        """Run nothing yet."""
        self.url = server.url(database)
        self.children: dict[str, Child] = {}
        self._home, self._server, self._database, self._stack = home, server, database, stack
        self._changes = {**RACE, **changes}
        self.ledger: Ledger = stack.enter_context(open_ledger(self.url))
        topics = (topic(TradingState), topic(JobDone))
        self.bus: Bus = stack.enter_context(join("test", *topics, signals=False))

    def start(self, *machines: str) -> None:
        """Run an execution of each machine, and wait until it works."""
        for machine in machines:
            self.children[machine] = self.run(machine)
        for machine in machines:
            self.children[machine].wait_for("trading mode=paper")

    def run(self, machine: str) -> Child:
        """Run an execution, whether it can work or not."""
        environment = {**ENVIRONMENT, **self._changes, "DATABASE_URL": self.url, "MACHINE": machine}
        return self._stack.enter_context(running(self._home, "-m", "execution", environment=environment))

    def be_at(self, schema: str) -> None:
        """Let the ledger be at another schema, as its table of versions says."""
        with self.ledger.writing() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{schema}'")

    def start_broker(self) -> Child:
        """Run the broker."""
        return self._stack.enter_context(running(self._home, "-m", "brokers.paper", environment=PAPER))

    def kill(self, machine: str) -> None:
        """Kill the execution of a machine."""
        self.children.pop(machine).kill()

    def add_accounts(self, count: int) -> None:
        """Make accounts, each with a portfolio and a strategy."""
        user = ask(self.ledger, list_portfolios, SYSTEM)[0].user
        with self.ledger.writing() as connection:
            work = Work(connection, SYSTEM_TIME.now())
            for name in (f"more{number}" for number in range(count)):
                new = NewAccount(broker="PAPER", name=name, base_currency="USD", is_live=False, user=user)
                account = create_account(SYSTEM, work, new)
                portfolio = create_portfolio(SYSTEM, work, NewPortfolio(account=account.uid, name=name))
                strategy = NewStrategy(name=name, params={}, portfolio=portfolio.uid, mode="auto", user=user)
                create_strategy(SYSTEM, work, strategy)

    def wait_shared(self, count: int) -> None:
        """Wait until all accounts are held, and by each execution its share."""
        accounts = len(ask(self.ledger, list_strategies, SYSTEM))
        fair = sorted(accounts // count + (rank < accounts % count) for rank in range(count))

        def is_fair() -> bool:
            return sorted(Counter(self.pids(f"< {LIVES}")).values()) == [each for each in fair if each]

        wait_until(is_fair, what=f"{count} executions share {accounts} accounts")

    def pids(self, of: str) -> list[object]:
        """Return which of the server's processes hold locks of a kind."""
        with self._server.connect() as connection:
            return [pid for (pid,) in connection.execute(f"{PIDS} {of}".encode(), (SPACE, self._database))]

    def cut_off(self, pid: object) -> None:
        """End a session."""
        with self._server.connect() as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])

    def leader(self) -> str:
        """Return the machine whose execution says that it leads."""
        said = {machine: _last_said(child) for machine, child in self.children.items()}
        return next((machine for machine, leads in said.items() if leads), "nobody")

    def wait_led(self) -> None:
        """Wait until one execution leads."""
        wait_until(lambda: len(self.pids(f"= {LEADS}")) == 1, what="one leads")

    def arrive(self, symbol: str = "BTCUSDT", action: str = "buy") -> None:
        """Put a signal for every account into the inbox, and say so."""
        strategies = [each.uid for each in ask(self.ledger, list_strategies, SYSTEM)]
        with open_inbox(self.url) as inbox, inbox.writing() as connection:
            for strategy in strategies:
                body = {"action": action, "symbol": symbol, "price": "200"}
                new = NewSignal(strategy_uid=strategy, peer="127.0.0.1", body=body, action=action, symbol=symbol)
                uid = accept(Work(connection, SYSTEM_TIME.now()), new).uid
        self.bus.publish(SignalArrived(uid=uid))

    def states(self) -> Counter[str]:
        """Return how many signals are in each state."""
        with self.ledger.reading() as connection:
            rows = connection.exec_driver_sql("SELECT state, count(*) FROM signals GROUP BY state").all()
        return Counter({str(state): int(count) for state, count in rows})

    def wait_states(self, **wanted: int) -> None:
        """Wait until so many signals are in each state, and no others."""
        wait_until(lambda: self.states() == wanted, what=f"signals are {wanted}, not {self.states()}")

    def wait_states_while_jobs_come(self, **wanted: int) -> None:
        """Wait for the same, while the clock announces one job after the other."""
        announced: list[float] = []

        def are_reached() -> bool:
            now = SYSTEM_TIME.now()
            if not announced or now.timestamp() - announced[-1] >= BETWEEN_JOBS_S:
                announced.append(now.timestamp())
                self.bus.publish(JobDue(job="market_open", due_at=now, late_after_s=600.0))
            return self.states() == wanted

        wait_until(are_reached, what=f"signals are {wanted}, while jobs come")

    def count(self, query: str) -> int:
        """Return a number of the ledger's."""
        with self.ledger.reading() as connection:
            return int(str(connection.exec_driver_sql(query).scalar()))

    def held(self) -> list[Decimal]:
        """Return what each account holds, all instruments together."""
        query = "SELECT sum(quantity) FROM positions WHERE is_open GROUP BY portfolio_id ORDER BY 1"
        with self.ledger.reading() as connection:
            return [Decimal(str(each)) for each in connection.exec_driver_sql(query).scalars()]

    def text(self) -> str:
        """Return all that the executions have printed."""
        return "\n".join(child.text() for child in self.children.values())


def _last_said(child: Child) -> bool:
    """Tell whether an execution has said last that it leads."""
    found = re.findall(r"accounts shared.*leads=(\w+)", child.text())
    return bool(found) and found[-1].lower() == "true"


@contextmanager
def shared(home: Path, server: Server, database: str, *machines: str, **changes: str) -> Iterator[Shared]:
    """Run executions and a broker, with three accounts for each execution, until all is shared.

    Args:
        home: Their folder, with a hub.
        server: The PostgreSQL.
        database: Its ledger's, migrated.
        machines: Where executions run.
        changes: Settings in place of the usual ones.
    """
    (home / "data").mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        stage = Shared(home, server, database, stack, **changes)
        stage.start(machines[0])
        stage.add_accounts(3 * len(machines) - 1)
        stage.start(*machines[1:])
        stage.start_broker()
        stage.wait_shared(len(machines))
        yield stage
