"""Pages of signals: the newest first, by what is asked for, each found by an index."""

from datetime import timedelta

import pytest

from ledger.inbox import listing
from ledger.inbox.inbox import set_state
from ledger.inbox.listing import Page, Wanted, listed
from ledger.inbox.opening import Inbox
from ledger.inbox.records import Token
from ledger.inbox.tokens import put_tokens
from tests.ledger.inbox.world import NOW, SWING, TREND, send, signal, work


@pytest.fixture
def filled(inbox: Inbox) -> Inbox:
    """Give an inbox with six signals, a minute apart, by turns of two strategies; the third is done."""
    with work(inbox) as one:
        put_tokens(one, [Token(token_hash="a" * 64, strategy_uid=TREND, name="Trend")])
    for number in range(6):
        body = {"symbol": "MSFT" if number > 2 else "AAPL"}
        strategy = SWING if number % 2 else TREND
        send(inbox, signal(str(number), body=body, strategy_uid=strategy), after_s=60 * number)
    third = page(inbox).signals[3].uid
    with work(inbox) as one:
        set_state(one, third, "DONE")
    return inbox


def page(inbox: Inbox, **asked: object) -> Page:
    """Return a page."""
    with inbox.reading() as connection:
        return listed(connection, Wanted(**asked))  # type: ignore[arg-type]  # Wanted's fields


def ids(inbox: Inbox, **asked: object) -> str:
    """Return the ids of a page's signals."""
    return "".join(each.external_id or "?" for each in page(inbox, **asked).signals)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "543210"),
        ({"state": "DONE"}, "2"),
        ({"symbol": "AAPL"}, "210"),
        ({"strategy": "Trend"}, "420"),
        ({"strategy": SWING}, "531"),
        ({"strategy": "nobody"}, ""),
        ({"since": NOW + timedelta(minutes=3)}, "543"),
        ({"since": NOW + timedelta(minutes=1), "symbol": "AAPL", "state": "RECEIVED"}, "1"),
    ],
)
def test_signals_are_listed_by_what_is_asked_for(filled: Inbox, asked: dict[str, object], found: str) -> None:
    assert ids(filled, **asked) == found


def test_a_signal_bears_the_name_of_its_strategy(filled: Inbox) -> None:
    assert [each.strategy for each in page(filled, limit=2).signals] == ["", "Trend"]


def test_a_page_says_where_the_next_one_begins(filled: Inbox) -> None:
    first = page(filled, limit=4)
    second = page(filled, limit=4, before=first.following)

    assert [each.external_id for each in (*first.signals, *second.signals)] == list("543210")
    assert second.following is None


def test_a_page_looks_at_so_many_signals_and_no_further(filled: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LOOKED_AT", 2)
    first = page(filled, symbol="AAPL")

    assert not first.signals
    assert ids(filled, symbol="AAPL", before=page(filled, symbol="AAPL", before=first.following).following) == "10"
