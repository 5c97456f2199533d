"""An order as its broker is told of it: what is to be placed, canceled, looked up."""

from decimal import Decimal

import msgspec

from bus.messages.venues import CancelOrder, LookUpOrder, PlaceOrder, Traded
from ledger.exact import ZERO
from ledger.trading.enumerations import MarginMode
from ledger.trading.instruments import Instrument
from ledger.trading.orders.whole import WholeOrder


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's row says besides its columns: `expected_price` is the signal's or the quote's.

    `kept_percent`: of the money that was meant, what was kept for slippage, None for nothing; then `left_over` is what
    is left of it at the expected price. `margin_mode` and `leverage`: what an opening is margined with, None where its
    venue has none to be set.
    """

    expected_price: Decimal | None = None
    kept_percent: Decimal | None = None
    left_over: Decimal = ZERO
    margin_mode: MarginMode | None = None
    leverage: int | None = None


def meta_of(whole: WholeOrder) -> Meta:
    """Return what an order's row says besides its columns.

    Args:
        whole: The order.
    """
    return msgspec.convert(whole.order.meta_json, Meta)


def traded(instrument: Instrument) -> Traded:
    """Return an instrument as a venue names it.

    Args:
        instrument: As the ledger has it.
    """
    return Traded(
        symbol=instrument.symbol,
        asset_type=instrument.asset_type,
        currency=instrument.currency,
        exchange=instrument.exchange,
        base_currency=instrument.base_currency,
        multiplier=instrument.multiplier,
    )


def to_place(whole: WholeOrder, *, may_be_known: bool) -> PlaceOrder:
    """Return what asks for an order to be placed.

    Args:
        whole: The order.
        may_be_known: Whether the broker has to ask its venue for it first.
    """
    order, meta = whole.order, meta_of(whole)
    is_opening = order.leg == "ENTRY"
    return PlaceOrder(
        account=whole.account,
        is_live=order.is_live,
        number=whole.number or "",
        client_order_id=order.client_order_id,
        instrument=traded(whole.instrument),
        side=order.side,
        type=order.type,
        time_in_force=order.time_in_force,
        quantity=order.quantity,
        price=order.price,
        stop_price=order.stop_price,
        reduce_only=order.purpose == "CLOSING",
        expected_price=meta.expected_price,
        parent=whole.parent,
        leg=order.leg,
        may_be_known=may_be_known,
        boot=order.broker_boot or "",
        margin_mode=meta.margin_mode,
        leverage=meta.leverage,
        stop_loss=whole.stop_loss if is_opening else None,
        take_profit=whole.take_profit if is_opening else None,
    )


def to_cancel(whole: WholeOrder) -> CancelOrder:
    """Return what asks for an order to be canceled.

    Args:
        whole: The order.
    """
    return CancelOrder(
        account=whole.account,
        client_order_id=whole.order.client_order_id,
        broker_order_id=whole.order.broker_order_id,
        instrument=traded(whole.instrument),
    )


def to_look_up(whole: WholeOrder) -> LookUpOrder:
    """Return what asks for what has become of an order.

    Args:
        whole: The order.
    """
    return LookUpOrder(
        account=whole.account,
        client_order_id=whole.order.client_order_id,
        broker_order_id=whole.order.broker_order_id,
        instrument=traded(whole.instrument),
        placed_at=whole.order.placed_at,
    )
