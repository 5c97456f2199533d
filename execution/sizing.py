"""How much an opening buys or sells short, and how much a closing closes; pure, rounded down to the venue's steps.

The size is the strategy's: `amount` of money, whatever the alert says of contracts, which are the tester's; `signal`:
what the alert says; `percent` of equity; `risk`: so much that the way to the stop loss costs a share of equity.

Where a market order may be filled at a worse price than the one that is known, money buys at that price and a buffer:
what is spent does not exceed what was meant.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Final, Literal

import msgspec

from bus.messages.venues import AssetType
from execution.prices import wrong_side
from execution.refusal import HUNDRED, Refusal, not_known, refuse
from ledger.exact import ARITHMETIC, LIMIT, PLACES, ZERO
from ledger.trading.configuration import checked

CENT: Final = Decimal("0.01")
By = Literal["amount", "signal", "percent", "risk"]
MARKETS: Final[Mapping[str, AssetType]] = {"spot": "CRYPTO", "futures": "FUTURE"}
"""What a strategy calls the two markets of a venue, as the venue is asked for it."""


class Sizing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a strategy is set to: the columns `strategies.params_json`; amounts are text there.

    Attributes:
        by: What an opening's size comes from.
        amount: In the account's currency; None: the portfolio's own.
        percent: Of equity, up to 100.
        risk_percent: Of equity, lost on the way to the stop loss; up to 100.
        reverse: Whether a `sell` may open a short.
        market: Which kind of thing a symbol means that stands for several, such as `BTCUSDT`; empty: what it says.
    """

    by: By = "amount"
    amount: Decimal | None = None
    percent: Decimal | None = None
    risk_percent: Decimal | None = None
    reverse: Literal["yes", "no"] = "no"
    market: Literal["", "spot", "futures"] = ""

    def __post_init__(self) -> None:
        """Refuse numbers out of bounds."""
        for name in ("amount", "percent", "risk_percent"):
            value: Decimal | None = getattr(self, name)
            if value is None:
                continue
            if not (value.is_finite() and value > ZERO):
                raise ValueError(f"{name} is {value}; write a number above zero")
            if name != "amount" and value > HUNDRED:
                raise ValueError(f"{name} is {value}; write a number up to 100")
        if self.by == "percent" and self.percent is None:
            raise ValueError("by=percent needs percent; write percent=10 for a tenth of equity")
        if self.by == "risk" and self.risk_percent is None:
            raise ValueError("by=risk needs risk_percent; write risk_percent=1 to risk a hundredth of equity")

    @property
    def is_of_equity(self) -> bool:
        """Whether a size may come from the account's equity, so that this has to be known."""
        return self.by != "amount"

    @property
    def kind(self) -> AssetType | None:
        """Which kind of thing its signals mean; None: what their symbols say."""
        return MARKETS.get(self.market)

    @property
    def may_reverse(self) -> bool:
        """Whether a `sell` may open a short."""
        return self.reverse == "yes"


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What the venue's quantities and prices are multiples of, and where they begin."""

    quantity_step: Decimal = Decimal(1)
    minimum_quantity: Decimal | None = None
    minimum_value: Decimal | None = None
    price_step: Decimal | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal says of its size; amounts in the account's currency, quantities and percentages above zero."""

    quantity: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    stop_loss: Decimal | None = None


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a size is computed on.

    Attributes:
        strategy: Its name, for the text.
        symbol: Of what.
        currency: The instrument's.
        is_short: Whether it opens a short.
        price: What one costs, in the instrument's currency; above zero.
        multiplier: A price's value for one of the quantity.
        rate: What one of the instrument's currency is in the account's, above zero; 1 where they are the same.
        equity: The one that the portfolio's days note, in the account's currency; None where it is not known.
        default_amount: The portfolio's amount for each opening, in the account's currency; None where none is set.
        steps: The venue's.
        buffer_percent: By how much more than the price one may come to cost, of what is bought for money; from zero.
    """

    strategy: str
    symbol: str
    currency: str
    price: Decimal
    steps: Steps
    is_short: bool
    multiplier: Decimal
    rate: Decimal
    equity: Decimal | None = None
    default_amount: Decimal | None = None
    buffer_percent: Decimal = ZERO


class Sized(msgspec.Struct, frozen=True):
    """What is ordered, how much money is left of what was meant, in the instrument's currency, and the buffer in it."""

    quantity: Decimal
    left_over: Decimal
    buffer_percent: Decimal = ZERO


def read_sizing(params: Mapping[str, object]) -> Sizing:
    """Read the parameters of a strategy.

    Args:
        params: By name; amounts as text.

    Returns:
        The sizing, its numbers within their bounds.

    Raises:
        Invalid: A name is unknown, which the text follows with the nearest one, or a value cannot be.
    """
    return checked(Sizing, params, what="parameters")


def opening_quantity(wish: Wish, sizing: Sizing, basis: Basis) -> Sized | Refusal:
    """Return how much an opening orders.

    Args:
        wish: What the signal says.
        sizing: What its strategy says.
        basis: Prices, money and steps.

    Returns:
        The quantity, above zero and a multiple of the step; or why there is none: NO_SIZE, NO_STOP, STOP_WRONG_SIDE,
        NOT_KNOWN while the equity is not known, TOO_SMALL with the price of the smallest one, TOO_LARGE.
    """
    with localcontext(ARITHMETIC):
        unit = basis.price * basis.multiplier
        buffer = basis.buffer_percent if _is_of_money(wish, sizing) else ZERO
        most = unit * (HUNDRED + buffer) / HUNDRED
        wanted = _wanted(wish, sizing, basis, most)
        if isinstance(wanted, Refusal):
            return wanted
        if wanted >= LIMIT:
            return refuse("TOO_LARGE", symbol=basis.symbol, wanted=wanted.quantize(Decimal(1)))
        quantity = _down(wanted, basis.steps.quantity_step)
        smallest = _smallest(basis.steps, unit)
        if quantity < smallest:
            shown = _down(wanted, Decimal("1e-8"))
            values = {"wanted": shown, "smallest": smallest, "value": smallest * most, "currency": basis.currency}
            return refuse("TOO_SMALL", symbol=basis.symbol, **values)
        meant = (wanted * most).quantize(PLACES)  # as it was before it was divided by the price
        return Sized(quantity, _down(meant - quantity * unit, CENT), buffer)


def closing_quantity(wish: Wish, sizing: Sizing, *, held: Decimal, step: Decimal, leaves_flat: bool = False) -> Decimal:
    """Return how much a closing closes: all of what is held, or what the alert says where its quantity counts.

    Args:
        wish: What the signal says.
        sizing: What its strategy says.
        held: What its strategy holds, below zero for a short.
        step: The venue's.
        leaves_flat: Whether the alert names `flat`, or the closing is the first half of a reversal.

    Returns:
        Above zero, never more than is held; zero where what is held is less than a step.
    """
    with localcontext(ARITHMETIC):
        whole = abs(held)
        if sizing.by == "signal" and wish.quantity is not None and not leaves_flat:
            whole = min(whole, wish.quantity)
        return _down(whole, step)


def _is_of_money(wish: Wish, sizing: Sizing) -> bool:
    """Tell whether a size is so much money, and neither a quantity nor a risk."""
    return sizing.by != "risk" and not (sizing.by == "signal" and wish.quantity is not None)


def _wanted(wish: Wish, sizing: Sizing, basis: Basis, most: Decimal) -> Decimal | Refusal:
    """Return the quantity before it is rounded; `most` is what one may come to cost."""
    if sizing.by == "signal" and wish.quantity is not None:
        return wish.quantity
    if sizing.by == "risk":
        return _by_risk(wish, sizing, basis)
    money = _money(wish, sizing, basis)
    return money if isinstance(money, Refusal) else money / (most * basis.rate)


def _money(wish: Wish, sizing: Sizing, basis: Basis) -> Decimal | Refusal:
    """Return how much money is meant, in the account's currency."""
    amount = {"amount": sizing.amount or basis.default_amount, "signal": wish.amount}.get(sizing.by)
    if amount is not None:
        return amount
    percent = sizing.percent if sizing.by == "percent" else wish.percent if sizing.by == "signal" else None
    if percent is None:
        missing = {"signal": "quantity | amount | percent"}.get(sizing.by, "/set_amount")
        return refuse("NO_SIZE", strategy=basis.strategy, by=sizing.by, missing=missing)
    return not_known("equity") if basis.equity is None else max(basis.equity, ZERO) * percent / HUNDRED


def _by_risk(wish: Wish, sizing: Sizing, basis: Basis) -> Decimal | Refusal:
    """Return how much may be held so that the way to the stop loss costs the strategy's share of equity."""
    if wish.stop_loss is None or sizing.risk_percent is None:
        return refuse("NO_STOP", symbol=basis.symbol)
    wrong = wrong_side(basis.symbol, basis.price, is_short=basis.is_short, stop_loss=wish.stop_loss, take_profit=None)
    if wrong is not None:
        return wrong
    way = abs(basis.price - wish.stop_loss)
    if basis.equity is None:
        return not_known("equity")
    return max(basis.equity, ZERO) * sizing.risk_percent / (HUNDRED * way * basis.multiplier * basis.rate)


def _smallest(steps: Steps, unit: Decimal) -> Decimal:
    """Return the smallest quantity that the venue takes at a price."""
    least = max(steps.quantity_step, steps.minimum_quantity or ZERO, (steps.minimum_value or ZERO) / unit)
    return (least / steps.quantity_step).to_integral_value(rounding=ROUND_CEILING) * steps.quantity_step


def _down(value: Decimal, step: Decimal) -> Decimal:
    """Round down to a multiple of a step."""
    return (value / step).to_integral_value(rounding=ROUND_FLOOR) * step
