"""How each service is asked about another user's rows, and what must come of it; `test_wrong_user` walks over them.

A new service gets a row in CASES. It says what to pass after the principal and the connection or work: THEIRS is what
the other user has, MINE what the asker has. Asked so by the other user themselves, or by the system where only admins
may, the same call must succeed, which proves that it was the asker who was refused.
"""

from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from ledger.trading.books.pnl import Period
from ledger.trading.books.records import Book
from ledger.trading.books.self_check import SelfCheck
from ledger.trading.enumerations import ScopeType
from ledger.trading.flow.margins import Margin
from ledger.trading.flow.records import Halted, NewBalance, NewCashEvent, NewQuestion, NewRequest, NewSignal
from ledger.trading.flow.sessions import NewSession
from ledger.trading.orders.records import NewOrder
from ledger.trading.people.accounts import NewAccount
from ledger.trading.people.portfolios import NewPortfolio
from ledger.trading.people.sharing import Places
from ledger.trading.people.strategies import NewStrategy
from ledger.trading.risk.breaches import NewBreach
from ledger.trading.risk.day_reading import Day
from ledger.trading.risk.limit_setting import NewLimit
from ledger.trading.risk.policies import NewPolicy
from ledger.trading.watching.alerts import Alert, NewAlert, Price
from ledger.trading.watching.schedules import NewSchedule
from ledger.trading.watching.watched import Moved
from tests.ledger.trading.belongings import GROUP, SCREEN, Belongings
from tests.ledger.trading.world import BITCOIN, NOW, fill, order


class Outcome(Enum):
    """What must come of asking about another user's rows."""

    NOT_FOUND = "NotFound is raised"
    EMPTY = "nothing is found"
    NOT_ALLOWED = "NotAllowed is raised: it is for admins or the system"
    NOTHING_OF_THEIRS = "it succeeds, shows nothing of the other user, and changes nothing of theirs"


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
    if isinstance(value, dict):
        return {name: put(each, has) for name, each in value.items()}
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


FILL = fill("another")
FUNDING = NewCashEvent(id="1", type="FUNDING", amount=Decimal(1), currency="USDT", at=NOW)
DAY = Period(NOW, NOW + timedelta(days=1))
MARGIN = Margin(margin_mode="CROSS", leverage=3)
ALL_WELL = SelfCheck(positions=(), audit=(), orphans=(), orders=())
STOP: dict[str, Any] = {"leg": "STOP_LOSS", "purpose": "CLOSING", "side": "SELL", "type": "STOP"}
STOP |= {"stop_price": Decimal(1), "key": "another"}


def _order(**changes: Any) -> NewOrder:
    """Return an order of the asker's own, but for what is changed of it."""
    return order(**{"portfolio": MINE.portfolio, "instrument": MINE.instrument, "key": "another", **changes})


def _policy(scope_type: ScopeType, scope: str) -> NewPolicy:
    """Return a limit to set."""
    return NewPolicy(scope_type=scope_type, scope=scope, name="another", config={"budget": "1"})


def _breach(**changes: Any) -> NewBreach:
    """Return a breach in the asker's own portfolio, but for what is changed of it."""
    return NewBreach(**{"portfolio": MINE.portfolio, "code": "X", "observed": {}, "action": "WARNED", **changes})


def _alert(uid: str) -> Alert:
    """Return an alert as it may have been read before it was ever looked at."""
    return Alert(
        id=1,
        uid=uid,
        user_id=1,
        portfolio_id=None,
        instrument_id=1,
        name="mine",
        type="PRICE",
        config=Price(above=Decimal(1)),
        is_active=True,
        last_fired_at=None,
        next_at=None,
        beyond=None,
        unknown_since=None,
        created_at=NOW,
    )


def _schedule(**changes: Any) -> NewSchedule:
    """Return a schedule to write."""
    return NewSchedule(**{"name": "another", "cron": "0 9 * * *", "action": "report", **changes})


def _signal(**changes: Any) -> NewSignal:
    """Return a signal for the asker's own portfolio, but for what is changed of it."""
    values = {"portfolio": MINE.portfolio, "action": "buy", "symbol": "BTC", "received_at": NOW}
    return NewSignal(**{**values, **changes})


def _day(of: str) -> Day:
    """Return a day in which nothing has happened, as somebody might make it up."""
    return Day(
        portfolio=of,
        start=NOW,
        held=(),
        halted=Halted(),
        balances=(),
        fills=(),
        openings=0,
        realized=Decimal(0),
        unrealized_at_start=None,
        equity_peak=None,
    )


def _account(user: str | None) -> NewAccount:
    """Return an account to make for a user."""
    return NewAccount(broker="PAPER", name="New", base_currency="USD", is_live=False, user=user)


CASES: dict[str, tuple[Case, ...]] = {
    "aliases.all_at_broker": (nothing_of_theirs("PAPER"),),
    "aliases.all_by_alias": (nothing_of_theirs(broker="PAPER", alias="BTC"),),
    "aliases.find_by_alias": (nothing_of_theirs(broker="PAPER", alias="BTC", asset_type="CRYPTO"),),
    "aliases.set_alias": (not_allowed(THEIRS.instrument, broker="PAPER", alias="BTC2"),),
    "after_restore.settle_restore": (not_allowed(),),
    "audit.verify": (not_allowed(),),
    "books.executions.executions": (not_found(DAY, portfolio=THEIRS.portfolio, most=9),),
    "books.executions.funding": (not_found(DAY, portfolio=THEIRS.portfolio),),
    "books.executions.newest_executions": (not_found(THEIRS.portfolio, most=9),),
    "books.place.place_of_book": (
        not_found(Book(portfolio=THEIRS.portfolio, instrument=THEIRS.instrument)),
        not_found(Book(portfolio=MINE.portfolio, instrument=MINE.instrument, strategy=THEIRS.strategy)),
    ),
    "books.place.place_of_order": (not_found(THEIRS.order),),
    "books.pnl.pnl": (not_found(DAY, portfolio=THEIRS.portfolio), nothing_of_theirs(DAY)),
    "books.pnl.results": (not_found(DAY, portfolio=THEIRS.portfolio), nothing_of_theirs(DAY)),
    "books.positions.list_positions": (not_found(portfolio=THEIRS.portfolio), nothing_of_theirs(closed=True)),
    "books.positions.portfolios_of": (not_found(THEIRS.portfolio), nothing_of_theirs()),
    "books.positions.recompute": (not_found(portfolio=THEIRS.portfolio), empty()),
    "books.positions.repair": (not_allowed(THEIRS.position),),
    "books.positions.snapshot": (not_found(NOW, portfolio=THEIRS.portfolio), nothing_of_theirs(NOW)),
    "books.self_check.check": (not_allowed(),),
    "books.self_check.newest": (not_allowed(),),
    "books.self_check.record": (not_allowed(ALL_WELL, due_at=NOW),),
    "books.statistics.statistics": (not_found(DAY, portfolio=THEIRS.portfolio), nothing_of_theirs(DAY)),
    "books.trades.ingest": (not_found(FILL, order=THEIRS.order),),
    "books.trades.ingest_without_order": (
        not_found(FILL, book=Book(portfolio=THEIRS.portfolio, instrument=THEIRS.instrument)),
        not_found(FILL, book=Book(portfolio=MINE.portfolio, instrument=MINE.instrument, strategy=THEIRS.strategy)),
    ),
    "flow.balances.latest": (not_found(THEIRS.account),),
    "flow.balances.record": (not_allowed(THEIRS.account, [NewBalance(currency="EUR", cash=Decimal(1), as_of=NOW)]),),
    "flow.cash_events.record": (not_allowed(THEIRS.account, [FUNDING]),),
    "flow.finding.account_id": (not_found(THEIRS.account),),
    "flow.finding.account_ids": (nothing_of_theirs(),),
    "flow.finding.place_of": (not_found(THEIRS.portfolio),),
    "flow.halts.confirm": (not_allowed(THEIRS.halt),),
    "flow.halts.halt": (
        not_found(kind="KILL", scope="PORTFOLIO", scope_uid=THEIRS.portfolio, reason="x"),
        not_found(kind="KILL", scope="USER", scope_uid=THEIRS.user, reason="x"),
        not_allowed(kind="KILL", scope="ALL", reason="x"),
        nothing_of_theirs(kind="KILL", scope="USER", reason="x"),
    ),
    "flow.halts.in_force": (nothing_of_theirs(),),
    "flow.halts.lift": (not_found(kind="PAUSE", scope="PORTFOLIO", scope_uid=THEIRS.portfolio),),
    "flow.jobs.begin": (not_allowed("another", NOW),),
    "flow.jobs.finish": (not_allowed("another", NOW, "DONE", {}),),
    "flow.live_lock.live_unlocked_until": (not_allowed(),),
    "flow.live_lock.note_checks": (not_allowed(is_green=True),),
    "flow.live_lock.why_locked": (not_allowed(trading="live", now=NOW),),
    "flow.lives.life_of_inbox": (empty(THEIRS.inbox_uid),),
    "flow.margins.confirm": (not_allowed(THEIRS.account, MARGIN, instrument=THEIRS.instrument),),
    "flow.margins.effective": (not_found(THEIRS.account, instrument=THEIRS.instrument, default=MARGIN),),
    "flow.margins.find": (not_found(THEIRS.account),),
    "flow.margins.list_for": (not_found(THEIRS.account),),
    "flow.margins.restore": (not_allowed(THEIRS.account, None, instrument=THEIRS.instrument),),
    "flow.margins.unconfirmed": (nothing_of_theirs(),),
    "flow.margins.want": (not_found(THEIRS.account, MARGIN),),
    "flow.outcomes.refused": (not_found(DAY, portfolio=THEIRS.portfolio),),
    "flow.portfolio_days.begin": (
        not_allowed(THEIRS.portfolio, NOW + timedelta(days=1), unrealized=Decimal(0), equity=None),
    ),
    "flow.portfolio_days.note_equity": (not_allowed(THEIRS.portfolio, NOW, equity=Decimal(1)),),
    "flow.portfolio_days.peak": (not_found(THEIRS.portfolio),),
    "flow.questions.answer": (not_found(THEIRS.question, "execute"),),
    "flow.questions.answered_waiting": (nothing_of_theirs(),),
    "flow.questions.ask": (
        not_found(NewQuestion(signal=THEIRS.signal, text="?", details={}, expires_at=NOW + timedelta(minutes=1))),
    ),
    "flow.questions.cancel_for_signal": (not_found(THEIRS.signal),),
    "flow.questions.expire_due": (not_allowed(),),
    "flow.questions.find": (not_found(THEIRS.question),),
    "flow.questions.open_questions": (not_found(THEIRS.portfolio), nothing_of_theirs()),
    "flow.requests.ask": (not_found(NewRequest(kind="sell_all", portfolio=THEIRS.portfolio, key="another")),),
    "flow.requests.find": (not_found(THEIRS.request),),
    "flow.requests.settle": (not_allowed(THEIRS.request, "DONE", "well"),),
    "flow.requests.waiting": (nothing_of_theirs(),),
    "flow.sessions.advance": (not_found(THEIRS.session, message_id=2),),
    "flow.sessions.begin": (nothing_of_theirs(NewSession(chat_id=GROUP, dialog="another", step="size")),),
    "flow.sessions.end": (not_found(THEIRS.session),),
    "flow.sessions.find": (nothing_of_theirs(GROUP),),
    "flow.signals.find": (not_found(THEIRS.signal),),
    "flow.signals.history": (not_found(THEIRS.portfolio),),
    "flow.signals.life": (not_found(THEIRS.signal),),
    "flow.signals.move": (not_found(THEIRS.signal, "REJECTED"),),
    "flow.signals.open_signals": (
        not_found(portfolio=THEIRS.portfolio),
        not_found(account=THEIRS.account),
        nothing_of_theirs(),
    ),
    "flow.signals.several": (empty(THEIRS.signal),),
    "flow.writing.place_of_new": (
        not_found(_signal(portfolio=THEIRS.portfolio)),
        not_found(_signal(strategy=THEIRS.strategy)),
    ),
    "flow.signals.take_in": (
        not_found(_signal(portfolio=THEIRS.portfolio)),
        not_found(_signal(strategy=THEIRS.strategy)),
        not_allowed(_signal(portfolio=THEIRS.portfolio, inbox_uid="another")),
    ),
    "flow.venue_positions.list_for": (not_found(THEIRS.account),),
    "flow.venue_positions.replace": (not_allowed(THEIRS.account, []),),
    "instruments.change_steps": (not_allowed(THEIRS.instrument, lot_size=Decimal(1)),),
    "instruments.find_instrument": (
        nothing_of_theirs(symbol=BITCOIN.symbol, asset_type=BITCOIN.asset_type, exchange=BITCOIN.exchange),
    ),
    "instruments.get_instrument": (nothing_of_theirs(THEIRS.instrument),),
    "instruments.resolve": (
        nothing_of_theirs(BITCOIN),
        not_allowed(msgspec.structs.replace(BITCOIN, lot_size=Decimal(1))),
    ),
    "orders.finding.find": (not_found(THEIRS.order),),
    "orders.finding.find_by_broker_id": (
        not_found(THEIRS.account, THEIRS.broker_order_id),
        not_found(MINE.account, THEIRS.broker_order_id),
    ),
    "orders.finding.find_by_client_id": (
        not_found(THEIRS.account, THEIRS.client_order_id),
        not_found(MINE.account, THEIRS.client_order_id),
    ),
    "orders.finding.portfolio_of": (not_found(THEIRS.order),),
    "orders.finding.history": (not_found(THEIRS.portfolio),),
    "orders.finding.open_orders": (not_found(portfolio=THEIRS.portfolio), not_found(account=THEIRS.account)),
    "orders.lanes.holdings": (not_found(THEIRS.account),),
    "orders.lanes.lane_order": (empty(THEIRS.order),),
    "orders.lanes.of_signals": (empty(THEIRS.signal),),
    "orders.lanes.working": (not_found(account=THEIRS.account), nothing_of_theirs()),
    "orders.orders.acknowledge": (not_found(THEIRS.order, broker_order_id="another"),),
    "orders.orders.move": (not_found(THEIRS.order, "PENDING_CANCEL"),),
    "orders.orders.place": (
        not_found(_order(portfolio=THEIRS.portfolio)),
        not_found(_order(strategy=THEIRS.strategy)),
        not_found(_order(signal=THEIRS.signal)),
        not_found(_order(**STOP, parent=THEIRS.order)),
    ),
    "orders.lives.order_life": (not_found(THEIRS.order),),
    "orders.lives.signal_life": (nothing_of_theirs(THEIRS.signal),),
    "orders.protected.open_books": (not_allowed(),),
    "orders.protected.protected_book": (not_allowed((1, 1, None)),),
    "orders.protected.was_ever_wanted": (not_allowed((1, 1, None)),),
    "orders.whole.filled_so_far": (nothing_of_theirs(THEIRS.order),),
    "orders.whole.find_named": (
        empty(THEIRS.account, client_order_id=THEIRS.client_order_id, broker_order_id=None),
        empty(THEIRS.account, client_order_id="", broker_order_id=THEIRS.broker_order_id),
    ),
    "orders.whole.find_whole": (not_found(THEIRS.order),),
    "orders.whole.open_wholes": (nothing_of_theirs(),),
    "people.account_owner.account_owner": (not_found(THEIRS.account),),
    "people.accounts.archive_account": (not_found(THEIRS.spare_account),),
    "people.accounts.create_account": (
        not_found(_account(THEIRS.user)),
        nothing_of_theirs(_account(None)),
    ),
    "people.accounts.get_account": (not_found(THEIRS.account),),
    "people.sharing.places": (not_allowed(known=Places()),),
    "people.accounts.list_accounts": (
        empty(user=THEIRS.user),
        nothing_of_theirs(archived=True),
    ),
    "people.accounts.rename_account": (not_found(THEIRS.account, "Mine"),),
    "people.beginning.begin_on_paper": (not_found(THEIRS.user), nothing_of_theirs(MINE.user)),
    "people.brokers.is_live_number": (not_allowed("IBKR", "U1234567"),),
    "people.brokers.list_brokers": (not_allowed(),),
    "people.portfolio_rows.portfolio_row": (not_found(THEIRS.portfolio),),
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
    "people.receivers.admins": (not_allowed(),),
    "people.receivers.owners_at": (not_allowed("broker-paper"),),
    "people.receivers.owners_of_weekly_sessions": (not_allowed(),),
    "people.standing.standing": (not_found(THEIRS.portfolio),),
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
    "people.strategy_tokens.set_token_hash": (not_allowed(THEIRS.strategy, "0" * 64),),
    "people.strategy_tokens.tokens_in_force": (not_allowed(),),
    "people.users.approve": (not_allowed(THEIRS.user, "trader"),),
    "people.users.block": (not_allowed(THEIRS.user),),
    "people.users.get": (not_found(THEIRS.user), nothing_of_theirs()),
    "people.users.list_users": (not_allowed(),),
    "people.users.owner_id": (not_found(THEIRS.user),),
    "people.users.rename_user": (not_allowed(THEIRS.user, "mine"),),
    "people.users.set_role": (not_allowed(THEIRS.user, "viewer"),),
    "retention.forget_old": (not_allowed(keep_days=90),),
    "risk.breaches.breaches": (not_found(portfolio=THEIRS.portfolio, since=DAY.since, until=DAY.until),),
    "risk.breaches.record": (not_found(_breach(portfolio=THEIRS.portfolio)), not_found(_breach(policy=THEIRS.policy))),
    "risk.facts_reading.openings_since": (not_found(THEIRS.portfolio, NOW),),
    "risk.day_reading.read_day": (not_found(portfolio=THEIRS.portfolio, now=NOW, day_start=NOW),),
    "risk.facts_reading.read_facts": (
        not_found(_day(THEIRS.portfolio), instrument=MINE.instrument, strategy=None),
        not_found(_day(MINE.portfolio), instrument=MINE.instrument, strategy=THEIRS.strategy),
    ),
    "risk.facts_reading.read_use": (not_found(_day(THEIRS.portfolio)),),
    "risk.limit_setting.limits_at_first": (not_found(THEIRS.portfolio),),
    "risk.limit_setting.set_limit": (
        not_found(NewLimit(portfolio=THEIRS.portfolio, name="budget", value=1)),
        not_found(NewLimit(portfolio=MINE.portfolio, strategy=THEIRS.strategy, name="budget", value=1)),
    ),
    "risk.policies.drop_policy": (not_found(THEIRS.policy),),
    "risk.policies.limits_for": (
        not_found(portfolio=THEIRS.portfolio),
        not_found(portfolio=MINE.portfolio, strategy=THEIRS.strategy),
    ),
    "risk.policies.policies": (nothing_of_theirs(with_former=True),),
    "risk.policies.set_policy": (
        not_found(_policy("USER", THEIRS.user)),
        not_found(_policy("PORTFOLIO", THEIRS.portfolio)),
        not_found(_policy("STRATEGY", THEIRS.strategy)),
    ),
    "watching.alerts.active_alerts": (not_allowed(),),
    "watching.alerts.alert_fired": (not_allowed(THEIRS.alert),),
    "watching.alerts.delete_alert": (not_found(THEIRS.alert),),
    "watching.alerts.list_alerts": (nothing_of_theirs(),),
    "watching.alerts.new_alert": (
        not_found(NewAlert(name="x", type="POSITION", config={"gain_percent": "5"}, portfolio=THEIRS.portfolio)),
    ),
    "watching.alerts.switch_alert": (not_found(THEIRS.alert, on=False),),
    "watching.schedules.active_schedules": (not_allowed(),),
    "watching.schedules.delete_schedule": (not_found(THEIRS.schedule),),
    "watching.schedules.list_schedules": (nothing_of_theirs(),),
    "watching.schedules.new_schedule": (
        not_found(_schedule(portfolio=THEIRS.portfolio)),
        not_found(_schedule(action="screen", params={"screener": THEIRS.screener})),
    ),
    "watching.schedules.schedule_ran": (not_allowed(THEIRS.schedule),),
    "watching.schedules.switch_schedule": (not_found(THEIRS.schedule, on=False),),
    "watching.screeners.get_screener": (not_found(THEIRS.screener),),
    "watching.screeners.active_screeners": (not_allowed(),),
    "watching.screeners.delete_screener": (not_found(THEIRS.screener),),
    "watching.screeners.list_screeners": (nothing_of_theirs(),),
    "watching.screeners.new_screener": (nothing_of_theirs("another", SCREEN),),
    "watching.screeners.screener_ran": (not_allowed(THEIRS.screener),),
    "watching.watched.due_alerts": (not_allowed(NOW),),
    "watching.watched.due_schedules": (not_allowed(NOW),),
    "watching.watched.indicator_alerts": (not_allowed(1, "RSI"),),
    "watching.watched.move_alert": (not_allowed(_alert(THEIRS.alert), Moved(beyond="above")),),
    "watching.watched.pass_instant": (not_allowed(_alert(THEIRS.alert), NOW, has_acted=True),),
    "watching.watched.watched_alerts": (not_allowed(),),
    "watching.screeners.switch_screener": (not_found(THEIRS.screener, on=False),),
}
