"""What users choose for themselves."""

from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotFound
from ledger.trading.events import Notice, tell
from ledger.trading.people import portfolios, preferences, users
from ledger.trading.principal import SYSTEM
from ledger.trading.tables import people as tables
from ledger.trading.work import Work
from tests.ledger.trading.world import NOW, People, account, ask, do, logged, portfolio


def test_even_a_viewer_chooses_language_and_time_zone(ledger: Ledger, people: People) -> None:
    before = ask(ledger, users.get, people.vera)
    do(ledger, preferences.set_language, people.vera, "ru")
    after = do(ledger, preferences.set_timezone, people.vera, "Europe/Berlin")

    assert (before.language, before.timezone) == ("en", "UTC")
    assert (after.language, after.timezone) == ("ru", "Europe/Berlin")


@pytest.mark.parametrize("zone", ["", "Berlin", "../etc/passwd", "/etc/localtime", "Europe", "Europe/\0", "x" * 300])
def test_a_zone_that_there_is_not_is_refused_with_an_example(ledger: Ledger, people: People, zone: str) -> None:
    with pytest.raises(Invalid, match="write it like Europe/Berlin"):
        do(ledger, preferences.set_timezone, people.vera, zone)


def test_a_language_or_kind_of_message_that_we_do_not_know_is_refused_with_the_nearest(
    ledger: Ledger, people: People
) -> None:
    french: Any = "fr"
    cancelled: Any = "cancelled"
    loud: Any = "loud"

    with pytest.raises(Invalid, match="a language is en, ru, de; not 'fr'"):
        do(ledger, preferences.set_language, people.vera, french)
    with pytest.raises(Invalid, match="a kind of message is canceled"):
        do(ledger, preferences.set_notification, people.vera, cancelled, "off")
    with pytest.raises(Invalid, match="a message is on, silent, off; not 'loud'"):
        do(ledger, preferences.set_notification, people.vera, "filled", loud)


def test_each_kind_of_message_is_on_until_it_is_turned_down(ledger: Ledger, people: People) -> None:
    do(ledger, preferences.set_notification, people.alice, "filled", "off")
    both = do(ledger, preferences.set_notification, people.alice, "report", "silent")
    one = do(ledger, preferences.set_notification, people.alice, "report", "on")

    assert both.notifications == {"filled": "off", "report": "silent"}
    assert one.notifications == {"filled": "off"}
    assert ask(ledger, users.get, people.vera).notifications == {}


def test_what_is_turned_off_is_not_told(ledger: Ledger, people: People) -> None:
    do(ledger, preferences.set_notification, people.alice, "filled", "off")
    with ledger.writing() as connection:
        alice = connection.execute(tables.users.select().where(tables.users.c.id == people.alice.user_id)).one()
        for kind in ("filled", "rejected"):
            tell(Work(connection, NOW), alice, Notice(id=kind, kind=kind, text=kind))
        told = connection.exec_driver_sql("SELECT text FROM outbox").scalars().all()

    assert told == ["rejected"]


def test_a_portfolio_in_use_is_the_chosen_one_else_the_default(ledger: Ledger, people: People) -> None:
    inside = account(ledger, people.alice)
    main, other = (portfolio(ledger, people.alice, inside, name) for name in ("Main", "Other"))
    before = ask(ledger, portfolios.portfolio_in_use, people.alice)
    user = do(ledger, preferences.choose_portfolio, people.alice, other.uid)
    chosen = ask(ledger, portfolios.portfolio_in_use, people.alice)
    do(ledger, portfolios.archive_portfolio, people.alice, other.uid)

    assert [each.name for each in (before, chosen)] == ["Main", "Other"]
    assert user.chosen_portfolio == other.uid
    assert ask(ledger, portfolios.portfolio_in_use, people.alice).uid == main.uid
    assert ask(ledger, users.get, people.alice).chosen_portfolio is None
    with pytest.raises(NotFound):
        do(ledger, preferences.choose_portfolio, people.alice, other.uid)


def test_nobody_chooses_anothers_portfolio_an_admin_neither(ledger: Ledger, people: People) -> None:
    alices = portfolio(ledger, people.alice, account(ledger, people.alice))
    for who in (people.boss, people.mallory, SYSTEM):
        with pytest.raises(NotFound):
            do(ledger, preferences.choose_portfolio, who, alices.uid)
    with pytest.raises(NotFound, match="make an account and a portfolio first"):
        ask(ledger, portfolios.portfolio_in_use, people.boss)


def test_the_system_has_no_settings(ledger: Ledger, people: People) -> None:
    with pytest.raises(NotFound):
        do(ledger, preferences.set_language, SYSTEM, "ru")


def test_a_setting_is_in_the_audit_log_and_the_same_again_is_not(ledger: Ledger, people: People) -> None:
    before = len(logged(ledger))
    do(ledger, preferences.set_language, people.alice, "de")
    do(ledger, preferences.set_language, people.alice, "de")

    assert logged(ledger)[before:] == [("system", "user", "setting changed")]
