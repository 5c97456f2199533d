"""Three executions as processes on one PostgreSQL: they share the accounts, and take over from one another."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bus.messages.trading import TradingState
from ledger.schema import SCHEMA
from ledger.shares import LEADS, LIVES
from tests.execution.sharing_stage import MACHINES, Shared, shared
from tests.postgresql import Server
from tests.running import Child, hear, wait_until

pytestmark = pytest.mark.timeout(240)
DOUBLED = "SELECT count(*) FROM (SELECT signal_id FROM orders GROUP BY signal_id HAVING count(*) > 1) AS twice"


@pytest.fixture
def stage(home: Path, hub: Child, postgresql: Server, migrated: str) -> Iterator[Shared]:
    """Give three executions that share nine accounts."""
    with shared(home, postgresql, postgresql.new_database(like=migrated), *MACHINES) as running:
        yield running


def test_three_executions_trade_for_their_own_accounts_and_take_over_those_of_dead_ones(stage: Shared) -> None:
    """Fault T36: on PostgreSQL, where the accounts are shared by lock."""
    stage.arrive()
    stage.wait_states(DONE=9)
    sessions = stage.pids(f"= {LEADS}"), set(stage.pids(f"= {LIVES}"))
    leader = stage.leader()
    stage.kill(leader)
    stage.arrive("ETHUSDT")
    stage.wait_led()
    stage.wait_states(DONE=18)
    stage.kill(stage.leader())
    stage.arrive("SOLUSDT")
    stage.wait_states(DONE=27)
    stage.start(leader)
    stage.wait_shared(2)
    stage.arrive("BTCUSDT", "sell")
    stage.wait_states(DONE=36)

    assert len(sessions[1]) == 3
    assert stage.count(DOUBLED) == 0
    assert stage.count("SELECT count(*) FROM trades") == 36
    assert "crashed" not in stage.text()


def test_one_whose_program_does_not_fit_the_ledger_has_no_share_of_the_accounts(
    home: Path, hub: Child, postgresql: Server, migrated: str
) -> None:
    """Fault T36: of several, one was not brought up to date."""
    database = postgresql.new_database(like=migrated)
    (home / "data").mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        stage = Shared(home, postgresql, database, stack)
        stage.be_at("0001")
        stage.children[""] = stage.run("")
        stage.children[""].wait_for("trading waits")
        lives = [stage.pids(f"= {LIVES}") for _ in range(20)]
        stage.be_at(SCHEMA)
        stage.children[""].wait_for("trading mode=paper")

        assert lives == [[]] * 20


def test_only_the_leader_says_how_trading_is_and_after_its_death_another_one(stage: Shared) -> None:
    stage.kill(stage.leader())
    others = [child for child in stage.children.values() if "secrets in force" in child.text()]
    wait_until(lambda: "secrets in force" in stage.text(), what="another one leads")
    while stage.bus.next_message() is not None:
        pass  # what the dead one has said
    said = hear(stage.bus, TradingState)

    assert others == []
    assert said.mode == "paper"
    assert [each.name for each in said.brokers] == ["broker-paper"]
    assert sum("secrets in force" in child.text() for child in stage.children.values()) == 1


def test_an_execution_whose_session_is_cut_off_takes_its_accounts_anew_and_doubles_nothing(stage: Shared) -> None:
    """Fault T37: sessions are killed while signals come."""
    for number, symbol in enumerate(("BTCUSDT", "ETHUSDT", "SOLUSDT"), start=1):
        stage.arrive(symbol)
        for pid in set(stage.pids(f"= {LIVES}")):
            stage.cut_off(pid)
        stage.wait_states_while_jobs_come(DONE=9 * number)
    stage.wait_shared(3)

    assert stage.count(DOUBLED) == 0
    assert stage.count("SELECT count(*) FROM trades") == 27
    assert stage.text().count("a new session with the ledger") >= 3
    assert "crashed" not in stage.text()


def test_of_two_signals_for_the_last_free_place_of_each_account_one_passes(
    home: Path, hub: Child, postgresql: Server, migrated: str
) -> None:
    """Fault T29: with three executions, one of which dies meanwhile."""
    database = postgresql.new_database(like=migrated)
    with shared(home, postgresql, database, *MACHINES, DEFAULT_MAX_OPEN_POSITIONS="1") as stage:
        stage.arrive("BTCUSDT")
        stage.arrive("ETHUSDT")
        stage.kill("c")
        stage.wait_states(DONE=9, REJECTED=9)

        assert stage.count("SELECT count(*) FROM signals WHERE code = 'MAX_POSITIONS'") == 9
        assert (
            stage.count("SELECT max(open) FROM (SELECT count(*) AS open FROM positions GROUP BY portfolio_id) a") == 1
        )
