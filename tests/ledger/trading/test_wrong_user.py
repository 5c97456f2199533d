"""Every service is asked about another user's rows: nobody sees them, learns that they are there, or changes them.

The services are found by looking at the modules, so that none can be forgotten; the cases are in `wrong_user_cases`.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

import ledger.trading
from ledger.schema import metadata
from ledger.store import Ledger, open_ledger
from ledger.trading.aliases import set_alias
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.errors import NotAllowed, NotFound
from ledger.trading.orders.orders import acknowledge
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.people.strategy_tokens import rotate_token, token_hash
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.risk.policies import NewPolicy, set_policy
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.trading import positions
from ledger.trading.watching.alerts import NewAlert, new_alert
from ledger.trading.watching.schedules import NewSchedule, new_schedule
from ledger.trading.watching.screeners import new_screener
from ledger.trading.work import Work
from tests.ledger.trading import world_people
from tests.ledger.trading.asking import Belongings, Case, Outcome
from tests.ledger.trading.plans import watched
from tests.ledger.trading.world_people import (
    ALICE,
    MALLORY,
    NOW,
    account,
    do,
    portfolio,
    rows,
    uid_of,
    write_order,
    write_signal,
)
from tests.ledger.trading.wrong_user_cases import ALERT, CASES, FILL, LIMITS, NO_PRINCIPAL, NOT_ASKED, SCREENER

Service = Callable[..., Any]
PREFIX = f"{ledger.trading.__name__}."
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
    """Two traders, and what each of them has."""

    alice: Principal
    mallory: Principal
    alices: Belongings
    mallorys: Belongings


def settle(ledger: Ledger, who: Principal, number: int) -> Belongings:
    """Let a user have one of everything."""
    paper, spare = (account(ledger, who, name) for name in ("Paper", "Spare"))
    main, idle = portfolio(ledger, who, paper), portfolio(ledger, who, spare, "Idle")
    user = uid_of(ledger, number)
    new = NewStrategy(name=f"Of user {number}", params={}, portfolio=main.uid)
    strategy = do(ledger, create_strategy, who, new)
    secret = do(ledger, rotate_token, who, strategy.uid)
    order = write_order(ledger, main.uid)
    do(ledger, acknowledge, who, order, broker_order_id=f"broker's {number}")
    coin: str = rows(ledger, instruments)[0]["uid"]
    fill = msgspec.structs.replace(FILL, broker_trade_id="first")
    booked = do(ledger, ingest_without_order, who, fill, book=Book(portfolio=main.uid, instrument=coin))
    return Belongings(
        user=user,
        account=paper.uid,
        portfolio=main.uid,
        strategy=strategy.uid,
        strategy_name=strategy.name,
        token_hash=token_hash(secret),
        order=order,
        trade=booked.trade.uid,
        position=booked.position.uid,
        spare_account=spare.uid,
        spare_portfolio=idle.uid,
        instrument=coin,
        client_order_id=order,
        broker_order_id=f"broker's {number}",
        signal=write_signal(ledger, main.uid),
        **watched_by(ledger, who, main.uid),
    )


def watched_by(ledger: Ledger, who: Principal, portfolio: str) -> dict[str, str]:
    """Let a user have a policy, an alert, a schedule and a screener, and return their uids."""
    policy = NewPolicy(scope_type="PORTFOLIO", scope=portfolio, name="Mine", config=LIMITS)
    schedule = NewSchedule(name="Mine", cron="0 9 * * *", action="report", portfolio=portfolio)
    alert = NewAlert(name="Mine", portfolio=portfolio, **ALERT)
    return {
        "policy": do(ledger, set_policy, who, policy).uid,
        "alert": do(ledger, new_alert, who, alert).uid,
        "schedule": do(ledger, new_schedule, who, schedule).uid,
        "screener": do(ledger, new_screener, who, "Mine", SCREENER).uid,
    }


@pytest.fixture
def books(each_url: str) -> Iterator[Ledger]:
    """Give an open, empty ledger in each database."""
    with open_ledger(each_url) as opened, watched(opened):
        yield opened


@pytest.fixture
def both(books: Ledger) -> Both:
    """Give two traders who have the same of everything."""
    people = world_people.people(books)
    alices, mallorys = settle(books, people.alice, ALICE), settle(books, people.mallory, MALLORY)
    do(books, set_alias, SYSTEM, alices.instrument, broker="PAPER", alias="BTC")
    with books.writing() as connection:  # so that there is something to tell of Alice's books, and of hers alone
        wrong = positions.update().where(positions.c.uid == alices.position)
        connection.execute(wrong.values(realized_pnl=Decimal(7)))
    return Both(people.alice, people.mallory, alices, mallorys)


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
def test_another_users_rows_are_not_there(books: Ledger, both: Both, name: str, number: int) -> None:
    case = CASES[name][number]
    with books.writing() as connection:
        before, answer = everything(connection), None
        try:
            answer = asked(name, case, both.mallory, connection, (both.alices, both.mallorys))
            came = Outcome.EMPTY if answer in ((), []) else Outcome.NOTHING_OF_THEIRS
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
def test_they_are_there_for_whom_they_are_for(books: Ledger, both: Both, name: str, number: int) -> None:
    case = CASES[name][number]
    who = SYSTEM if case.outcome is Outcome.NOT_ALLOWED else both.alice
    with books.writing() as connection:
        answer = asked(name, case, who, connection, (both.alices, both.alices))
        connection.rollback()

    assert answer or case.outcome in {Outcome.NOT_FOUND, Outcome.NOT_ALLOWED}
