"""An account with a program of its own is spoken of with that one alone, whatever another has proven."""

from datetime import UTC, datetime

import pytest

from bus.messages.venues import BrokerState
from execution.proofs import Proofs
from execution.venues import AWAITED, rule_at
from ledger.trading.people.accounts import Account

NOW = datetime(2026, 11, 28, tzinfo=UTC)
DEFAULT, ANNS = "broker-bingx", "broker-bingx-ann"
NUMBER = "VST77"


def an_account(uid: str, number: str, program: str | None = None) -> Account:
    """Return an account at BingX."""
    return Account(
        uid=uid,
        user="somebody",
        broker="BINGX",
        name=uid,
        account_uid=number,
        base_currency="USDT",
        is_live=False,
        archived_at=None,
        created_at=NOW,
        program=program,
    )


def proves(broker: str, number: str) -> BrokerState:
    """Return what a broker says of itself that has proven a number."""
    return BrokerState(broker=broker, boot="1", is_connected=True, since=NOW, number=number, proven_live=False)


@pytest.fixture
def proofs() -> Proofs:
    """Know one account of the default broker, and one with a program of its own."""
    made = Proofs()
    for each in (an_account("default", "VST1"), an_account("anns", NUMBER, ANNS)):
        made.know(each.served_by, each)
    return made


def test_each_account_is_spoken_of_with_the_broker_that_has_proven_it(proofs: Proofs) -> None:
    assert proofs.may_speak(proves(DEFAULT, "VST1"), "default", broker=DEFAULT, is_numbered=True)
    assert proofs.may_speak(proves(ANNS, NUMBER), "anns", broker=ANNS, is_numbered=True)


def test_the_default_broker_that_proves_a_further_accounts_number_is_not_let_speak_of_it(proofs: Proofs) -> None:
    assert not proofs.may_speak(proves(DEFAULT, NUMBER), "anns", broker=DEFAULT, is_numbered=True)
    assert not proofs.may_speak(proves(ANNS, "VST1"), "default", broker=ANNS, is_numbered=True)


def test_a_program_of_an_account_that_is_gone_serves_nobody(proofs: Proofs) -> None:
    assert proofs.forget(["anns"]) == (ANNS,)
    assert proofs.forget(["anns"]) == ()
    assert not proofs.may_speak(proves(ANNS, NUMBER), "anns", broker=ANNS, is_numbered=True)


def test_only_the_default_programs_accounts_are_made_when_they_are_proven() -> None:
    assert DEFAULT in AWAITED
    assert ANNS not in AWAITED
    assert rule_at(ANNS) == rule_at(DEFAULT)
