"""Every service is asked about another user's rows: nobody sees them, learns that they are there, or changes them.

The services are found by looking at the modules, so that none can be forgotten; the cases are in `wrong_user_cases`.
"""

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

import ledger.trading
from ledger.schema import metadata
from ledger.store import Ledger, open_ledger
from ledger.trading.aliases import set_alias
from ledger.trading.errors import NotAllowed, NotFound
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.work import Work
from tests.ledger.trading import world
from tests.ledger.trading.belongings import Belongings, belongings
from tests.ledger.trading.no_services import NO_PRINCIPAL, NOT_ASKED
from tests.ledger.trading.plans import watched
from tests.ledger.trading.world import NOW, do
from tests.ledger.trading.wrong_user_cases import CASES, Case, Outcome
from tests.postgresql import Server

Service = Callable[..., Any]
PREFIX = f"{ledger.trading.__name__}."
FINDS_NO_FAULT = {"after_restore.settle_restore", "audit.verify", "books.positions.recompute"}
FINDS_NO_FAULT |= {"flow.questions.expire_due"}
FINDS_NO_FAULT |= {"watching.watched.due_alerts", "watching.watched.due_schedules", "watching.watched.indicator_alerts"}
FINDS_NO_FAULT |= {"books.self_check.newest"}
FINDS_NO_FAULT |= {"people.receivers.owners_of_weekly_sessions"}
FINDS_NO_FAULT |= {"orders.protected.was_ever_wanted"}
FINDS_NO_FAULT |= {"books.executions.funding", "flow.outcomes.refused"}  # nobody here was paid funding, or refused
FINDS_NO_FAULT |= {"flow.live_lock.live_unlocked_until"}  # nobody has checked anything here
FINDS_NO_FAULT |= {"flow.outgoing.bridged"}  # no bridge has worked here
FINDS_NO_FAULT |= {"orders.lanes.of_signals"}  # nobody here has an order that came from a signal
"""What answers with nothing, since nothing is wrong."""
ASKED = [(name, number) for name, cases in CASES.items() for number in range(len(cases))]


def functions() -> Iterator[tuple[str, Service]]:
    """Yield every public function of the trading books, by its name behind `ledger.trading`."""
    for module in pkgutil.walk_packages(ledger.trading.__path__, PREFIX):
        loaded = importlib.import_module(module.name)
        for name, found in vars(loaded).items():
            if inspect.isfunction(found) and found.__module__ == module.name and not name.startswith("_"):
                yield f"{module.name}.{name}".removeprefix(PREFIX), found


def parameters(function: Service) -> list[inspect.Parameter]:
    """Return a function's parameters, with the types they are declared with."""
    return list(inspect.signature(function, eval_str=True).parameters.values())


def has_principal(function: Service) -> bool:
    """Tell whether a function is asked by somebody."""
    declared = parameters(function)
    return bool(declared) and declared[0].name == "principal"


def reaches_database(function: Service) -> bool:
    """Tell whether a function is handed a way to the database."""
    return any(each.annotation in (Connection, Work) for each in parameters(function))


def test_every_service_has_a_case() -> None:
    services = {name for name, found in functions() if has_principal(found)}
    missing = [f"no case for {name}" for name in sorted(services - CASES.keys() - NOT_ASKED.keys())]
    gone = [f"there is no {name}" for name in sorted((CASES.keys() | NOT_ASKED.keys()) - services)]

    assert not missing
    assert not gone


def test_whatever_reaches_the_database_without_a_principal_has_a_reason() -> None:
    free = {name for name, found in functions() if reaches_database(found) and not has_principal(found)}
    missing = [f"no reason for {name}" for name in sorted(free - NO_PRINCIPAL.keys())]
    gone = [f"there is no {name}" for name in sorted(NO_PRINCIPAL.keys() - free)]

    assert not missing
    assert not gone


def test_the_principal_comes_first_and_is_one() -> None:
    wrong = [
        name
        for name, found in functions()
        for place, each in enumerate(parameters(found))
        if (each.name == "principal" or each.annotation is Principal) and (place or each.annotation is not Principal)
    ]

    assert not wrong


class Both(msgspec.Struct, frozen=True):
    """Two traders, what each of them has, and the ledger that it is in."""

    ledger: Ledger
    alice: Principal
    mallory: Principal
    alices: Belongings
    mallorys: Belongings


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Give two traders who have the same of everything; what a test asks for is rolled back."""
    if request.config.getoption("--database") == "sqlite":
        path = tmp_path_factory.mktemp("both") / "portfolio.db"
        shutil.copy(request.getfixturevalue("empty_ledger"), path)
        url = f"sqlite:///{path}"
    else:
        running: Server = request.getfixturevalue("postgresql")
        url = running.url(running.new_database(like=request.getfixturevalue("migrated")))
    with open_ledger(url) as ledger, watched(ledger):
        people = world.let_everybody_in(ledger)
        alices = belongings(ledger, people.alice, world.ALICE)
        mallorys = belongings(ledger, people.mallory, world.MALLORY)
        do(ledger, set_alias, SYSTEM, alices.instrument, broker="PAPER", alias="BTC")
        yield Both(ledger, people.alice, people.mallory, alices, mallorys)


def everything(connection: Connection) -> dict[str, list[Mapping[str, Any]]]:
    """Return all rows of all tables."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in metadata.sorted_tables
    }


def lost(before: dict[str, list[Mapping[str, Any]]], after: dict[str, list[Mapping[str, Any]]]) -> list[str]:
    """Return the rows that are no longer as they were, with the table of each."""
    return [f"{table} {row}" for table, found in before.items() for row in found if row not in after[table]]


def asked(name: str, case: Case, who: Principal, connection: Connection, has: tuple[Belongings, Belongings]) -> Any:
    """Let somebody ask a service, and return what it answers, read to its end."""
    service = dict(functions())[name]
    handed = Work(connection, NOW) if parameters(service)[1].annotation is Work else connection
    values, named = case.passed(theirs=has[0], mine=has[1])
    answer = service(who, handed, *values, **named)
    return list(answer) if isinstance(answer, Iterator) else answer


@pytest.mark.parametrize(("name", "number"), ASKED, ids=[f"{name}-{number}" for name, number in ASKED])
def test_another_users_rows_are_not_there(both: Both, name: str, number: int) -> None:
    case = CASES[name][number]
    with both.ledger.writing() as connection:
        before, answer = everything(connection), None
        try:
            answer = asked(name, case, both.mallory, connection, (both.alices, both.mallorys))
            came = Outcome.NOTHING_OF_THEIRS if answer else Outcome.EMPTY
        except NotFound:
            came = Outcome.NOT_FOUND
        except NotAllowed:
            came = Outcome.NOT_ALLOWED
        after = everything(connection)
        connection.rollback()

    own = f"'user_id': {both.mallory.user_id},"
    mine = (f"users {{'id': {both.mallory.user_id},", "audit_chains ")
    uids = set(msgspec.structs.astuple(both.alices)) - {both.alices.instrument}

    assert came is case.outcome
    if came is Outcome.NOTHING_OF_THEIRS:
        assert not [row for row in lost(before, after) if own not in row and not row.startswith(mine)]
    else:
        assert after == before
    assert not [uid for uid in uids if uid in repr(answer)]


@pytest.mark.parametrize(("name", "number"), ASKED, ids=[f"{name}-{number}" for name, number in ASKED])
def test_they_are_there_for_whom_they_are_for(both: Both, name: str, number: int) -> None:
    case = CASES[name][number]
    who = SYSTEM if case.outcome is Outcome.NOT_ALLOWED else both.alice
    with both.ledger.writing() as connection:
        before = everything(connection)
        answer = asked(name, case, who, connection, (both.alices, both.alices))
        after = everything(connection)
        connection.rollback()

    assert answer or after != before or name in FINDS_NO_FAULT
