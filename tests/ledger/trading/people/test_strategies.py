"""Strategies: their versions, their modes, and the secrets of their webhooks."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from ledger.store import Ledger
from ledger.trading.errors import Invalid, NotAllowed, NotFound, Taken
from ledger.trading.people import strategies, strategy_tokens, users
from ledger.trading.people.strategies import NewStrategy
from ledger.trading.people.strategy_rows import Strategy
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables import people as tables
from ledger.trading.tables.records import audit_log
from tests.ledger.trading.world import (
    ALICE,
    People,
    account,
    ask,
    do,
    logged,
    portfolio,
    rows,
    uid_of,
)


def make(ledger: Ledger, who: Principal, name: str = "Breakout", **more: Any) -> Strategy:
    """Make a strategy of somebody's."""
    new = NewStrategy(**{"name": name, "params": {"amount": "100"}, **more})
    return do(ledger, strategies.create_strategy, who, new)


@pytest.fixture
def breakout(ledger: Ledger, people: People) -> Strategy:
    """Give Alice a strategy."""
    return make(ledger, people.alice, mode="manual")


def in_force(ledger: Ledger) -> list[int]:
    """Return the versions that are in force."""
    return [row["version"] for row in rows(ledger, tables.strategies) if row["is_active"]]


def test_a_new_strategy_is_off_and_has_no_secret(ledger: Ledger, people: People) -> None:
    made = make(ledger, people.alice)

    assert (made.version, made.mode, made.is_active, made.has_token) == (1, "off", True, False)
    assert (made.user, made.portfolio, made.params) == (uid_of(ledger, ALICE), None, {"amount": "100"})
    assert ask(ledger, strategies.get_strategy, people.alice, made.uid) == made


def test_other_parameters_make_the_next_version_and_the_old_one_stays(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    second = do(ledger, strategies.new_version, people.alice, breakout.uid, {"amount": "200"})
    third = do(ledger, strategies.new_version, people.alice, breakout.uid, {"amount": Decimal("0.10")})
    old = ask(ledger, strategies.get_strategy, people.alice, breakout.uid)

    assert [(each.version, each.mode, each.is_active) for each in (second, third)] == [
        (2, "manual", True),
        (3, "manual", True),
    ]
    assert (old.params, old.is_active, third.params) == ({"amount": "100"}, False, {"amount": "0.1"})
    assert in_force(ledger) == [3]


def test_the_same_parameters_make_no_new_version(ledger: Ledger, people: People, breakout: Strategy) -> None:
    ordered = do(ledger, strategies.new_version, people.alice, breakout.uid, {"b": "1", "a": [True, None]})
    again = do(ledger, strategies.new_version, people.alice, breakout.uid, {"a": (True, None), "b": Decimal("1.0")})

    assert again == ordered
    assert len(rows(ledger, tables.strategies)) == 2


def test_a_version_is_found_by_name_the_one_in_force_or_a_given_one(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    second = do(ledger, strategies.new_version, people.alice, breakout.uid, {})

    assert ask(ledger, strategies.find_strategy, people.alice, "Breakout") == second
    assert ask(ledger, strategies.find_strategy, people.alice, "Breakout", version=1).uid == breakout.uid
    for who, version in ((people.alice, 3), (people.boss, None), (SYSTEM, 1)):
        with pytest.raises(NotFound, match="there is no strategy Breakout"):
            ask(ledger, strategies.find_strategy, who, "Breakout", version=version)


LOOP: dict[str, Any] = {}
for _ in range(5000):
    LOOP = {"deeper": LOOP}


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"amount": 0.1}, "float 0.1; write amounts as text"),
        ({"amount": Decimal("NaN")}, "NaN is no amount"),
        ({"amount": 2**60}, "cannot hold int"),
        ({"a\0": "1"}, "a key is text"),
        ({1: "1"}, "a key is text"),
        ({"a": "\ud800"}, "half a character"),
        (["amount"], "parameters is a list of names and values"),
        ({"text": "x" * 10_001}, "at most 10000"),
        (LOOP, "nested too deep"),
    ],
)
def test_parameters_that_cannot_be_kept_are_refused(
    ledger: Ledger, people: People, breakout: Strategy, params: Mapping[str, object], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        do(ledger, strategies.new_version, people.alice, breakout.uid, params)
    with pytest.raises(Invalid, match=said):
        make(ledger, people.alice, "Other", params=params)
    assert in_force(ledger) == [1]


def test_a_name_is_a_users_own_and_stays_taken(ledger: Ledger, people: People, breakout: Strategy) -> None:
    make(ledger, people.mallory)
    do(ledger, strategies.switch_off, people.alice, breakout.uid)

    with pytest.raises(Taken, match="perhaps switched off; make a new version of it instead"):
        make(ledger, people.alice)


def test_a_strategy_trades_for_a_portfolio_of_its_own_user(ledger: Ledger, people: People) -> None:
    alices = portfolio(ledger, people.alice, account(ledger, people.alice))
    by_the_boss = make(ledger, people.boss, portfolio=alices.uid, user=alices.user)

    assert (by_the_boss.user, by_the_boss.portfolio) == (alices.user, alices.uid)
    for who in (people.mallory, people.boss):
        with pytest.raises(NotFound, match=f"there is no portfolio {alices.uid}"):
            make(ledger, who, "Mine", portfolio=alices.uid)


def test_a_mode_is_changed_for_the_version_in_force(ledger: Ledger, people: People, breakout: Strategy) -> None:
    changed = do(ledger, strategies.set_mode, people.alice, breakout.uid, "auto")
    do(ledger, strategies.set_mode, people.alice, breakout.uid, "auto")
    second = do(ledger, strategies.new_version, people.alice, breakout.uid, {})
    unknown: Any = "automatic"

    assert (changed.mode, second.mode) == ("auto", "auto")
    with pytest.raises(Invalid, match="version 1 of strategy Breakout is not in force; name the one that is"):
        do(ledger, strategies.set_mode, people.alice, breakout.uid, "off")
    with pytest.raises(Invalid, match="a mode is auto; not 'automatic'"):
        do(ledger, strategies.set_mode, people.alice, second.uid, unknown)


def test_what_is_switched_off_is_out_of_force_until_it_gets_a_new_version(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    second = do(ledger, strategies.new_version, people.alice, breakout.uid, {"amount": "1"})
    with pytest.raises(Invalid, match=r"version 1 .* is not in force"):
        do(ledger, strategies.switch_off, people.alice, breakout.uid)
    off = do(ledger, strategies.switch_off, people.alice, second.uid)
    again = do(ledger, strategies.switch_off, people.alice, second.uid)
    listed = ask(ledger, strategies.list_strategies, people.alice)
    back = do(ledger, strategies.new_version, people.alice, second.uid, {"amount": "1"})

    assert (off.is_active, again, listed) == (False, off, ())
    assert (back.version, back.is_active) == (3, True)
    assert len(ask(ledger, strategies.list_strategies, people.alice, every_version=True)) == 3


def test_a_webhooks_secret_is_shown_once_and_kept_as_a_hash(ledger: Ledger, people: People, breakout: Strategy) -> None:
    secret = do(ledger, strategy_tokens.rotate_token, people.alice, breakout.uid)
    kept = rows(ledger, tables.strategies)[0]["token_hash"]

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert kept == hashlib.sha256(secret.encode()).hexdigest() == strategy_tokens.token_hash(secret)
    assert ask(ledger, strategies.get_strategy, people.alice, breakout.uid).has_token
    assert not any(each in str(rows(ledger, audit_log)) for each in (secret, kept))


def test_the_system_finds_whose_a_secret_is_and_nobody_else_does(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    secret = do(ledger, strategy_tokens.rotate_token, people.alice, breakout.uid)
    hashed = strategy_tokens.token_hash(secret)

    assert ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, hashed).uid == breakout.uid
    for who in (people.alice, people.boss):
        with pytest.raises(NotAllowed):
            ask(ledger, strategy_tokens.find_by_token_hash, who, hashed)
    with pytest.raises(NotFound, match="there is no strategy with this secret"):
        ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, strategy_tokens.token_hash("\ud800"))


def test_a_secret_goes_over_to_the_next_version_and_dies_by_rotation_and_by_switching_off(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    first = strategy_tokens.token_hash(do(ledger, strategy_tokens.rotate_token, people.alice, breakout.uid))
    second = do(ledger, strategies.new_version, people.alice, breakout.uid, {})
    found = ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, first)
    rotated = strategy_tokens.token_hash(do(ledger, strategy_tokens.rotate_token, people.alice, second.uid))
    with pytest.raises(NotFound):
        ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, first)
    do(ledger, strategies.switch_off, people.alice, second.uid)

    assert found.uid == second.uid
    with pytest.raises(NotFound):
        ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, rotated)


def test_a_blocked_users_secret_leads_nowhere(ledger: Ledger, people: People, breakout: Strategy) -> None:
    hashed = strategy_tokens.token_hash(do(ledger, strategy_tokens.rotate_token, people.alice, breakout.uid))
    do(ledger, users.block, people.boss, uid_of(ledger, ALICE))

    with pytest.raises(NotFound):
        ask(ledger, strategy_tokens.find_by_token_hash, SYSTEM, hashed)


def test_a_viewer_changes_no_strategy(ledger: Ledger, people: People, breakout: Strategy) -> None:
    viewing = Principal(user_id=people.alice.user_id, role="viewer")
    changes: list[Any] = [
        (strategies.new_version, {}),
        (strategies.set_mode, "auto"),
        (strategies.switch_off,),
        (strategy_tokens.rotate_token,),
    ]
    for service, *values in changes:
        with pytest.raises(NotAllowed):
            do(ledger, service, viewing, breakout.uid, *values)
    with pytest.raises(NotAllowed):
        make(ledger, viewing, "Mine")


def test_what_happens_to_a_strategy_is_in_the_chain_of_its_account(ledger: Ledger, people: People) -> None:
    inside = portfolio(ledger, people.alice, account(ledger, people.alice))
    made = make(ledger, people.alice, portfolio=inside.uid)
    do(ledger, strategies.set_mode, people.alice, made.uid, "auto")
    do(ledger, strategy_tokens.rotate_token, people.alice, made.uid)
    second = do(ledger, strategies.new_version, people.alice, made.uid, {})
    do(ledger, strategies.switch_off, people.alice, second.uid)
    make(ledger, people.alice, "For no portfolio")

    assert [entry for entry in logged(ledger) if entry[1] == "strategy"] == [
        ("system", "strategy", "created") if action == "last" else ("account:1", "strategy", action)
        for action in ("created", "mode changed", "webhook secret changed", "version added", "switched off", "last")
    ]


def test_a_secret_of_the_settings_leads_to_the_strategy_it_was_last_set_for(
    ledger: Ledger, people: People, breakout: Strategy
) -> None:
    hashed = strategy_tokens.token_hash("of the settings")
    other = do(ledger, strategies.create_strategy, people.alice, NewStrategy(name="other", params={}))
    known = []
    for each in (breakout, other, other):
        do(ledger, strategy_tokens.set_token_hash, SYSTEM, each.uid, hashed)
        known.append([token.strategy_uid for token in ask(ledger, strategy_tokens.tokens_in_force, SYSTEM)])
    do(ledger, strategies.switch_off, people.alice, other.uid)

    assert known == [[breakout.uid], [other.uid], [other.uid]]
    assert ask(ledger, strategy_tokens.tokens_in_force, SYSTEM) == ()
    assert hashed not in str(rows(ledger, audit_log))
    for wrong, refusal in ((other.uid, Invalid), (breakout.uid, NotAllowed)):
        with pytest.raises(refusal):
            do(ledger, strategy_tokens.set_token_hash, people.boss if refusal is NotAllowed else SYSTEM, wrong, hashed)
    with pytest.raises(Invalid, match="64"):
        do(ledger, strategy_tokens.set_token_hash, SYSTEM, breakout.uid, "of the settings")


def test_the_secrets_of_who_is_blocked_are_not_in_force(ledger: Ledger, people: People, breakout: Strategy) -> None:
    do(ledger, strategy_tokens.rotate_token, people.alice, breakout.uid)
    (before,) = ask(ledger, strategy_tokens.tokens_in_force, SYSTEM)
    do(ledger, users.block, people.boss, breakout.user)

    assert (before.strategy_uid, before.name) == (breakout.uid, breakout.name)
    assert ask(ledger, strategy_tokens.tokens_in_force, SYSTEM) == ()
