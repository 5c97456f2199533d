"""Who is let in, by whom, and who stays out."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.store import Ledger
from ledger.trading import audit
from ledger.trading.enumerations import Role
from ledger.trading.errors import Invalid, NotAllowed, NotFound, TradingError
from ledger.trading.people import users
from ledger.trading.people.user_rows import User
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.tables import people as tables
from ledger.trading.work import Work
from tests.ledger.trading.world import (
    ALICE,
    BOSS,
    MALLORY,
    NOW,
    STRANGER,
    VERA,
    People,
    ask,
    do,
    let_in,
    logged,
    principal,
    rows,
    uid_of,
)


def known(ledger: Ledger, number: int) -> Principal | None:
    """Return who a sender is to the services."""
    with ledger.reading() as connection:
        return users.principal_of(connection, number)


def request(ledger: Ledger, number: int = STRANGER, username: str = "stranger") -> users.Requested:
    """Let somebody ask."""
    with ledger.writing() as connection:
        return users.request(Work(connection, NOW), number, username)


def first_admins(ledger: Ledger, *numbers: int) -> tuple[User, ...]:
    """Start with these named as admins."""
    with ledger.writing() as connection:
        return users.first_admins(Work(connection, NOW), numbers, usernames={BOSS: "boss"})


def state(ledger: Ledger, number: int) -> tuple[str, str]:
    """Return somebody's role and status."""
    user = ask(ledger, users.get, SYSTEM, uid_of(ledger, number))
    return user.role, user.status


def test_a_stranger_is_nobody_until_an_admin_approves(ledger: Ledger, people: People) -> None:
    before = known(ledger, STRANGER)
    asked = request(ledger)
    waiting = known(ledger, STRANGER)
    do(ledger, users.approve, people.boss, asked.user.uid, "trader")
    let = known(ledger, STRANGER)

    assert (before, waiting) == (None, None)
    assert (asked.is_new, asked.user.status, asked.user.role) == (True, "REQUESTED", "viewer")
    assert let is not None
    assert (let.role, let.user_id) == ("trader", 5)


def test_asking_again_changes_nothing_in_whatever_state_one_is(ledger: Ledger, people: People) -> None:
    request(ledger)
    again = request(ledger, username="another name")
    do(ledger, users.block, people.boss, uid_of(ledger, VERA))
    blocked = request(ledger, VERA)
    active = request(ledger, ALICE)

    assert [each.is_new for each in (again, blocked, active)] == [False, False, False]
    assert again.user.username == "stranger"
    assert [state(ledger, number)[1] for number in (STRANGER, VERA, ALICE)] == ["REQUESTED", "BLOCKED", "ACTIVE"]


def test_a_blocked_user_is_nobody_until_an_admin_approves_again(ledger: Ledger, people: People) -> None:
    uid = uid_of(ledger, ALICE)
    do(ledger, users.block, people.boss, uid)
    blocked = known(ledger, ALICE)
    do(ledger, users.block, people.boss, uid)
    do(ledger, users.approve, people.boss, uid, "viewer")
    back = known(ledger, ALICE)

    assert blocked is None
    assert back == Principal(user_id=people.alice.user_id, role="viewer")


def test_an_approval_says_by_whom_and_when(ledger: Ledger, people: People) -> None:
    asked = request(ledger)
    with ledger.writing() as connection:
        later = Work(connection, NOW + timedelta(hours=1))
        user = users.approve(people.boss, later, asked.user.uid, "trader")

    assert (user.approved_at, user.created_at) == (NOW + timedelta(hours=1), NOW)
    assert rows(ledger, tables.users)[-1]["approved_by_user_id"] == people.boss.user_id


def test_approving_who_is_in_changes_nothing_and_never_the_role(ledger: Ledger, people: People) -> None:
    uid, before = uid_of(ledger, ALICE), logged(ledger)
    same = do(ledger, users.approve, people.boss, uid, "trader")

    assert (same.role, logged(ledger)) == ("trader", before)
    with pytest.raises(Invalid, match="is in already, as trader; change the role instead"):
        do(ledger, users.approve, people.boss, uid, "admin")


def test_more_active_users_than_the_limit_are_refused_with_the_number_and_the_cure(
    ledger: Ledger, people: People
) -> None:
    asked = request(ledger)

    with pytest.raises(Invalid, match="4 users are active, at most 4 may be; block one first, or raise MAX_USERS"):
        do(ledger, users.approve, people.boss, asked.user.uid, "trader", limit=4)
    do(ledger, users.block, people.boss, uid_of(ledger, VERA))
    do(ledger, users.approve, people.boss, asked.user.uid, "trader", limit=4)
    assert known(ledger, STRANGER) is not None


def test_the_limit_is_twenty_unless_said_otherwise(ledger: Ledger) -> None:
    for number in range(1, 21):
        let_in(ledger, number)

    with pytest.raises(Invalid, match="20 users are active, at most 20"):
        let_in(ledger, 21)


def test_more_requests_than_anybody_reads_are_turned_away(ledger: Ledger) -> None:
    for number in range(1, users.MAX_REQUESTS + 1):
        request(ledger, number)

    with pytest.raises(Invalid, match="50 requests wait already"):
        request(ledger)
    assert not request(ledger, 1).is_new


@pytest.mark.parametrize("username", ["", "\n\0", "x" * 80, " a\tb\0 "])
def test_what_telegram_calls_somebody_is_kept_as_far_as_it_can_be(ledger: Ledger, username: str) -> None:
    kept = request(ledger, username=username).user.username

    assert kept == {"": "105", "\n\0": "105", " a\tb\0 ": "ab"}.get(username, "x" * 64)


@pytest.mark.parametrize("number", [0, -1001, 2**52])
def test_a_number_that_is_no_persons_is_refused(ledger: Ledger, number: int) -> None:
    with pytest.raises(Invalid, match="no user's number at Telegram"):
        request(ledger, number)
    with pytest.raises(Invalid, match="no user's number at Telegram"):
        first_admins(ledger, BOSS, number)
    assert rows(ledger, tables.users) == []


def test_the_first_admins_are_in_at_once_and_once(ledger: Ledger) -> None:
    made = first_admins(ledger, BOSS, ALICE, BOSS)
    again = first_admins(ledger, BOSS, ALICE)

    assert [(user.username, user.role, user.status) for user in made] == [
        ("boss", "admin", "ACTIVE"),
        (str(ALICE), "admin", "ACTIVE"),
    ]
    assert again == ()
    assert len(rows(ledger, tables.users)) == 2


def test_one_named_as_an_admin_later_or_while_waiting_becomes_one(ledger: Ledger) -> None:
    first_admins(ledger, BOSS)
    request(ledger)
    made = first_admins(ledger, BOSS, STRANGER, ALICE)

    assert [user.telegram_user_id for user in made] == [STRANGER, ALICE]
    assert principal(ledger, STRANGER).role == "admin"


def test_a_start_neither_brings_back_the_blocked_nor_changes_roles_that_admins_gave(
    ledger: Ledger, people: People
) -> None:
    do(ledger, users.block, people.boss, uid_of(ledger, VERA))
    made = first_admins(ledger, VERA, ALICE)

    assert made == ()
    assert [state(ledger, number) for number in (BOSS, VERA, ALICE)] == [
        ("admin", "ACTIVE"),
        ("viewer", "BLOCKED"),
        ("trader", "ACTIVE"),
    ]


def test_where_nobody_is_an_admin_a_user_who_is_in_can_be_named(ledger: Ledger) -> None:
    let_in(ledger, ALICE)
    first_admins(ledger, ALICE)

    assert principal(ledger, ALICE).role == "admin"


def test_the_owner_gets_in_though_all_places_are_taken(ledger: Ledger) -> None:
    for number in range(1, 21):
        let_in(ledger, number)
    first_admins(ledger, BOSS)

    assert principal(ledger, BOSS).role == "admin"


def test_the_last_admin_stays(ledger: Ledger, people: People) -> None:
    uid = uid_of(ledger, BOSS)
    for service, values in ((users.block, ()), (users.set_role, ("trader",))):
        with pytest.raises(Invalid, match="the last active admin; make somebody else an admin first"):
            do(ledger, service, people.boss, uid, *values)
    do(ledger, users.set_role, people.boss, uid_of(ledger, ALICE), "admin")
    do(ledger, users.block, people.boss, uid)

    assert [state(ledger, number) for number in (BOSS, ALICE)] == [("admin", "BLOCKED"), ("admin", "ACTIVE")]


def test_roles_are_given_to_those_who_are_in_and_are_words_that_we_know(ledger: Ledger, people: People) -> None:
    asked = request(ledger)

    with pytest.raises(Invalid, match="is requested, not active; approve them with the role instead"):
        do(ledger, users.set_role, people.boss, asked.user.uid, "trader")
    unknown: Any = "treader"
    for service in (users.set_role, users.approve):
        with pytest.raises(Invalid, match="a role is trader; not 'treader'"):
            do(ledger, service, people.boss, uid_of(ledger, ALICE), unknown)
    with pytest.raises(NotFound):
        do(ledger, users.block, people.boss, "nobody")


def test_only_admins_decide_and_see_the_list(ledger: Ledger, people: People) -> None:
    uid = uid_of(ledger, BOSS)
    for who in (people.alice, people.vera):
        for service, values in ((users.approve, ("viewer",)), (users.block, ()), (users.set_role, ("viewer",))):
            with pytest.raises(NotAllowed):
                do(ledger, service, who, uid, *values)
        with pytest.raises(NotAllowed):
            ask(ledger, users.list_users, who)


def test_the_list_can_be_of_those_who_wait(ledger: Ledger, people: People) -> None:
    request(ledger)

    waiting = ask(ledger, users.list_users, people.boss, status="REQUESTED")
    everybody = ask(ledger, users.list_users, people.boss)

    assert [user.telegram_user_id for user in waiting] == [STRANGER]
    assert [user.telegram_user_id for user in everybody] == [BOSS, ALICE, MALLORY, VERA, STRANGER]


def test_everybody_finds_themselves_and_the_system_finds_nobody(ledger: Ledger, people: People) -> None:
    mine = ask(ledger, users.get, people.vera)

    assert mine.uid == uid_of(ledger, VERA)
    with pytest.raises(NotFound, match="there is no user behind the system"):
        ask(ledger, users.get, SYSTEM)


def test_requests_approvals_blocks_and_roles_are_in_the_audit_log(ledger: Ledger, people: People) -> None:
    uid = uid_of(ledger, ALICE)
    do(ledger, users.set_role, people.boss, uid, "viewer")
    do(ledger, users.set_role, people.boss, uid, "viewer")
    do(ledger, users.block, people.boss, uid)

    assert logged(ledger)[-4:] == [
        ("system", "user", "requested"),
        ("system", "user", "approved"),
        ("system", "user", "role changed"),
        ("system", "user", "blocked"),
    ]


STEPS = st.tuples(
    st.sampled_from(["request", "approve", "block", "set_role", "first_admins"]),
    st.integers(1, 4),
    st.sampled_from(["admin", "trader", "viewer"]),
)


@given(st.lists(STEPS, max_size=12))
def test_whatever_is_done_flags_and_words_agree_and_an_admin_is_left(
    ledger: Ledger, steps: list[tuple[str, int, Role]]
) -> None:
    with ledger.writing() as connection:
        work = Work(connection, NOW)
        had_admin = False
        for step, number, role in steps:
            with contextlib.suppress(TradingError):
                take(work, step, number, role)
            everybody = connection.execute(tables.users.select()).all()
            admins = [user for user in everybody if user.is_admin and user.is_active]
            had_admin = had_admin or bool(admins)

            assert bool(admins) == had_admin
            assert all(user.is_admin == (user.role == "admin") for user in everybody)
            assert all(user.is_active == (user.status == "ACTIVE") for user in everybody)
        assert audit.verify(SYSTEM, connection) == ()
        connection.rollback()


def take(work: Work, step: str, number: int, role: Role) -> None:
    """Do one thing to one user."""
    match step:
        case "request":
            users.request(work, number)
        case "first_admins":
            users.first_admins(work, [number])
        case _:
            found = [user for user in users.list_users(SYSTEM, work.connection) if user.telegram_user_id == number]
            for user in found:
                service: Any = getattr(users, step)
                service(SYSTEM, work, user.uid, *(() if step == "block" else (role,)))
