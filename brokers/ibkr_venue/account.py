"""What an account has at Interactive Brokers: money, positions, working orders; each list whole, or an error.

Follows the TWS API's account values, positions and open orders (read 2026-11). Quirks:

- Values are of the base currency unless they are the ledger's, which has one of each for every currency and a sum that
  it calls BASE. They are asked for anew each time: those that ib_async keeps may be of currencies that are gone.
- `AvailableFunds` is what could be spent with margin; what may be spent without borrowing is cash, if that is less.
- An average cost has a future's multiplier in it.
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Final

from ib_async import IB, AccountValue, Order, OrderStatus, Position, Trade

from brokers.ibkr_venue.connection import OPEN_ORDERS, POSITIONS
from brokers.ibkr_venue.contracts import Contracts
from brokers.ibkr_venue.exact import exact
from brokers.ibkr_venue.executions import client_id_of
from brokers.ibkr_venue.link import Link
from brokers.venue import Malformed
from bus import reasons
from bus.messages.venue_accounts import Cash, Held, Working
from bus.messages.venues import OrderType

BASE: Final = "BASE"
NET: Final = "NetLiquidation"
FREE: Final = "AvailableFunds"
CASH: Final = "TotalCashBalance"
RATE: Final = "ExchangeRate"
ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
ONE_EACH: Final = Decimal(1)
TYPES: Final[dict[str, OrderType]] = {
    "MKT": "MARKET",
    "LMT": "LIMIT",
    "STP": "STOP",
    "STP LMT": "STOP_LIMIT",
    "TRAIL": "TRAILING",
    "TRAIL LIMIT": "TRAILING",
}

Values = Mapping[tuple[str, str], str]


class Account:
    """Reads one account."""

    def __init__(self, link: Link, contracts: Contracts) -> None:
        """Have read nothing.

        Args:
            link: Where to ask; it knows the account's number.
            contracts: What instruments are called.
        """
        self._link = link
        self._contracts = contracts

    async def balances(self) -> tuple[Cash, ...]:
        """Read the account's money.

        Returns:
            One for each currency. The whole account's equity is in its base currency's, and nothing of it in the
            others'.

        Raises:
            VenueError: It could not be read whole.
        """
        return cash_of(await self._link.ask("", self._values))

    async def positions(self) -> tuple[Held, ...]:
        """Read what the account holds.

        Returns:
            A position for each instrument, below zero for a short one.

        Raises:
            VenueError: It could not be read whole; that is never read as nothing.
        """
        said = await self._link.ask(POSITIONS, lambda ib: ib.reqPositionsAsync())
        newest = {each.contract.conId: each for each in said if each.account == self._link.number}
        held = [each for each in newest.values() if each.position]
        await self._contracts.learn(each.contract for each in held)
        return tuple(map(self._held, held))

    async def working(self) -> tuple[Working, ...]:
        """Read the orders that rest, those of other programs and hands too.

        Returns:
            One for each.

        Raises:
            VenueError: They could not be read whole.
        """
        said = await self._link.ask(OPEN_ORDERS, lambda ib: ib.reqAllOpenOrdersAsync())
        resting = [each for each in said if is_resting(each) and each.order.account == self._link.number]
        await self._contracts.learn(each.contract for each in resting)
        return tuple(map(self._working, resting))

    async def _values(self, ib: IB) -> dict[tuple[str, str], str]:
        """Ask for the account's values, and take those that come until the end; the subscription is ended again."""
        values: dict[tuple[str, str], str] = {}

        def take(value: AccountValue) -> None:
            """Take one."""
            if value.account == self._link.number and not value.modelCode:
                values[value.tag, value.currency] = value.value

        request = ib.client.getReqId()
        ended = ib.wrapper.startReq(request)
        ib.accountValueEvent += take
        try:
            ib.client.reqAccountUpdatesMulti(request, self._link.number, "", False)
            await ended
        finally:
            ib.accountValueEvent -= take
            if ib.isConnected():
                ib.client.cancelAccountUpdatesMulti(request)
        return values

    def _held(self, position: Position) -> Held:
        """Return a position as the bus says it."""
        instrument = self._contracts.traded(position.contract)
        average = exact(position.avgCost) / instrument.multiplier
        return Held(instrument=instrument, quantity=exact(position.position), average_price=average or None)

    def _working(self, trade: Trade) -> Working:
        """Return an order that rests as the bus says it."""
        order, status = trade.order, trade.orderStatus
        perm_id = order.permId or status.permId
        kind = type_of(order)
        return Working(
            instrument=self._contracts.traded(trade.contract),
            client_order_id=client_id_of(order.orderRef),
            broker_order_id=str(perm_id) if perm_id else None,
            side="BUY" if order.action == "BUY" else "SELL",
            type=kind,
            quantity=exact(float(order.totalQuantity)),
            filled_quantity=exact(status.filled),
            stop_price=exact(float(order.auxPrice or 0)) if kind in {"STOP", "STOP_LIMIT"} else None,
        )


def cash_of(values: Values) -> tuple[Cash, ...]:
    """Return an account's money by currency.

    Args:
        values: By tag and currency, as the gateway has said them.

    Returns:
        One for each currency; `available` is what may be spent in it without borrowing, None where that is not said.

    Raises:
        Malformed: The account's equity, its free funds or a currency's cash is missing, or is no number.
    """
    bases = {currency for tag, currency in values if tag == NET and currency not in {"", BASE}}
    if len(bases) != 1 or (FREE, *bases) not in values:
        raise Malformed(reasons.BAD_ANSWER, code="account values are missing")
    (base,) = bases
    cash = {currency: _amount(values[tag, currency]) for tag, currency in values if tag == CASH and currency != BASE}
    if not cash:
        raise Malformed(reasons.BAD_ANSWER, code="no cash is said")
    free = _amount(values[FREE, base])
    equity = _amount(values[NET, base])
    return tuple(
        Cash(
            currency=currency,
            cash=amount,
            available=_available(amount, free, _rate(values, currency, base)),
            equity=equity if currency == base else ZERO,
        )
        for currency, amount in sorted({base: ZERO, **cash}.items())
    )


def is_resting(trade: Trade) -> bool:
    """Tell whether an order may still fill.

    Args:
        trade: As the gateway has just said it.
    """
    return trade.orderStatus.status not in OrderStatus.DoneStates


def type_of(order: Order) -> OrderType:
    """Return an order's type; one that is not offered here, made by hand, by what it is nearest to.

    Args:
        order: As ib_async has it.
    """
    return TYPES.get(order.orderType) or ("LIMIT" if "LOC" in order.orderType or "LMT" in order.orderType else "MARKET")


def _available(cash: Decimal, free: Decimal, rate: Decimal | None) -> Decimal | None:
    """Return what of a currency may be spent: its cash, and no more than the account has free, at `rate`."""
    if rate is None:
        return None
    return max(ZERO, min(cash, (free / rate).quantize(CENT, ROUND_DOWN)))


def _rate(values: Values, currency: str, base: str) -> Decimal | None:
    """Return what one of a currency is worth in the base currency; None where that is not said."""
    if currency == base:
        return ONE_EACH
    said = values.get((RATE, currency))
    rate = None if said is None else _amount(said)
    return rate if rate is not None and rate > 0 else None


def _amount(text: str) -> Decimal:
    """Return an amount."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Malformed(reasons.BAD_ANSWER, code="an account value is no number") from None
    if not amount.is_finite() or amount.adjusted() > 15:
        raise Malformed(reasons.BAD_ANSWER, code="an account value is no number")
    return amount
