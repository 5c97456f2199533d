"""One message for each order: which rows of the outbox are its forms, and what is said besides."""

from ledger.portfolio.tables import outbox
from ledger.trading.events import of_order, of_signal
from ledger.trading.people.preferences import set_notification
from ledger.trading.principal import Principal
from ledger.trading.tables.people import users
from tests.execution.orders_desk.stage import Stage, event, fill
from tests.execution.orders_desk.test_legs_of_orders import legs, opened
from tests.ledger.trading.world import ANNS_SIGNAL, rows, work

SUBJECT = of_signal(ANNS_SIGNAL)


def told(stage: Stage) -> list[tuple[str | None, str, str]]:
    """Return subject, level and first line of what is in the outbox."""
    return [
        (each["subject"], each["level"], str(each["text"]).partition("\n")[0]) for each in rows(stage.ledger, outbox)
    ]


def newest(stage: Stage, subject: str = SUBJECT) -> str:
    """Return the newest form of a message."""
    return [str(each["text"]) for each in rows(stage.ledger, outbox) if each["subject"] == subject][-1]


def test_what_is_filled_at_once_is_one_message_with_a_sound(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.says(event(row, "PARTIALLY_FILLED", fill("1", "1")))
    stage.says(event(row, "FILLED", fill("1", "1"), fill("2", "1")))

    assert told(stage) == [(SUBJECT, "on", "BTC-USDT: bought 2 @ 100 USD (paper)")]


def test_what_stands_for_a_while_is_told_without_a_sound_and_its_end_aloud(stage: Stage) -> None:
    row = stage.sent()
    stage.passes(3)
    stage.says(event(row, "NEW"))
    stage.passes(3)
    stage.says(event(row, "PARTIALLY_FILLED", fill("1", "1")))
    stage.passes(3)
    stage.says(event(row, "FILLED", fill("1", "1"), fill("2", "1")))

    assert told(stage) == [
        (SUBJECT, "silent", "BTC-USDT BUY 2 (paper): sent; the venue has not answered yet."),
        (SUBJECT, "silent", "BTC-USDT BUY 2 (paper): working at the venue."),
        (SUBJECT, "silent", "BTC-USDT: bought 1 of 2 @ 100 USD (paper)"),
        (SUBJECT, "on", "BTC-USDT: bought 2 @ 100 USD (paper)"),
        (None, "on", "BTC-USDT: bought 2 @ 100 USD (paper)"),
    ]


def test_a_restart_says_the_same_and_so_nothing(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.passes(3)
    before = told(stage)
    stage.start()
    stage.passes(5)

    assert len(before) == 1
    assert told(stage) == before


def test_a_lost_answer_is_told_aloud_once_over_a_restart(stage: Stage) -> None:
    row = stage.sent()
    stage.says(event(row, "NEW"))
    stage.passes(3)
    stage.says(event(row, "UNKNOWN", reason="timeout"))
    stage.passes(11)
    stage.start()
    stage.passes(15)

    assert [subject for subject, *_ in told(stage)] == [SUBJECT, SUBJECT, None]
    assert told(stage)[-1][2].startswith("BTC-USDT BUY 2 (paper): the venue's answer was lost.")


def test_legs_are_told_in_their_openings_message_and_what_they_do_besides(stage: Stage) -> None:
    """Fault T17a."""
    stage.protect()
    opened(stage)
    stop, target = legs(stage)["STOP_LOSS"], legs(stage)["TAKE_PROFIT"]
    stage.says(event(stop, "NEW"), event(target, "NEW"))
    stage.passes(3)
    working = newest(stage)
    stage.says(event(stop, "FILLED", fill("9", price="90", side="SELL")))
    stage.says(event(target, "CANCELED"))
    aloud = [line for subject, _, line in told(stage) if subject is None]

    assert "\nstop loss 90: working, " in working
    assert "\ntake profit 120: working, " in working
    assert "\nstop loss 90: sold 2 @ 90, Realized -20 USD, " in newest(stage)
    assert "take profit" not in newest(stage)
    assert aloud == ["BTC-USDT stop loss: sold 2 @ 90 USD (paper)"]


def test_an_unprotected_position_shows_the_leg_that_failed(stage: Stage) -> None:
    stage.protect(take_profit=None)
    opened(stage)
    for _ in range(2):
        stage.says(event(legs(stage)["STOP_LOSS"], "REJECTED", reason="no stops"))
    stage.passes(10)

    assert newest(stage).count("stop loss 90: rejected: no stops, ") == 2
    assert told(stage)[-1][2].startswith("⚠ UNPROTECTED")


def test_the_second_order_of_a_signal_has_a_message_of_its_own(stage: Stage) -> None:
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(purpose="CLOSING", leg="EXIT", side="SELL")
    stage.says(event(row, "FILLED", fill("2", side="SELL")))

    assert [subject for subject, *_ in told(stage)] == [SUBJECT, of_order(row.uid)]


def test_an_order_of_nobodys_signal_has_a_message_of_its_own(stage: Stage) -> None:
    row = stage.sent(signal=None, key="by hand")
    stage.says(event(row, "FILLED", fill("1")))

    assert told(stage)[0][0] == of_order(row.uid)


def test_a_fee_that_comes_later_is_put_into_the_message(stage: Stage) -> None:
    """Fault T19: the commission comes later."""
    row = stage.sent()
    stage.says(event(row, "FILLED", fill("1", fee=None, fee_currency=None)))
    before = newest(stage)
    stage.says(event(row, "FILLED", fill("1")))

    assert "\nFee not known yet\n" in before
    assert "\nFee 1 USD\n" in newest(stage)
    assert len(told(stage)) == 2


def test_moments_are_told_in_the_users_zone(stage: Stage) -> None:
    with work(stage.ledger) as unit:
        unit.connection.execute(users.update().values(timezone="Asia/Tokyo", language="de"))
    stage.says(event(stage.sent(), "FILLED", fill("1")))

    assert newest(stage).endswith("Auftrag 2026-11-27 23:30:00 JST, ausgeführt 23:30:01")


def test_who_wants_no_fills_hears_of_none_and_of_what_is_refused(stage: Stage) -> None:
    with stage.ledger.reading() as connection:
        ann = connection.execute(users.select().where(users.c.telegram_user_id.is_not(None))).first()
    assert ann is not None
    with work(stage.ledger) as unit:
        set_notification(Principal(user_id=ann.id, role="trader"), unit, "filled", "off")
    stage.says(event(stage.sent(), "FILLED", fill("1")))
    row = stage.sent(key="other")
    stage.says(event(row, "REJECTED", reason="no funds"))

    assert [line for *_, line in told(stage)] == ["BTC-USDT BUY 2 (paper) is rejected: no funds."]
