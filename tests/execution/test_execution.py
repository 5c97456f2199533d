"""Execution as a process: on a real bus with a real paper broker; one of several, and none without its ledger."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from bus.connection import Bus
from bus.messages.base import topic
from bus.messages.delivery import Alert
from bus.messages.trading import OutboxFilled, SignalArrived, TradingState
from bus.messages.venues import OrderEvent, Signed
from bus.process import join
from bus.signing import Signer, derive_key
from bus.time_source import SYSTEM_TIME
from ledger.inbox.inbox import accept
from ledger.inbox.opening import open_inbox
from ledger.inbox.records import NewSignal
from ledger.inbox.tokens import token
from ledger.migrate import migrate
from ledger.store import Ledger, open_ledger
from ledger.trading.flow import signals as flow
from ledger.trading.orders.lanes import holdings
from ledger.trading.people.portfolios import NewPortfolio, create_portfolio, list_portfolios
from ledger.trading.people.strategies import list_strategies
from ledger.trading.people.strategy_tokens import token_hash
from ledger.trading.principal import SYSTEM
from ledger.trading.risk.policies import limits_for
from ledger.trading.work import Work
from tests.ledger.trading.world import ask, do
from tests.running import Child, hear, on_the_bus, running, wait_until

URL = "sqlite:///data/portfolio.db"
MASTER = "ab" * 32
SECRET = "a-secret-of-sixteen"
ENVIRONMENT = {
    "TRADING": "paper",
    "ORDER_KEY": MASTER,
    "TELEGRAM_CHAT_ID": "101",
    "DATABASE_URL": URL,
    "WEBHOOK_SECRET": SECRET,
    "TRADING_DEFAULT_MODE": "auto",
    "DEFAULT_BUY_AMOUNT_USD": "1000",
    "DEFAULT_MAX_OPEN_POSITIONS": "5",
    "DEFAULT_MAX_DAILY_BUYS": "20",
    "DEFAULT_MAX_TOTAL_INVESTMENT": "50000",
    "DEFAULT_MAX_PER_TICKER": "10",
    "DEFAULT_MAX_DAILY_LOSS": "500",
    "DEFAULT_MIN_CASH_RESERVE": "0",
}
PAPER = {
    "TRADING": "paper",
    "ORDER_KEY": derive_key(bytes.fromhex(MASTER), "broker-paper").hex(),
    "PAPER_QUOTES_URL": "http://127.0.0.1:9",
}


@pytest.fixture
def ledger(hub: Child, home: Path, empty_ledger: Path, empty_inbox: Path) -> Iterator[Ledger]:
    """Give a ledger and an inbox where the processes look for them."""
    (home / "data/inbox").mkdir(mode=0o700, parents=True)
    shutil.copy(empty_ledger, home / "data/portfolio.db")
    shutil.copy(empty_inbox, home / "data/inbox/inbox.db")
    with open_ledger(URL) as opened:
        yield opened


@pytest.fixture
def bus(hub: Child) -> Iterator[Bus]:
    """Listen to what execution says."""
    with join("test", topic(TradingState), topic(OutboxFilled), signals=False) as joined:
        yield joined


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give what ends every process of a test."""
    with ExitStack() as opened:
        yield opened


def start(home: Path, stack: ExitStack, **changes: str) -> Child:
    """Run execution."""
    return stack.enter_context(running(home, "-m", "execution", environment={**ENVIRONMENT, **changes}))


def arrives(ledger: Ledger, bus: Bus, action: str = "buy") -> str:
    """Put a signal into the inbox, as the webhook does, and say so."""
    strategy = ask(ledger, list_strategies, SYSTEM)[0].uid
    body = {"action": action, "symbol": "BTCUSDT", "price": "200"}
    new = NewSignal(strategy_uid=strategy, peer="127.0.0.1", body=body, action=action, symbol="BTCUSDT")
    with open_inbox(URL) as inbox, inbox.writing() as connection:
        uid = accept(Work(connection, SYSTEM_TIME.now()), new).uid
    bus.publish(SignalArrived(uid=uid))
    return uid


def states(ledger: Ledger) -> list[str]:
    """Return the states of all signals."""
    portfolio = ask(ledger, list_portfolios, SYSTEM)[0]
    return [each.state for each in ask(ledger, flow.history, SYSTEM, portfolio.uid)]


def held(ledger: Ledger) -> list[Decimal]:
    """Return what is held."""
    account = ask(ledger, list_portfolios, SYSTEM)[0].account
    return [each.quantity for each in ask(ledger, holdings, SYSTEM, account)]


def test_a_signal_is_traded_on_paper_and_survives_a_kill(
    home: Path, ledger: Ledger, bus: Bus, stack: ExitStack
) -> None:
    stack.enter_context(running(home, "-m", "brokers.paper", environment=PAPER))
    first = start(home, stack)
    first.wait_for("trading mode=paper")
    arrives(ledger, bus)
    wait_until(lambda: states(ledger) == ["DONE"], what="the buy is done")
    bought = held(ledger)
    first.kill()
    second = start(home, stack)
    second.wait_for("trading mode=paper")
    arrives(ledger, bus, "sell")
    wait_until(lambda: states(ledger) == ["DONE", "DONE"], what="the sell is done")

    assert bought == [Decimal(5)]
    assert held(ledger) == []
    assert "crashed" not in first.text() + second.text()


def test_the_inbox_learns_whose_secrets_are_in_force(home: Path, ledger: Ledger, stack: ExitStack) -> None:
    start(home, stack).wait_for("trading mode=paper")
    with open_inbox(URL) as inbox, inbox.reading() as connection:
        known = token(connection, token_hash(SECRET))

    assert known.strategy_uid == ask(ledger, list_strategies, SYSTEM)[0].uid


def test_a_portfolio_that_is_made_while_it_runs_gets_the_limits_of_the_settings(
    home: Path, ledger: Ledger, stack: ExitStack
) -> None:
    start(home, stack).wait_for("trading mode=paper")
    [first] = ask(ledger, list_portfolios, SYSTEM)
    made = do(ledger, create_portfolio, SYSTEM, NewPortfolio(account=first.account, name="second"))

    def has_limits() -> bool:
        """Tell whether it has those of the first one."""
        of_both = [ask(ledger, limits_for, SYSTEM, portfolio=uid).limits for uid in (first.uid, made.uid)]
        return of_both[0] == of_both[1] and of_both[0].max_daily_loss == Decimal(500)

    wait_until(has_limits, what="the limits of a new portfolio")


def test_it_says_how_trading_is(home: Path, ledger: Ledger, bus: Bus, stack: ExitStack) -> None:
    start(home, stack)
    said = hear(bus, TradingState)

    assert (said.mode, said.killed, said.waiting) == ("paper", "", 0)
    assert [each.name for each in said.brokers] == ["broker-paper"]


def test_it_waits_for_a_locked_ledger_and_goes_on(home: Path, ledger: Ledger, bus: Bus, stack: ExitStack) -> None:
    """Fault T2: the ledger is locked."""
    child = start(home, stack)
    child.wait_for("trading mode=paper")
    arrives(ledger, bus)
    other = sqlite3.connect(home / "data" / "portfolio.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    child.wait_for("trading waits")
    other.execute("ROLLBACK")
    other.close()
    stack.enter_context(running(home, "-m", "brokers.paper", environment=PAPER))
    wait_until(lambda: states(ledger) == ["DONE"], what="the buy is done")

    assert held(ledger) == [Decimal(5)]
    assert child.process.poll() is None


def test_of_two_on_one_ledger_the_second_stands_down(home: Path, ledger: Ledger, stack: ExitStack) -> None:
    """Fault T36."""
    first = start(home, stack)
    first.wait_for("trading mode=paper")
    (home / "run" / "execution.lock").unlink()  # as if it lay in another folder
    second = start(home, stack)
    second.wait_for("standing down")
    before = "trading mode" in second.text()
    first.kill()
    second.wait_for("trading mode=paper")

    assert not before


def test_it_waits_until_there_is_a_ledger(home: Path, hub: Child, stack: ExitStack) -> None:
    (home / "data").mkdir(mode=0o700)
    child = start(home, stack)
    child.wait_for("trading waits")
    migrate(f"sqlite:///{home}/data/portfolio.db")
    child.wait_for("trading mode=paper")


def test_it_is_not_started_while_trading_is_off(home: Path, stack: ExitStack) -> None:
    child = start(home, stack, TRADING="off")

    assert child.code() == 3


def test_an_event_that_no_broker_has_signed_changes_nothing_and_is_told(
    home: Path, ledger: Ledger, bus: Bus, stack: ExitStack
) -> None:
    """Fault T33: an order event that another program makes."""
    start(home, stack).wait_for("trading mode=paper")
    stranger = Signer(bytes(32), sender="broker-paper", to="execution")
    with on_the_bus("stranger", topic(Alert), says=[Signed]) as said:
        forged = OrderEvent(
            account="acc-1", client_order_id="a1", broker_order_id=None, status="FILLED", at=SYSTEM_TIME.now()
        )
        said.publish(stranger.sign(forged))
        alert = hear(said, Alert, where=lambda each: each.key == "not_signed_event")

    assert "signature is wrong" in alert.values["reason"]
    assert held(ledger) == []
