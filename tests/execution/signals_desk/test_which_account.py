"""Which account a broker serves: nothing is said of another one, live ones are locked until they were checked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bus.messages.venue_accounts import AskAccount
from bus.messages.venues import AskInstrument, OrderEvent, PlaceOrder
from ledger.inbox.opening import Inbox
from ledger.portfolio.tables import outbox
from ledger.store import Ledger
from ledger.trading.flow.live_lock import note_checks
from ledger.trading.orders.orders import move
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work
from tests.execution.signals_desk.stage import Stage, Venue
from tests.ledger.trading.world import NOW, do, rows

BROKER = "broker-ibkr"
PAPER, LIVE, OTHER = "DU1234567", "U1234567", "DU7654321"


def a_stage(books: Ledger, inbox: Inbox, number: str, **settings: Any) -> Stage:
    """Give both desks of an installation whose default account is at a venue with numbers."""
    stage = Stage(books, inbox, code="IBKR", ib_account=number, **settings)
    stage.venue.number, stage.venue.proven_live = number, not number.startswith("D")
    return stage


def checked(stage: Stage, *, is_green: bool = True) -> None:
    """Let somebody make the trading checks."""
    with stage.ledger.writing() as connection:
        note_checks(SYSTEM, Work(connection, stage.time.now()), is_green=is_green)


def test_an_order_names_the_account_and_the_life_of_the_broker_that_it_is_for(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, PAPER)
    uid = stage.arrives(stop_loss="90")
    stage.turn()
    placed = list(stage.venue.placed.values())

    assert stage.end(uid) == ("DONE", None)
    assert {(each.number, each.is_live, each.boot) for each in placed} == {(PAPER, False, "1")}
    assert {each.leg for each in placed} == {"ENTRY", "STOP_LOSS"}
    assert {each.broker_boot for each in stage.made()} == {"1"}


def test_a_closing_names_the_life_that_was_heard_last(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.arrives()
    stage.turn()
    stage.venue.boot = "2"
    stage.arrives("sell")
    stage.turn()

    assert [each.broker_boot for each in stage.made()] == ["1", "2"]


def test_nothing_is_said_of_an_account_before_its_number_is_proven(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.venue.number, stage.venue.is_connected = "", False
    uid = stage.arrives()
    stage.turn()
    said = [*stage.wire.ever]
    stage.venue.number, stage.venue.is_connected = PAPER, True
    stage.turn()

    assert said == []
    assert stage.end(uid) == ("DONE", None)


@pytest.mark.parametrize("served", [OTHER, LIVE])
def test_where_another_account_is_served_openings_are_refused_with_the_cure(
    books: Ledger, inbox: Inbox, served: str
) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.venue.number = served
    uid = stage.arrives()
    stage.turn()
    [health] = [each for each in stage.link.health() if each.name == BROKER]

    assert stage.end(uid) == ("REJECTED", "NOT_SERVED")
    assert (stage.venue.placed, stage.wire.ever) == ({}, [])
    assert (health.state, health.code, health.number) == ("refused", "not_served", served)
    assert any(f"account {served}, not to {PAPER}. Set IB_ACCOUNT" in each for each in stage.told())


def test_an_account_that_proves_live_though_it_is_on_paper_gets_no_order(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.venue.proven_live = True
    uid = stage.arrives()
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "NOT_SERVED")
    assert any("account live, not to paper" in each for each in stage.told())
    assert stage.wire.ever == []


def test_a_broker_that_changes_its_account_while_it_runs_hears_no_more_of_the_first(
    books: Ledger, inbox: Inbox
) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.arrives()
    stage.turn()
    held = stage.held()
    stage.venue.number = OTHER
    stage.turn()
    stage.wire.ever.clear()
    closing = stage.arrives("sell")
    stage.passes(20)
    waiting, said = stage.end(closing), [*stage.wire.ever]
    stage.venue.number = PAPER
    stage.passes(5)

    assert held != []
    assert said == []
    assert waiting[0] == "ORDERED"
    assert (stage.end(closing), stage.held()) == (("DONE", None), [])


def test_what_a_broker_answers_of_an_account_that_it_serves_no_more_counts_for_nothing(
    books: Ledger, inbox: Inbox
) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.says(stage.venue.state())
    stage.orders.turn()
    [asked] = [each for each in stage.wire.heard if isinstance(each, AskAccount)]
    stage.venue.number = OTHER
    stage.says(stage.venue.state())
    [answer] = stage.venue.answers(asked)

    assert stage.link.open(stage._signer.sign(answer)) is None


def test_a_broker_that_begins_anew_is_told_nothing_until_it_has_said_what_it_serves(
    books: Ledger, inbox: Inbox
) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.turn()
    signer = stage.new_life()
    stage.wire.heard.clear()
    asked = AskInstrument(id="x", account=stage.account, symbol="BTCUSDT")
    [late] = stage.venue.answers(asked)

    assert stage.link.say(BROKER, asked)
    assert stage.link.open(signer.sign(late)) is None
    assert not stage.link.say(BROKER, asked)
    assert stage.link.open(signer.sign(stage.venue.state())) is not None
    assert stage.link.say(BROKER, asked)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("trading", "is_green", "hours", "reason"),
    [
        ("paper", True, 0, "TRADING is not live"),
        ("live", None, 0, "never made"),
        ("live", False, 0, "have failed"),
        ("live", True, 24, "older than 24 h"),
        ("live", True, -1, "older than 24 h"),
    ],
)
def test_a_live_account_opens_nothing_while_it_is_locked_and_says_why(
    books: Ledger, inbox: Inbox, trading: str, is_green: bool | None, hours: int, reason: str
) -> None:
    stage = a_stage(books, inbox, LIVE, trading=trading)
    if is_green is not None:
        with stage.ledger.writing() as connection:
            note_checks(SYSTEM, Work(connection, NOW - timedelta(hours=hours)), is_green=is_green)
    uid = stage.arrives()
    stage.turn()

    assert stage.end(uid) == ("REJECTED", "NOT_LIVE")
    assert stage.made() == []
    assert any(reason in each for each in stage.told())


def test_a_live_account_that_was_checked_trades_and_closes_after_it_is_locked_again(
    books: Ledger, inbox: Inbox
) -> None:
    stage = a_stage(books, inbox, LIVE, trading="live")
    checked(stage)
    opening = stage.arrives()
    stage.turn()
    checked(stage, is_green=False)
    late, closing = stage.arrives(), stage.arrives("sell")
    stage.turn()

    assert {each.is_live for each in stage.venue.placed.values()} == {True}
    assert (stage.end(opening), stage.end(closing)) == (("DONE", None), ("DONE", None))
    assert stage.end(late) == ("REJECTED", "NOT_LIVE")
    assert stage.held() == []


def test_an_opening_that_was_written_before_the_lock_does_not_go_out_after_it(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, LIVE, trading="live")
    checked(stage)
    stage.arrives()
    while not stage.made():
        stage.turn(1)
    stage.venue.placed.clear()
    stage.wire.heard.clear()  # whatever was said of it is lost
    checked(stage, is_green=False)
    stage.start()
    stage.turn()
    [row] = stage.made()

    assert not [each for each in stage.wire.ever if isinstance(each, PlaceOrder)]
    assert (stage.venue.placed, row.reason) == ({}, "the trading checks have failed")


class CarefulVenue(Venue):
    """A venue whose broker places nothing that an earlier life of it may have heard of."""

    def _place(self, order: PlaceOrder) -> Iterator[OrderEvent]:
        """Place an order that nobody can have heard of before."""
        is_new = not order.may_be_known or order.boot == self.boot
        if is_new or order.client_order_id in self.placed:
            yield from super()._place(order)
            return
        yield OrderEvent(
            account=order.account,
            client_order_id=order.client_order_id,
            broker_order_id=None,
            status="NOWHERE",
            at=self.time.now(),
        )


@pytest.mark.parametrize(("broker_restarts", "status", "placed"), [(False, "FILLED", 1), (True, "NOT_PLACED", 0)])
def test_killed_between_intent_and_order_it_is_placed_once_unless_the_broker_was_killed_too(
    books: Ledger, inbox: Inbox, broker_restarts: bool, status: str, placed: int
) -> None:
    """Fault T11."""
    stage = a_stage(books, inbox, PAPER)
    stage.venue = CarefulVenue(stage.time, BROKER)
    stage.venue.number, stage.venue.proven_live = PAPER, False
    stage.turn()
    stage.arrives()
    while not stage.made():
        stage.turn(1)
    stage.wire.heard.clear()
    stage.start()
    stage.venue.boot = "2" if broker_restarts else "1"
    stage.passes(5)
    said = [each for each in stage.wire.ever if isinstance(each, PlaceOrder)]
    [row] = stage.made()

    assert (row.status, len(stage.venue.placed)) == (status, placed)
    assert {(each.may_be_known, each.boot, each.number) for each in said} == {(True, "1", PAPER)}
    assert any("Place again" in str(each["buttons_json"]) for each in rows(stage.ledger, outbox)) == broker_restarts


def test_what_a_person_places_again_is_written_for_the_life_that_is_there_then(books: Ledger, inbox: Inbox) -> None:
    stage = a_stage(books, inbox, PAPER)
    stage.turn()
    stage.arrives()
    while not stage.made():
        stage.turn(1)
    stage.wire.heard.clear()
    [lost] = stage.made()
    do(stage.ledger, move, SYSTEM, lost.uid, "NOT_PLACED")
    stage.orders.load()
    stage.venue.boot = "2"
    stage.wants("place_again", order=lost.uid)
    stage.turn(20)

    assert [(each.attempt, each.broker_boot) for each in stage.made()] == [(1, "1"), (2, "2")]
    assert [(each.may_be_known, each.boot) for each in stage.venue.placed.values()] == [(False, "2")]
