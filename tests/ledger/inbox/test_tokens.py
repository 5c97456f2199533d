"""The webhook knows whose a secret is, and which are worth nothing any more."""

import hashlib

import pytest

from ledger.inbox.opening import Inbox
from ledger.inbox.records import Token
from ledger.inbox.tokens import put_tokens, token
from ledger.trading.errors import Invalid, NotFound
from tests.ledger.inbox.world import NOW, SWING, TREND, work


def of(word: str, strategy: str = TREND, name: str = "trend") -> Token:
    """Return the token of a secret."""
    return Token(token_hash=hashlib.sha256(word.encode()).hexdigest(), strategy_uid=strategy, name=name)


def put(inbox: Inbox, *tokens: Token, after_s: float = 0) -> None:
    """Make a list the one in force."""
    with work(inbox, after_s=after_s) as one:
        put_tokens(one, tokens)


def test_a_secret_names_its_strategy(inbox: Inbox) -> None:
    put(inbox, of("a"), of("b", SWING, "swing"))
    with inbox.reading() as connection:
        found = token(connection, of("b").token_hash)

    assert (found.strategy_uid, found.name, found.retired_at) == (SWING, "swing", None)


def test_what_never_was_a_secret_is_not_found(inbox: Inbox) -> None:
    put(inbox, of("a"))
    with inbox.reading() as connection, pytest.raises(NotFound):
        token(connection, of("b").token_hash)


def test_a_secret_that_is_gone_from_the_list_is_known_as_retired_since_then(inbox: Inbox) -> None:
    put(inbox, of("a"), of("b"))
    put(inbox, of("b", name="renamed"))
    put(inbox, of("b", name="renamed"), after_s=60)
    with inbox.reading() as connection:
        gone, there = token(connection, of("a").token_hash), token(connection, of("b").token_hash)

    assert (gone.retired_at, gone.name) == (NOW, "trend")
    assert (there.retired_at, there.name) == (None, "renamed")


def test_a_secret_that_comes_back_is_in_force(inbox: Inbox) -> None:
    for tokens in ([of("a")], [], [of("a")]):
        put(inbox, *tokens)
    with inbox.reading() as connection:
        assert token(connection, of("a").token_hash).retired_at is None


@pytest.mark.parametrize(
    "tokens",
    [
        [of("a"), of("a", SWING)],
        [Token(token_hash="A" * 64, strategy_uid=TREND, name="trend")],
        [Token(token_hash="abc", strategy_uid=TREND, name="trend")],
        [of("a", name="")],
        [of("a", name="x" * 65)],
        [of("a", "x" * 33)],
    ],
)
def test_a_list_that_cannot_be_right_changes_nothing(inbox: Inbox, tokens: list[Token]) -> None:
    put(inbox, of("b"))
    with pytest.raises(Invalid):
        put(inbox, *tokens)
    with inbox.reading() as connection:
        assert token(connection, of("b").token_hash).retired_at is None
