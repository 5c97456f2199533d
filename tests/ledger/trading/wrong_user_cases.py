"""How each service is asked about another user's rows, and what must come of it; `test_wrong_user` walks over them.

A new service gets a row in CASES. It says what to pass after the principal and the connection or work: THEIRS is what
the other user has, MINE what the asker has. Asked so by the other user themselves, or by the system where only admins
may, the same call must succeed, which proves that it was the asker who was refused.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from ledger.trading.books.records import Book, Fill
from ledger.trading.people.accounts import NewAccount
from ledger.trading.people.portfolios import NewPortfolio
from ledger.trading.people.strategies import NewStrategy
from tests.ledger.trading.world_people import COIN


class Outcome(Enum):
    """What must come of asking about another user's rows."""

    NOT_FOUND = "NotFound is raised"
    EMPTY = "nothing is found"
    NOT_ALLOWED = "NotAllowed is raised: it is for admins or the system"
    NOTHING_OF_THEIRS = "it succeeds, shows nothing of the other user, and changes nothing of theirs"


class Belongings(msgspec.Struct, frozen=True, kw_only=True):
    """What a user has; uids, and the hash of a webhook's secret. The spare account and portfolio are idle."""

    user: str
    account: str
    portfolio: str
    strategy: str
    strategy_name: str
    token_hash: str
    order: str
    trade: str
    position: str
    spare_account: str
    spare_portfolio: str
    instrument: str


class Owned(msgspec.Struct, frozen=True):
    """Stands in a call for what one of the two users has."""

    whose: str
    field: str


class Whose:
    """Names what a user has: `THEIRS.portfolio`; it may stand in a call and in the fields of its Structs."""

    def __init__(self, whose: str) -> None:
        """Take whose it is."""
        self._whose = whose

    def __getattr__(self, field: str) -> Any:
        """Return what stands for it."""
        return Owned(self._whose, field)


THEIRS, MINE = Whose("theirs"), Whose("mine")


class Case(msgspec.Struct, frozen=True):
    """One way to ask a service.

    Attributes:
        outcome: What must come of it.
        values: What to pass after the principal and the connection or work.
        named: What to pass by name.
    """

    outcome: Outcome
    values: tuple[Any, ...]
    named: dict[str, Any]

    def passed(self, *, theirs: Belongings, mine: Belongings) -> tuple[list[Any], dict[str, Any]]:
        """Return what to pass, with what the two users have in its places."""
        has = {"theirs": theirs, "mine": mine}
        return [put(each, has) for each in self.values], {name: put(each, has) for name, each in self.named.items()}


def put(value: Any, has: dict[str, Belongings]) -> Any:
    """Return a value with what users have in the places for it."""
    if isinstance(value, Owned):
        return getattr(has[value.whose], value.field)
    if isinstance(value, msgspec.Struct):
        changed = {field: put(getattr(value, field), has) for field in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    return value


def not_found(*values: Any, **named: Any) -> Case:
    """Return a case of a row that is not there for the asker."""
    return Case(Outcome.NOT_FOUND, values, named)


def empty(*values: Any, **named: Any) -> Case:
    """Return a case of rows that are not there for the asker."""
    return Case(Outcome.EMPTY, values, named)


def not_allowed(*values: Any, **named: Any) -> Case:
    """Return a case of what only admins or the system may do."""
    return Case(Outcome.NOT_ALLOWED, values, named)


def nothing_of_theirs(*values: Any, **named: Any) -> Case:
    """Return a case of what is about the asker alone, or about what nobody owns."""
    return Case(Outcome.NOTHING_OF_THEIRS, values, named)


NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FILL = Fill(broker_trade_id="another", side="BUY", quantity=Decimal(1), price=Decimal(10), exec_time=NOON)


def _account(user: str | None) -> NewAccount:
    """Return an account to make for a user."""
    return NewAccount(broker="PAPER", name="New", base_currency="USD", is_live=False, user=user)


CASES: dict[str, tuple[Case, ...]] = {
    "aliases.find_by_alias": (nothing_of_theirs(broker="PAPER", alias="BTC", asset_type="CRYPTO"),),
    "aliases.set_alias": (not_allowed(THEIRS.instrument, broker="PAPER", alias="BTC2"),),
    "audit.verify": (not_allowed(),),
    "books.place.place_of_book": (
        not_found(Book(portfolio=THEIRS.portfolio, instrument=THEIRS.instrument)),
        not_found(Book(portfolio=MINE.portfolio, instrument=MINE.instrument, strategy=THEIRS.strategy)),
    ),
    "books.place.place_of_order": (not_found(THEIRS.order),),
    "books.trades.ingest": (not_found(FILL, order=THEIRS.order),),
    "books.trades.ingest_without_order": (
        not_found(FILL, book=Book(portfolio=THEIRS.portfolio, instrument=THEIRS.instrument)),
        not_found(FILL, book=Book(portfolio=MINE.portfolio, instrument=MINE.instrument, strategy=THEIRS.strategy)),
    ),
    "instruments.change_steps": (not_allowed(THEIRS.instrument, lot_size=Decimal(1)),),
    "instruments.find_instrument": (
        nothing_of_theirs(symbol=COIN.symbol, asset_type=COIN.asset_type, exchange=COIN.exchange),
    ),
    "instruments.get_instrument": (nothing_of_theirs(THEIRS.instrument),),
    "instruments.resolve": (
        nothing_of_theirs(COIN),
        not_allowed(msgspec.structs.replace(COIN, lot_size=Decimal(1))),
    ),
    "people.accounts.archive_account": (not_found(THEIRS.spare_account),),
    "people.accounts.create_account": (
        not_found(_account(THEIRS.user)),
        nothing_of_theirs(_account(None)),
    ),
    "people.accounts.get_account": (not_found(THEIRS.account),),
    "people.accounts.list_accounts": (
        empty(user=THEIRS.user),
        nothing_of_theirs(archived=True),
    ),
    "people.accounts.rename_account": (not_found(THEIRS.account, "Mine"),),
    "people.portfolios.archive_portfolio": (not_found(THEIRS.spare_portfolio),),
    "people.portfolios.create_portfolio": (not_found(NewPortfolio(account=THEIRS.account, name="New")),),
    "people.portfolios.describe_portfolio": (not_found(THEIRS.portfolio, "Mine"),),
    "people.portfolios.get_portfolio": (not_found(THEIRS.portfolio),),
    "people.portfolios.list_portfolios": (
        empty(user=THEIRS.user),
        nothing_of_theirs(archived=True),
    ),
    "people.portfolios.portfolio_in_use": (nothing_of_theirs(),),
    "people.portfolios.rename_portfolio": (not_found(THEIRS.portfolio, "Mine"),),
    "people.portfolios.set_default": (not_found(THEIRS.spare_portfolio),),
    "people.preferences.choose_portfolio": (not_found(THEIRS.portfolio),),
    "people.preferences.set_language": (nothing_of_theirs("ru"),),
    "people.preferences.set_notification": (nothing_of_theirs("filled", "off"),),
    "people.preferences.set_timezone": (nothing_of_theirs("Europe/Berlin"),),
    "people.strategies.create_strategy": (
        not_found(NewStrategy(name="New", params={}, portfolio=THEIRS.portfolio)),
        not_found(NewStrategy(name="New", params={}, user=THEIRS.user)),
    ),
    "people.strategies.find_strategy": (not_found(THEIRS.strategy_name),),
    "people.strategies.get_strategy": (not_found(THEIRS.strategy),),
    "people.strategies.list_strategies": (
        empty(user=THEIRS.user),
        nothing_of_theirs(every_version=True),
    ),
    "people.strategies.new_version": (not_found(THEIRS.strategy, {"amount": "1"}),),
    "people.strategies.set_mode": (not_found(THEIRS.strategy, "auto"),),
    "people.strategies.switch_off": (not_found(THEIRS.strategy),),
    "people.strategy_rows.strategy_row": (not_found(THEIRS.strategy),),
    "people.strategy_tokens.find_by_token_hash": (not_allowed(THEIRS.token_hash),),
    "people.strategy_tokens.rotate_token": (not_found(THEIRS.strategy),),
    "people.users.approve": (not_allowed(THEIRS.user, "trader"),),
    "people.users.block": (not_allowed(THEIRS.user),),
    "people.users.get": (not_found(THEIRS.user), nothing_of_theirs()),
    "people.users.list_users": (not_allowed(),),
    "people.users.owner_id": (not_found(THEIRS.user),),
    "people.users.set_role": (not_allowed(THEIRS.user, "viewer"),),
}

NOT_ASKED: dict[str, str] = {
    "audit.log": "services write with it what they have done, for whom they have found it allowed",
    "people.strategy_rows.log_strategy": "services write with it what they have done",
    "people.user_rows.move_user": "the services for admins stand on it, and it is handed the user that they found",
    "principal.must_be_admin": "it is what services refuse with",
    "principal.must_trade": "it is what services refuse with",
    "principal.owned": "it is what services filter with",
}
"""Functions with a principal that are no services, each with its reason."""

NO_PRINCIPAL: dict[str, str] = {
    "books.replay.bring_up_to_date": "within a service that has found the book for its asker",
    "books.replay.find_position": "within a service that has found the book for its asker",
    "books.replay.replayed": "within a service that has found the book for its asker",
    "events.publish": "within a service that has changed the books for its asker",
    "events.tell": "within a service that has changed the books for its asker",
    "orders.filling.fill_order": "within a service that has found the order for its asker",
    "people.idle.must_be_idle": "within a service that has found the account or portfolio for its asker",
    "people.strategy_rows.update_strategy": "within a service that has found the strategy for its asker",
    "people.user_rows.active_admins": "counts, for the services beside it",
    "people.user_rows.add_user": "for the two services that let somebody in without a principal",
    "people.user_rows.count_users": "counts, for the services beside it",
    "people.user_rows.id_of": "within a service that has found the user for its asker",
    "people.user_rows.user_of_number": "for the two services that let somebody in without a principal",
    "people.users.first_admins": "a start, at which there may be nobody yet who could let anybody in",
    "people.users.principal_of": "principals come from here",
    "people.users.request": "a stranger is nobody yet",
}
"""Functions that reach the database without a principal, each with its reason."""
