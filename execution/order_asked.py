"""What the checks before an order look at: the order, the books, the limits and the market at one moment; pure."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from execution.refusal import Unknown, not_known
from ledger.exact import ARITHMETIC, ZERO
from ledger.trading.risk.facts import CashFact, RiskFacts
from ledger.trading.risk.limits import Limits


class NotKnown(Exception):
    """Something that a check needs is not known. An opening waits for it, then is refused."""

    def __init__(self, what: Unknown, of: str = "") -> None:
        """Keep what it is.

        Args:
            what: What is not known.
            of: Of what.
        """
        super().__init__(f"{what} {of}".strip())
        self.refusal = not_known(what, of)


class OrderAsked(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is to be written.

    Attributes:
        instrument: Its uid.
        symbol: How the chat calls it.
        strategy: The uid of whose it is, as in the facts; None where no strategy is.
        currency: The instrument's.
        is_closing: Whether it takes exposure away.
        by_person: Whether a person asked for it, and not a signal.
        quantity: Above zero.
        price: What one is expected to cost.
        multiplier: A price's value for one of the quantity.
        stop_loss: Where its protective leg will be; None where it has none.
        leverage: How often its money is lent, from 1; None where that is not known.
        buffer_percent: By how much more than its price it may come to cost; from zero.
    """

    instrument: str
    symbol: str
    strategy: str | None
    currency: str
    is_closing: bool
    quantity: Decimal
    price: Decimal
    leverage: Decimal | None
    by_person: bool = False
    multiplier: Decimal = Decimal(1)
    stop_loss: Decimal | None = None
    buffer_percent: Decimal = ZERO

    @property
    def value(self) -> Decimal:
        """What it is worth, in the instrument's currency."""
        return ARITHMETIC.multiply(ARITHMETIC.multiply(self.quantity, self.price), self.multiplier)


class Rate(msgspec.Struct, frozen=True):
    """What one of a currency is in the account's."""

    currency: str
    value: Decimal


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of prices and of the account's worth.

    Attributes:
        currency: The account's base currency, in which all limits are.
        balance_max_age: How old the venue's figure of cash may be.
        quote_max_age: How old a quote may be.
        is_quote_needed: False where the venue fills at the signal's own price.
        bid: None where there is no quote.
        ask: None where there is no quote.
        quoted_at: Of the quote.
        is_delayed: Whether the quote is an old one that looks new.
        unrealized: Of all positions of the portfolio now, in `currency`; None where any price is missing.
        equity: Now, the one that the portfolio's days note, in `currency`; None where it is not known.
        rates: Of other currencies; one that is missing is not known.
    """

    currency: str
    balance_max_age: timedelta
    quote_max_age: timedelta
    is_quote_needed: bool = True
    bid: Decimal | None = None
    ask: Decimal | None = None
    quoted_at: datetime | None = None
    is_delayed: bool = False
    unrealized: Decimal | None = None
    equity: Decimal | None = None
    rates: tuple[Rate, ...] = ()

    def rate(self, currency: str) -> Decimal:
        """Return what one of a currency is in the account's.

        Args:
            currency: Of what.

        Raises:
            NotKnown: There is no rate of it.
        """
        if currency == self.currency:
            return Decimal(1)
        for each in self.rates:
            if each.currency == currency and each.value > ZERO:
                return each.value
        raise NotKnown("rate", f"{currency}/{self.currency}")


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One order with everything that its checks look at; sums are in the account's currency."""

    asked: OrderAsked
    facts: RiskFacts
    limits: Limits
    market: Market
    now: datetime

    def in_base(self, amount: Decimal, currency: str) -> Decimal:
        """Return an amount in the account's currency.

        Args:
            amount: The amount.
            currency: Of it.

        Raises:
            NotKnown: There is no rate of its currency.
        """
        return amount * self.market.rate(currency) if amount else ZERO

    @property
    def value(self) -> Decimal:
        """What the order is worth; raises NotKnown."""
        return self.in_base(self.asked.value, self.asked.currency)

    def invested(self, *, instrument: str | None = None, of_strategy: bool = False) -> Decimal:
        """Return what is held, at its cost, with all that openings may still add; in the account's currency.

        Args:
            instrument: Of this one alone; None for all.
            of_strategy: Whether only what the order's own strategy holds counts.

        Raises:
            NotKnown: There is no rate of a currency that counts.
        """
        held = [
            self.in_base(abs(each.cost), each.currency)
            for each in self.facts.positions
            if instrument in {None, each.instrument} and not (of_strategy and each.strategy != self.asked.strategy)
        ]
        pending = [
            self.in_base(each.value, each.currency)
            for each in self.facts.pending
            if instrument in {None, each.instrument} and not (of_strategy and each.strategy != self.asked.strategy)
        ]
        return sum(held + pending, ZERO)

    @property
    def cash(self) -> CashFact:
        """The venue's figure of the instrument's currency and wallet, nothing where its newest ones have none of that.

        Raises:
            NotKnown: The venue has said nothing, or not for too long.
        """
        read_at = max((each.as_of for each in self.facts.cash), default=None)
        if read_at is None or self.now - read_at > self.market.balance_max_age:
            raise NotKnown("balance", self.asked.currency)
        currency, wallet = self.asked.currency, self.facts.wallet
        known = [
            each for each in self.facts.cash if (each.currency, each.wallet, each.as_of) == (currency, wallet, read_at)
        ]
        return (
            known[0]
            if known
            else CashFact(currency=currency, available=ZERO, equity=None, as_of=read_at, wallet=wallet)
        )

    @property
    def equity(self) -> Decimal:
        """What percentages are of; raises NotKnown."""
        if self.market.equity is None:
            raise NotKnown("equity")
        return self.market.equity
