"""What a user has when somebody else asks for it: one of everything, made by the services."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from ledger.store import Ledger
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest_without_order
from ledger.trading.flow import balances, margins, portfolio_days, questions, requests, sessions, venue_positions
from ledger.trading.flow.halts import halt
from ledger.trading.flow.records import NewBalance, NewQuestion, NewRequest, VenuePosition
from ledger.trading.flow.signals import move
from ledger.trading.orders.orders import acknowledge, place
from ledger.trading.people.strategies import NewStrategy, create_strategy
from ledger.trading.people.strategy_tokens import rotate_token, token_hash
from ledger.trading.principal import SYSTEM, Principal
from ledger.trading.risk.breaches import NewBreach, record
from ledger.trading.risk.policies import NewPolicy, set_policy
from ledger.trading.tables.catalogue import instruments
from ledger.trading.tables.flow import events_out
from ledger.trading.tables.trading import orders
from ledger.trading.watching.alerts import NewAlert, new_alert
from ledger.trading.watching.schedules import NewSchedule, new_schedule
from ledger.trading.watching.screeners import new_screener
from tests.ledger.trading import world
from tests.ledger.trading.world import NOW, account, do, fill, order, portfolio, rows, uid_of, write_order

MARGIN = margins.Margin(margin_mode="ISOLATED", leverage=2)
GROUP = "-100123"
"""The chat in which both users are asked for something."""
SCREEN = {"conditions": [{"figure": "price", "compare": "above", "value": "1"}]}


class Belongings(msgspec.Struct, frozen=True, kw_only=True):
    """What a user has; uids, unless another name is said. The spare account and portfolio are idle.

    Attributes:
        token_hash: Of the secret of the strategy's webhook.
        placed: An order that its venue knows, as `client_order_id` and as `broker_order_id`.
    """

    user: str
    account: str
    portfolio: str
    strategy: str
    strategy_name: str
    token_hash: str
    signal: str
    inbox_uid: str
    question: str
    answered_signal: str
    answered: str
    request: str
    halt: str
    session: str
    order: str
    placed: str
    client_order_id: str
    broker_order_id: str
    trade: str
    event: str
    position: str
    policy: str
    breach: str
    alert: str
    schedule: str
    screener: str
    spare_account: str
    spare_portfolio: str
    instrument: str


def belongings(ledger: Ledger, who: Principal, number: int) -> Belongings:
    """Let a user, who has a number at Telegram, have one of everything."""
    paper, spare = (account(ledger, who, name) for name in ("Paper", "Spare"))
    main, idle = portfolio(ledger, who, paper), portfolio(ledger, who, spare, "Idle")
    new = NewStrategy(name=f"Of user {number}", params={}, portfolio=main.uid)
    strategy = do(ledger, create_strategy, who, new)
    secret = do(ledger, rotate_token, who, strategy.uid)
    written = write_order(ledger, main.uid)
    coin: str = rows(ledger, instruments)[0]["uid"]
    place_of_it: dict[str, int] = {
        name: rows(ledger, orders)[-1][name] for name in ("portfolio_id", "account_id", "instrument_id")
    }
    signal, second = f"signal of user {number}", f"second of user {number}"
    asked = [_question(ledger, who, each, place_of_it) for each in (signal, second)]
    do(ledger, questions.answer, who, asked[1], "execute")
    at_venue(ledger, paper.uid, main.uid)
    for each in (None, coin):
        do(ledger, margins.want, who, paper.uid, MARGIN, instrument=each)
    with ledger.writing() as connection:
        world.add_step(connection, signal, f"in the inbox {number}")
    placed = do(ledger, place, who, order(portfolio=main.uid, instrument=coin, key=f"chat:{number}")).order
    acknowledged = do(ledger, acknowledge, SYSTEM, placed.uid, broker_order_id=f"at the venue {number}")
    book = Book(portfolio=main.uid, instrument=coin, strategy=strategy.uid)
    booked = do(ledger, ingest_without_order, who, fill("first"), book=book)
    limit = NewPolicy(scope_type="PORTFOLIO", scope=main.uid, name="mine", config={"budget": "100"})
    policy = do(ledger, set_policy, who, limit)
    seen = NewBreach(portfolio=main.uid, code="BUDGET", observed={}, action="BLOCKED", policy=policy.uid)
    wish = NewAlert(name="mine", type="POSITION", config={"gain_percent": "5"}, portfolio=main.uid)
    daily = NewSchedule(name="mine", cron="0 21 * * *", action="report", portfolio=main.uid)
    asked_for = sessions.NewSession(chat_id=GROUP, dialog="set", step="size")
    return Belongings(
        user=uid_of(ledger, number),
        account=paper.uid,
        portfolio=main.uid,
        strategy=strategy.uid,
        strategy_name=strategy.name,
        token_hash=token_hash(secret),
        signal=signal,
        inbox_uid=f"in the inbox {number}",
        question=asked[0],
        answered_signal=second,
        answered=asked[1],
        request=do(ledger, requests.ask, who, NewRequest(kind="sell_all", portfolio=main.uid, key=second)).request.uid,
        halt=do(ledger, halt, who, kind="PAUSE", scope="PORTFOLIO", scope_uid=main.uid, reason="mine").uid,
        session=do(ledger, sessions.begin, who, asked_for).uid,
        order=written,
        placed=placed.uid,
        client_order_id=placed.client_order_id,
        broker_order_id=acknowledged.broker_order_id or "",
        trade=booked.trade.uid,
        event=rows(ledger, events_out)[-1]["uid"],
        position=booked.position.uid,
        policy=policy.uid,
        breach=do(ledger, record, SYSTEM, seen),
        alert=do(ledger, new_alert, who, wish).uid,
        schedule=do(ledger, new_schedule, who, daily).uid,
        screener=do(ledger, new_screener, who, "mine", SCREEN).uid,
        spare_account=spare.uid,
        spare_portfolio=idle.uid,
        instrument=coin,
    )


def _question(ledger: Ledger, who: Principal, signal: str, place_of_it: dict[str, int]) -> str:
    """Let a user have a signal that is asked about, and return the question's uid."""
    with ledger.writing() as connection:
        world.add_signal(connection, signal, place_of_it)
    do(ledger, move, who, signal, "AWAITING_CONFIRMATION")
    new = NewQuestion(signal=signal, text="Buy?", details={}, expires_at=NOW + timedelta(minutes=10))
    return do(ledger, questions.ask, who, new).uid


def at_venue(ledger: Ledger, account: str, portfolio: str) -> None:
    """Let a venue say what an account has, and note what its portfolio is worth."""
    do(ledger, balances.record, SYSTEM, account, [NewBalance(currency="USD", cash=Decimal(1000), as_of=NOW)])
    held = VenuePosition(
        symbol="BTC",
        asset_type="CRYPTO",
        currency="USDT",
        quantity=Decimal(1),
        external=Decimal(0),
        average_price=None,
        as_of=NOW,
    )
    do(ledger, venue_positions.replace, SYSTEM, account, [held])
    do(ledger, portfolio_days.begin, SYSTEM, portfolio, NOW, unrealized=Decimal(0), equity=Decimal(1000))
