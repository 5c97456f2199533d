"""Kill and pause: after its answer nothing opens, whatever was on the way; a person's closings pass."""

from datetime import timedelta

from execution.held import Held
from execution.orders_desk.desk import OrdersDesk
from execution.orders_desk.pace import DEAF_S
from execution.signals_desk.around import Around
from execution.signals_desk.halting import Halting
from ledger.backup import RESTORED
from ledger.store import put_setting
from ledger.trading.flow.halts import halt, in_force, lift
from ledger.trading.flow.records import Halt
from ledger.trading.principal import SYSTEM
from tests.execution.signals_desk.stage import BTC, Stage
from tests.ledger.trading.world import ask, do


def kill(stage: Stage, kind: str = "KILL") -> None:
    """Halt everybody."""
    do(stage.ledger, halt, SYSTEM, kind=kind, scope="ALL", reason="enough")  # type: ignore[arg-type]  # a kind
    stage.desk.wake()


def the_halt(stage: Stage) -> Halt:
    """Return the one halt that is in force."""
    [found] = ask(stage.ledger, in_force, SYSTEM)
    return found


def test_a_kill_refuses_what_is_in_the_queue_for_good(stage: Stage) -> None:
    """Fault T28."""
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.turn()
    kill(stage)
    stage.turn()
    stage.venue.prices[BTC] = 100  # type: ignore[assignment]  # never asked for again
    do(stage.ledger, lift, SYSTEM, kind="KILL", scope="ALL")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "KILLED")
    assert stage.made() == []


def test_a_kill_stops_a_signals_closing_too(stage: Stage) -> None:
    """Fault T28."""
    stage.arrives()
    stage.turn()
    kill(stage)
    uid = stage.arrives("sell")
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "KILLED")
    assert stage.made("EXIT") == []


def test_a_kill_stops_a_signals_closing_that_was_written_and_not_heard(stage: Stage) -> None:
    """Fault T28."""
    stage.arrives()
    stage.turn()
    stage.arrives("sell")
    while not stage.made("EXIT"):
        stage.turn(1)
    stage.wire.heard.clear()  # whatever was said of it is lost
    kill(stage)
    stage.passes(30)

    assert stage.venue.held[BTC] > 0
    assert [each.status for each in stage.made("EXIT")] == ["CANCELED"]


def test_a_kill_cancels_a_working_opening_and_leaves_the_legs(stage: Stage) -> None:
    """Fault T28."""
    stage.arrives(stop_loss="90")
    stage.turn()
    stage.passes(3)
    stage.venue.fills = False
    stage.arrives()
    stage.turn()
    kill(stage)
    stage.turn()
    stage.passes(3)

    assert [each.status for each in stage.made("ENTRY")] == ["FILLED", "CANCELED"]
    assert [each.status for each in stage.made("STOP_LOSS")] == ["NEW"]


def test_what_was_written_and_not_heard_is_not_said_any_more(stage: Stage) -> None:
    """Fault T28."""
    stage.arrives()
    stage.turn(1)
    stage.wire.heard.clear()
    stage.turn(1)
    stage.wire.heard.clear()  # whatever was said is lost
    stage.turn(1)
    kill(stage)
    stage.start()
    stage.turn(10)
    stage.passes(30)

    assert BTC not in stage.venue.held
    assert all(each.status in {"CANCELED", "NOT_PLACED", "REJECTED"} for each in stage.made())


def test_a_kill_is_confirmed_when_nothing_can_arrive_any_more(stage: Stage) -> None:
    """Fault T28."""
    stage.venue.fills, stage.venue.is_mute = False, True
    stage.arrives()
    stage.turn()
    kill(stage)
    stage.turn(2)
    stage.passes(8)
    early = the_halt(stage).confirmed_at  # a broker may be calling its venue
    stage.passes(12)

    assert early is None
    assert the_halt(stage).confirmed_at is not None


def test_a_kill_with_nothing_on_the_way_is_confirmed_at_once(stage: Stage) -> None:
    """Fault T28."""
    kill(stage)
    stage.turn(2)

    assert the_halt(stage).confirmed_at is not None


def test_a_kill_survives_a_restart(stage: Stage) -> None:
    """Fault T28."""
    kill(stage)
    stage.start()
    uid = stage.arrives()
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "KILLED")


def test_a_persons_close_passes_a_kill(stage: Stage) -> None:
    """Fault T28."""
    stage.arrives()
    stage.turn()
    kill(stage)
    request = stage.wants("close", symbol="BTCUSDT")
    stage.turn(20)

    assert stage.request(request).state == "DONE"
    assert stage.held() == []


def test_a_pause_refuses_openings_and_lets_closings_pass(stage: Stage) -> None:
    stage.arrives()
    stage.turn()
    kill(stage, "PAUSE")
    buy, sell = stage.arrives("buy", "AAPL"), stage.arrives("sell")
    stage.turn()

    assert stage.end(buy) == ("REJECTED", "PAUSED")
    assert stage.end(sell) == ("DONE", None)


def test_a_restored_ledger_starts_killed(stage: Stage) -> None:
    """Fault T28a."""
    stage.venue.prices.clear()
    uid = stage.arrives()
    stage.turn()
    with stage.ledger.writing() as connection:
        put_setting(connection, RESTORED, (stage.time.now() - timedelta(hours=1)).isoformat())
    stage.start()
    stage.turn()
    later = stage.arrives()
    stage.turn()

    assert stage.end(uid)[0] == "EXPIRED"
    assert stage.end(later) == ("REJECTED", "KILLED")


def test_an_inbox_that_was_begun_anew_starts_killed(stage: Stage) -> None:
    """Fault T28a."""
    with stage.ledger.writing() as connection:
        put_setting(connection, "inbox_keys_since", "2026-01-01T00:00:00+00:00")
    stage.start()

    assert "inbox" in the_halt(stage).reason


def test_a_ledger_that_was_begun_anew_beside_an_inbox_that_was_not_starts_killed(stage: Stage) -> None:
    """Fault T28a."""
    stage.arrives()
    with stage.ledger.writing() as connection:
        connection.exec_driver_sql("DELETE FROM settings WHERE name = 'inbox_keys_since'")
    stage.start()

    assert "ledger" in the_halt(stage).reason


def test_a_kill_is_confirmed_by_the_leader_once_what_others_have_said_is_too_old(stage: Stage) -> None:
    """Fault T28: where several executions share the accounts, on machines whose clocks differ a little."""
    stage.venue.fills, stage.venue.is_mute = False, True
    stage.arrives()
    stage.turn()
    held = Held(is_shared=True)
    held.is_leader = True
    leader = Around(
        ledger=stage.ledger,
        link=stage.link,
        orders=OrdersDesk(stage.ledger, stage.link, stage.settings, stage.time, held=held),
        settings=stage.settings,
        time=stage.time,
        held=held,
    )
    halting = Halting(leader, stage.time)
    do(stage.ledger, halt, SYSTEM, kind="KILL", scope="ALL", reason="enough")
    created = the_halt(stage).created_at
    confirmed = []
    for seconds in (DEAF_S + 6, DEAF_S + 8):
        stage.time.move_on((created - stage.time.now()).total_seconds() + seconds)
        canceled = halting.turn()
        confirmed.append(the_halt(stage).confirmed_at is not None)

    assert confirmed == [False, True]
    assert canceled == ()  # whoever has the account does that


def test_one_traders_kill_leaves_others_alone(stage: Stage) -> None:
    do(stage.ledger, halt, stage.boss, kind="KILL", scope="USER", reason="mine")
    uid = stage.arrives()
    stage.turn()
    with stage.ledger.reading() as connection:
        for_all = stage.desk.killed(connection)

    assert stage.end(uid) == ("REJECTED", "KILLED")
    assert for_all == ""
