"""The audit log: one whole chain for each account, and the row named in which somebody meddled."""

import pytest

from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.audit import Entry, Fault
from ledger.trading.errors import NotAllowed
from ledger.trading.principal import SYSTEM
from tests.ledger.trading.world import ADMIN, ANN, work

ROWS = 5
GONE = "it is missing, with all that followed"
SECOND = "chain = 'account:1' AND sequence = 2"


@pytest.fixture
def logged(books: Ledger) -> Ledger:
    """Give a ledger with five rows in each of two chains."""
    for number in range(ROWS):
        with work(books) as unit:
            said = {"number": number, "text": "grüße, ₽", "deep": [{"a": None, "b": True}]}
            entry = Entry(entity_type="order", entity_id="1", action="placed", details=said, account_id=1)
            audit.log(ANN, unit, entry)
            audit.log(SYSTEM, unit, Entry(entity_type="job", entity_id="nightly", action="done"))
    return books


def faults(ledger: Ledger) -> tuple[Fault, ...]:
    """Return what does not fit."""
    with ledger.reading() as connection:
        return audit.verify(ADMIN, connection)


def meddle(ledger: Ledger, *statements: str) -> None:
    """Change the ledger past all code of ours."""
    with ledger.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_chain_that_nobody_touched_is_whole(logged: Ledger) -> None:
    assert faults(logged) == ()


@pytest.mark.parametrize(
    ("statement", "sequence", "reason"),
    [
        (f"UPDATE audit_log SET action = 'canceled' WHERE {SECOND}", 2, "it was changed"),
        (f"UPDATE audit_log SET user_id = 2 WHERE {SECOND}", 2, "it was changed"),
        (f"UPDATE audit_log SET details_json = '{{\"number\": 9}}' WHERE {SECOND}", 2, "it was changed"),
        (f"UPDATE audit_log SET previous_hash = hash WHERE {SECOND}", 2, "it does not follow the row before it"),
        (f"DELETE FROM audit_log WHERE {SECOND}", 2, "it is missing"),
        (
            "DELETE FROM audit_log WHERE chain = 'account:1' AND sequence > 3",
            4,
            "it is missing, with all that followed",
        ),
        ("DELETE FROM audit_log WHERE chain = 'account:1'", 1, GONE),
        ("DELETE FROM audit_chains WHERE chain = 'account:1'", 1, "it is more than the chain has"),
        ("UPDATE audit_chains SET length = 4 WHERE chain = 'account:1'", 5, "it is more than the chain has"),
    ],
)
def test_the_first_row_in_which_somebody_meddled_is_named(
    logged: Ledger, statement: str, sequence: int, reason: str
) -> None:
    """Fault T41."""
    meddle(logged, statement)

    assert faults(logged) == (Fault(chain="account:1", sequence=sequence, reason=reason),)


def test_a_row_slipped_in_at_the_end_is_named(logged: Ledger) -> None:
    """Fault T41: inserted."""
    meddle(
        logged,
        "INSERT INTO audit_log (chain, sequence, user_id, entity_type, entity_id, action, details_json, created_at,"
        " previous_hash, hash) SELECT chain, 6, user_id, entity_type, entity_id, action, details_json, created_at,"
        " hash, hash FROM audit_log WHERE chain = 'system' AND sequence = 5",
    )

    assert [(fault.chain, fault.sequence) for fault in faults(logged)] == [("system", 6)]


def test_one_broken_byte_is_named_even_where_a_row_cannot_be_read_any_more(each_url: str, books: Ledger) -> None:
    for _ in range(3):
        with work(books) as unit:
            audit.log(SYSTEM, unit, Entry(entity_type="job", entity_id="nightly", action="done", details={"a": "b"}))
    if each_url.startswith("postgresql"):
        pytest.skip("PostgreSQL keeps no JSON that it cannot read")
    meddle(books, 'UPDATE audit_log SET details_json = \'{"a":"b\' WHERE sequence = 2')

    assert faults(books) == (Fault(chain="system", sequence=2, reason="it cannot be read"),)


def test_only_an_admin_may_look(books: Ledger) -> None:
    with books.reading() as connection, pytest.raises(NotAllowed):
        audit.verify(ANN, connection)
