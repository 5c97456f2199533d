"""Writing what a venue says of a whole account: fills that were missed, balances, what it holds, what differs."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from bus.log import logger
from bus.messages.venue_accounts import AccountState, Cash, Held
from bus.messages.venues import Execution, Traded
from execution import gaps
from execution.orders_desk.records import ENDED, Watched
from execution.orders_desk.sides import Part, Parts
from execution.orders_desk.taking import fill_of
from execution.orders_desk.telling import fees_missing, tell_end, tell_fill, tell_life
from execution.texts import orders as texts
from execution.texts.moments import moment, reader_of
from execution.texts.order_words import UNLISTED, words_of
from execution.texts.orders import Difference, Named
from ledger.exact import ZERO, difference, total
from ledger.trading.books.positions import PositionLine, list_positions
from ledger.trading.books.records import Book
from ledger.trading.books.trades import ingest, ingest_without_order
from ledger.trading.errors import TradingError
from ledger.trading.events import Notice, tell
from ledger.trading.flow import balances, cash_events, venue_positions
from ledger.trading.flow.records import NewBalance, NewCashEvent, VenuePosition
from ledger.trading.orders import orders
from ledger.trading.orders.whole import WholeOrder, find_named, find_whole
from ledger.trading.people.account_owner import account_owner
from ledger.trading.people.portfolios import list_portfolios
from ledger.trading.principal import SYSTEM
from ledger.trading.work import Work

LIQUIDATION = "LIQUIDATION"

log = logger(__name__)


class InBooks(msgspec.Struct, frozen=True):
    """What an account's fills have come to: the orders that were filled by them, and the fills that are booked."""

    filled: tuple[WholeOrder, ...]
    booked: frozenset[Execution]


def take_executions(work: Work, state: AccountState, *, booked: frozenset[Execution] = frozenset()) -> InBooks:
    """Take in the fills of an account that the books do not have.

    Args:
        work: What this is written with.
        state: The account; an incomplete one too: what it says is so, what it does not say may be.
        booked: Fills of which it is known that the books have them, just so: those of the reading before.

    Returns:
        The orders that these fills have changed, and the fills that the books have now.
    """
    filled: dict[str, WholeOrder] = {}
    known = {each for each in state.executions if each in booked}
    for each in state.executions:
        if each in known:
            continue
        whole = find_named(
            SYSTEM,
            work.connection,
            state.account,
            client_order_id=each.client_order_id or "",
            broker_order_id=each.broker_order_id,
        )
        try:
            if whole is not None and _ingest(work, whole, each):
                filled[whole.order.uid] = find_whole(SYSTEM, work.connection, whole.order.uid)
            elif whole is None and LIQUIDATION in each.note:
                _liquidate(work, state.account, each)
        except TradingError as error:  # the services refuse before they write
            log.error("impossible execution", execution=each.broker_trade_id, because=error)
            continue
        if whole is not None:
            known.add(each)
    return InBooks(tuple(filled.values()), frozenset(known))


def record_balances(work: Work, state: AccountState) -> None:
    """Write what an account has in cash; a wallet of which its venue no longer speaks is empty.

    Args:
        work: What this is written with.
        state: The account.
    """
    figures = [
        NewBalance(**{field: getattr(each, field) for field in Cash.__struct_fields__}, as_of=state.as_of)
        for each in state.balances
    ]
    said = {(each.currency, each.wallet) for each in figures}
    gone = [
        NewBalance(currency=each.currency, wallet=each.wallet, cash=ZERO, equity=ZERO, as_of=state.as_of)
        for each in balances.latest(SYSTEM, work.connection, state.account)
        if each.wallet and (each.currency, each.wallet) not in said and (each.cash or each.equity)
    ]
    balances.record(SYSTEM, work, state.account, [*figures, *gone])


def record_cash_events(work: Work, state: AccountState) -> None:
    """Write what money came or went in an account without an order; each event once.

    Args:
        work: What this is written with.
        state: The account; an incomplete one too: what it says is so.
    """
    for each in state.cash_events:
        of = each.instrument
        new = NewCashEvent(
            id=each.id,
            type=each.type,
            amount=each.amount,
            currency=each.currency,
            at=each.at,
            symbol="" if of is None else of.symbol,
            asset_type=None if of is None else of.asset_type,
            exchange=None if of is None else of.exchange,
        )
        try:
            cash_events.record(SYSTEM, work, state.account, [new])
        except TradingError as error:  # the services refuse before they write
            log.error("impossible cash event", event_id=each.id, because=error)


def compare(work: Work, state: AccountState, *, listed_from: datetime | None = None) -> None:
    """Write what an account holds and what of it the books do not explain, and tell what has changed of that.

    Args:
        work: What this is written with.
        state: The account, read whole, twice with no event between.
        listed_from: From when on its executions are listed, where that leaves out some since it was last compared.
    """
    lines, parts = _lines(work, state.account), Parts(state.positions)
    booked, earlier = parts.sums(lines), venue_positions.list_for(SYSTEM, work.connection, state.account)
    of_earlier, rows = Parts(earlier).of, _rows(state, parts, lines)
    before = {of_earlier(each): each.external for each in earlier if each.external}
    venue_positions.replace(SYSTEM, work, state.account, rows)
    after = Parts(rows)
    outside = {after.of(row): row.external for row in rows if row.external}
    told = [part for part in sorted(outside) if outside[part] != before.get(part)]
    if told:
        found = [
            Difference(
                symbol=part.symbol,
                of=part.name,
                books=booked.get(part, ZERO),
                venue=total((booked.get(part, ZERO), outside[part])),
            )
            for part in told
        ]
        _tell(work, state, found, listed_from)
    missing = set(gaps.listed(work.connection, state.account).missing) | {each.key for each in told if listed_from}
    gaps.end(work, state.account, until=state.as_of, missing=missing & {each.key for each in outside})


def end_unlisted(work: Work, state: AccountState, late: Sequence[Watched]) -> tuple[WholeOrder, ...]:
    """End orders that their venue has filled before its list of executions begins: nobody can book these fills.

    Args:
        work: What this is written with.
        state: Their account, read whole.
        late: Orders, of any account, whose fills have been missing for long.

    Returns:
        Those that have ended here now, and are told; what the venue holds by them is a difference.
    """
    there = {each.client_order_id for each in state.working}
    ended = []
    for order in (each.whole.order for each in late if each.whole.account == state.account):
        is_unlisted = state.executions_since is not None and order.placed_at < state.executions_since
        if is_unlisted and order.client_order_id not in there:
            orders.move(SYSTEM, work, order.uid, "CANCELED", reason=UNLISTED)
            whole = find_whole(SYSTEM, work.connection, order.uid)
            tell_end(work, whole)
            ended.append(whole)
    return tuple(ended)


def is_same(one: AccountState, other: AccountState) -> bool:
    """Tell whether two readings say the same of what an account holds.

    Args:
        one: The first.
        other: The second.
    """
    return _held(one.positions) == _held(other.positions)


def _ingest(work: Work, whole: WholeOrder, execution: Execution) -> bool:
    """Take in a fill of an order of ours and tell it, or its fee that comes late; False where the books have it."""
    missing = fees_missing(work, whole) if whole.order.status in ENDED else 0
    booked = ingest(SYSTEM, work, fill_of(execution), order=whole.order.uid)
    after = find_whole(SYSTEM, work.connection, whole.order.uid)
    if booked.is_new:
        tell_fill(work, after, booked)
    elif missing and fees_missing(work, after) < missing:
        tell_life(work, after)
    return booked.is_new


def _liquidate(work: Work, account: str, execution: Execution) -> None:
    """Book what a venue has closed by itself, where one position alone can be meant, and tell it in any case."""
    if execution.instrument is None:
        return
    key = (execution.instrument.symbol, execution.instrument.asset_type)
    lines = [
        each
        for each in _lines(work, account)
        if (each.symbol, each.asset_type) == key and (each.quantity > ZERO) == (execution.side == "SELL")
    ]
    is_new = True
    if len(lines) == 1:
        line = lines[0]
        book = Book(portfolio=line.portfolio_uid, instrument=line.instrument_uid, strategy=line.strategy_uid)
        is_new = ingest_without_order(SYSTEM, work, fill_of(execution), book=book).is_new
    if is_new:
        owner = account_owner(SYSTEM, work.connection, account)
        named = Named(
            symbol=key[0], side=execution.side, leg="EXIT", quantity=execution.quantity, is_live=owner.is_live
        )
        text = texts.liquidated(named, execution.price, words_of(owner.language))
        notice = Notice(id=f"liquidation-{account}-{execution.broker_trade_id}", kind="unprotected", text=text)
        tell(work, owner.user, notice)


def _lines(work: Work, account: str) -> list[PositionLine]:
    """Return the open positions of an account."""
    inside = [each.uid for each in list_portfolios(SYSTEM, work.connection, archived=True) if each.account == account]
    return [line for uid in inside for line in list_positions(SYSTEM, work.connection, portfolio=uid)]


def _rows(state: AccountState, parts: Parts, lines: Sequence[PositionLine]) -> list[VenuePosition]:
    """Return what a venue holds, and what it should hold and does not; a part's first row bears what differs."""
    rows, seen = [], set()
    booked, sums = parts.sums(lines), parts.sums(state.positions)
    for each in state.positions:
        part = parts.of(each)
        outside = ZERO if part in seen else difference(sums[part], booked.get(part, ZERO))
        seen.add(part)
        rows.append(_row(state, each.instrument, (each.quantity, outside, each.average_price)))
    for line in lines:
        part = parts.of(line)
        if part not in seen and booked[part]:
            rows.append(_row(state, line, (ZERO, difference(ZERO, booked[part]), None)))
        seen.add(part)
    return rows


def _row(
    state: AccountState, of: Traded | PositionLine, numbers: tuple[Decimal, Decimal, Decimal | None]
) -> VenuePosition:
    """Return one row of what a venue holds."""
    quantity, external, average_price = numbers
    return VenuePosition(
        symbol=of.symbol,
        asset_type=of.asset_type,
        currency=of.currency,
        quantity=quantity,
        external=external,
        average_price=average_price,
        as_of=state.as_of,
    )


def _held(positions: Sequence[Held]) -> dict[Part, Decimal]:
    """Return what a venue holds, long and short apart where it holds both."""
    return Parts(positions).sums(positions)


def _tell(work: Work, state: AccountState, found: list[Difference], listed_from: datetime | None) -> None:
    """Tell what differs."""
    owner = account_owner(SYSTEM, work.connection, state.account)
    since = "" if listed_from is None else moment(listed_from, reader_of(owner.user))
    text = texts.differences(owner.name, found, words_of(owner.language), since=since)
    name = f"reconciliation-{state.account}-{work.now.isoformat()}"
    tell(work, owner.user, Notice(id=name, kind="reconciliation", text=text))
